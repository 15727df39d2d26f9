// Runs real tools (compilers, strip, ldd) in a test's folder.
#pragma once

#include <cstdio>
#include <string>

namespace sluice::tests {

struct ShellResult {
  int status = -1;
  std::string output;
};

inline ShellResult shell(const std::string& folder, const std::string& command)
{
  ShellResult result;
  FILE* pipe = ::popen(("cd '" + folder + "' && { " + command + "; } 2>&1").c_str(), "r");
  if (!pipe) return result;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) result.output.append(buffer, got);
  result.status = ::pclose(pipe);
  return result;
}

inline bool has_tool(const std::string& name)
{
  return shell("/", "command -v " + name).status == 0;
}

} // namespace sluice::tests
