#!/usr/bin/env python3
"""The store at two sizes, on SQLite and on a PostgreSQL of its own: rates of findings and jobs, latencies of lists and counts, memory and disk.

store_bench.py --bin DIR [--items N] [--findings N] [--reviews N] [--scopes N] [--small DIVISOR] [--store sqlite|postgres]. First a store smaller by
the divisor (100: 100,000 items), then the large one; growth is printed as a factor, the time of the large over that of the small one. Both are filled
by statements over ranges of numbers, then measured through the repositories that the server uses. A large run wants 10 GB below --folder.
--plans MS prints how PostgreSQL found the rows of each statement that took so long (its auto_explain), those that fill left out.
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
from harness.postgres import Postgres, programs  # noqa: E402

NODES = 3


def server_memory_mb(postgres):
    """Proportional memory of the server and its children: what is shared counts once."""
    total = 0
    for pid in [postgres.server.pid, *postgres.children()]:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        except OSError:
            pass  # it ended
    return total / 1000


def measure(command, postgres):
    """What store_load prints, by name, and the most memory of the server meanwhile."""
    rows, most = {}, 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            name, value, unit = line.rstrip("\n").split("\t")
            rows[name] = (float(value), unit)
            if postgres:
                most = max(most, server_memory_mb(postgres))
    if child.returncode:
        raise RuntimeError(f"{command[0]} ended with {child.returncode}")
    if postgres:
        rows["memory of PostgreSQL"] = (most, "MB")
    return rows


def claims_of_nodes(args, address):
    """Jobs claimed and completed a second by so many processes at once."""
    subprocess.run([args.load, address, "enqueue", str(args.jobs)], check=True, stdout=subprocess.DEVNULL)
    start = time.monotonic()
    children = [subprocess.Popen([args.load, address, "work", f"node{n}"], stdout=subprocess.PIPE, text=True) for n in range(NODES)]
    done = [int(child.communicate()[0].split()[0]) for child in children]
    seconds = time.monotonic() - start
    if sum(done) != args.jobs:
        raise RuntimeError(f"{args.jobs} jobs, {done} done")
    return {f"queue, {NODES} nodes of 2 workers": (sum(done) / seconds, "jobs/s")}


def print_plans(log):
    """Of each slow statement in the server's log: how often, the longest, and the scans of its plan."""
    with open(log, encoding="utf-8", errors="replace") as f:
        entries = re.split(r"\n(?=\S)", f.read())
    plans = {}
    for entry in entries:
        found = re.search(r"duration: ([0-9.]+) ms  plan:\s+Query Text: (.*?)\n(.*)", entry, re.DOTALL)
        if not found or "generate_series" in found.group(2) or "WITH RECURSIVE n" in found.group(2):
            continue
        scans = re.findall(r"((?:Parallel )?(?:Seq|Index|Index Only|Bitmap Heap|Bitmap Index) Scan (?:Backward )?(?:using \S+ )?on \S+)", found.group(3))
        row = plans.setdefault((" ".join(found.group(2).split())[:150], "; ".join(dict.fromkeys(scans))), [0, 0.0])
        row[0] += 1
        row[1] = max(row[1], float(found.group(1)))
    for (text, scans), (count, longest) in sorted(plans.items(), key=lambda item: -item[1][1])[:25]:
        print(f"{longest:10.1f} ms at most, {count:5} times: {text}\n{'':14}{scans or 'no scan'}")
    if not plans:
        print("no statement took so long")


def one(args, store, sizes, folder):
    os.makedirs(folder)
    postgres = None
    try:
        if store == "postgres":
            os.chmod(folder, 0o755)
            postgres = Postgres(os.path.join(folder, "pg"), settings=args.set)
            address = postgres.new_database()
        else:
            address = "sqlite:" + os.path.join(folder, "store.db")
        rows = measure([args.load, address, *(str(sizes[k]) for k in ("items", "findings", "reviews", "scopes"))], postgres)
        if postgres:
            rows |= claims_of_nodes(args, address)
            if args.plans is not None:
                print(f"\nstatements of {args.plans} ms and more at {sizes['items']:,} items", flush=True)
                print_plans(os.path.join(folder, "pg", "log"))
        else:
            rows["disk, with its log"] = (sum(os.path.getsize(f) for f in glob.glob(os.path.join(folder, "store.db*"))) / 1e6, "MB")
        return rows
    finally:
        if postgres:
            postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def print_table(store, small, large, sizes):
    print(f"\n{store:44} {sizes[0]['items']:>14,} {sizes[1]['items']:>14,} items      growth")
    for name, (value, unit) in large.items():
        before = small.get(name, (0, unit))[0]
        grown = "" if not before else f"{before / value:8.2f}x" if unit.endswith("/s") else f"{value / before:8.2f}x"
        print(f"{name:44} {before:>14,.2f} {value:>14,.2f} {unit:8} {grown}")
    millions = sizes[1]["items"] / 1e6
    print(f"disk for a million items with a tenth as many findings: {large['disk'][0] / millions:,.0f} MB; "
          f"memory of the program {large['memory of the program'][0]:,.0f} MB, whatever the size", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--items", type=int, default=10_000_000)
    parser.add_argument("--findings", type=int, default=1_000_000)
    parser.add_argument("--reviews", type=int, default=100_000)
    parser.add_argument("--scopes", type=int, default=1_000)
    parser.add_argument("--small", type=int, default=100, help="how many times smaller the first store is (default 100)")
    parser.add_argument("--jobs", type=int, default=6_000, help="that three processes work off (default 6000)")
    parser.add_argument("--store", choices=("sqlite", "postgres"))
    parser.add_argument("--set", action="append", default=["shared_buffers = 1GB", "max_wal_size = 8GB", "synchronous_commit = on"],
                        help="a line of postgresql.conf; may be repeated")
    parser.add_argument("--plans", type=int, metavar="MS", help="print the plans of statements that took so long")
    parser.add_argument("--folder", default="/tmp")
    args = parser.parse_args()
    if args.plans is not None:
        args.set += ["session_preload_libraries = 'auto_explain'", f"auto_explain.log_min_duration = {args.plans}",
                     "auto_explain.log_analyze = on", "auto_explain.log_timing = off"]
    args.load = os.path.join(args.bin, "store_load")
    large = {"items": args.items, "findings": args.findings, "reviews": args.reviews, "scopes": args.scopes}
    small = {name: max(10, number // args.small) for name, number in large.items()}
    stores = [args.store] if args.store else ["sqlite"] + (["postgres"] if programs() else [])
    folder = tempfile.mkdtemp(prefix="sgstore-", dir=args.folder)
    os.chmod(folder, 0o755)
    try:
        print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        for store in stores:
            rows = [one(args, store, sizes, os.path.join(folder, f"{store}-{sizes['items']}")) for sizes in (small, large)]
            print_table(store, *rows, (small, large))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
