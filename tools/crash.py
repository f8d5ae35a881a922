#!/usr/bin/env python3
"""kill -9 at random points while a site that changes is scanned and reviewed, round by round; findings, reviews and ledger must be those of an
undisturbed run, none lost and none twice, and `spillguard admin check` must find the store sound.

On SQLite the server is killed; on PostgreSQL one of two or three servers, all of them, or PostgreSQL itself. Every round has a seed of its own, a
simulator of its own and starts with an empty store. A round that fails is named, and its folder is kept.
"""
import argparse
import collections
import concurrent.futures
import os
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness.crash_round import Round, differences, reviews_of  # noqa: E402
from harness.postgres import Postgres, programs  # noqa: E402
from harness.processes import StartError  # noqa: E402

FAILURES = (AssertionError, RuntimeError, OSError, StartError, ValueError, KeyError)


class Expected:
    """What an undisturbed run finds, and what people review meanwhile: the same in every round."""

    def __init__(self, args, folder):
        first = Round(args.bin, os.path.join(folder, "undisturbed"), None)
        try:
            plain = first.run(random.Random(0), [], False)
            self.touched = first.touched()
        finally:
            first.stop()
        self.reviews = reviews_of(plain, self.touched, random.Random(1))
        self.result = self.run(args, os.path.join(folder, "undisturbed-reviewed"), None)

    def run(self, args, folder, postgres):
        one = Round(args.bin, folder, postgres)
        try:
            return one.run(random.Random(0), self.reviews, False)
        finally:
            one.stop()


def one_round(args, store, seed, folder, postgres, expected):
    chance = random.Random(seed)
    one, problems = None, []
    try:
        one = Round(args.bin, os.path.join(folder, f"{store}-{seed}"), postgres, chance.choice((2, 2, 3)) if postgres else 1)
        result = one.run(chance, expected.reviews, True)
        problems = differences(expected.result, result, expected.touched)
    except FAILURES as error:
        problems = [f"{type(error).__name__}: {error}"]
    kept = f" (kept: {one.folder})" if one else ""
    if problems:
        lines = "".join("\n    " + problem for problem in problems[:10])
        print(f"FAILED {store} --seed {seed}{kept}: {len(problems)} problems{lines}", flush=True)
    if one:
        one.stop(keep=bool(problems))
    return bool(problems), one.kills if one else collections.Counter()


def rounds(args, store, folder, expected):
    """Failed rounds. Several go on side by side, each on a PostgreSQL of its own."""
    start = time.monotonic()
    seeds = iter(range(args.seed, args.seed + args.rounds))

    def lane(number):
        postgres = Postgres(os.path.join(folder, f"postgres{number}")) if store == "postgres" else None
        failed, kills = 0, collections.Counter()
        try:
            if postgres and number == 0:
                same = expected.run(args, os.path.join(folder, "undisturbed-postgres"), postgres)
                for problem in differences(expected.result, same, expected.touched):
                    failed = 1
                    print("FAILED undisturbed, the stores differ: " + problem, flush=True)
            for seed in seeds:
                bad, killed = one_round(args, store, seed, folder, postgres, expected)
                failed += bad
                kills += killed
        finally:
            if postgres:
                postgres.stop()
        return failed, kills

    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        lanes = list(pool.map(lane, range(args.jobs)))
    failed = sum(lane[0] for lane in lanes)
    kills = sum((lane[1] for lane in lanes), collections.Counter())
    killed = ", ".join(f"{what} {times}" for what, times in sorted(kills.items()))
    print(f"{store}: {args.rounds} rounds, {failed} failed; killed: {killed}; {time.monotonic() - start:.0f} s", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgres"))
    parser.add_argument("--jobs", type=int, default=3, help="rounds at a time (default 3)")
    args = parser.parse_args()
    os.environ.pop("SPILLGUARD_TEST_POSTGRES", None)
    stores = [args.store] if args.store else ["sqlite", "postgres"]
    if "postgres" in stores and programs() is None:
        sys.exit("crash.py: PostgreSQL is not installed (Debian: postgresql)")
    folder = tempfile.mkdtemp(prefix="sgcrash-", dir="/tmp")
    os.chmod(folder, 0o755)
    failed = 0
    try:
        expected = Expected(args, folder)
        findings = sum(len(scope.get("findings", [])) for scope in expected.result.values())
        print(f"an undisturbed run has {findings} findings and {len(expected.reviews)} reviews made or taken back; {len(expected.touched)} names "
              "of items change while they are scanned", flush=True)
        for store in stores:
            failed += rounds(args, store, folder, expected)
    finally:
        if not failed:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
