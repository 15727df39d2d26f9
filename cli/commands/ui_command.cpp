// sluice ui: the pages over all runs. Read-only: every answer is a question to the store or to the logs of runs.
#include "adapters/web/server.h"
#include "cache/questions.h"
#include "cli/commands/commands.h"
#include "cli/gate/base_policy.h"
#include "cli/records/atomic_file.h"
#include "cli/records/past.h"
#include "cli/records/run_log.h"
#include "cli/records/run_summaries.h"
#include "cli/terminal.h"
#include "model/error.h"
#include "reports/dashboard_json.h"
#include "reports/event_log.h"
#include "reports/page.h"
#include "ui/page_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

namespace sluice::cli {

namespace {

constexpr std::size_t k_runs = 1'000;            // in the list of runs
constexpr std::size_t k_runs_of_statistics = 30; // a test's sums are about the present
constexpr std::size_t k_outcomes = 200;
constexpr std::size_t k_listed = 30;
constexpr std::size_t k_weeks = 53;
constexpr std::size_t k_inputs = 500;           // shown of a proof
constexpr std::size_t k_kept_pages = 64u << 20; // bytes of runs' pages that are kept
constexpr std::chrono::milliseconds k_look_again{200};

class Pages {
public:
  explicit Pages(std::string state) : state_(std::move(state)), store_(cache::Store::open(state_)) {}

  web::Response answer(const web::Request& request)
  {
    if (request.path.empty()) return {200, "text/html; charset=utf-8", std::string(ui::page_template()), {}};
    if (request.path == "api/runs") return runs();
    if (request.path == "api/tests") return tests();
    if (request.path == "api/test") return test(request);
    if (request.path == "api/trends") return trends();
    if (request.path == "api/suites") return suites();
    constexpr std::string_view run_path = "api/run/", live_path = "api/live/";
    if (request.path.starts_with(run_path)) return run(request.path.substr(run_path.size()));
    if (request.path.starts_with(live_path)) return live(request.path.substr(live_path.size()));
    return missing();
  }

private:
  static web::Response missing() { return {404, "text/plain; charset=utf-8", "there is nothing here\n", {}}; }
  static web::Response json(std::string body) { return {200, "application/json", std::move(body), {}}; }

  std::string log_of(const std::string& run) const { return fmt::format("{}/runs/{}/events.ndjson", state_, run); }

  // A name of the list, so that no path of a request reaches the disk.
  bool is_run(const std::string& run) const
  {
    const std::vector<std::string> ids = run_ids(state_);
    return std::find(ids.begin(), ids.end(), run) != ids.end();
  }

  web::Response runs() const
  {
    const auto summaries = run_summaries(state_, k_runs);
    return json(reports::runs_answer(summaries, [&](const std::string& run) { return is_running(state_, run); }));
  }

  // Asked again only when a run has been recorded.
  web::Response tests()
  {
    const std::lock_guard lock(mutex_);
    if (const std::int64_t newest = cache::newest_recorded(store_); newest != tests_as_of_) {
      tests_answer_ = reports::tests_answer(foremost(statistics_of(store_, k_runs_of_statistics)), flaky_of(store_));
      tests_as_of_ = newest;
    }
    return json(tests_answer_);
  }

  // Of ten thousand tests the pages show those that lead one of their lists.
  static std::vector<reports::StatisticsLine> foremost(std::vector<reports::StatisticsLine> all)
  {
    using Line = reports::StatisticsLine;
    std::vector<Line> kept;
    const auto keep = [&](auto key) {
      const std::size_t count = std::min(all.size(), k_listed);
      std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(),
                        [&](const Line& a, const Line& b) { return key(a) > key(b); });
      for (std::size_t i = 0; i < count; ++i)
        if (std::none_of(kept.begin(), kept.end(), [&](const Line& line) { return line.test == all[i].test; }))
          kept.push_back(all[i]);
    };
    keep([](const Line& line) { return line.total; });
    keep([](const Line& line) { return line.longest; });
    keep([](const Line& line) { return line.red; });
    keep([](const Line& line) { return line.runs; });
    return kept;
  }

  web::Response test(const web::Request& request)
  {
    const auto id = request.query.find("id");
    if (id == request.query.end()) return missing();
    const std::lock_guard lock(mutex_);
    const std::optional<reports::FlakyLine> flaky = flakiness_of(store_, id->second);
    return json(reports::test_answer(past_of(store_, id->second, k_outcomes), proof_of(store_, id->second, k_inputs),
                                     flaky ? &*flaky : nullptr));
  }

  web::Response trends()
  {
    const std::lock_guard lock(mutex_);
    return json(reports::trends_answer(reports::weeks_of(runs_of(store_), k_weeks), widenings_of(store_, k_listed)));
  }

  // A policy that cannot be read is said; what earlier runs know of suites is shown all the same.
  web::Response suites()
  {
    Policy policy;
    std::string trouble;
    try {
      policy = policy_of_tree(std::filesystem::path(state_).parent_path().string());
    } catch (const Error& error) {
      trouble = error.what();
    }
    const std::lock_guard lock(mutex_);
    return json(reports::suites_answer(suites_of(store_, policy), trouble));
  }

  web::Response run(const std::string& id)
  {
    if (!is_run(id)) return missing();
    if (is_running(state_, id)) return json(R"({"running":true})");
    {
      const std::lock_guard lock(mutex_);
      if (const auto kept = pages_.find(id); kept != pages_.end()) return json(kept->second);
    }
    std::string body;
    reports::OutputStream out([&](std::string_view bytes) { body += bytes; });
    reports::write_page_data(reports::read_log(read_file(log_of(id), "the run's log")), out);
    out.finish();
    keep_page(id, body);
    return json(std::move(body));
  }

  // The log of a run that has ended does not change any more.
  void keep_page(const std::string& id, const std::string& body)
  {
    const std::lock_guard lock(mutex_);
    if (kept_bytes_ + body.size() > k_kept_pages) {
      pages_.clear();
      kept_bytes_ = 0;
    }
    if (body.size() > k_kept_pages || !pages_.emplace(id, body).second) return;
    kept_bytes_ += body.size();
  }

  // The log as it grows, until its run has ended or nobody listens.
  web::Response live(const std::string& id) const
  {
    if (!is_run(id)) return missing();
    web::Response response;
    response.stream = [path = log_of(id), state = state_, id](const web::SendEvent& send) {
      std::ifstream log(path, std::ios::binary);
      std::string line, part;
      for (;;) {
        const bool running = is_running(state, id); // asked first: what was written before the end is still read
        while (std::getline(log, part)) {
          line += part;
          if (log.eof()) break; // its end is not written yet
          if (!send(line)) return;
          line.clear();
        }
        if (!running || !send({})) return;
        log.clear();
        std::this_thread::sleep_for(k_look_again);
      }
    };
    return response;
  }

  std::string state_;
  std::mutex mutex_; // a store is for one thread at a time
  cache::Store store_;
  std::string tests_answer_;
  std::int64_t tests_as_of_ = -1;
  std::map<std::string, std::string> pages_; // of runs that have ended, by id
  std::size_t kept_bytes_ = 0;
};

} // namespace

int ui_command(const Options& options)
{
  if (ui::page_template().empty())
    throw Error(ErrorKind::world, "this sluice was built without its page",
                "build it where node and npm are installed; sluice stats and sluice history need no page");
  Pages pages(state_folder(options.directory));
  web::Server server(static_cast<std::uint16_t>(options.port));
  write_out(
    fmt::format("{}\nonly this machine can reach it; the address is the key; ctrl-c ends it\n", server.address()));
  server.run([&](const web::Request& request) { return pages.answer(request); });
  return 0;
}

} // namespace sluice::cli
