#include "cli/build/named_inputs.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

const NamedInputs k_named("/src", {"a/lib.map", "data/deep/x.txt", "odd name.txt"});

TEST(NamedInputs, AFileIsNamedInEverySpellingOfAWord)
{
  for (const char* command :
       {"cc -Wl,--version-script,\"/src/a/lib.map\" x.o", "cc -T../a/lib.map", "cc -T/src/a/lib.map",
        "cd /src/a && use lib.map", "cc -Wl,--version-script=lib.map", "cc @a/lib.map",
        "tool --in=/link/to/src/a/lib.map", "cat '/src/odd name.txt'", "cat odd\\ name.txt || cat odd name.txt"})
    EXPECT_TRUE(k_named.named_by(command, false)) << command;
}

TEST(NamedInputs, AnotherFileIsNot)
{
  for (const char* command : {"cc -T/src/b/lib.map", "cc -Tb/lib.map", "cc xlib.map", "cc lib.map.o",
                              "cc /src/build/lib.map", "cc -I/src/data/deep", ""})
    EXPECT_FALSE(k_named.named_by(command, false)) << command;
}

TEST(NamedInputs, AFolderIsNamedWhereItIsMeantItself)
{
  for (const char* command : {"cmake -E copy_directory /src/data /src/build/data", "protoc -I../data/deep",
                              "cd /src/data/ && gen", "gen deep"})
    EXPECT_TRUE(k_named.named_by(command, true)) << command;
  for (const char* command :
       {"cmake -E copy /src/data/other.txt .", "cd /src && gen", "cd /src/build/data && gen", "gen datab"})
    EXPECT_FALSE(k_named.named_by(command, true)) << command;
}

} // namespace
} // namespace sluice::cli
