#!/usr/bin/env python3
"""Other scanners beside ours, on the same real text, in one run.

run.py --bin DIR [--megabytes N] [--data FILE] [--only NAME…] [--cache DIR]

Released versions are installed from their package registries (PyPI, npm, Go modules) below build/peers, nothing goes into the system;
what can not be had is said and left out. Tickets are written into a temporary folder, one file for a batch of issues. Whole process:
time on the clock, processor time, peak memory; checks of findings against the providers' servers are off everywhere. Library: the
engine alone, texts in memory, one thread, by processor time. The factor is how many times as much processor time as ours a megabyte
takes. Rules differ, so counts of findings are no measure of quality here: docs/quality.md has those.
"""
import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 900
BATCH = 200_000  # bytes of one file, about


def command_output(command, cwd=None, timeout=600):
    """(ok, what it said)."""
    try:
        done = subprocess.run(command, cwd=cwd, timeout=timeout, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        return done.returncode == 0, done.stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)


class Cache:
    """Installations below one folder, made when asked for and kept."""

    def __init__(self, folder):
        self.folder = folder
        self.python = os.path.join(folder, "python")
        self.node = os.path.join(folder, "node")
        self.go = os.path.join(folder, "go")
        os.makedirs(folder, exist_ok=True)

    def pypi(self, package, binary=None):
        python = os.path.join(self.python, "bin", "python")
        if not os.path.exists(python):
            ok, said = command_output([sys.executable, "-m", "venv", self.python])
            if not ok:
                return None, said
        ok, said = command_output([python, "-m", "pip", "show", "-q", package])
        if not ok:
            ok, said = command_output([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", package])
            if not ok:
                return None, said
        return os.path.join(self.python, "bin", binary) if binary else python, ""

    def npm(self, packages):
        modules = os.path.join(self.node, "node_modules")
        if not shutil.which("npm"):
            return None, "npm is not installed"
        if not all(os.path.isdir(os.path.join(modules, p)) for p in packages):
            os.makedirs(self.node, exist_ok=True)
            ok, said = command_output(["npm", "install", "--prefix", self.node, "--no-audit", "--no-fund", "--ignore-scripts",
                                       "--no-update-notifier", "--loglevel=error", *packages], cwd=self.node)
            if not ok:
                return None, said
        return modules, ""

    def go_module(self, module, binary):
        path = os.path.join(self.go, binary)
        if os.path.exists(path):
            return path, ""
        if not shutil.which("go"):
            return None, "go is not installed"
        ok, said = command_output(["env", f"GOBIN={self.go}", "go", "install", module], timeout=1200)
        return (path, "") if ok and os.path.exists(path) else (None, said)


def last_line(said):
    lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
    for line in reversed(lines):
        if "error" in line.lower() or "forbidden" in line.lower() or "not" in line.lower():
            return line[:140]
    return lines[-1][:140] if lines else "no reason given"


def write_texts(data, folder, megabytes):
    """Descriptions and comments of issues, as they stand; how many bytes there are."""
    os.makedirs(folder)
    size = index = held = 0
    batch = []

    def flush():
        nonlocal batch, held, index
        with open(os.path.join(folder, f"issues-{index:05}.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(batch))
        batch, held, index = [], 0, index + 1

    with gzip.open(data, "rt", encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line).get("fields") or {}
            texts = [fields.get("description"), fields.get("environment")]
            texts += [c.get("body") for c in (fields.get("comment") or {}).get("comments") or []]
            for text in texts:
                if isinstance(text, str) and text:
                    batch.append(text)
                    held += len(text.encode())
            if held >= BATCH:
                size += held
                flush()
            if size >= megabytes * 1e6:
                break
    if batch:
        flush()
    return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))


def whole_process(command, cwd, count, good):
    """Wall and processor seconds, peak memory, findings; or why not."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        deadline = start + TIMEOUT
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                process.kill()
                os.wait4(process.pid, 0)
                return f"took more than {TIMEOUT} s"
            time.sleep(0.002)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        said = out.read().decode("utf-8", "replace")
        if process.returncode not in good:
            return f"ended with status {process.returncode}: {last_line(err.read().decode('utf-8', 'replace') or said)}"
        try:
            findings = count(said)
        except (ValueError, KeyError, TypeError, OSError) as error:
            return f"its report could not be read: {error}"
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, findings


def json_lines(said):
    return sum(1 for line in said.splitlines() if line.startswith("{"))


def peers(cache, texts, scratch):
    """(name, installer, [(what, command, count, good statuses)], engine command)"""

    def gitleaks():
        path, why = cache.go_module("github.com/zricethezav/gitleaks/v8@latest", "gitleaks")
        report = os.path.join(scratch, "gitleaks.json")

        def count(_):
            with open(report, encoding="utf-8") as file:
                return len(json.load(file))
        return path and [("gitleaks", [path, "dir", "--no-banner", "-l", "error", "--exit-code", "0", "-f", "json", "-r", report, texts],
                          count, (0,))], None, why

    def betterleaks():
        path, why = cache.go_module("github.com/betterleaks/betterleaks@latest", "betterleaks")
        report = os.path.join(scratch, "betterleaks.json")

        def count(_):
            with open(report, encoding="utf-8") as file:
                return len(json.load(file) or [])
        runs = path and [("betterleaks", [path, "dir", "--no-banner", "-l", "error", "--exit-code", "0", "-f", "json", "-r", report,
                                          texts], count, (0,))]
        # Somebody else's binding of its engine, where the program itself can not be had.
        python, python_why = cache.pypi("pybetterleaks")
        engine = python and ("betterleaks (pybetterleaks)", [python, os.path.join(HERE, "python_engine.py"), "betterleaks", texts])
        return runs, engine, f"program: {last_line(why)}" + ("" if python else f"; library: {last_line(python_why)}")

    def kingfisher():
        path, why = cache.pypi("kingfisher-bin", "kingfisher")
        base = path and [path, "-q", "scan", "--no-validate", "--no-update-check", "--git-history", "none", "--no-dedup",
                         "--format", "jsonl", texts]
        return path and [("kingfisher", [*base, "-j", "2"], json_lines, (0, 200, 205)),
                         ("kingfisher, 1 job", [*base, "-j", "1"], json_lines, (0, 200, 205))], None, why

    def detect_secrets():
        path, why = cache.pypi("detect-secrets", "detect-secrets")
        python = os.path.join(cache.python, "bin", "python")

        def count(said):
            return sum(len(found) for found in json.loads(said)["results"].values())
        return path and [("detect-secrets", [path, "scan", "--all-files", "--no-verify", texts], count, (0,))], \
            path and ("detect-secrets", [python, os.path.join(HERE, "python_engine.py"), "detect-secrets", texts]), why

    def secretlint():
        preset = "@secretlint/secretlint-rule-preset-recommend"
        modules, why = cache.npm(["secretlint", preset, "@secretlint/core"])
        settings = os.path.join(scratch, "secretlint.json")
        with open(settings, "w", encoding="utf-8") as file:
            json.dump({"rules": [{"id": preset}]}, file)

        def count(said):
            return sum(len(one["messages"]) for one in json.loads(said))
        return modules and [("secretlint", ["node", os.path.join(modules, "secretlint/bin/secretlint.js"), "--secretlintrc", settings,
                                            "--format", "json", "--no-color", os.path.join(texts, "**/*")], count, (0, 1))], \
            modules and ("secretlint core", ["node", os.path.join(HERE, "secretlint_engine.mjs"), modules, texts]), why

    return {"gitleaks": gitleaks, "betterleaks": betterleaks, "kingfisher": kingfisher, "detect-secrets": detect_secrets,
            "secretlint": secretlint}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build/bin"))
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--data", default=os.path.join(ROOT, "../shared/data/jira-issues.jsonl.gz"))
    parser.add_argument("--cache", default=os.path.join(ROOT, "build/peers"))
    parser.add_argument("--only", nargs="*", help="these alone")
    args = parser.parse_args()
    if not os.path.exists(args.data):
        sys.exit(f"no real text: {args.data} is not there")
    binary = os.path.abspath(os.path.join(args.bin, "spillguard"))
    ours_alone = os.path.abspath(os.path.join(args.bin, "engine_times"))

    with tempfile.TemporaryDirectory(prefix="spillguard-peers-") as scratch:
        texts = os.path.join(scratch, "texts")
        size = write_texts(args.data, texts, args.megabytes)
        print(f"real text: {size / 1e6:.1f} MB in {len(os.listdir(texts))} files", flush=True)
        cache = Cache(os.path.abspath(args.cache))
        table = peers(cache, texts, scratch)
        if args.only:
            table = {name: table[name] for name in args.only}
        runs = [(f"spillguard, {n} thread{'s' if n > 1 else ''}",
                 [binary, "scan", "--threads", str(n), "--format", "jsonl", "-q", texts], json_lines, (0, 1)) for n in (1, 2)]
        engines = [("spillguard", [ours_alone, texts])]
        missing = []
        for name, install in table.items():
            print(f"installing {name}", file=sys.stderr, flush=True)
            programs, engine, why = install()
            runs += programs or []
            engines += [engine] if engine else []
            if not programs:
                missing.append(f"{name}: not to be had here, left out: {why if why.startswith('program') else last_line(why)}")

        print(f"\n{'whole process':<30}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}{'MB/s wall':>11}{'MB/s cpu':>10}{'findings':>10}{'factor':>9}")
        ours = None
        for name, command, count, good in runs:
            best = None
            for _ in range(3 if name.startswith("spillguard") else 1):
                result = whole_process(command, scratch, count, good)
                if isinstance(result, str):
                    break
                best = result if best is None or result[1] < best[1] else best
            if best is None:
                print(f"{name:<30}  {result}", flush=True)
                continue
            wall, cpu, peak, findings = best
            ours = ours or cpu
            print(f"{name:<30}{wall:>9.2f}{cpu:>9.2f}{peak / 1e6:>9.0f}{size / wall / 1e6:>11.1f}{size / cpu / 1e6:>10.1f}{findings:>10}"
                  f"{cpu / ours:>9.1f}", flush=True)

        print(f"\n{'engine alone, one thread':<30}{'cpu s':>9}{'MB/s cpu':>10}{'findings':>10}{'factor':>9}")
        ours = None
        for name, command in engines:
            try:
                done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      timeout=TIMEOUT, check=False)
                result = json.loads(done.stdout.decode().strip().splitlines()[-1])
            except subprocess.TimeoutExpired:
                print(f"{name:<30}  took more than {TIMEOUT} s")
                continue
            except (OSError, ValueError, IndexError):
                print(f"{name:<30}  failed: {last_line(done.stderr.decode('utf-8', 'replace'))}")
                continue
            seconds = result["seconds"]
            ours = ours or seconds / result["bytes"]
            print(f"{name:<30}{seconds:>9.3f}{result['bytes'] / seconds / 1e6:>10.1f}{result['findings']:>10}"
                  f"{seconds / result['bytes'] / ours:>9.1f}", flush=True)
        for line in missing:
            print(line)


if __name__ == "__main__":
    main()
