#!/usr/bin/env python3
"""Refuses an include that no arrow of cmake/modules.cmake allows.

Checked: src/MODULE may include its own headers and those of the modules it names in USES, directly or through them;
the simulator may include base and http only; third-party headers with a heavy cost stay out of our headers, but for
those that only tests include (test_*.h, *_test_util.h).
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HEAVY = re.compile(r"<(boost/|toml\+\+|hs/|pcre2|re2/|sqlite3|curl/|CLI/|prometheus/|openssl/|sodium|unicode/)")
# The functions of a library that is loaded when it is needed; of one module only.
WRAPPERS = {"src/http/curl_library.h"}
TEST_HEADER = re.compile(r"test_.*\.h$|.*_test_util\.h$")


def read_modules():
    text = open(os.path.join(ROOT, "cmake/modules.cmake"), encoding="utf-8").read()
    direct = {}
    for name, rest in re.findall(r"sg_module\((\w+)([^)]*)\)", text):
        used = re.search(r"USES\s+([\w\s]*?)(?:LIBS|$)", rest.strip())
        direct[name] = used.group(1).split() if used else []
    for name in direct:
        for used in direct[name]:
            if used not in direct:
                sys.exit(f"cmake/modules.cmake: {name} uses {used}, which is no module")
    return direct


def closure(direct, name, seen=()):
    if name in seen:
        sys.exit("cmake/modules.cmake: the arrows run in a circle: " + " -> ".join(seen + (name,)))
    reach = {name}
    for used in direct[name]:
        reach |= closure(direct, used, seen + (name,))
    return reach


def includes(path):
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            m = re.match(r'\s*#\s*include\s+(<[^>]+>|"[^"]+")', line)
            if m:
                yield number, m.group(1)


def main():
    direct = read_modules()
    problems = []
    jobs = [(os.path.join("src", m), closure(direct, m)) for m in direct]
    jobs.append(("sim", closure(direct, "http") | {"sim"}))
    for folder, allowed in jobs:
        for base, _, files in os.walk(os.path.join(ROOT, folder)):
            for file in files:
                if not file.endswith((".h", ".cc")):
                    continue
                path = os.path.join(base, file)
                shown = os.path.relpath(path, ROOT)
                for number, inc in includes(path):
                    if inc[0] == "<":
                        if file.endswith(".h") and not TEST_HEADER.match(file) and shown not in WRAPPERS and HEAVY.match(inc):
                            problems.append(f"{shown}:{number}: {inc} in a header; third-party headers stay in .cc files")
                        continue
                    target = inc.strip('"')
                    top = target.split("/")[0]
                    if "/" not in target:
                        problems.append(f'{shown}:{number}: "{target}" has no path; include by full path from src/')
                    elif top not in allowed:
                        problems.append(f"{shown}:{number}: {folder} may not include {target} (see cmake/modules.cmake)")
    known = set(direct)
    for entry in sorted(os.listdir(os.path.join(ROOT, "src"))):
        if os.path.isdir(os.path.join(ROOT, "src", entry)) and entry not in known:
            problems.append(f"src/{entry}: a folder that cmake/modules.cmake does not know")
    for line in problems:
        print(line)
    print(f"include check: {len(direct)} modules, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
