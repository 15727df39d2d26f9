"""read_with_junitparser.py FOLDER...: what junitparser makes of the JUnit reports, against expected.json."""
import json
import sys
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped


def status(case):
    kinds = {type(result) for result in case.result}
    if kinds & {Failure, Error}:
        return "failed"
    return "skipped" if Skipped in kinds else "passed"


def main(folders):
    disagreements = 0
    for folder in map(Path, folders):
        expected = json.loads((folder / "expected.json").read_text())
        for name in ("junit.xml", "junit-strict.xml"):
            report = JUnitXml.fromfile(str(folder / name))
            seen = [status(case) for suite in report for case in suite]
            counters = (report.tests, report.failures + report.errors)
            if seen != expected or counters != (len(expected), expected.count("failed")):
                disagreements += 1
                print(f"{folder}/{name}: junitparser sees {seen}, {counters}")
    print(f"junitparser: {len(folders)} folders, {disagreements} disagreements")
    return 1 if disagreements else 0


sys.exit(main(sys.argv[1:]))
