"""The sandbox against its floors: the same programs bare, the same walls by bubblewrap, the same tree ended by cgroup.kill."""
import os
import shutil
import statistics
import subprocess

import synthetic

SOURCES = {
    "trivial": ("int main(void) { return 0; }\n", ["-static"]),
    "dynamic": ("int main(void) { return 0; }\n", []),
    "writer": ('#include <fcntl.h>\n#include <unistd.h>\nint main(void) { int f = open("/dev/shm/sluice-bench-written", '
               'O_CREAT | O_WRONLY | O_TRUNC, 0600); return write(f, "x", 1) != 1; }\n', ["-static"]),
    "stubborn": ("#include <signal.h>\n#include <unistd.h>\nint main(void) { for (int s = 1; s < 32; ++s) signal(s, SIG_IGN);\n"
                 "  for (int i = 0; i < 49; ++i) if (fork() == 0) { setsid(); for (;;) pause(); }\n"
                 '  write(1, "r", 1); for (;;) pause(); }\n', ["-static", "-w"]),
}

BWRAP = ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--die-with-parent"]


def programs(folder):
    made = {}
    for name, (source, flags) in SOURCES.items():
        made[name] = os.path.join(folder, name)
        if not os.path.exists(made[name]):
            with open(made[name] + ".c", "w") as out:
                out.write(source)
            subprocess.run(["gcc", "-O2", *flags, "-o", made[name], made[name] + ".c"], check=True)
    return made


def run(bench):
    folder, fresh = bench.folder("sandbox")
    if fresh:
        os.makedirs(folder)
    made = programs(folder)
    tool = os.path.join(bench.tools, "sandbox_cost")

    def cost(mode, count, *words):
        return float(subprocess.check_output([tool, mode, str(count), *words], cwd=folder).split()[0])

    def compare(name, ours, theirs, bar, count, kind="floor"):
        rows = [(ours(count), theirs(count)) for _ in range(max(5, bench.options.runs))]
        bench.say(name, statistics.median(a for a, _ in rows), "us", bar, statistics.median(b for _, b in rows),
                  statistics.median(a / b for a, b in rows), kind)
        return statistics.median(a - b for a, b in rows)

    count = bench.size(2000)
    for name, bar in (("trivial", 1.15), ("dynamic", 1.05)):
        compare(f"sandbox-{name}", lambda n: cost("lane", n, made[name]), lambda n: cost("bare", n, made[name]), bar, count)
    rows = [(cost("lane", count, made["writer"]), cost("bare", count, made["writer"])) for _ in range(5)]
    bench.say("sandbox-dirty-extra", statistics.median(a - b for a, b in rows), "us", 250)
    for each in ("/dev/shm/sluice-bench-written",):
        if os.path.exists(each):
            os.remove(each)
    if shutil.which("bwrap"):
        few = bench.size(200)
        smallest = synthetic.trivial_program(folder)
        compare("sandbox-bwrap", lambda n: cost("lane", 10 * n, smallest),
                lambda n: cost("bare", n, shutil.which("bwrap"), *BWRAP, "--ro-bind", folder, folder, smallest), 0.1, few, "peer")
    try:
        compare("sandbox-end-50", lambda n: cost("end", n, made["stubborn"]), lambda n: cost("group", n, made["stubborn"]),
                1.2, bench.size(100))
    except subprocess.CalledProcessError:
        print("sandbox-end-50: no control group of version 2 can be made here", flush=True)
    compare("sandbox-observed-dynamic", lambda n: cost("watch", n, made["dynamic"]),
            lambda n: cost("bare", n, made["dynamic"]), 1.25, count)


def soak(bench):
    """Ten thousand runs that write and leave processes; nothing of them may be left."""
    folder, fresh = bench.folder("soak")
    if fresh:
        os.makedirs(folder)
    tool = os.path.join(bench.tools, "sandbox_cost")
    script = "echo x >/tmp/x; echo x >here; sleep 100 & exit 0"
    words = subprocess.check_output([tool, "soak", str(bench.size(10_000)), "/bin/sh", "-c", script], cwd=folder).split()
    left = sum(abs(int(word)) for word in words[1::2])
    bench.say("sandbox-soak-left", left, "things", 0)
