#include "cli/selection/listing_lane.h"

#include "adapters/frameworks/byte_stream.h"
#include "cli/walls/sandbox.h"
#include "model/error.h"
#include "runner/sandbox/sandbox_executor.h"

#include <algorithm>
#include <csignal>
#include <filesystem>

namespace sluice::cli {

namespace {

constexpr std::string_view k_header = "sluice-inputs 1\n";
constexpr std::size_t k_most_output = 64u << 20; // the list itself comes in a file

// A list may not rest on what only listing itself could have written.
sandbox::SandboxSpec spec_of(const Project& project, const Picture& picture)
{
  sandbox::SandboxSpec spec = sandbox_spec(project, Options{}, picture.environment, project.state);
  spec.tree_mode = sandbox::TreeMode::copy_on_write;
  spec.shared.clear();
  spec.keep_written = false;
  return spec;
}

struct Finished {
  runner::Ended ended;
  std::string output;
  bool timed_out = false;
};

// Runs the command to its end. nullopt: it could not be started, or its sandbox was lost.
std::optional<Finished> carry_out(std::unique_ptr<sandbox::SandboxExecutor>& lane, const runner::Command& command,
                                  std::chrono::milliseconds limit)
{
  const auto started = lane->start(command);
  if (!std::holds_alternative<runner::ProcessId>(started)) return std::nullopt;
  Finished finished;
  std::optional<runner::SteadyTime> until = std::chrono::steady_clock::now() + limit;
  for (std::vector<runner::ProcessEvent> events;; events.clear()) {
    lane->wait(until, events);
    for (runner::ProcessEvent& event : events) {
      if (const auto* stop = std::get_if<runner::StopRequest>(&event)) {
        lane.reset(); // gives the signal back
        ::raise(stop->signal);
        return std::nullopt;
      }
      if (const auto* output = std::get_if<runner::Output>(&event)) {
        if (finished.output.size() < k_most_output) finished.output += output->bytes;
      } else if (auto* ended = std::get_if<runner::Ended>(&event)) {
        if (ended->not_started || ended->lost) return std::nullopt;
        finished.ended = std::move(*ended);
        return finished;
      }
    }
    if (!until || std::chrono::steady_clock::now() < *until) continue;
    finished.timed_out = true;
    until.reset();
    lane->end(std::get<runner::ProcessId>(started), runner::Ending::kill);
  }
}

// What came from there is in no list, and unlike a test a list is no claim that anyone could run again to see.
bool used_the_world(const Observation& seen)
{
  return std::any_of(seen.findings.begin(), seen.findings.end(), [](const Finding& finding) {
    return finding.kind == FindingKind::device || finding.kind == FindingKind::network;
  });
}

std::string library_path(const runner::Command& command)
{
  constexpr std::string_view k_variable = "LD_LIBRARY_PATH=";
  for (const std::string& variable : command.environment)
    if (variable.starts_with(k_variable)) return variable.substr(k_variable.size());
  return {};
}

} // namespace

ListingWitness::ListingWitness(const Project& project, const Picture& picture, cache::FileDigests& digests,
                               std::chrono::system_clock::time_point begin)
  : project_(project), picture_(picture), digests_(digests), inputs_(project, picture, picture.tree, digests),
    observed_(project, picture, begin)
{
}

frameworks::ListingLane ListingWitness::make_lane()
{
  if (!project_.watches_listings) return {};
  std::shared_ptr<std::unique_ptr<sandbox::SandboxExecutor>> lane; // shared: a std::function must be copyable
  try {
    lane = std::make_shared<std::unique_ptr<sandbox::SandboxExecutor>>(
      sandbox::make_sandbox_executor(spec_of(project_, picture_)));
    if (!(*lane)->prepare().observed) return {};
  } catch (const Error&) {
    return {}; // the run says what is missing, if it needs one; for listing there are the walls
  }
  return [this, lane](const runner::Command& command,
                      std::chrono::milliseconds limit) -> std::optional<frameworks::LaneAnswer> {
    if (!*lane) return std::nullopt;
    std::optional<Finished> finished = carry_out(*lane, command, limit);
    if (!finished) {
      lane->reset();
      return std::nullopt;
    }
    frameworks::LaneAnswer answer = answer_of(command, finished->ended, std::move(finished->output));
    answer.timed_out = finished->timed_out;
    return answer;
  };
}

frameworks::LaneAnswer ListingWitness::answer_of(const runner::Command& command, const runner::Ended& ended,
                                                 std::string output)
{
  frameworks::LaneAnswer answer;
  answer.exit_code = ended.signal != 0 ? 128 + ended.signal : ended.exit_code;
  answer.output = std::move(output);
  if (answer.exit_code == 0) answer.rests_on = rests_on(command, ended);
  return answer;
}

std::optional<std::string> ListingWitness::rests_on(const runner::Command& command, const runner::Ended& ended)
{
  if (!ended.observation || used_the_world(*ended.observation)) return std::nullopt;
  Program program;
  program.launch.arguments = command.arguments;
  const std::string& path = command.arguments.front();
  cache::LoadedLibraries loaded = cache::loaded_libraries(path, library_path(command));
  program.closed = loaded.native;
  program.libraries = std::move(loaded.paths);
  program.files = {path.starts_with(project_.root + "/") ? path.substr(project_.root.size() + 1) : path};
  const auto inputs = observed_.of_process(ended.observation, program, inputs_);
  if (!inputs) return std::nullopt;
  // git's digests are of the moment when the tree was read, which was before `begin`.
  for (const Input& input : *inputs) {
    if (input.kind != InputKind::content) continue;
    const git::TreeFile* const file = file_of(picture_.tree, input.name);
    if (file && !file->digest.absent() &&
        file->digest != digests_.once(project_.root + "/" + file->path, cache::DigestOf::content))
      return std::nullopt;
  }
  return encode_inputs(*inputs);
}

bool ListingWitness::holds(std::string_view rests_on)
{
  const std::optional<InputSet> inputs = decode_inputs(rests_on);
  return inputs && std::all_of(inputs->begin(), inputs->end(), [&](const Input& input) {
           return inputs_.digest(input.kind, input.name) == input.digest;
         });
}

std::string encode_inputs(const InputSet& inputs)
{
  frameworks::ByteWriter out;
  out.number(inputs.size());
  for (const Input& input : inputs) {
    out.number(static_cast<std::uint64_t>(input.kind));
    out.raw(input.name);
    out.raw(input.digest.view());
  }
  return out.finish(k_header);
}

std::optional<InputSet> decode_inputs(std::string_view text)
{
  frameworks::ByteReader in(text, k_header);
  InputSet inputs(in.count());
  for (Input& input : inputs) {
    const std::uint64_t kind = in.number();
    if (kind > static_cast<std::uint64_t>(InputKind::listing)) in.fail();
    input.kind = static_cast<InputKind>(kind);
    input.name = in.raw();
    const std::string_view digest = in.raw();
    const auto known = digest_from_bytes(digest);
    if (!known) in.fail();
    else input.digest = *known;
    if (!in.good()) return std::nullopt;
  }
  if (!in.at_end()) return std::nullopt;
  return inputs;
}

} // namespace sluice::cli
