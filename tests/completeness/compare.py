#!/usr/bin/env python3
"""Compares what the observer sees of a program with what strace sees of the same run.

usage: compare.py OBSERVE_PROGRAM NAME [--fast]     one program of programs.py: exit 0 equal, 1 not, 77 skipped with its
                                                   reason; --fast: with the preloaded fast path
       compare.py OBSERVE_PROGRAM --table [--fast]  all of them, as rows of a table

strace runs under the observer, so both see one and the same run.
"""
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import programs

TRACED = "%file,%process,fchdir,connect,bind"
KERNEL = ("/proc", "/sys", "/dev")  # no inputs, by rule
TEXT = r'(?:\\x[0-9a-f]{2})*'
TOKEN = re.compile(rf'(?P<fd>AT_FDCWD|-?\d+)<(?P<at>{TEXT})>(?:\(deleted\))?|"(?P<text>{TEXT})"')
LINE = re.compile(r'^(\d+) +(.*)$')
CALL = re.compile(r'^(\w+)\((.*)\) += (-?\d+|\?)(.*)$')
# Of these the last component is not followed.
KEEP = {"lstat", "readlink", "readlinkat", "unlink", "unlinkat", "rmdir", "rename", "renameat", "renameat2", "mkdir",
        "mkdirat", "mknod", "mknodat", "symlink", "symlinkat", "link", "linkat", "lchown", "lgetxattr", "llistxattr",
        "lsetxattr", "lremovexattr", "oldlstat", "lstat64", "bind"}
TWO_NAMES = {"rename", "renameat", "renameat2", "link", "linkat"}
NO_NAMES = {"getcwd", "exit", "exit_group", "wait4", "waitid", "fork", "vfork", "clone", "clone3", "kill", "tgkill",
            "rt_sigqueueinfo", "pidfd_send_signal", "mount", "umount2"}


def decode(text):
    return bytes.fromhex(text.replace("\\x", "")).decode(errors="surrogateescape")


def is_kernel(path):
    return any(path == top or path.startswith(top + "/") for top in KERNEL)


class Question:
    """One name that a process handed to the kernel."""

    def __init__(self, call, base, name, arguments, result):
        self.call, self.base, self.name, self.arguments, self.ok = call, base, name, arguments, result >= 0
        self.keep = call in KEEP or "NOFOLLOW" in arguments or "O_EXCL" in arguments
        opened = call in ("open", "openat", "openat2") and "O_PATH" not in arguments
        self.reads = self.ok and ((opened and ("O_RDONLY" in arguments or "O_RDWR" in arguments)) or call.startswith("execve"))
        self.empties = "O_TRUNC" in arguments


def lines_of(log):
    """Whole calls: what was interrupted by another process is joined again."""
    pending = {}
    with open(log, errors="surrogateescape") as file:
        for line in file:
            match = LINE.match(line.rstrip("\n"))
            if not match:
                continue
            pid, text = int(match[1]), match[2]
            if text.endswith("<unfinished ...>"):
                pending[pid] = text[:-len("<unfinished ...>")]
                yield pid, pending[pid], False
                continue
            resumed = re.match(r"<\.\.\. \w+ resumed>(.*)$", text)
            yield pid, (pending.pop(pid, "") + resumed[1] if resumed else text), True


def questions_of(log, start):
    """Every name in the log, each with the folder it starts from."""
    folders, forking, found = {}, [], []
    for pid, text, whole in lines_of(log):
        if pid not in folders:
            folders[pid] = folders.get(forking[-1] if forking else None, start)
        name = text.split("(")[0]
        if name in ("fork", "vfork", "clone", "clone3") and not whole:
            forking.append(pid)
        match = CALL.match(text)
        if not whole or not match or match[3] == "?":
            continue
        name, arguments, result = match[1], match[2], int(match[3])
        if name in ("fork", "vfork", "clone", "clone3"):
            if pid in forking:
                forking.remove(pid)
            folders.setdefault(result, folders[pid])
            continue
        if name in NO_NAMES:
            continue
        tokens = list(TOKEN.finditer(arguments))
        for token in tokens:
            if token["fd"] == "AT_FDCWD":
                folders[pid] = decode(token["at"])
        if name == "fchdir" and result == 0 and tokens:
            folders[pid] = decode(tokens[0]["at"])
        found += names_in(name, arguments, tokens, folders[pid], result)
        if name == "chdir" and result == 0 and tokens:
            folders[pid] = os.path.realpath(os.path.join(folders[pid], decode(tokens[0]["text"])))
    return found


def names_in(call, arguments, tokens, folder, result):
    if call in ("connect", "bind"):
        match = re.search(rf'sun_path="({TEXT})"', arguments)
        return [Question(call, folder, decode(match[1]), arguments, result)] if match else []
    if call == "symlink":
        tokens = tokens[1:]
    names, base = [], folder
    for i, token in enumerate(tokens):
        if token["fd"]:
            base = decode(token["at"])
            continue
        if call == "symlinkat" and i == 0:
            continue
        if token["text"]:
            names.append(Question(call, base, decode(token["text"]), arguments, result))
        base = folder
        if len(names) >= (2 if call in TWO_NAMES else 1) or not token["text"]:
            break
    return names


def walk(question):
    """(links passed, where it ends, whether that is there) in the tree as it is now."""
    links, rest, at, passed = [], question.name.split("/"), ("" if question.name.startswith("/") else question.base.rstrip("/")), 0
    while rest:
        part = rest.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            at = at.rpartition("/")[0]
            continue
        here = at + "/" + part
        if is_kernel(here):
            return links, here, True
        try:
            mode = os.lstat(here).st_mode
        except OSError:
            return links, here, False
        if stat.S_ISLNK(mode) and (rest or not question.keep):
            links.append(here)
            passed += 1
            if passed > 40:
                return links, here, True
            target = os.readlink(here)
            rest = target.split("/") + rest
            at = "" if target.startswith("/") else at
            continue
        at = here
        if rest and not stat.S_ISDIR(mode):
            return links, here, True
    return links, at or "/", True


class Seen:
    def __init__(self, output):
        self.lists = {name: set() for name in ("read", "looked", "link", "absent", "listed", "written", "finding")}
        self.incomplete, self.count, self.noted = "nothing was observed", 0, 0
        for line in output.decode(errors="surrogateescape").split("\n"):
            kind, _, name = line.partition(" ")
            if kind == "incomplete":
                self.incomplete = name
            elif kind == "notifications":
                self.count = int(name)
            elif kind == "noted":
                self.noted = int(name)
            elif kind in self.lists:
                self.lists[kind].add(name)
        self.all = set().union(*(names for kind, names in self.lists.items() if kind != "finding"))

    def is_own(self, path):
        """Made by the run: it, or a folder above it, was not there before."""
        while path not in ("", "/"):
            if path in self.lists["absent"]:
                return True
            path = path.rpartition("/")[0]
        return False


def missing_of(seen, question):
    """What of this name is not in the observation, as text; None if nothing."""
    links, end, there = walk(question)
    for link in links:
        if link not in seen.lists["link"] and not seen.is_own(link):
            return f"link {link}"
    if is_kernel(end) or seen.is_own(end):
        return None
    if not there:  # or it was there and has been removed
        return None if end in seen.all else f"absent {end}"
    if end not in seen.all:
        return f"{end}"
    if question.reads and not question.empties and end not in seen.lists["written"]:
        wanted = "listed" if os.path.isdir(end) else "read"
        if os.path.isfile(end) or os.path.isdir(end):
            return None if end in seen.lists[wanted] else f"{wanted} {end}"
    return None


def observe(tool, folder, command, env):
    done = subprocess.run([*tool, *command], cwd=folder, env=env, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    return Seen(done.stdout)


def interpreters(path):
    """Rule: the kernel opens a script's interpreter and an ELF file's loader by itself."""
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
    except OSError:
        return set()
    line = re.match(rb"#![ \t]*([^ \t\n\0]+)", head)
    name = line[1] if line else (re.search(rb"/lib[^\0]*/ld-[^\0]*", head) or [b""])[0]
    if not name:
        return set()
    question = Question("execve", "/", name.decode(errors="surrogateescape"), "", 0)
    links, end, _ = walk(question)
    return {*links, end} | interpreters(end)


def compare(tool, name, folder):
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8", "TMPDIR": folder,
           "SLUICE_GTEST_PROGRAM": os.environ.get("SLUICE_GTEST_PROGRAM", "")}
    strace = programs.tool("strace")
    work = os.path.join(folder, "work")
    os.mkdir(work)
    command = programs.PROGRAMS[name](work)
    log = os.path.join(folder, "strace.log")
    trace = [strace, "-f", "-y", "-xx", "-s", "4200", "-e", f"trace={TRACED}", "-o", log]
    seen = observe(tool, work, trace + command, env)
    if not os.path.exists(log):
        raise programs.Missing("strace cannot trace here")
    questions = questions_of(log, work)
    if len(questions) < 3:
        sys.exit(f"{name}: strace shows {len(questions)} names: what was compared is no run")
    # Rule: strace's own files, the time zone among them, which it reads to print a time.
    of_strace = observe(tool, work, [strace, "-o", log, programs.tool("touch"), "-d", "@1", "touched"], env)
    missing = sorted({gap for gap in (missing_of(seen, question) for question in questions) if gap})
    if seen.incomplete:
        missing.insert(0, f"incomplete: {seen.incomplete}")
    known = {log, "/memfd:sluice-fast (deleted)"}  # strace looks whether what it prints of a descriptor is there
    for question in questions:
        links, end, _ = walk(question)
        known |= {*links, end}
        if question.call.startswith("execve"):
            known |= interpreters(end)
    extra = sorted(path for path in seen.all - of_strace.all - known if not is_gone(path, known))
    return questions, seen, missing, extra


def is_gone(path, known):
    """Removed since: the walk of today ends above it, or strace's names lead there no more."""
    return not os.path.lexists(path) and any(path.startswith(end + "/") or end == path for end in known) or not os.path.lexists(
        os.path.dirname(path))


def main():
    tool, name = [os.path.abspath(sys.argv[1]), *sys.argv[3:]], sys.argv[2]
    wanted = list(programs.PROGRAMS) if name == "--table" else [name]
    if name == "--table":
        print("| program | path calls | names | missing | extra | complete |\n|---|---|---|---|---|---|")
    bad = False
    for each in wanted:
        folder = os.path.realpath(tempfile.mkdtemp(prefix="sluice-complete-"))
        try:
            questions, seen, missing, extra = compare(tool, each, folder)
        except programs.Missing as why:
            print(f"| {each} | skipped: {why} |" if name == "--table" else f"skipped: {why}")
            if name != "--table":
                sys.exit(77)
            continue
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        bad = bad or missing or extra
        if name == "--table":
            print(f"| {each} | {len(questions)} | {len({(q.base, q.name) for q in questions})} | {len(missing)} | {len(extra)} | "
                  f"{'yes' if not seen.incomplete else seen.incomplete} |", flush=True)
        else:
            print(f"{each}: {len(questions)} names in strace, {len(missing)} missing, {len(extra)} unexplained; "
                  f"{seen.noted} noted by the fast path")
            for kind, rows in (("missing", missing), ("unexplained", extra)):
                for row in rows[:40]:
                    print(f"  {kind}: {row}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
