#!/usr/bin/env python3
"""The API over a site with a million findings: pages at 200 clients while a scan writes, and downloads.

api_bench.py --bin DIR [--findings N] [--clients N] [--seconds N]. Prints p50 and p99 of a page of 50 findings, half of them the first page and half
at random places, and rows a second and memory of a download of all of them. A page's time is from the first byte sent to the last one received, by the
clock; the clients (bench/api_load.cc) share the machine with the server, its scan and the simulator, so the server's processor time is printed beside.
The clients of the gate look at each page for a second and a half; what the server does at most is measured with as many that never pause. Fails when one
in a hundred pages takes more than 20 ms at all clients, when a download makes fewer than 200,000 rows a second, or when memory grows by over 64 MB with it.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
from harness.client import Api, basic  # noqa: E402
from harness.processes import Server, Simulator  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
PAGE_MS, ROWS_A_SECOND, GROWTH_MB = 20, 200_000, 64
PAUSE_MS = 1500  # between an answer and the next question of a client, as of people who look


def processor_seconds(process):
    with open(f"/proc/{process.child.pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def pages(bin_dir, url, paths, clients, seconds, pause_ms, auth):
    """What bench/api_load.cc measured: answers, bytes, microseconds."""
    done = subprocess.run([os.path.join(bin_dir, "api_load"), url.hostname, str(url.port), str(clients), str(seconds), str(pause_ms)],
                          input="\n".join([auth] + paths) + "\n", text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def forget_highest_memory(server):
    """What VmHWM says from now on is of now on (proc_pid_clear_refs(5))."""
    with open(f"/proc/{server.child.pid}/clear_refs", "w", encoding="ascii") as f:
        f.write("5")


def download(url, path, auth):
    """Rows and bytes; read as it comes."""
    import http.client
    connection = http.client.HTTPConnection(url.netloc)
    connection.request("GET", path, headers={"Authorization": auth})
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    rows = size = 0
    while True:
        piece = answer.read(1 << 20)
        if not piece:
            return rows, size
        rows += piece.count(b"\n")
        size += len(piece)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--findings", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=10)
    args = parser.parse_args()
    missed = []
    with tempfile.TemporaryDirectory(prefix="spillguard-bench-") as folder:
        sim = Simulator(args.bin, folder, ["--projects", 2, "--issues", 12000, "--spaces", 1, "--pages", 5, "--blogs", 0]).wait_ready()
        server = Server(args.bin, folder, sim, log_level="warn", scan="auto = false\n").wait_ready()
        try:
            api = Api(server.jira, "jira")
            api.scan_all()
            while [s["scanState"] for s in api.get("/scan/all", size=1000).json()["scopes"]] != ["SCANNED"] * 2:
                time.sleep(0.2)
            server.stop()
            start = time.monotonic()
            subprocess.run([os.path.join(args.bin, "api_fill"), os.path.join(folder, "data"), "jira", str(args.findings)], check=True)
            print(f"filled in {time.monotonic() - start:.0f} s")
            server.start()
            server.wait_ready()
            url, auth = urllib.parse.urlsplit(server.jira), basic("admin", "admin")
            key = max(api.get("/scan/all", size=1000).json()["scopes"], key=lambda s: s["findings"])["key"]
            total = api.scope(key, size=1).json()["total"]
            draw = random.Random(1)
            base = f"/rest/security/latest/project/{key}?size=50"
            paths = [f"{base}&start={draw.randrange(total - 50)}" for _ in range(300)] + [f"{base}&start=0"] * 300
            pages(args.bin, url, paths, 4, 4, 0, auth)  # who may see what is asked from the host once a minute
            for clients, pause in ((1, 0), (args.clients, PAUSE_MS), (args.clients, 0)):
                api.post("/scan/all", force="true")  # it writes all the while
                before = processor_seconds(server)
                got = pages(args.bin, url, paths, clients, args.seconds, pause, auth)
                spent = processor_seconds(server) - before
                p50, p99 = got["p50"] / 1000, got["p99"] / 1000
                how = f"{clients} clients with a pause of {pause} ms" if pause else f"{clients} clients that never pause"
                print(f"{how}, {got['answers']:,} pages of {total:,} findings while a scan writes: {got['answers'] / args.seconds:,.0f} a second, "
                      f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; the server took {1000 * spent / got['answers']:.2f} ms of processor a page, "
                      "the scan's included")
                if pause and p99 > PAGE_MS:
                    missed.append(f"p99 of a page {p99:.1f} ms, over {PAGE_MS}")
            while any(s["scanState"] in ("SCANNING", "SCHEDULED") for s in api.get("/scan/all", size=1000).json()["scopes"]):
                time.sleep(0.2)
            before = processor_seconds(server)
            got = pages(args.bin, url, paths, 4, 4, 0, auth)
            print(f"without a scan: {1000 * (processor_seconds(server) - before) / got['answers']:.2f} ms of processor a page of "
                  f"{got['bytes'] / got['answers'] / 1000:.0f} kB")
            while any(s["scanState"] in ("SCANNING", "SCHEDULED") for s in api.get("/scan/all", size=1000).json()["scopes"]):
                time.sleep(0.2)
            # Fills the page caches of the store's readers, which are bounded.
            for _ in range(4):
                download(url, "/rest/security/latest/export/findings", auth)
            for form in ("csv", "jsonl", "sarif"):
                forget_highest_memory(server)  # of the pages, and of the download before
                memory, before, start = server.memory_mb()[0], processor_seconds(server), time.monotonic()
                rows, size = download(url, f"/rest/security/latest/export/findings?format={form}", auth)
                wall, spent = time.monotonic() - start, processor_seconds(server) - before
                growth = server.memory_mb()[1] - memory
                print(f"{form}: {rows:,} rows, {size / 1e6:.0f} MB in {wall:.1f} s: {rows / wall:,.0f} rows/s, {rows / max(spent, 0.01):,.0f} a second of "
                      f"processor; highest memory {growth:+.0f} MB")
                if form == "csv" and rows / wall < ROWS_A_SECOND:
                    missed.append(f"{rows / wall:,.0f} rows/s, under {ROWS_A_SECOND:,}")
                if growth > GROWTH_MB:
                    missed.append(f"{form}: memory grew by {growth:.0f} MB")
        finally:
            server.stop()
            sim.stop()
    for what in missed:
        print("MISSED:", what)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
