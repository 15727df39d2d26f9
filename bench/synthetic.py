"""Projects made for measuring: as large as asked, with nothing in them that takes time of its own.

They look to Sluice like any configured CMake build folder (build.ninja, .ninja_deps, CTestTestfile.cmake) in a git
repository; their programs are the smallest that Linux starts.
"""
import os
import shutil
import struct
import subprocess
import time

EXIT_PROGRAM = """.globl _start
_start: mov $60, %eax
  xor %edi, %edi
  syscall
"""


def git(root, *arguments):
    subprocess.run(["git", "-C", root, "-c", "user.name=bench", "-c", "user.email=bench@example.com", *arguments],
                   check=True, stdout=subprocess.DEVNULL)


def trivial_program(folder):
    """The smallest static program that exits with 0."""
    source, program = os.path.join(folder, "exit.S"), os.path.join(folder, "exit")
    with open(source, "w") as out:
        out.write(EXIT_PROGRAM)
    subprocess.run(["gcc", "-static", "-nostdlib", "-o", program, source], check=True)
    return program


def write_config(root):
    with open(os.path.join(root, "sluice.toml"), "w") as out:
        out.write('[[tests]]\nframework = "ctest"\ndirectory = "build"\n\n[changes]\nignore = ["*.md"]\n')
    with open(os.path.join(root, ".gitignore"), "w") as out:
        out.write("/build/\n/.sluice/\n")


class DepsLog:
    """Writer of Ninja's .ninja_deps, version 4."""

    def __init__(self, path):
        self._out = open(path, "wb")
        self._out.write(b"# ninjadeps\n" + struct.pack("<i", 4))
        self._ids = {}

    def _id(self, path):
        if path not in self._ids:
            number = len(self._ids)
            data = path.encode()
            data += b"\0" * (-len(data) % 4)
            self._out.write(struct.pack("<I", len(data) + 4) + data + struct.pack("<I", ~number & 0xffffffff))
            self._ids[path] = number
        return self._ids[path]

    def add(self, output, mtime_ns, inputs):
        ids = [self._id(path) for path in [output] + inputs]
        body = struct.pack("<iII", ids[0], mtime_ns & 0xffffffff, mtime_ns >> 32)
        body += b"".join(struct.pack("<i", number) for number in ids[1:])
        self._out.write(struct.pack("<I", len(body) | 0x80000000) + body)

    def close(self):
        self._out.close()


def programs_project(root, tests):
    """`tests` trivial programs, one CTest entry each, each linked from one source."""
    build = os.path.join(root, "build")
    os.makedirs(build)
    os.makedirs(os.path.join(root, "src"))
    write_config(root)
    program = trivial_program(build)
    with open(os.path.join(build, "CTestTestfile.cmake"), "w") as out, \
            open(os.path.join(build, "build.ninja"), "w") as graph:
        graph.write("rule link\n  command = : $in\n")
        for i in range(tests):
            shutil.copy(program, os.path.join(build, f"t{i}"))
            out.write(f'add_test(t{i} "{build}/t{i}")\n')
            graph.write(f"build t{i}: link ../src/f{i}.c\n")
            with open(os.path.join(root, "src", f"f{i}.c"), "w") as source:
                source.write(f"int f{i};\n")
    finish(root, build)


def tree_of_files(root, files):
    """A repository of small files in eight hundred folders, all of them as committed."""
    for i in range(files):
        folder = os.path.join(root, f"d{i % 40}", f"s{i // 40 % 20}")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"file{i}.c"), "w") as out:
            out.write(f"int x{i};\n")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "files")
    time.sleep(1.1)  # or git reads each file again: its date is that of the index
    git(root, "status")


def graph_project(root, files, tests, headers_per_object):
    """`files` sources in folders of 50, each compiled with `headers_per_object` recorded headers, linked into `tests`
    programs; every program is one test."""
    build = os.path.join(root, "build")
    os.makedirs(build)
    write_config(root)
    program = trivial_program(build)
    deps = DepsLog(os.path.join(build, ".ninja_deps"))
    names = [f"src/d{i // 50}/f{i % 50}.{'h' if i % 5 == 0 else 'c'}" for i in range(files)]
    headers = [name for name in names if name.endswith(".h")]
    sources = [name for name in names if name.endswith(".c")]
    for i, name in enumerate(names):
        os.makedirs(os.path.join(root, os.path.dirname(name)), exist_ok=True)
        with open(os.path.join(root, name), "w") as out:
            out.write(f"int x{i};\n")
    per_test = max(1, len(sources) // tests)
    with open(os.path.join(build, "CTestTestfile.cmake"), "w") as out, \
            open(os.path.join(build, "build.ninja"), "w") as graph:
        graph.write("rule cc\n  command = : $in\n  deps = gcc\n  depfile = $out.d\nrule link\n  command = : $in\n")
        for i, source in enumerate(sources):
            graph.write(f"build o{i}.o: cc ../{source}\n")
            used = [f"../{headers[(i // per_test * 7 + k * 31 + i % per_test) % len(headers)]}"
                    for k in range(headers_per_object)]
            deps.add(f"o{i}.o", 1, used)
        for i in range(tests):
            objects = " ".join(f"o{k}.o" for k in range(i * per_test, min(len(sources), (i + 1) * per_test)))
            graph.write(f"build t{i}: link {objects}\n")
            shutil.copy(program, os.path.join(build, f"t{i}"))
            out.write(f'add_test(t{i} "{build}/t{i}")\n')
    deps.close()
    for i in range(len(sources)):
        open(os.path.join(build, f"o{i}.o"), "w").close()
    finish(root, build)


def finish(root, build):
    with open(os.path.join(build, "CMakeCache.txt"), "w") as out:
        out.write("CMAKE_GENERATOR:INTERNAL=Ninja\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "made for measuring")
    for name in sorted(os.listdir(build)):  # objects before programs
        if name[0] in "ot":
            os.utime(os.path.join(build, name))
    # Outputs are newer than sources, and Ninja notes that all is up to date, so that it has nothing to do when it is asked.
    subprocess.run(["ninja", "-C", build, "--quiet"], check=True, stdout=subprocess.DEVNULL)


GTEST_MAIN = """#include <gtest/gtest.h>
#include <cstdlib>
#include <unistd.h>
"""

CASES_IN_A_FILE = 1000  # files compile side by side


def gtest_project(root, cases, suites, faults=False):
    """One GoogleTest program with `cases` trivial cases; with `faults` one crashes, one hangs and one leaves early."""
    os.makedirs(root)
    with open(os.path.join(root, "CMakeLists.txt"), "w") as out:
        out.write('cmake_minimum_required(VERSION 3.20)\nproject(cases LANGUAGES CXX)\nset(CMAKE_CXX_STANDARD 17)\n'
                  'enable_testing()\nfind_package(GTest REQUIRED)\ninclude(GoogleTest)\n'
                  'file(GLOB sources cases*.cpp)\n'
                  'add_executable(cases ${sources})\ntarget_link_libraries(cases GTest::gtest_main)\n'
                  'gtest_discover_tests(cases DISCOVERY_TIMEOUT 600 PROPERTIES TIMEOUT 5)\n')
    special = {cases // 4: "std::abort();", cases // 2: "for (;;) ::pause();", 3 * cases // 4: "std::exit(0);"}
    for first in range(0, cases, CASES_IN_A_FILE):
        with open(os.path.join(root, f"cases{first}.cpp"), "w") as out:
            out.write(GTEST_MAIN)
            for i in range(first, min(first + CASES_IN_A_FILE, cases)):
                body = special.get(i, "") if faults else ""
                out.write(f"TEST(Suite{i % suites}, Case{i}) {{ {body} EXPECT_EQ({i}, {i}); }}\n")
    with open(os.path.join(root, "sluice.toml"), "w") as out:
        out.write('[build]\ndirectory = "build"\n'
                  'configure = ["cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug"]\n\n'
                  '[[tests]]\nframework = "ctest"\ndirectory = "build"\n')
    with open(os.path.join(root, ".gitignore"), "w") as out:
        out.write("/build/\n/.sluice/\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "made for measuring")
    subprocess.run(["cmake", "-S", root, "-B", os.path.join(root, "build"), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug"],
                   check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", os.path.join(root, "build")], check=True, stdout=subprocess.DEVNULL)
