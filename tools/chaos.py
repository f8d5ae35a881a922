#!/usr/bin/env python3
"""Scans simulated sites that fail and change while they are read, and compares with what the simulator says is there.

chaos.py --bin DIR [--seeds N] [--first SEED] [--keep]: one run a seed: faults and churn by that number, scans until every scope is
scanned, then quiet, then listings again, and at the end: every planted secret that is there or in a history is found, nothing that stands
in a newest text is called historical, no finding twice, and the ledger equals the simulator's own count. A seed that fails is printed with
its problems; --first SEED --seeds 1 runs it again.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import shutil
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness import check  # noqa: E402
from harness.client import Api  # noqa: E402
from harness.processes import Server, Simulator, StartError  # noqa: E402

SITE = ("--projects", 3, "--issues", 160, "--spaces", 3, "--pages", 36, "--blogs", 4, "--plants-per-kind", 2, "--extras", 3)
PRODUCTS = ("jira", "confluence")


class Run:
    def __init__(self, bin_dir, folder, seed):
        self.seed = seed
        self.sim = Simulator(bin_dir, folder, (*SITE, "--seed", seed, "--faults", seed)).wait_ready()
        try:
            # What is refused or fails is tried again soon: the pauses are another test's matter.
            self.server = Server(bin_dir, folder, self.sim, log_level=os.environ.get("CHAOS_LOG", "info"),
                                 scan="changes_seconds = 1\nnew_scopes_seconds = 5\nretry_milliseconds = 50\n",
                                 site="login_pause_seconds = 0\nretry_milliseconds = 20\ntimeout_seconds = 10\n").wait_ready()
        except BaseException:
            self.sim.stop()
            raise

    def stop(self):
        self.server.stop()
        self.sim.stop()

    def api(self, product, user="admin"):
        return Api(getattr(self.server, product), product, user)

    def scopes(self, product):
        end = time.monotonic() + 120
        while True:
            # The API asks the host who we are, and that answer may be one of the faults.
            answer = self.api(product).get("/coverage")
            if answer.status == 200:
                return answer.json()["scopes"]
            if time.monotonic() > end:
                raise StartError(f"{product}: {answer.status} {answer.text[:300]}")
            time.sleep(0.05)

    def scan_all(self, product, force=None):
        for _ in range(200):
            if self.api(product).scan_all(force).status == 200:
                return
            time.sleep(0.05)
        raise StartError(f"{product}: no scan can be asked for")

    def until_scanned(self, product, seconds=180):
        """Until every scope is scanned; one that failed is asked for again, as its administrator would."""
        end = time.monotonic() + seconds
        while True:
            scopes = self.scopes(product)
            states = {s["key"]: s["scanState"] for s in scopes}
            if scopes and set(states.values()) == {"SCANNED"}:
                return
            for key, state in states.items():
                if state in ("ERROR", "UNSCANNED"):
                    self.api(product).post(f"/scan/{self.api(product).scope_word}", key=key)
            if time.monotonic() > end:
                raise StartError(f"{product}: not scanned in time: {states}")
            time.sleep(0.05)

    def wait_idle(self, seconds=60):
        """Until no single scan (of a moved issue, of a hint) waits."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with urllib.request.urlopen(self.server.health + "/metrics", timeout=10) as answer:
                waiting = [line for line in answer.read().decode().splitlines() if line.startswith("spillguard_jobs_waiting")]
            if not waiting or float(waiting[0].rpartition(" ")[2]) == 0:
                return
            time.sleep(0.05)

    def sites_listed(self):
        with urllib.request.urlopen(self.server.health + "/metrics", timeout=10) as answer:
            return sum(float(line.rpartition(" ")[2]) for line in answer.read().decode().splitlines()
                       if line.startswith("spillguard_jobs_total{") and 'kind="scan_site"' in line and 'outcome="again"' not in line)

    def listing(self, force=None):
        before = self.sites_listed()
        for product in PRODUCTS:
            self.scan_all(product, force)
        # Until the scopes are scheduled: before that they look scanned.
        end = time.monotonic() + 60
        while self.sites_listed() < before + len(PRODUCTS) and time.monotonic() < end:
            time.sleep(0.02)
        for product in PRODUCTS:
            self.until_scanned(product)
        self.wait_idle()


def problems_of(run):
    problems = []
    found = collections.defaultdict(list)
    truth = json.loads(run.sim.control("truth"))
    for product in PRODUCTS:
        for scope in run.scopes(product):
            # As the account that scans: its drafts are for nobody else to see.
            for finding in run.api(product, "scanner").findings(scope["key"]):
                item = finding.get("issueKey") or str(finding.get("contentId"))
                found[product, item].append(finding)
    plants = [json.loads(line) for line in run.sim.control("plants").splitlines() if line.strip()]
    checked = 0
    for plant in plants:
        if plant["state"] not in check.VISIBLE:
            continue
        checked += 1
        if str(plant["itemId"]).startswith("scope:"):
            plant["item"] = plant["scope"]  # a renamed project's texts are under its key of now
        here = found[plant["product"], plant["item"]] or found[plant["product"], str(plant["itemId"])]
        hits = [f for f in here if check.stands_for(f, plant)]
        where = f"{plant['product']} {plant['scope']} {plant['item']} ({plant['itemId']}) {plant['part']} {plant['rule']} {plant['state']}"
        if not hits:
            problems.append(f"not found: {where} {plant['places']}")
        elif plant["state"] == "current" and all(f["historical"] for f in hits):
            problems.append(f"called historical: {where} {plant['places']}")
        elif plant["part"] == "attachment" and not any(f["place"] == plant["place"] for f in hits):
            problems.append(f"at another place: {where}: {[f['place'] for f in hits]} for {plant['place']}")
    for (product, item), findings in found.items():
        places = collections.Counter((f["location"], f["contentRef"], f["ruleName"], f["matchText"]) for f in findings)
        for place, times in places.items():
            if times > 1:
                problems.append(f"{times} times: {product} {item} {place[:3]}")
    coverage = {(p, s["key"]): s for p in PRODUCTS for s in run.scopes(p)}
    problems += check.check_waiting(coverage)
    problems += check.check_counts(check.with_drafts(truth), lambda p, s: coverage.get((p, s), {"coverage": [], "items": None}))
    return problems, checked


def one(bin_dir, seed, keep):
    folder = tempfile.mkdtemp(prefix=f"spillguard-chaos-{seed}-")
    started = time.monotonic()
    run = None
    try:
        run = Run(bin_dir, folder, seed)
        for product in PRODUCTS:
            run.scan_all(product)
        for product in PRODUCTS:
            run.until_scanned(product)
        run.listing()  # in the middle of faults and changes
        run.sim.control("settle", "POST", b"{}")
        # Twice: what is gone is believed the second time.
        run.listing()
        run.listing()
        problems, plants = problems_of(run)
        stats = json.loads(run.sim.control("stats"))
        products = [v for v in stats.values() if isinstance(v, dict)]
        faults = sum(sum(v.get("faults", {}).values()) for v in products)
        requests = sum(v.get("requests", 0) for v in products)
        changes = json.loads(run.sim.control("truth"))["changes"]
    except (StartError, OSError, RuntimeError) as error:
        problems, plants, faults, requests, changes = [f"{type(error).__name__}: {error}"], 0, 0, 0, 0
    finally:
        if run is not None:
            run.stop()
    seconds = time.monotonic() - started
    lines = [f"seed {seed}: {plants} plants, {faults} faults, {changes} changes, {requests} requests, {len(problems)} problems, {seconds:.1f} s"]
    lines += ["    " + problem for problem in problems[:20]]
    if problems and keep:
        lines.append("    kept: " + folder)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(lines), flush=True)  # at once: several run side by side
    return not problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--bin", required=True)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folder of a seed that fails")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="seeds at a time (default 2)")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        fine = list(pool.map(lambda seed: one(options.bin, seed, options.keep), seeds))
    failed = [seed for seed, well in zip(seeds, fine) if not well]
    if failed:
        print(f"{len(failed)} of {options.seeds} seeds failed: {' '.join(map(str, failed))}")
        print(f"again: ./dev chaos --first {failed[0]} --seeds 1 --keep")
        return 1
    print(f"{options.seeds} seeds, none failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
