#!/usr/bin/env python3
"""Runs all tests and ends with the line "N passed, N failed".

run_tests.py --bin DIR [--slow-factor N] [SUITE…]: every *_test binary of DIR, the include check, and the service
tests of tests/service with the binaries of DIR. SUITE picks suites whose name holds the word.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor, as_completed

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run(command, env=None, timeout=600):
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, timeout=timeout, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as expired:
        return -1, (expired.stdout or b"").decode("utf-8", "replace") + f"\nstopped after {timeout} s\n"


def unit(binary, slow, env=None):
    """One GoogleTest binary: (passed, failed, skipped, output)."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        code, output = run([binary, "--gtest_brief=1", f"--gtest_output=json:{report.name}"], env=env,
                           timeout=300 * slow)
        try:
            data = json.load(open(report.name, encoding="utf-8"))
            cases = [c for s in data["testsuites"] for c in s["testsuite"]]
        except ValueError:
            return 0, 1, 0, output + f"\n{binary} ended with status {code} before its report\n"
    failed = sum(1 for c in cases if c.get("failures"))
    skipped = sum(1 for c in cases if c.get("result") == "SKIPPED")
    if code != 0 and failed == 0:
        failed = 1  # a sanitizer's report, or a crash at exit
    return len(cases) - failed - skipped, failed, skipped, output


def service(path, bin_dir, slow, more=None):
    env = dict(more or os.environ, SPILLGUARD_BIN=os.path.abspath(bin_dir), SPILLGUARD_SLOW=str(slow))
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        code, output = run(["/usr/bin/python3", "-m", "pytest", "-q", "-x" if os.environ.get("FAIL_FAST") else "-q",
                            "-p", "no:cacheprovider", "-rs", f"--junitxml={report.name}", path], env=env, timeout=900 * slow)
        try:
            suite = ElementTree.parse(report.name).getroot().find("testsuite")
            total, skipped = int(suite.get("tests")), int(suite.get("skipped"))
            failed = int(suite.get("failures")) + int(suite.get("errors"))
        except (ElementTree.ParseError, AttributeError):
            return 0, 1, 0, output + f"\npytest ended with status {code} before its report\n"
    if code not in (0, 1) and failed == 0:
        failed = 1
    return total - failed - skipped, failed, skipped, output


def includes():
    code, output = run([sys.executable, "tools/check_includes.py"])
    return (1, 0, 0, output) if code == 0 else (0, 1, 0, output)


# The longest first, so that none of them is the last with the machine for itself; those that wait most before all.
LONGEST = ("service nodes postgres", "service store_faults postgres", "service nodes_together postgres", "service crash postgres",
           "store postgres", "service demo", "service crash", "detect", "service governor", "service chaos", "service attachments", "service determinism",
           "service scan_control", "service clients", "service seed_curls", "db postgres", "store", "service properties", "sim")
# The unit tests of what speaks SQL, and the service tests that exercise most of it.
ON_POSTGRES = ("db", "jobs", "store")
SERVICE_ON_POSTGRES = ("api", "attachment_pipeline", "backup", "crash", "exports", "keep_up", "key", "nodes", "nodes_together", "reviews", "rules", "scan_control",
                       "session", "settings", "start", "store_faults", "visibility", "webhooks")
# Those that have nothing to do on SQLite.
ONLY_ON_POSTGRES = ("service nodes", "service nodes_together", "service store_faults")


def start_postgres():
    """A private server and the environment that names it; (None, None), loudly, where PostgreSQL is not installed."""
    import harness.postgres
    if harness.postgres.programs() is None:
        print("SKIPPED all tests on PostgreSQL: it is not installed (Debian: postgresql)", flush=True)
        return None, None
    server = harness.postgres.Postgres()
    return server, dict(os.environ, SPILLGUARD_TEST_POSTGRES=server.words())


def add_postgres(jobs, args, env):
    for name in ON_POSTGRES:
        path = os.path.join(args.bin, name + "_test")
        if os.path.exists(path):
            jobs.append((name + " postgres", lambda path=path: unit(path, args.slow_factor, env)))
    for name in SERVICE_ON_POSTGRES:
        path = f"tests/service/test_{name}.py"
        if os.path.exists(os.path.join(ROOT, path)):
            jobs.append((f"service {name} postgres", lambda path=path: service(path, args.bin, args.slow_factor, env)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--slow-factor", type=int, default=1)
    parser.add_argument("suites", nargs="*")
    args = parser.parse_args()

    jobs = [("includes", includes)]
    for name in sorted(os.listdir(args.bin)):
        if name.endswith("_test"):
            path = os.path.join(args.bin, name)
            jobs.append((name[:-5], lambda path=path: unit(path, args.slow_factor)))
    service_dir = os.path.join(ROOT, "tests/service")
    for name in sorted(os.listdir(service_dir)) if os.path.isdir(service_dir) else []:
        if name.startswith("test_") and name.endswith(".py"):
            path = os.path.join("tests/service", name)
            jobs.append(("service " + name[5:-3], lambda path=path: service(path, args.bin, args.slow_factor)))
    postgres, on_postgres = start_postgres()
    if on_postgres:
        jobs = [j for j in jobs if j[0] not in ONLY_ON_POSTGRES]
        add_postgres(jobs, args, on_postgres)
    jobs.sort(key=lambda job: LONGEST.index(job[0]) if job[0] in LONGEST else len(LONGEST))
    if args.suites:
        jobs = [j for j in jobs if any(word in j[0] for word in args.suites)]
        if not jobs:
            sys.exit("no suite of that name")

    totals = [0, 0, 0 if on_postgres else 1]

    def timed(job):
        start = time.monotonic()
        return job[0], job[1](), time.monotonic() - start

    # Service suites wait for half of their time, so there are more of them at once than processors.
    with ThreadPoolExecutor(max_workers=2 * (os.cpu_count() or 1)) as pool:
        for done in as_completed([pool.submit(timed, job) for job in jobs]):
            name, (passed, failed, skipped, output), seconds = done.result()
            totals = [a + b for a, b in zip(totals, (passed, failed, skipped))]
            mark = "FAILED" if failed else "ok"
            skips = f", {skipped} skipped" if skipped else ""
            print(f"{mark:6} {name}: {passed} passed, {failed} failed{skips} ({seconds:.1f} s)", flush=True)
            if failed:
                print(output[-20000:], flush=True)
            elif skipped:
                # Many tests skip for one reason.
                for line in dict.fromkeys(line.strip()[:300] for line in output.splitlines() if "SKIP" in line.upper()):
                    print("       " + line)
    if postgres:
        postgres.stop()
    print(f"{totals[0]} passed, {totals[1]} failed" + (f", {totals[2]} skipped" if totals[2] else ""))
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())
