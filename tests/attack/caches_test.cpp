// The folders of tools in HOME: builds fill caches there, and must not write what the tool does for everybody else.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace sluice::tests {

namespace {

// Attack: the build leaves start-up scripts, hooks and settings, which the user's next call of the tool obeys.
TEST(Caches, AreAllThatABuildWritesInTheFoldersOfTools)
{
  const ShellProject project;
  const std::string home = project.sibling("home"), gradle = project.sibling("gradle");
  const std::pair<std::string, bool> places[]{{home + "/.gradle/init.d/a.gradle", false},
                                              {home + "/.gradle/caches/a", true},
                                              {home + "/.gradle/gradle.properties", false},
                                              {home + "/.conan2/global.conf", false},
                                              {home + "/.conan2/extensions/a.py", false},
                                              {home + "/.conan2/p/a", true},
                                              {home + "/.nuget/NuGet/NuGet.Config", false},
                                              {home + "/.m2/settings.xml", false},
                                              {home + "/.m2/repository/a", true},
                                              {gradle + "/init.d/a.gradle", false},
                                              {gradle + "/caches/a", true}};
  std::string script;
  for (const auto& [path, kept] : places) {
    const std::string folder = std::filesystem::path(path).parent_path();
    script += "mkdir -p " + folder + " && echo x > " + path + " || exit 1\n";
  }
  for (const char* folder : {"/.gradle", "/.conan2", "/.nuget", "/.m2"})
    std::filesystem::create_directories(home + folder);
  // HOME lies in /tmp here, which builds may write; so does the other one.
  project.configure("[build]\ncommand = [\"sh\", \"build.sh\"]\n");
  project.write("build.sh", script);
  project.commit("A build");
  std::filesystem::create_directories(gradle);
  const SluiceResult run = project.sluice().with("HOME", home).with("GRADLE_USER_HOME", gradle).run();
  if (run.out.find("sandbox  ") != std::string::npos) GTEST_SKIP() << "this machine has no full sandboxes";
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  for (const auto& [path, kept] : places) EXPECT_EQ(std::filesystem::exists(path), kept) << path;
}

} // namespace

} // namespace sluice::tests
