#!/usr/bin/env python3
"""What a first scan, a second listing and a look for changes cost: items a second, requests, bytes, memory; over loopback.

crawl_bench.py --bin DIR [--issues N] [--pages N] [--no-extras]. Requests are set beside the least possible: for issues one search a thousand,
and where remote links and properties are asked for (the default) two questions for each; for pages one question for each old version and each
list that hangs on a page (versions, comments, attachments, properties), because the host has no answer that holds several.
"""
import argparse
import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
from harness.client import Api  # noqa: E402
from harness.processes import Server, Simulator  # noqa: E402


def wait_scanned(api, seconds=3600):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        scopes = api.get("/coverage").json()["scopes"]
        states = {s["scanState"] for s in scopes}
        if scopes and states == {"SCANNED"}:
            return
        if "ERROR" in states:
            raise SystemExit(f"a scope failed: {[s['errorMessage'] for s in scopes]}")
        time.sleep(0.2)
    raise SystemExit("not scanned in time")


def measure(server, product, what, items, before=None):
    after = server.metrics(product)
    requests = after["spillguard_host_requests_total"] - before["spillguard_host_requests_total"]
    megabytes = (after["spillguard_host_received_bytes_total"] - before["spillguard_host_received_bytes_total"]) / 1e6
    print(f"  {product} {what}: {requests:.0f} requests ({requests / max(1, items) * 1000:.1f} per 1,000 items), {megabytes:.1f} MB", end="")
    return requests


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--issues", type=int, default=20000)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--no-extras", action="store_true", help="without remote links and properties of issues")
    args = parser.parse_args()
    site = "issue_properties = false\nremote_links = false\n" if args.no_extras else ""
    with tempfile.TemporaryDirectory(prefix="spillguard-bench-") as folder:
        sim = Simulator(args.bin, folder, ["--projects", 2, "--issues", args.issues, "--spaces", 2, "--pages", args.pages, "--blogs", 0,
                                           "--plants-per-kind", 0]).wait_ready(600)
        server = Server(args.bin, folder, sim, log_level="warn", scan="auto = false\n", site=site).wait_ready()
        try:
            counts = json.load(open(sim.counts_file, encoding="utf-8"))
            parts = {}
            for row in counts["parts"]:
                parts[row["product"], row["kind"]] = parts.get((row["product"], row["kind"]), 0) + row["parts"]
            items = {p: sum(r["items"] for r in counts["items"] if r["product"] == p) for p in ("jira", "confluence")}
            versions = parts.get(("confluence", "title"), 0)
            least = {"jira": items["jira"] / 1000 + (0 if args.no_extras else 2 * items["jira"]),
                     # old versions, and of each page the list of them, comments, attachments, properties
                     "confluence": (versions - items["confluence"]) + 3 * items["confluence"] + items["confluence"] / 200}
            for product in ("jira", "confluence"):
                api = Api(getattr(server, product), product)
                for what, force in (("first scan", None), ("second listing", None)):
                    before, start = server.metrics(product), time.monotonic()
                    api.scan_all(force)
                    time.sleep(0.5)
                    wait_scanned(api)
                    seconds = time.monotonic() - start
                    requests = measure(server, product, what, items[product], before)
                    now, most = server.memory_mb()
                    print(f", {items[product] / seconds:.0f} items/s, memory {now:.0f} MB (most {most:.0f})", end="")
                    if what == "first scan":
                        print(f", {requests / least[product]:.2f} times the least possible")
                    else:
                        print()
        finally:
            server.stop()
            sim.stop()


if __name__ == "__main__":
    main()
