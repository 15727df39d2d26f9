// A CMake project of three small programs without a test framework, so that it is built in a second: `left` and `right`
// use their own library and one header in common, `alone` uses nothing and reads a data file. All are CTest tests.
#pragma once

#include "tests/support/sluice_command.h"
#include "tests/support/temp_repo.h"

#include <string>
#include <vector>

namespace sluice::tests {

class SmallCMakeProject : public TempRepo {
public:
  SmallCMakeProject()
  {
    write(".gitignore", "/build/\n");
    write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                         "[[tests]]\nframework = \"ctest\"\n");
    write("CMakeLists.txt",
          "cmake_minimum_required(VERSION 3.20)\nproject(small LANGUAGES C)\nenable_testing()\n"
          "add_library(left_half STATIC left_half.c)\nadd_library(right_half STATIC right_half.c)\n"
          "foreach(name left right alone)\n  add_executable(${name} ${name}.c)\n"
          "  add_test(NAME ${name} COMMAND ${name})\nendforeach()\n"
          "target_compile_definitions(alone PRIVATE FILE_NAME=\"${CMAKE_CURRENT_SOURCE_DIR}/data.txt\")\n"
          "target_link_libraries(left left_half)\ntarget_link_libraries(right right_half)\n");
    write("common.h", "enum { k_sum = 4 };\n");
    write("only_right.h", "enum { k_right = 2 };\n");
    write("left_half.c", "#include \"common.h\"\nint left_half(void) { return k_sum / 2; }\n");
    write("right_half.c", "#include \"common.h\"\n#include \"only_right.h\"\n"
                          "int right_half(void) { return k_sum - k_right; }\n");
    write("left.c", "int left_half(void);\nint main(void) { return left_half() != 2; }\n");
    write("right.c", "int right_half(void);\nint main(void) { return right_half() != 2; }\n");
    write("alone.c", "#include <stdio.h>\nint main(void)\n{\n  FILE* file = fopen(FILE_NAME, \"r\");\n"
                     "  return !file || fgetc(file) != '1';\n}\n");
    write("data.txt", "1\n");
    commit("Three programs");
  }
  SluiceResult sluice(std::vector<std::string> words = {}) const { return Sluice(path()).run(std::move(words)); }
};

} // namespace sluice::tests
