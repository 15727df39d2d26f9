// The exit codes of every command. They are an interface: tests/unit/model/exit_code_test.cpp pins the numbers and
// docs/manual.md lists them.
#pragma once

namespace sluice {

enum class ExitCode : int {
  passed = 0,       // every test that had to pass has passed, every rule is satisfied
  failed = 1,       // a test failed, or the build did
  usage = 2,        // wrong command line or configuration
  refused = 3,      // the tests passed, but a rule of the policy is violated
  nothing = 4,      // nothing to judge: no tests were found
  world = 5,        // sandbox, disk, git or another part of the world failed
  interrupted = 130 // ended by the user
};

} // namespace sluice
