"""What reports cost: machine formats, the page, the console, the pages of `sluice ui`."""
import json
import os
import sqlite3
import statistics
import subprocess
import time
import urllib.request

import synthetic

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
START = 1_795_304_700_000_000  # microseconds; a run's moment


def event(kind, moment, **fields):
    return json.dumps({"v": 1, "t": moment, "event": kind, **fields}, separators=(",", ":"))


def write_log(path, run, tests, red_every=500):
    """A run of `tests` tests in programs of a hundred, in the documented format."""
    output = "src/a_test.cpp:41: Failure\nExpected equality of these values:\n  1\n  2\n" * 20
    with open(path, "w") as out:
        moment = START
        print(event("run_started", moment, run=run, sluice="0.1.0", host="b", head="b" * 40, lanes=8), file=out)
        for i in range(tests):
            program = f"build/suite_{i // 100}_test"
            print(event("test_planned", moment, test=f"{program}:Suite.Case{i}", suite=f"Suite{i // 100}", name=f"Case{i}",
                        program=program, file="src/a_test.cpp", line=1, decision="run", cause="affected",
                        subject="src/a.cpp", path=[{"name": "src/a.cpp", "via": "ninja-deps"},
                                                   {"name": program, "via": "starts"}, {"name": "t"}]), file=out)
        print(event("plan_made", moment), file=out)
        for i in range(tests):
            test = f"build/suite_{i // 100}_test:Suite.Case{i}"
            moment += 50
            print(event("test_started", moment, test=test, attempt=1, lane=i % 8, batch=i // 100), file=out)
            red = i % red_every == 0
            more = {"message": "1 != 2", "output": output} if red else {}
            print(event("test_finished", moment + 40, test=test, attempt=1, lane=i % 8, batch=i // 100,
                        outcome="failed" if red else "passed", duration_us=40, **more), file=out)
        print(event("run_finished", moment + 50, status="FAILED", exit=1, reasons=["red"], duration_us=moment - START), file=out)


def machine(bench):
    """JUnit, CTRF and events of 50,000 tests, in CPU seconds of the whole process; memory against reading the log alone."""
    folder, fresh = bench.folder("reports")
    log = os.path.join(folder, "events.ndjson")
    if fresh:
        os.makedirs(folder)
        write_log(log, "bench", bench.size(50_000))
    target = {name: os.path.join(folder, name) for name in ("junit", "ctrf", "ndjson")}
    reading = [bench.sluice, "report", log, "--format", "github-summary", "--output", os.path.join(folder, "s.md")]
    writing = [bench.sluice, "report", log] + [word for name, file in target.items() for word in ("--report", f"{name}={file}")]
    runs = [(bench.measure(writing), bench.measure(reading)) for _ in range(bench.options.runs)]
    bench.say("reports-machine", statistics.median(ours.cpu for ours, _ in runs), "s", 1,
              statistics.median(theirs.cpu for _, theirs in runs))
    ours, theirs = (max(run[i].peak for run in runs) for i in (0, 1))
    bench.say("reports-memory", ours, "MiB", 1.25, theirs, ours / theirs)


def console(bench):
    """The console's share of a run: lines for every test against next to nothing."""
    root, fresh = bench.folder("console")
    if fresh:
        synthetic.gtest_project(root, bench.size(5000), 50)
        bench.run(root)
    loud = [bench.sluice, "-C", root, "run", "--all", "--no-build", "--plain"]
    ours, theirs, ratio = bench.paired(lambda: bench.measure(loud).cpu, lambda: bench.run(root, "--all").cpu)
    bench.say("reports-console", ours, "s", 1.02, theirs, ratio)


def page(bench):
    """The page of 50,000 tests in Chromium, as ui/tests measures it; needs what ./dev setup installs for them."""
    packages = os.path.join(HERE, "build", "ui-tests")
    if not os.path.exists(os.path.join(packages, "node_modules")):
        print("skipped: page: build/ui-tests is not there; ./dev setup installs it")
        return
    run = subprocess.run([os.path.join(HERE, "ui/tests/run.sh"), bench.sluice, packages, "page"], capture_output=True, text=True)
    timings = json.loads(run.stdout.strip().splitlines()[-1])
    bench.say("page-first-content", timings["first_content_ms"], "ms", 1500)
    bench.say("page-keystroke", timings["keystroke_ms"], "ms", 100)
    bench.say("page-size", timings["page_kb"], "KB", 600)


def fill_store(sluice, root, runs, tests):
    """`runs` runs in the store and on disk; outcomes of the last hundred, which is what a store keeps."""
    state = os.path.join(root, ".sluice")
    subprocess.run([sluice, "-C", root, "flaky"], check=True, stdout=subprocess.DEVNULL)
    store = sqlite3.connect(os.path.join(state, "store.db"))
    ids = [f"20261121-{i // 3600:02}{i // 60 % 60:02}{i % 60:02}-{i % 1000:03}aa" for i in range(runs)]
    store.executemany("INSERT INTO runs (id, name, started, base, head, tree, exit_code, status, authorship, selected, reused, spent, saved) "
                      "VALUES (?, ?, ?, 'b', ?, ?, 0, ?, ?, ?, 0, 5, 7)",
                      [(i + 1, run, START + i * 10**10, f"{i:040x}", f"{i:040x}", i % 4, i % 4, tests) for i, run in enumerate(ids)])
    store.executemany("INSERT INTO widened VALUES (?, 'unknown-file', ?, '')",
                      [(i + 1, f"tools/{j}.py") for i in range(runs) for j in range(i % 3)])
    store.executemany("INSERT INTO suite_runs VALUES (?, ?, 100, ?, 0, 0)",
                      [(f"suite {j}", i + 1, i % 101) for i in range(runs) for j in range(30)])
    store.executemany("INSERT INTO tests VALUES (?, ?, 0, ?, ?, 1000, 0)",
                      [(i + 1, f"build/suite_{i // 100}_test:Suite.Case{i}", runs, START) for i in range(tests)])
    for run in range(max(1, runs - 99), runs + 1):
        store.executemany("INSERT INTO outcomes VALUES (?, ?, ?, 1, ?)",
                          [(run, i + 1, int((i + run) % 997 == 0), 1000 + i) for i in range(tests)])
    store.commit()
    store.close()
    for i, run in enumerate(ids):
        folder = os.path.join(state, "runs", run)
        os.makedirs(folder)
        summary = {"v": 1, "run": run, "started": START + i * 10**9, "duration_us": 1, "finished": True, "status": "PASSED", "exit": 0,
                   "total": tests, "selected": tests, "reused": 0, "left_out": 0, "passed": tests, "skipped": 0, "red": 0,
                   "spent_us": 5, "saved_us": 7, "escalations": [{"cause": "unknown-file", "subject": "a", "mend": ""}]}
        with open(os.path.join(folder, "summary.json"), "w") as out:
            json.dump(summary, out)
        open(os.path.join(folder, "events.ndjson"), "w").close()
    write_log(os.path.join(state, "runs", ids[-1], "events.ndjson"), ids[-1], tests)
    return ids[-1]


def start_server(bench, root):
    process = subprocess.Popen([bench.sluice, "-C", root, "ui"], stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def stop(process):
    process.terminate()
    process.wait()


def cpu_ms(process):
    """User and system time so far, threads that have ended among it."""
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def server(bench):
    """Every page of `sluice ui` over 1,000 runs of 10,000 tests: how long the server takes to answer."""
    root, fresh = bench.folder("server")
    if fresh:
        os.makedirs(root)
        synthetic.git(root, "init", "-q")
        fill_store(bench.sluice, root, bench.size(1000), bench.size(10_000))
    last = sorted(os.listdir(os.path.join(root, ".sluice", "runs")))[-1]
    for name in ("", "api/runs", "api/trends", "api/suites", "api/tests", "api/test?id=build/suite_0_test:Suite.Case7", f"api/run/{last}"):
        # A server for each page, so that the first answer is one that nothing was kept for. CPU time beside it: on a
        # machine that does other things too, it says what the page costs.
        process, address = start_server(bench, root)
        begin, cpu = time.monotonic(), cpu_ms(process)
        urllib.request.urlopen(address + name).read()
        first, cpu = 1000 * (time.monotonic() - begin), cpu_ms(process) - cpu
        times = []
        for _ in range(bench.options.runs):
            begin = time.monotonic()
            urllib.request.urlopen(address + name).read()
            times.append(1000 * (time.monotonic() - begin))
        label = name.split("?")[0].split("/20")[0].replace("api/", "") or "page"
        bench.say(f"ui-{label}-first", first, "ms", 200)
        bench.say(f"ui-{label}-first-cpu", cpu, "ms", 200)
        bench.say(f"ui-{label}", statistics.median(times), "ms", 200)
        stop(process)


BENCHES = {"reports": machine, "console": console, "page": page, "ui": server}
