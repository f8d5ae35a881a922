#!/usr/bin/env python3
"""How many issues a second the simulator serves: whole issues with change history, 1,000 a page, over loopback.

sim_bench.py --bin DIR [--issues N] [--clients N] [--scale N]. With --scale a site of so many issues (1,000,000) is started as well: how long that
takes, and the memory before and after pages of it were read. Printed beside a fixed answer of the same server (serverInfo), so that the machine's
own speed can be told from the simulator's.
"""
import argparse
import base64
import http.client
import json
import os
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
from harness.processes import Process, Simulator  # noqa: E402

AUTH = {"Authorization": "Basic " + base64.b64encode(b"scanner:scanner").decode(), "Content-Type": "application/json"}


def in_threads(clients, work):
    """Runs work(i) in so many threads; gives the seconds it took."""
    threads = [threading.Thread(target=work, args=(i,)) for i in range(clients)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--issues", type=int, default=8000)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--scale", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spillguard-bench-") as folder:
        sim = Simulator(args.bin, folder, ["--issues", args.issues]).wait_ready()
        try:
            url = urllib.parse.urlsplit(sim.jira_url)
            received = [0] * args.clients

            def read_pages(index):
                connection = http.client.HTTPConnection(url.netloc)
                for _ in range(2):
                    for start in range(index * 1000, args.issues, 1000 * args.clients):
                        body = json.dumps({"jql": "order by created asc", "startAt": start, "maxResults": 1000,
                                           "fields": ["*all"], "expand": ["changelog"]})
                        connection.request("POST", url.path + "/rest/api/2/search", body, AUTH)
                        answer = connection.getresponse()
                        received[index] += len(answer.read())
                        assert answer.status == 200

            def read_fixed(index):
                connection = http.client.HTTPConnection(url.netloc)
                for _ in range(2000):
                    connection.request("GET", url.path + "/rest/api/2/serverInfo", headers=AUTH)
                    connection.getresponse().read()

            seconds = in_threads(args.clients, read_pages)
            fixed = in_threads(args.clients, read_fixed)
            print(f"simulator: {2 * args.issues / seconds:,.0f} issues/s, {sum(received) / seconds / 1e6:.0f} MB/s, "
                  f"{sum(received) / 2 / args.issues / 1000:.1f} kB an issue, {args.clients} clients")
            print(f"reference: {2000 * args.clients / fixed:,.0f} fixed answers/s from the same clients")
        finally:
            sim.stop()
        if args.scale:
            show_scale(args)


def show_scale(args):
    with tempfile.TemporaryDirectory(prefix="spillguard-bench-") as folder:
        # Without --counts: counting the parts of a million issues makes each of them once.
        ready_file = os.path.join(folder, "ready.json")
        command = [os.path.join(args.bin, "spillguard-sim"), "--issues", str(args.scale), "--ready-file", ready_file]
        begin = time.monotonic()
        again = Process("spillguard-sim", command, os.path.join(folder, "big.log"))
        try:
            def ready():
                try:
                    with open(ready_file, encoding="utf-8") as f:
                        return json.load(f)
                except (OSError, ValueError):
                    return None
            url = urllib.parse.urlsplit(again.wait_for(ready)["jiraBaseUrl"])
            started = time.monotonic() - begin
            before, _ = again.memory_mb()
            connection = http.client.HTTPConnection(url.netloc)
            begin = time.monotonic()
            for start in range(0, 20_000, 1000):
                body = json.dumps({"jql": "project = OPS order by created asc, key asc", "startAt": start, "maxResults": 1000,
                                   "fields": ["*all"], "expand": ["changelog"]})
                connection.request("POST", url.path + "/rest/api/2/search", body, AUTH)
                connection.getresponse().read()
            seconds = time.monotonic() - begin
            after, most = again.memory_mb()
            print(f"scale: {args.scale:,} issues ready after {started:.1f} s, {before:.0f} MB; after 20,000 were read {after:.0f} MB, "
                  f"at most {most:.0f} MB, {20_000 / seconds:,.0f} issues/s")
        finally:
            again.stop()


main()
