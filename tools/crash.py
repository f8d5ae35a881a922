#!/usr/bin/env python3
"""kill -9 at random points in the middle of scans, round by round; the result must be that of an undisturbed scan.

On SQLite the server is killed; on PostgreSQL one of two servers, or PostgreSQL itself. Every round has a seed of its own and starts
with an empty store. A round that fails is named, and its folder is kept.
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness.client import Api  # noqa: E402
from harness.postgres import Postgres, programs  # noqa: E402
from harness.processes import Server, Simulator  # noqa: E402

SITE = ("--seed", 11, "--projects", 3, "--issues", 1500, "--spaces", 3, "--pages", 100, "--blogs", 10)
PRODUCTS = ("jira", "confluence")
BUSY = {"SCHEDULED", "SCANNING", "UNSCANNED"}
VOLATILE = ("id", "firstSeen", "lastSeen", "fingerprint", "link")


def api(server, product):
    return Api(getattr(server, product), product, "admin")


def scopes(server, product):
    answer = api(server, product).get("/coverage")
    return answer.json()["scopes"] if answer.status == 200 else None


def wait_scanned(server, seconds):
    end = time.monotonic() + seconds
    states = None
    while time.monotonic() < end:
        try:
            states = [s["scanState"] for product in PRODUCTS for s in scopes(server, product)]
            if states and not BUSY & set(states):
                return
        except (OSError, TypeError):
            pass  # its store is away
        time.sleep(0.1)
    raise AssertionError(f"the scan did not end: {states}")


def result_of(server):
    """Findings, reviews and ledger without what differs between runs."""
    out = {}
    for product in PRODUCTS:
        for scope in scopes(server, product):
            key = scope["key"]
            scan = api(server, product).scope(key, size=1).json()
            findings = [{k: v for k, v in f.items() if k not in VOLATILE} for f in api(server, product).findings(key)]
            findings.sort(key=lambda f: json.dumps(f, sort_keys=True))
            out[f"{product} {key}"] = (scan["scanState"], scan["items"], scan["coverage"], findings)
    return out


def insist(call, seconds=60):
    """What a person would do while the store is away: try again."""
    end = time.monotonic() + seconds
    while True:
        try:
            if call().status == 200:
                return
        except OSError:
            pass
        assert time.monotonic() < end, "the server does not answer"
        time.sleep(0.1)


class Round:
    def __init__(self, args, sim, folder, postgres, disturb):
        self.folder, self.postgres = folder, postgres
        os.makedirs(folder)
        store = postgres.new_database() if postgres else ""
        self.servers = [Server(args.bin, folder, sim, store=store).wait_ready()]
        if postgres and disturb:
            self.servers.append(Server(args.bin, folder, sim, store=store, node="second", data="second",
                                       key_file=os.path.join(folder, "data", "installation.key")).wait_ready())
        self.kills = {"server": 0, "node": 0, "postgres": 0}

    def kill_something(self, chance):
        which = chance.randrange(3) if self.postgres else 0
        if which == 2:
            self.postgres.kill()
            self.kills["postgres"] += 1
            time.sleep(chance.uniform(0, 1))
            self.postgres.start()
            return
        self.kills["node" if which else "server"] += 1
        self.servers[which].kill()
        self.servers[which].start()
        self.servers[which].wait_ready()

    def run(self, chance, disturb):
        for product in PRODUCTS:
            insist(lambda product=product: api(self.servers[0], product).scan_all())
        for _ in range(chance.randint(2, 5) if disturb else 0):
            time.sleep(chance.uniform(0.02, 0.6))
            self.kill_something(chance)
        wait_scanned(self.servers[0], 300)
        result = result_of(self.servers[0])
        self.stop()
        env = dict(os.environ, SPILLGUARD_DEMO_PASSWORD="scanner")
        check = subprocess.run([self.servers[0].command[0], "admin", "check", "--config", self.servers[0].config], env=env,
                               capture_output=True, text=True, check=False)
        assert check.returncode == 0, "admin check: " + check.stdout + check.stderr
        return result

    def stop(self):
        for server in self.servers:
            server.stop()


def rounds(args, store, sim, folder):
    postgres = Postgres(os.path.join(folder, "postgres"), durable=False) if store == "postgres" else None
    failed = 0
    kills = {}
    start = time.monotonic()
    try:
        expected = Round(args, sim, os.path.join(folder, store + "-undisturbed"), postgres, False).run(random.Random(0), False)
        for seed in range(args.seed, args.seed + args.rounds):
            here = os.path.join(folder, f"{store}-{seed}")
            one = Round(args, sim, here, postgres, True)
            try:
                result = one.run(random.Random(seed), True)
                wrong = [key for key in sorted(set(expected) | set(result)) if expected.get(key) != result.get(key)]
                assert not wrong, f"differs from the undisturbed scan: {wrong}"
                shutil.rmtree(here)
            except (AssertionError, RuntimeError, OSError) as error:
                failed += 1
                print(f"FAILED {store} --seed {seed} (kept: {here}): {error}", flush=True)
                one.stop()
            for what, times in one.kills.items():
                kills[what] = kills.get(what, 0) + times
    finally:
        if postgres:
            postgres.stop()
    killed = ", ".join(f"{what} {times}" for what, times in kills.items() if times)
    print(f"{store}: {args.rounds} rounds, {failed} failed; killed: {killed}; {time.monotonic() - start:.0f} s", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgres"))
    args = parser.parse_args()
    os.environ.pop("SPILLGUARD_TEST_POSTGRES", None)
    stores = [args.store] if args.store else ["sqlite", "postgres"]
    if "postgres" in stores and programs() is None:
        sys.exit("crash.py: PostgreSQL is not installed (Debian: postgresql)")
    folder = tempfile.mkdtemp(prefix="sgcrash-", dir="/tmp")
    os.chmod(folder, 0o755)
    sim = Simulator(args.bin, folder, SITE).wait_ready()
    failed = 0
    try:
        for store in stores:
            failed += rounds(args, store, sim, folder)
    finally:
        sim.stop()
        if not failed:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
