#!/usr/bin/env python3
"""The table of docs/attachments.md: what came of each of the real attachments in ../shared/data/jira-attachments.tar, by type.

table.py --bin DIR [--write]: prints it, or puts it into the document between its two marks.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BEGIN, END = "<!-- table -->\n", "<!-- /table -->\n"


def outcomes(binary, archive):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["tar", "xf", archive, "-C", folder], check=True)
        account = os.path.join(folder, "account.jsonl")
        files = sum(len(names) for _, _, names in os.walk(os.path.join(folder, "attachments")))
        run = subprocess.run([os.path.join(binary, "spillguard"), "scan", "--quiet", "--account", account, "--format", "jsonl",
                              os.path.join(folder, "attachments")], capture_output=True)
        if run.returncode not in (0, 1):
            sys.exit(run.stderr.decode())
        with open(account, encoding="utf-8") as lines:
            return files, [json.loads(line) for line in lines]


def table(binary, archive):
    files, account = outcomes(binary, archive)
    own = [o for o in account if not o["location"]]
    within = [o for o in account if o["location"]]
    names = sorted({o["outcome"] for o in account}, key=lambda n: (n != "read", n != "media", n))
    lines = ["| type | files | " + " | ".join(names) + " | files within |", "|---|---|" + "---|" * len(names) + "---|"]
    types = collections.Counter(o["type"] for o in own)
    inside = collections.Counter({o["file"]: 0 for o in own})
    for one in within:
        inside[one["file"]] += 1
    lines.append(f"| plain text, scanned as it stands | {files - len(own)} | {files - len(own)} |" + " |" * (len(names) - 1) + " |")
    for kind, count in types.most_common():
        mine = [o for o in own if o["type"] == kind]
        by = collections.Counter(o["outcome"] for o in mine)
        lines.append(f"| {kind} | {count} | " + " | ".join(str(by[n]) if by[n] else "" for n in names) + f" | {sum(inside[o['file']] for o in mine) or ''} |")
    lines.append(f"| all | {files} | " + " | ".join(str(sum(o['outcome'] == n for o in own) + (files - len(own) if n == 'read' else 0)) for n in names) + f" | {len(within)} |")
    by = collections.Counter(o["outcome"] for o in within)
    lines.append("\nOf the files within: " + ", ".join(f"{by[n]} {n}" for n in names if by[n]) + ".\n")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--archive", default=os.path.join(ROOT, "../shared/data/jira-attachments.tar"))
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    text = table(args.bin, args.archive)
    if not args.write:
        print(text)
        return 0
    path = os.path.join(ROOT, "docs/attachments.md")
    with open(path, encoding="utf-8") as page:
        old = page.read()
    before, rest = old.split(BEGIN)
    after = rest.split(END)[1]
    with open(path, "w", encoding="utf-8") as page:
        page.write(before + BEGIN + "\n" + text + END + after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
