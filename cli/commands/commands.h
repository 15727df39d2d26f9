// The commands, one function each; the table of them is in cli/main.cpp.
// A command takes options and gives an exit code; it does not know how the options were written.
#pragma once

#include "cli/options.h"

namespace sluice::cli {

int policy_command(const Options& options);      // cli/commands/policy_command.cpp
int verify_command(const Options& options);      // cli/commands/verify_command.cpp
int keygen_command(const Options& options);      // cli/commands/verify_command.cpp
int approve_command(const Options& options);     // cli/gate/signed_records.cpp
int override_command(const Options& options);    // cli/gate/signed_records.cpp
int audit_command(const Options& options);       // cli/gate/audit_log.cpp
int hook_command(const Options& options);        // cli/commands/hook_command.cpp
int run_command(const Options& options);         // cli/commands/run_command.cpp
int plan_command(const Options& options);        // cli/commands/plan_command.cpp
int affected_command(const Options& options);    // cli/commands/affected_command.cpp
int why_command(const Options& options);         // cli/commands/plan_command.cpp
int why_not_command(const Options& options);     // cli/commands/plan_command.cpp
int report_command(const Options& options);      // cli/commands/report_command.cpp
int authorship_command(const Options& options);  // cli/commands/authorship_command.cpp
int history_command(const Options& options);     // cli/commands/history_command.cpp
int flaky_command(const Options& options);       // cli/commands/history_command.cpp
int stats_command(const Options& options);       // cli/commands/history_command.cpp
int cache_command(const Options& options);       // cli/commands/cache_command.cpp
int ui_command(const Options& options);          // cli/commands/ui_command.cpp
int completions_command(const Options& options); // cli/commands/completions_command.cpp
int doctor_command(const Options& options);      // cli/commands/doctor_command.cpp
int help_command(const Options& options);        // cli/commands/help_command.cpp

// What `sluice help` can explain.
std::vector<std::string> help_topics();

} // namespace sluice::cli
