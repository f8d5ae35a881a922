#!/usr/bin/env python3
"""How good the findings are: labelled sets, real tickets, and whether both stay within their bounds.

  quality.py --bin DIR [--shared ../shared] [--work build/quality]
  quality.py --bin DIR --sample 100 --seed 1 [--clear]

The first form exports the labelled sets, scans them and the real tickets with DIR/spillguard at default settings,
prints what was found and ends with 1 when a bound below is missed. The second draws findings of the real tickets
to be read by a person, masked unless --clear. docs/quality.md tells the method and what the readers said.
"""
import argparse
import collections
import gzip
import json
import os
import random
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "quality"))
from written import measure  # noqa: E402: beside the texts that it measures

BOUNDS = {
    # Texts by hand that nothing was trained on; their bound is a floor against falling back.
    "written tickets recall": 0.96, "written tickets precision": 0.97,
    "servers' tickets recall": 0.90, "servers' tickets precision": 0.97,
    "teams' tickets recall": 0.86, "teams' tickets precision": 0.97,
    "tickets recall": 0.98, "tickets precision": 0.98, "tickets worst format or context below the mean": 0.03,
    "creddata F1": 0.85, "creddata strict precision": 0.60, "findings a megabyte of real tickets": 3.0}


def scan(binary, folder, markup):
    """Findings as the program prints them, files relative to the folder."""
    run = subprocess.run([binary, "scan", "--quiet", "--no-ignore", "--format", "jsonl", "--markup", markup, "."],
                         cwd=folder, stdout=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1):
        sys.exit("quality: %s scan ended with %d" % (binary, run.returncode))
    rows = [json.loads(line) for line in run.stdout.decode("utf-8", "surrogatepass").splitlines()]
    for row in rows:
        row["file"] = os.path.normpath(row["file"])
    return rows


def export_set(shared, name, folder):
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, os.path.join(shared, "eval", "score.py"), "export", name, folder], check=True, stdout=subprocess.DEVNULL)


def score_set(shared, name, findings, work):
    path = os.path.join(work, name + "-findings.jsonl")
    with open(path, "w", encoding="utf-8", errors="surrogatepass") as file:
        for row in findings:
            file.write(json.dumps(row) + "\n")
    # Away from the exported folder, whose name the script would take for a set.
    run = subprocess.run([sys.executable, os.path.join(os.path.abspath(shared), "eval", "score.py"), "score", name, path],
                         cwd="/", check=True, stdout=subprocess.PIPE)
    os.unlink(path)  # holds secrets of the set in clear
    return json.loads(run.stdout)


def export_tickets(shared, folder):
    """The texts of real tickets, one file a ticket: the bytes of the texts, and by ticket where each part begins."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    total, parts_of = 0, {}
    with gzip.open(os.path.join(shared, "data", "jira-issues.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            issue = json.loads(line)
            fields = issue.get("fields") or {}
            parts = [(name, fields.get(name)) for name in ("summary", "description", "environment")]
            parts += [("comment-%s" % c.get("id"), c.get("body")) for c in (fields.get("comment") or {}).get("comments", [])]
            written, first = [], 1
            with open(os.path.join(folder, issue["key"] + ".txt"), "wb") as file:
                for name, text in parts:
                    if not isinstance(text, str) or not text:
                        continue
                    data = text.encode("utf-8", "replace")
                    file.write(data + b"\n\n")
                    written.append((first, name))
                    first += data.count(b"\n") + 2
                    total += len(data)
            parts_of[issue["key"] + ".txt"] = written
    return total, parts_of


def masked(secret):
    keep = 2 if len(secret) >= 12 else 1
    return secret[:keep] + "*" * min(12, len(secret) - keep) + ("(%d)" % len(secret))


def masked_line(line, secret, column):
    """The line around a finding, with the secret and whatever looks like one masked."""
    at = line.find(secret[:200])
    before, after = (line[:at], line[at + len(secret):]) if at >= 0 else (line[:column], "")
    cover = lambda text: re.sub(r"[A-Za-z0-9+/_%-]{16,}", lambda m: m.group(0)[:2] + "***", text)  # noqa: E731
    return (cover(before)[-60:] + "[" + masked(secret) + "]" + cover(after)[:30]).strip()


def sample(findings, folder, parts_of, count, seed, clear):
    rows = sorted(findings, key=lambda r: (r["file"], r["line"], r["column"], r["rule"]))
    chosen = random.Random(seed).sample(rows, min(count, len(rows)))
    chosen.sort(key=lambda r: (r["file"], r["line"], r["column"]))
    for number, row in enumerate(chosen, 1):
        with open(os.path.join(folder, row["file"]), "rb") as file:
            line = file.read().decode("utf-8", "replace").split("\n")[row["line"] - 1]
        shown = line[:300] if clear else masked_line(line, row["secret"], row["column"])
        first, part = [p for p in parts_of[row["file"]] if p[0] <= row["line"]][-1]
        place = "%s %s:%d:%d" % (row["file"][:-4], part, row["line"] - first + 1, row["column"])
        print("| %d | %s | %s | %s |" % (number, place, row["rule"], (row["secret"][:80] + " … " if clear else "") + shown.replace("|", "\\|")))
    print("%d of %d findings, seed %d" % (len(chosen), len(rows), seed), file=sys.stderr)


class Gate:
    def __init__(self):
        self.missed = []

    def check(self, name, value, at_least):
        bound = BOUNDS[name]
        good = value >= bound if at_least else value <= bound
        print("  %-50s %8.4f  %s %.2f  %s" % (name, value, ">=" if at_least else "<=", bound, "ok" if good else "MISSED"))
        if not good:
            self.missed.append(name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--shared", default=os.path.join(ROOT, "..", "shared"))
    parser.add_argument("--work", default=os.path.join(ROOT, "build", "quality"))
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clear", action="store_true")
    arguments = parser.parse_args()
    shared, work = os.path.abspath(arguments.shared), os.path.abspath(arguments.work)
    binary = os.path.join(os.path.abspath(arguments.bin), "spillguard")
    if not os.path.exists(os.path.join(shared, "eval", "score.py")):
        print("\n*** quality: SKIPPED: no labelled sets in %s ***\n" % shared, file=sys.stderr)
        return 0
    os.makedirs(work, exist_ok=True)

    folder = os.path.join(work, "issues")
    size, parts_of = export_tickets(shared, folder)
    real = scan(binary, folder, "plain")
    if arguments.sample:
        sample(real, folder, parts_of, arguments.sample, arguments.seed, arguments.clear)
        shutil.rmtree(folder)
        return 0
    shutil.rmtree(folder)

    gate = Gate()
    results = {}
    for name in ("tickets", "creddata"):
        folder = os.path.join(work, name)
        export_set(shared, name, folder)
        results[name] = score_set(shared, name, scan(binary, folder, "auto"), work)
        shutil.rmtree(folder)

    for name, path in (("written", "written.txt"), ("servers'", "written_servers.txt"), ("teams'", "written_teams.txt")):
        found, missed, false = measure(binary, 3, path=os.path.join(ROOT, "tests", "quality", path))
        gate.check(f"{name} tickets recall", found / (found + missed), True)
        gate.check(f"{name} tickets precision", found / (found + false), True)
    tickets = results["tickets"]
    clean = tickets["clean positives against planted negatives"]
    print("tickets: true %(tp)d, false %(fp)d, missed %(fn)d" % clean)
    gate.check("tickets recall", clean["recall"], True)
    gate.check("tickets precision", clean["precision"], True)
    worst = 0
    for group in ("format", "context", "field"):
        for name, (hit, total, recall) in sorted(tickets["recall by " + group].items()):
            print("    %-10s %-14s %4d of %4d  %.3f" % (group, name, hit, total, recall))
            if group != "field":
                worst = max(worst, clean["recall"] - recall)
    gate.check("tickets worst format or context below the mean", worst, False)
    print("    findings in the text around: %d" % tickets["findings in host text"]["count"])

    credentials = results["creddata"]
    labelled, strict = credentials["labelled"], credentials["strict (unlabelled findings are false)"]
    print("creddata: true %d, false %d, missed %d; recall %.4f, precision %.4f; %d findings on lines without a label" %
          (labelled["tp"], labelled["fp"], labelled["fn"], labelled["recall"], labelled["precision"], credentials["unlabelled_findings"]))
    gate.check("creddata F1", labelled["f1"], True)
    gate.check("creddata strict precision", strict["precision"], True)
    for name, (hit, missed, false) in credentials["categories tp/fn/fp"].items():
        print("    %-24s %4d of %4d, %d false" % (name, hit, hit + missed, false))

    print("real tickets: %d findings in %.1f MB" % (len(real), size / 1e6))
    gate.check("findings a megabyte of real tickets", len(real) / (size / 1e6), False)
    for rule, count in collections.Counter(row["rule"] for row in real).most_common():
        print("    %-32s %4d" % (rule, count))
    if gate.missed:
        print("quality: MISSED: %s" % ", ".join(gate.missed), file=sys.stderr)
        return 1
    print("quality: all bounds held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
