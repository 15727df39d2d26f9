"""What bench/replay and bench/mutants share: a clone of a real project, its builds, its tests, and the truth about them.

The truth comes from ctest, which knows nothing of Sluice: every test is run at every step. Nothing of a project is
kept in this repository; clones live in a working folder outside.
"""
import json
import os
import resource
import shutil
import subprocess
import time
import xml.etree.ElementTree as ElementTree

# How known projects are configured, beyond `cmake -S . -B build -G Ninja`. Others build with their defaults.
CONFIGURE = {
    "fmt": ["-DFMT_DOC=OFF"],
    "leveldb": ["-DLEVELDB_BUILD_BENCHMARKS=OFF"],
    "jsoncpp": ["-DJSONCPP_WITH_POST_BUILD_UNITTEST=OFF", "-DBUILD_SHARED_LIBS=OFF", "-DBUILD_OBJECT_LIBS=OFF"],
    "spdlog": ["-DSPDLOG_BUILD_TESTS=ON", "-DSPDLOG_BUILD_EXAMPLE=OFF"],
}

SLUICE_TOML = """[build]
directory = "build"
configure = {configure}

[[tests]]
framework = "ctest"
directory = "build"

[changes]
ignore = {ignore}
"""

# What no test of these projects reads; everything else that no fact knows widens.
IGNORE = [".github/**", "doc/**", "docs/**", "*.md", "*.rst", "LICENSE*", "AUTHORS", ".gitignore", ".clang-format",
          ".clang-tidy", "logos/**", "doc-html/**", ".gitattributes", "CONTRIBUTORS", ".mailmap", "*.bazel", "WORKSPACE*",
          "meson.build", "meson_options.txt"]


class Failure(Exception):
    pass


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Timed:
    """Wall and CPU seconds of a block, children included."""

    def __enter__(self):
        self._wall, self._cpu = time.monotonic(), cpu_seconds()
        return self

    def __exit__(self, *_):
        self.wall, self.cpu = time.monotonic() - self._wall, cpu_seconds() - self._cpu


class Project:
    environment = None  # of what it starts; None: the caller's
    borrowed = False    # GoogleTest is not the one that its commits name
    derived = None      # the commit that is checked out, where commits are not judged as they are

    def __init__(self, source, work, sluice, configure, jobs):
        name = os.path.basename(os.path.abspath(source)).removesuffix(".git")
        self.name = name
        self.root = os.path.join(work, name)
        self.build = os.path.join(self.root, "build")
        self.sluice = os.path.abspath(sluice)
        self.jobs = jobs
        self.log = open(os.path.join(work, f"{name}.log"), "ab")
        self.configure = ["cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                          "-DCMAKE_CXX_FLAGS_DEBUG=-O0"] + CONFIGURE.get(name, []) + configure
        if os.path.exists(self.root):
            shutil.rmtree(self.root)
        self.run(["git", "clone", "-q", "--no-hardlinks", os.path.abspath(source), self.root], cwd=work, check=True)
        self.borrowed = self._borrow_googletest()

    def run(self, command, cwd=None, check=False, capture=False):
        self.log.write(("$ " + " ".join(command) + "\n").encode())
        self.log.flush()
        done = subprocess.run(command, cwd=cwd or self.root, env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE if capture else self.log,
                              stderr=self.log)
        if check and done.returncode != 0:
            raise Failure(f"{' '.join(command)} ended with {done.returncode}; see {self.log.name}")
        return done

    def git(self, *arguments):
        return self.run(["git", *arguments], check=True, capture=True).stdout.decode("utf-8", "replace")

    def _borrow_googletest(self):
        """Projects that carry GoogleTest as a submodule get Debian's sources of it in its place, as files that git
        ignores: what lies there is not what any commit names. Returns whether it was done."""
        folder = os.path.join(self.root, "third_party", "googletest")
        if not os.path.isdir(folder) or os.listdir(folder) or not os.path.isdir("/usr/src/googletest"):
            return False
        os.rmdir(folder)
        shutil.copytree("/usr/src/googletest", folder)
        with open(os.path.join(self.root, ".git", "info", "exclude"), "a") as out:
            out.write("/third_party/googletest/\n")
        return True

    def _without_submodules(self, commit):
        """The same commit without its submodules, on top of the one before."""
        index = dict(self.environment or os.environ, GIT_INDEX_FILE=os.path.join(self.root, ".git", "derived-index"))
        def git(*arguments, feed=None):
            return subprocess.run(["git", *arguments], cwd=self.root, env=index, check=True, input=feed,
                                  stdout=subprocess.PIPE).stdout.decode()
        git("read-tree", commit)
        links = [line.split("\t", 1)[1] for line in git("ls-files", "--stage", "-z").split("\0")
                 if line.startswith("160000 ")]
        git("update-index", "--force-remove", "-z", "--stdin", feed="".join(f"{link}\0" for link in links).encode())
        parents = ["-p", self.derived] if self.derived else []
        return git("-c", "user.name=Replay", "-c", "user.email=replay@localhost", "commit-tree", git("write-tree").strip(),
                   *parents, "-m", commit).strip()

    def write_config(self):
        def toml(words):
            return json.dumps(words)
        with open(os.path.join(self.root, "sluice.toml"), "w") as out:
            out.write(SLUICE_TOML.format(configure=toml(self.configure), ignore=toml(IGNORE)))

    def checkout(self, commit):
        if self.borrowed:
            commit = self.derived = self._without_submodules(commit)
        self.git("checkout", "-q", "--force", commit)

    def undo(self):
        self.git("checkout", "-q", "--force", ".")
        self.git("clean", "-qfd", "-e", "sluice.toml", "-e", "build", "-e", ".sluice", "-e", "third_party")

    def sluice_run(self, *arguments):
        """Runs Sluice; returns (exit code, timing, events of the run)."""
        before = self._runs()
        with Timed() as timed:
            done = self.run([self.sluice, "run", "--plain", "-j", str(self.jobs), *arguments])
        return done.returncode, timed, self._events_of(self._runs() - before)

    def _runs(self):
        folder = os.path.join(self.root, ".sluice", "runs")
        return set(os.listdir(folder)) if os.path.isdir(folder) else set()

    def _events_of(self, runs):
        """Of the newest of them; none: the run ended before it had a plan."""
        if not runs:
            return []
        with open(os.path.join(self.root, ".sluice", "runs", max(runs), "events.ndjson"), "rb") as log:
            return [json.loads(line) for line in log]

    def build_all(self):
        with Timed() as timed:
            ok = True
            if not os.path.exists(os.path.join(self.build, "build.ninja")):
                ok = self.run(self.configure).returncode == 0
            ok = ok and self.run(["cmake", "--build", "build", "--parallel", str(self.jobs)]).returncode == 0
        return ok, timed

    def truth(self):
        """Outcome of every test by ctest: {name: passed?}, and the time it took."""
        report = os.path.join(self.build, "truth.xml")
        with Timed() as timed:
            self.run(["ctest", "--test-dir", "build", "-j", str(self.jobs), "--timeout", "300", "--output-junit",
                      report])
        outcomes = {}
        if os.path.exists(report):
            for case in ElementTree.parse(report).getroot().iter("testcase"):
                outcomes[case.get("name")] = case.get("status")
            os.remove(report)
        return outcomes, timed


def decisions(events):
    """{test: "run" | "reuse" | "skip"} of one run."""
    return {e["test"]: e["decision"] for e in events if e["event"] == "test_planned"}


def outcomes_of(events):
    """{test: outcome of its first attempt} of the tests that ran."""
    found = {}
    for event in events:
        if event["event"] == "test_finished":
            found.setdefault(event["test"], event["outcome"])
    return found


def escalations(events):
    found = []
    for event in events:
        if event["event"] == "plan_made":
            found += [f"{e['cause']}: {e.get('subject', '')}" for e in event.get("escalations", [])]
    return found


def build_failed(events):
    return any(e["event"] == "build_finished" and not e["ok"] for e in events)


def is_pass(status):
    return status == "run"


def told_from_flaky(project, found, after, times=10):
    """Of tests that look missed, those whose outcome is the same however often the judge runs on the same tree, and the
    flaky ones, whose outcome is not: these say nothing about selection."""
    missed = list(found)
    for _ in range(times):
        if not missed:
            break
        again = project.truth()[0]
        missed = [test for test in missed if again.get(test) == after[test]]
    return missed, [test for test in found if test not in missed]


def misses(before, after, events):
    """Tests that Sluice did not run and whose truth says that it had to: the outcome differs from the step before, or
    the test does not pass."""
    chosen = decisions(events)
    found = []
    for test, status in after.items():
        if chosen.get(test) == "run":
            continue
        if status == "disabled":
            continue
        differs = test in before and before[test] != status
        if differs or not is_pass(status):
            found.append(test)
    return found
