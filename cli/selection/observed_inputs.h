// From what a test was seen to use to what its outcome rests on. A test whose attempts in this run were all observed
// completely rests on exactly what they used, whatever language it is written in. For a test that was not watched the
// facts decide (cli/selection/inputs.h). It does not know how observations are made.
#pragma once

#include "cli/selection/inputs.h"
#include "cli/selection/picture.h"
#include "model/observation.h"

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice::cli {

class ObservedInputs {
public:
  // `picture` outlives this object. A file that changed after `begin` may have changed after a test read it.
  ObservedInputs(const Project& project, const Picture& picture, std::chrono::system_clock::time_point begin);

  // Call when a process that ran these tests has ended; null: it was not observed.
  void add(std::span<const TestIndex> tests, const std::shared_ptr<const Observation>& observation);

  // The inputs of the test and of the tests that it stands on, with present digests from `inputs` and `environment` as
  // that of the environment. Sorted, valid until the next call. Null if an attempt was not observed, if an observation
  // is not complete, or if an input has changed since the run began: then it is unknown which content the test saw.
  const InputSet* of(TestIndex test, CurrentInputs& inputs, const Digest& environment);

  // Whether any process of the test was watched, completely or not.
  bool observed(TestIndex test) const;

  // The inputs of one process that is no test.
  std::optional<InputSet> of_process(const std::shared_ptr<const Observation>& observation, const Program& program,
                                     CurrentInputs& inputs);

private:
  // For inputs without content: whether the path existed. If that is different now, the file appeared or vanished after
  // the test looked.
  enum class Seen : unsigned char { either, absent, present };

  // One input by name. Ten thousand tests use the same few thousand inputs: each is kept once.
  struct Use {
    InputKind kind = InputKind::content;
    std::string name;
    std::string path; // the file that must not have changed since the run began; empty: none
    Seen seen = Seen::either;
    enum class Answer : unsigned char { unknown, yes, no };
    Answer settled = Answer::unknown;
    Answer program = Answer::unknown;
  };
  // One process and what it used; the tests that it ran share it.
  struct Batch {
    std::vector<std::uint32_t> used; // indices into uses_; sorted
    // Paths that the process created or fully overwrote. A trailing '/' covers everything below.
    std::vector<std::string> written;
    bool observed = false;
    bool complete = false;
  };
  bool is_complete(const std::shared_ptr<const Observation>& observation) const;
  std::vector<std::uint32_t> work_out(const Observation& seen, const Program& program);
  void add_read(const Observation& seen, const Program& program, std::vector<std::uint32_t>& used);
  bool is_program(Use& use) const;
  std::uint32_t use(InputKind kind, std::string name, const std::string& path, Seen seen = Seen::either);
  bool is_like_last(TestIndex test, const CurrentInputs& inputs) const;
  using Names = std::set<std::string, std::less<>>;
  Names written_by(const std::vector<TestIndex>& tests) const;
  bool add_uses(TestIndex test, CurrentInputs& inputs, InputSet& set);
  bool add_used(const std::vector<std::uint32_t>& used, const Names& made, CurrentInputs& inputs, InputSet& set);
  bool is_settled(Use& use) const;

  const Project& project_;
  const Picture& picture_;
  std::int64_t begin_; // nanoseconds since the epoch
  std::vector<Batch> batches_;
  std::unordered_map<TestIndex, std::vector<std::size_t>> batches_of_;
  std::vector<Use> uses_;
  std::unordered_map<std::string, std::uint32_t> numbers_; // by kind, name and what was seen

  // The last result of of(). The cases of one process share all of it but their definition, which sorts first.
  InputSet last_;
  std::optional<TestIndex> last_test_; // whose result `last_` is, if another test may share it
  const CurrentInputs* last_inputs_ = nullptr;
};

} // namespace sluice::cli
