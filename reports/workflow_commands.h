// CI services take lines of a log for commands: a test that prints "::add-mask::" or "##vso[task.complete]" would speak
// for the job. It does not know which service reads; it breaks the marks of all of them.
#pragma once

#include <string>
#include <string_view>

namespace sluice::reports {

// The lines with a zero-width blank in every mark: "::" that begins a line (blanks before it do not count), and "##"
// before a word and '[', wherever it stands. It reads as before.
std::string defuse_workflow_commands(std::string_view lines);

} // namespace sluice::reports
