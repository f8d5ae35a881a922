#!/usr/bin/env python3
"""The API over a site with a million findings: pages at 200 clients while a scan writes, and downloads.

api_bench.py --bin DIR [--findings N] [--clients N] [--seconds N]. Prints p50 and p99 of a page of 50 findings at random places, and rows a second
and memory of a download of all of them. The clients share the machine with the server: percentiles are of the clock and say little on a busy one,
so the processor's time of the server is printed beside them. Fails when one in a hundred pages takes more than 20 ms at all clients, when a download makes
fewer than 200,000 rows a second, or when memory grows by over 64 MB with it.
"""
import argparse
import asyncio
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


def processor_seconds(process):
    with open(f"/proc/{process.child.pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


async def get(reader, writer, path, auth):
    """One request over a kept connection; the length of the body."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {auth}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise RuntimeError(head[:200])
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    await reader.readexactly(length)
    return length


async def pages(url, paths, clients, seconds, auth):
    """Each client asks again and again, with a pause of a second and a half between, as people who look do."""
    took = []
    end = time.monotonic() + seconds

    async def client(number):
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        draw = random.Random(number)
        pause = 0 if clients == 1 else 1.5
        await asyncio.sleep(draw.random() * pause)
        while time.monotonic() < end:
            start = time.monotonic()
            await get(reader, writer, draw.choice(paths), auth)
            took.append(time.monotonic() - start)
            await asyncio.sleep(pause)
        writer.close()
    await asyncio.gather(*(client(i) for i in range(clients)))
    return sorted(took)


def percentile(values, part):
    return 1000 * values[min(len(values) - 1, int(len(values) * part))]


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
            asyncio.run(pages(url, paths, 4, 3, auth))  # who may see what is asked from the host once a minute
            for clients in (1, args.clients):
                api.post("/scan/all", force="true")  # it writes all the while
                before = processor_seconds(server)
                took = asyncio.run(pages(url, paths, clients, args.seconds, auth))
                spent = processor_seconds(server) - before
                p99 = percentile(took, 0.99)
                print(f"{clients} clients, {len(took)} pages of {total:,} findings while a scan writes: p50 {percentile(took, 0.5):.1f} ms, p99 {p99:.1f} ms; "
                      f"the server took {1000 * spent / len(took):.2f} ms of processor a page, the scan's included")
                if clients == args.clients and p99 > PAGE_MS:
                    missed.append(f"p99 of a page {p99:.1f} ms, over {PAGE_MS}")
            while any(s["scanState"] in ("SCANNING", "SCHEDULED") for s in api.get("/scan/all", size=1000).json()["scopes"]):
                time.sleep(0.2)
            # Fills the page caches of the store's readers, which are bounded.
            for _ in range(4):
                download(url, "/rest/security/latest/export/findings", auth)
            for form in ("csv", "jsonl", "sarif"):
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
