#!/usr/bin/env python3
"""A set of files of every kind that Spillguard opens, with a token planted in every place where words can hide.

made_set.py FOLDER: writes the files to FOLDER, and FOLDER.plants.json: which token stands in which file and where.
made_set.py --check BIN [--folder FOLDER]: makes them, scans them, and says what was not found or at another place.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from attachments import archives, office, ole, others, texts  # noqa: E402
from attachments.planter import RULE, Planter  # noqa: E402


def make(folder):
    planter = Planter(folder)
    for module in (texts, archives, office, ole, others):
        module.make(planter)
    return planter.plants


def scan(binary, rule_file, folder, *more):
    """The findings, and the account of what was opened."""
    with tempfile.NamedTemporaryFile() as account:
        run = subprocess.run([os.path.join(binary, "spillguard"), "scan", "--no-built-in", "--rules", rule_file, "--quiet", "--format", "jsonl",
                              "--account", account.name, *more, folder], capture_output=True)
        outcomes = [json.loads(line) for line in open(account.name, encoding="utf-8")]
    return [json.loads(line) for line in run.stdout.splitlines()], outcomes, run


def missing(plants, findings):
    """Sentences about the plants that were not found where they stand."""
    found = {}
    for one in findings:
        found.setdefault((one["file"], one["secret"]), set()).add(one.get("location", ""))
    lines = []
    for file, token, where in plants:
        places = found.get((file, token))
        if places is None:
            lines.append(f"{file}: the token at {where!r} was not found")
        elif (where or "") not in places:
            lines.append(f"{file}: the token at {where!r} was found at {sorted(places)}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--check", metavar="BIN")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.folder or os.path.join(scratch, "set")
        plants = make(folder)
        if args.folder:
            with open(args.folder.rstrip("/") + ".plants.json", "w", encoding="utf-8") as out:
                json.dump(plants, out, indent=1, ensure_ascii=False)
        if not args.check:
            return 0
        rule = os.path.join(scratch, "rule.toml")
        with open(rule, "w", encoding="utf-8") as out:
            out.write(RULE)
        findings, outcomes, run = scan(args.check, rule, folder)
        if run.returncode not in (0, 1):
            sys.stderr.write(run.stderr.decode())
        lines = missing(plants, findings)
        print("\n".join(lines))
        bad = [o for o in outcomes if o["outcome"] not in ("read", "media", "empty")]
        for o in bad:
            print("outcome", o)
        print(f"{len(plants) - len(lines)} of {len(plants)} planted tokens found at their places, {len(outcomes)} outcomes")
        return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
