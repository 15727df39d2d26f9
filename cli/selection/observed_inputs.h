// From what a test was seen to use to what its outcome rests on. A test of which every attempt in this run was observed
// completely rests on exactly that, whatever language it is written in; of one that was not watched the facts decide
// (cli/selection/inputs.h). It does not know how observations are made.
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
  // `picture` outlives this object. What changed after `begin` may have changed after a test saw it.
  ObservedInputs(const Project& project, const Picture& picture, std::chrono::system_clock::time_point begin);

  // A process that was given these tests has ended; null: it was not observed.
  void add(std::span<const TestIndex> tests, const std::shared_ptr<const Observation>& observation);

  // What the test and those that it stands on rest on, with present digests from `inputs` but for that of the
  // environment; sorted, valid until the next call. Null if something of it was not observed, if an observation is not
  // complete, or if something that it used has changed since the run began: then nobody knows which content it saw.
  const InputSet* of(TestIndex test, CurrentInputs& inputs, const Digest& environment);

  // Whether any of its processes was watched, however well.
  bool observed(TestIndex test) const;

  // The same of a process that is no test: what it used by itself.
  std::optional<InputSet> of_process(const std::shared_ptr<const Observation>& observation, const Program& program,
                                     CurrentInputs& inputs);

private:
  // Of what has no content: whether it was there. It must be so still, or it appeared or went after the test had
  // looked.
  enum class Seen : unsigned char { either, absent, present };

  // One input by name. Ten thousand tests use the same few thousand: each is kept once.
  struct Use {
    InputKind kind = InputKind::content;
    std::string name;
    std::string path; // what must not have changed since the run began; empty: nothing
    Seen seen = Seen::either;
    enum class Answer : unsigned char { unknown, yes, no };
    Answer settled = Answer::unknown;
    Answer program = Answer::unknown;
  };
  // One process, shared by the tests that it ran.
  struct Batch {
    std::vector<std::uint32_t> used; // indices into uses_; sorted
    // Names of what it made or wrote anew, and nothing of what was there before is left of. With "/" behind it: all
    // that lies below, too.
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

  // What of() said last. The cases of one process share all of it but their definition, which sorts first.
  InputSet last_;
  std::optional<TestIndex> last_test_; // if `last_` may be shared
  const CurrentInputs* last_inputs_ = nullptr;
};

} // namespace sluice::cli
