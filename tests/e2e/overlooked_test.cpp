// What a build tool overlooks, because it looks at dates or because no fact names it.
#include "tests/e2e/one_program.h"

#include <filesystem>
#include <fstream>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const char* const k_good = "int main(void) { return 0; }\n";
const char* const k_bad = "int main(void) { return 1; }\n";

// Someone saves main.c each time that it has just been compiled, as long as there is something in `edits`.
class SavedMeanwhile : public OneProgram {
public:
  SavedMeanwhile()
    : OneProgram("set_target_properties(app PROPERTIES C_COMPILER_LAUNCHER \"sh;${CMAKE_SOURCE_DIR}/launcher.sh\")\n",
                 k_good)
  {
    write(".gitignore", "/build/\n/edits/\n");
    write("launcher.sh", "\"$@\" || exit\nedit=$(ls ../edits/* 2> /dev/null | head -n 1)\n[ -n \"$edit\" ] || exit 0\n"
                         "cat \"$edit\" > ../main.c\nrm \"$edit\"\nsleep 0.1\n"
                         "while [ \"$1\" != -o ]; do shift; done\ntouch \"$2\"\n");
  }
};

TEST(SavedWhileBuilding, IsBuiltAgain)
{
  SavedMeanwhile project;
  project.prove();
  project.write("main.c", "int main(void) { return 0 * 7; }\n");
  project.write("edits/1", k_bad);
  const SluiceResult run = project.sluice();
  EXPECT_EQ(project.read("main.c"), k_bad);
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  project.write("main.c", k_good);
  EXPECT_EQ(project.sluice().code, 0);
  EXPECT_THAT(events_of(project.sluice()), Not(HasSubstr("build_started")));
}

TEST(SavedWhileBuilding, IsBuiltAgainThoughItIsTheFirstBuild)
{
  SavedMeanwhile project;
  project.write("edits/1", k_bad);
  project.commit("One program");
  EXPECT_EQ(project.sluice().code, 1);
}

TEST(SavedWhileBuilding, TimeAndAgainIsBuiltByTheNextRun)
{
  SavedMeanwhile project;
  project.prove();
  project.write("main.c", "int main(void) { return 0 * 7; }\n");
  project.write("edits/1", "int main(void) { return 0 * 8; }\n");
  project.write("edits/2", k_bad);
  EXPECT_EQ(project.sluice().code, 0);
  EXPECT_EQ(project.read("main.c"), k_bad);
  const SluiceResult next = project.sluice();
  EXPECT_EQ(next.code, 1) << next.out << next.err;
}

} // namespace

} // namespace sluice::tests
