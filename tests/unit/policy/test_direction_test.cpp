#include "policy/test_direction.h"

#include "adapters/config/toml.h"

#include <gtest/gtest.h>

namespace sluice::policy {
namespace {

std::string of_toml(const std::string& text)
{
  return directing_part_of_pyproject(config::parse_toml(text, "pyproject.toml"));
}

TEST(TestDirection, OfFilesByTheirNames)
{
  for (const char* path : {"sluice.toml", "conftest.py", "a/b/conftest.py", "jest.config.ts", ".mocharc.json",
                           "sub/CTestCustom.cmake", ".coveragerc", ".config/nextest.toml", ".gitattributes",
                           "a/.gitattributes", ".cargo/config.toml", "crate/.cargo/config", "bunfig.toml", "web/.npmrc",
                           "spec/spec_helper.rb", "src/setupTests.ts", "jest.setup.js", ".mvn/maven.config", "a/x.pth"})
    EXPECT_EQ(direction_of(path), TestDirection::whole) << path;
  for (const char* path : {"sub/sluice.toml", "CMakeLists.txt", "src/jest.c", "config.py", "mypackage.json",
                           "cargo/config.toml", "config.toml"})
    EXPECT_EQ(direction_of(path), TestDirection::none) << path;
  EXPECT_EQ(direction_of("a/pyproject.toml"), TestDirection::pyproject_toml);
  EXPECT_EQ(direction_of("setup.cfg"), TestDirection::setup_cfg);
  EXPECT_EQ(direction_of("web/package.json"), TestDirection::package_json);
}

TEST(TestDirection, OfPluginsThatACommitBrings)
{
  for (const char* path : {"handy.egg-info/entry_points.txt", "a/x-1.dist-info/entry_points.txt", "x.egg-info"})
    EXPECT_TRUE(is_metadata_of_package(path)) << path;
  EXPECT_FALSE(is_metadata_of_package("egg-info/x"));
  EXPECT_EQ(direction_of("handy.egg-info/entry_points.txt"), TestDirection::none) << "pip install -e leaves them";
}

TEST(TestDirection, OfAPyprojectIsAllButWhatTheProjectNeeds)
{
  const std::string plain = of_toml("[project]\nname = \"p\"\n[tool.pytest.ini_options]\naddopts = \"-q\"\n");
  EXPECT_EQ(plain, of_toml("[build-system]\nrequires = []\n[project]\ndependencies = [\"x\"]\n"
                           "[tool.uv]\nx = 1\n[tool.pytest.ini_options]\naddopts = \"-q\"\n"));
  EXPECT_NE(plain, of_toml("[tool.pytest.ini_options]\naddopts = \"-q --collect-only\"\n"));
  EXPECT_NE(plain, of_toml("tool.pytest.ini_options.addopts = \"-q\"\ntool.coverage.x = 1\n"));
  EXPECT_NE(of_toml("tool = 1\n"), of_toml("tool = 2\n"));
  for (const char* plugin :
       {"[project.entry-points.pytest11]\nx = \"handy\"\n", "[tool.poetry.plugins.pytest11]\nx = \"handy\"\n"})
    EXPECT_NE(of_toml("[tool.poetry]\n"), of_toml(plugin)) << "pytest loads it into every run";
}

// What hides a section from one reader and not from another cannot be compared.
TEST(TestDirection, OfASetupCfgIsAllButMetadataAndOptions)
{
  const auto plain = directing_part_of_setup_cfg("[metadata]\nname = p\n[tool:pytest]\naddopts = -q\n");
  EXPECT_EQ(plain, "[tool:pytest]\naddopts = -q\n");
  EXPECT_EQ(plain, directing_part_of_setup_cfg("[options.extras_require]\nx = y\n[tool:pytest]\r\naddopts = -q\n"));
  for (const char* plugin : {"[options.entry_points]\npytest11 = x=handy\n", "[options]\nentry_points = file: x\n"})
    EXPECT_NE(directing_part_of_setup_cfg(plugin), "") << plugin;
  for (const char* other : {"[tool:pytest]\nx = \\n[metadata]\naddopts = -q --collect-only\n",
                            "[tool:pytest]\n[metadata\naddopts = -q --collect-only\n",
                            "[tool:pytest]\n[options.x#]\naddopts = -q --collect-only\n",
                            "[tool:pytest]\n [metadata]\naddopts = -q --collect-only\n"})
    EXPECT_NE(directing_part_of_setup_cfg(other)->find("--collect-only"), std::string::npos) << other;
  for (const char* other : {"[metadata]\nx = y\f[tool:pytest]\n", "[metadata]\nx = y\r[tool:pytest]\n",
                            "[metadata]\nx = y\xe2\x80\xa8[tool:pytest]\n", "[metadata]\nx = y\xc2\x85[tool:pytest]\n"})
    EXPECT_EQ(directing_part_of_setup_cfg(other), std::nullopt) << other;
}

TEST(TestDirection, OfAPackageIsAllButWhatItIsAndNeeds)
{
  const auto plain = directing_part_of_package_json(R"({"name": "p", "jest": {"bail": 1}})");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain, directing_part_of_package_json(R"({"jest": {"bail": 1}, "devDependencies": {"x": "1"}})"));
  EXPECT_NE(plain, directing_part_of_package_json(R"({"jest": {"bail": 1, "testPathIgnorePatterns": [""]}})"));
  EXPECT_NE(plain, directing_part_of_package_json(R"({"jest": {"bail": 1}, "scripts": {"test": "true"}})"));
  EXPECT_EQ(directing_part_of_package_json("no JSON"), std::nullopt);
  const std::string deep = "{\"a\":" + std::string(300'000, '[') + std::string(300'000, ']') + "}";
  EXPECT_EQ(directing_part_of_package_json(deep), std::nullopt) << "and the stack is not used up";
  EXPECT_EQ(directing_part_of_package_json("[]"), std::nullopt);
}

} // namespace
} // namespace sluice::policy
