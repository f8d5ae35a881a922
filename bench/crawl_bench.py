#!/usr/bin/env python3
"""What a first scan, a second listing and a look for changes cost: items a second, requests, bytes, memory; over loopback.

crawl_bench.py --bin DIR [--issues N] [--versions N] [--no-extras] [--whole-only]. The numbers are those of the simulator, which counts each
request. They are set beside the least possible: for issues one search a thousand, a question for each list of worklogs that the host cuts, and
where remote links and properties are asked for (the default) two questions each; for pages one listing of 200 with bodies, and a question for
each old version and each list that hangs on a page (comments, attachments, properties), because no answer of the host holds several; and one for the bytes of each attachment. A look for
changes where nothing changed may be one request a scope. A quarter and the half are scanned before, to show that memory is flat. Fails above 1.1
times the least, above one request a look, or where the whole takes half as much memory again as the half.
"""
import argparse
import base64
import json
import math
import os
import sys
import tempfile
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
from harness.client import Api  # noqa: E402
from harness.processes import Server, Simulator  # noqa: E402

PRODUCTS = ("jira", "confluence")
VERSIONS_A_PAGE = 4.39  # of generated pages
MOST = 1.1


def fetch(url, user=None):
    request = urllib.request.Request(url)
    if user:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{user}".encode()).decode())
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.load(answer)


class Site:
    """One simulator of a size, and the server that scans it."""

    def __init__(self, options, folder, share):
        pages = int(options.versions * share / VERSIONS_A_PAGE)
        self.folder = folder
        self.options = options
        self.sim = Simulator(options.bin, folder, ["--projects", 2, "--issues", int(options.issues * share), "--spaces", 2, "--pages", pages,
                                                   "--blogs", 0, "--plants-per-kind", 0]).wait_ready(600)
        self.server = None
        with open(self.sim.counts_file, encoding="utf-8") as f:
            counts = json.load(f)
        self.scopes = {p: [r["items"] for r in counts["items"] if r["product"] == p] for p in PRODUCTS}
        self.items = {p: sum(self.scopes[p]) for p in PRODUCTS}
        self.parts = {p: {} for p in PRODUCTS}
        for row in counts["parts"]:
            kinds = self.parts[row["product"]]
            kinds[row["kind"]] = kinds.get(row["kind"], 0) + row["parts"]

    def start(self, scan):
        extras = "issue_properties = false\nremote_links = false\n" if self.options.no_extras else ""
        self.server = Server(self.options.bin, self.folder, self.sim, log_level="warn", scan=scan, site=extras).wait_ready()

    def stop(self):
        if self.server is not None:
            self.server.stop()
        self.sim.stop()

    def stats(self, product):
        return fetch("/".join(self.sim.jira_url.split("/")[:3]) + "/_sim/stats")[product]

    def scan(self, product):
        """Scans all of a product; what the simulator counted for it, and how long it took."""
        before, start = self.stats(product), time.monotonic()
        api = Api(getattr(self.server, product), product)
        api.scan_all()
        time.sleep(0.3)
        while True:
            scopes = api.get("/coverage").json()["scopes"]
            states = {s["scanState"] for s in scopes}
            if scopes and states == {"SCANNED"}:
                break
            if "ERROR" in states:
                raise SystemExit(f"a scope failed: {[s['errorMessage'] for s in scopes]}")
            time.sleep(0.2)
        seconds = time.monotonic() - start
        after = self.stats(product)
        asked = {name: n - before["endpoints"].get(name, 0) for name, n in after["endpoints"].items()}
        return {"requests": after["requests"] - before["requests"], "bytes": after["bytes"] - before["bytes"], "seconds": seconds, "asked": asked}

    def least(self, product, asked):
        items = self.items[product]
        files = self.parts[product].get("attachment", 0)  # the bytes of each
        if product == "jira":
            cut = asked.get("GET /rest/api/2/issue/{issue}/worklog", 0) + asked.get("GET /rest/api/2/issue/{issue}/comment", 0)
            return sum(math.ceil(n / 1000) for n in self.scopes[product]) + cut + (0 if self.options.no_extras else 2 * items) + files
        query = urllib.parse.urlencode({"cql": "type = comment", "limit": 1})
        comments = fetch(f"{self.sim.confluence_url}/rest/api/search?{query}", "scanner")["totalSize"]
        old = self.parts[product]["title"] - items + self.parts[product]["comment"] - comments
        return sum(math.ceil(n / 200) for n in self.scopes[product]) + old + 3 * items + files

    def looks(self, seconds):
        """Looks for changes, and the requests of them."""
        def now():
            with urllib.request.urlopen(self.server.health + "/metrics", timeout=10) as answer:
                jobs = [line for line in answer.read().decode().splitlines()
                        if line.startswith("spillguard_jobs_total{") and 'kind="scan_changes"' in line and 'outcome="done"' in line]
            return sum(float(line.rpartition(" ")[2]) for line in jobs), {p: self.stats(p)["requests"] for p in PRODUCTS}
        time.sleep(3)  # the first ones ask who we are and what time it is
        looks, before = now()
        time.sleep(seconds)
        more, after = now()
        return more - looks, {p: after[p] - before[p] for p in PRODUCTS}


def first_scans(site, share, failed):
    for product in PRODUCTS:
        got = site.scan(product)
        least = site.least(product, got["asked"])
        now, most = site.server.memory_mb()
        ratio = got["requests"] / least
        print(f"{product} {site.items[product]} items, {sum(site.parts[product].values())} parts: first scan {site.items[product] / got['seconds']:.0f} items/s, "
              f"{got['requests']} requests ({1000 * got['requests'] / site.items[product]:.1f} per 1,000 items), {ratio:.3f} times the least possible, "
              f"{got['bytes'] / 1e6:.0f} MB; memory {now:.0f} MB, most {most:.0f}", flush=True)
        # Below a few thousand the questions of the start weigh more than they should.
        if share == 1 and ratio > MOST:
            failed.append(f"{product}: {ratio:.3f} times the least possible requests")
    return site.server.memory_mb()[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--issues", type=int, default=100000)
    parser.add_argument("--versions", type=int, default=20000, help="of pages")
    parser.add_argument("--no-extras", action="store_true", help="without remote links and properties of issues")
    parser.add_argument("--whole-only", action="store_true", help="not a quarter and the half before")
    options = parser.parse_args()
    failed, peaks = [], {}
    for share in ((1,) if options.whole_only else (0.25, 0.5, 1)):
        with tempfile.TemporaryDirectory(prefix="spillguard-bench-") as folder:
            site = Site(options, folder, share)
            try:
                site.start("auto = false\n")
                peaks[share] = first_scans(site, share, failed)
                if share < 1:
                    continue
                for product in PRODUCTS:
                    got = site.scan(product)
                    print(f"{product}: second listing {site.items[product] / got['seconds']:.0f} items/s, {got['requests']} requests", flush=True)
                site.server.stop()
                site.start("changes_seconds = 1\nnew_scopes_seconds = 86400\n")
                looks, requests = site.looks(10)
                print(f"nothing changed: {looks:.0f} looks for changes of a scope, {sum(requests.values())} requests ({requests})")
                if sum(requests.values()) > looks + len(PRODUCTS):  # some were on their way
                    failed.append("a look for changes took more than one request")
            finally:
                site.stop()
    if 0.5 in peaks:
        print("memory at most: " + ", ".join(f"{peak:.0f} MB at {share:g}" for share, peak in peaks.items()))
        if peaks[1] > 1.5 * peaks[0.5]:
            failed.append("memory grows with what is scanned")
    for problem in failed:
        print("FAILED " + problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
