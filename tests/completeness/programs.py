"""The real programs that the observer is compared with strace on: how each is prepared and started.

A row is a function that makes what is needed in the folder it is given and returns the command, or raises Missing with the
reason for a skip. Nothing reaches for the network.
"""
import os
import shutil
import subprocess


class Missing(Exception):
    pass


def tool(name, *places):
    for place in places:
        if os.access(place, os.X_OK):
            return place
    found = shutil.which(name, path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/go/bin")
    if not found:
        raise Missing(f"{name} is not installed")
    return found


def write(folder, name, text, executable=False):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)
    if executable:
        os.chmod(path, 0o755)
    return path


def prepare(folder, *command, env=None):
    done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Missing(f"{command[0]} cannot prepare this: {done.stdout.decode(errors='replace').strip()[-200:]}")


def gxx(folder):
    write(folder, "inc/a.h", "#pragma once\n#include <map>\n")
    write(folder, "main.cpp", '#include "a.h"\n#include <iostream>\nint main() { std::cout << 1; }\n')
    return [tool("g++"), "-Iinc", "-Imissing", "-O1", "main.cpp", "-o", "main"]


def python(folder):
    write(folder, "package/__init__.py", "from . import inner\n")
    write(folder, "package/inner.py", "import os\nfor name in 'json sqlite3 email unittest glob decimal xml.dom'.split():\n"
                                      "  try: __import__(name)\n  except ImportError: pass\nprint(os.listdir('.'))\n")
    return [tool("python3"), "-c", "import package, subprocess; subprocess.run(['/bin/cat', 'package/inner.py'])"]


def node(folder):
    write(folder, "node_modules/dep/index.js", "module.exports = require('fs').readFileSync(__dirname + '/data.txt', 'utf8')\n")
    write(folder, "node_modules/dep/data.txt", "data\n")
    write(folder, "main.mjs", "import dep from 'dep'; import { spawnSync } from 'node:child_process';\n"
                              "console.log(dep, spawnSync('ls', ['.']).status)\n")
    return [tool("node"), "main.mjs"]


def repository(folder):
    git = tool("git")
    for i in range(30):
        write(folder, f"src/d{i % 5}/f{i}.txt", "text\n")
    write(folder, ".gitignore", "*.o\n")
    os.symlink("src/d0", os.path.join(folder, "link"))
    for arguments in (["init", "-q"], ["add", "-A"],
                      ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "-m", "one"]):
        prepare(folder, git, *arguments)
    write(folder, "src/d1/new.txt", "new\n")
    return git


def git_status(folder):
    return [repository(folder), "status"]


def git_log(folder):
    return [repository(folder), "--no-pager", "log", "--stat", "-p"]


def perl(folder):
    write(folder, "lib/Mine.pm", "package Mine; use POSIX; use File::Temp; sub f { 1 } 1;\n")
    return [tool("perl"), "-Ilib", "-MMine", "-e", "opendir(D, '.'); print readdir D; system('cat lib/Mine.pm | wc -l')"]


def bash(folder):
    write(folder, "inner.sh", "cd sub && for f in *; do cat $f; done\n(cd .. && test -e nothing)\n")
    write(folder, "sub/x", "x\n")
    write(folder, "script.sh", "#!/bin/bash\n. ./inner.sh\nx=$(cd /usr; ls lib | head -1)\n(cd ..; cat inner.sh) &\nwait\n"
                               "ln -s sub way; cat way/x; echo y > made; cat made; rm made\n", executable=True)
    return [os.path.join(folder, "script.sh")]


def make(folder):
    write(folder, "Makefile", "-include missing.mk\nall: main\nmain: main.c part.mk\n\tcp main.c $@\n\tcat $< > $@.2\ninclude part.mk\n")
    write(folder, "part.mk", "X = 1\n")
    write(folder, "main.c", "int main(void) { return 0; }\n")
    return [tool("make")]


def gtest(folder):
    return [os.environ["SLUICE_GTEST_PROGRAM"]]


def sqlite(folder):
    program = tool("sqlite3")
    prepare(folder, program, "old.db", "create table t(x); insert into t values (1);")
    return [program, "old.db", "insert into t values (2); select * from t; attach 'new.db' as n; create table n.u(y);"]


def cmake(folder):
    write(folder, "CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(p NONE)\ninclude(sub/x.cmake OPTIONAL)\n"
                                    "configure_file(in.txt out.txt)\nfind_program(T sh)\n")
    write(folder, "in.txt", "text\n")
    return [tool("cmake"), "-S", ".", "-B", "build"]


def ninja(folder):
    write(folder, "build.ninja", "rule cp\n  command = cp $in $out\nbuild out/a: cp a\nbuild out/b: cp out/a\n")
    write(folder, "a", "text\n")
    return [tool("ninja")]


def static(folder):
    write(folder, "main.c", "#include <stdio.h>\n#include <unistd.h>\nint main(void) { char b[9]; access(\"none\", 0);"
                            "FILE *f = fopen(\"data\", \"r\"); return !f || !fgets(b, 9, f); }\n")
    write(folder, "data", "text\n")
    prepare(folder, tool("gcc"), "-static", "main.c", "-o", "main")
    return [os.path.join(folder, "main")]


def bits32(folder):
    """No C library for 32 bits is needed: five system calls of its own."""
    write(folder, "main.c", """
static int call(int n, const void *a, int b, int c)
{ int r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(n), "b"(a), "c"(b), "d"(c) : "memory"); return r; }
void _start(void)
{
  char buffer[64];
  call(33, "none/below", 0, 0);
  call(12, "sub", 0, 0);
  int fd = call(5, "../data", 0, 0);
  call(106, "inner", (int)buffer, 0);
  call(85, "way", (int)buffer, 60);
  call(1, (void *)(long)(fd < 0), 0, 0);
}
""")
    write(folder, "data", "text\n")
    write(folder, "sub/inner", "text\n")
    os.symlink("inner", os.path.join(folder, "sub", "way"))
    prepare(folder, tool("gcc"), "-m32", "-static", "-nostdlib", "-fno-pie", "-no-pie", "-fno-stack-protector", "main.c", "-o", "main")
    return [os.path.join(folder, "main")]


def java(folder):
    write(folder, "Main.java", "public class Main { public static void main(String[] a) throws Exception {"
                               "System.out.println(java.nio.file.Files.readString(java.nio.file.Path.of(\"data\"))); } }\n")
    write(folder, "data", "text\n")
    prepare(folder, tool("javac"), "Main.java")
    return [tool("java"), "-Xshare:auto", "-cp", ".:missing.jar", "Main"]


def javac(folder):
    java(folder)
    return [tool("javac"), "-d", "out", "Main.java"]


def go(folder):
    write(folder, "go.mod", "module example.org/m\n\ngo 1.18\n")
    write(folder, "main.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(1) }\n")
    return [tool("go"), "list", "-deps", "-f", "{{.Dir}}", "."]


def tar(folder):
    for i in range(20):
        write(folder, f"tree/d{i % 4}/f{i}", "text\n")
    os.symlink("d1", os.path.join(folder, "tree", "way"))
    return [tool("bash"), "-c", "tar cf a.tar tree && mkdir out && tar xf a.tar -C out && cat out/tree/way/f1"]


def find(folder):
    for i in range(20):
        write(folder, f"tree/d{i % 4}/f{i}", "text\n")
    os.symlink("d1", os.path.join(folder, "tree", "way"))
    return [tool("bash"), "-c", "find -L tree -name 'f*' -newer tree/d0/f0; find tree -type f | xargs sort -o sorted; "
                                "grep -r text tree | sed -n 1p | awk '{print}'; cp -a tree copy; mv copy moved; rm -r moved; install -D tree/d0/f0 x/y"]


PROGRAMS = {"g++": gxx, "python3": python, "node": node, "git-status": git_status, "git-log": git_log, "perl": perl,
            "bash": bash, "make": make, "gtest": gtest, "sqlite3": sqlite, "cmake": cmake, "ninja": ninja,
            "static": static, "32-bit": bits32, "java": java, "javac": javac, "go": go, "tar": tar, "find": find}
