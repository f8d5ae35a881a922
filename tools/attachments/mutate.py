#!/usr/bin/env python3
"""Good files, broken at random: whatever is in them, every document ends in the account, none takes another with it, and
time and memory hold.

mutate.py --bin DIR [--count N] [--seed S] [--batch N]: N mutations of the made set's files (see made_set.py), by seed.
"""
import argparse
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from attachments import made_set  # noqa: E402
from attachments.planter import RULE  # noqa: E402


def mutated(data, dice):
    data = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        kind = dice.randrange(6)
        at = dice.randrange(len(data) + 1)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << dice.randrange(8)
        elif kind == 1:
            data[at:at + dice.randrange(1, 9)] = dice.choice((b"\0", b"\xFF", b"\x7F\xFF\xFF\xFF", b"\xFF" * 8))
        elif kind == 2:
            del data[at:at + dice.randrange(1, 200)]
        elif kind == 3:
            data[at:at] = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 40)))
        elif kind == 4:
            data[at:at] = data[at:at + dice.randrange(1, 500)]
        elif kind == 5 and dice.random() < 0.3:
            del data[at:]
    return bytes(data)


def run(binary, count, seed, batch=500):
    """How many documents ended in which outcome; stops at the first that is not accounted for."""
    dice = random.Random(seed)
    outcomes = {}
    with tempfile.TemporaryDirectory() as scratch:
        rule = os.path.join(scratch, "rule.toml")
        with open(rule, "w", encoding="utf-8") as out:
            out.write(RULE)
        good = os.path.join(scratch, "good")
        made_set.make(good)
        files = {name: open(os.path.join(good, name), "rb").read() for name in sorted(os.listdir(good)) if not name.startswith("text-")}
        names = sorted(files)
        done = 0
        while done < count:
            folder = os.path.join(scratch, "batch")
            os.makedirs(folder, exist_ok=True)
            for old in os.listdir(folder):
                os.unlink(os.path.join(folder, old))
            for number in range(min(batch, count - done)):
                name = names[(done + number) % len(names)]
                with open(os.path.join(folder, "%06d-%s" % (done + number, name)), "wb") as out:
                    out.write(mutated(files[name], dice))
            _, account, process = made_set.scan(binary, rule, folder)
            if process.returncode not in (0, 1):
                sys.exit(f"spillguard scan ended with {process.returncode}: {process.stderr.decode()[-2000:]}")
            own = [o for o in account if not o["location"]]
            for one in own:
                outcomes[one["outcome"]] = outcomes.get(one["outcome"], 0) + 1
                if one["outcome"] in ("helper_died", "time"):
                    print(one, flush=True)
                    keep = os.path.join(tempfile.gettempdir(), "mutation-" + one["file"])
                    with open(os.path.join(folder, one["file"]), "rb") as f, open(keep, "wb") as out:
                        out.write(f.read())
            done += batch
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=500)
    args = parser.parse_args()
    outcomes = run(args.bin, args.count, args.seed, args.batch)
    print(dict(sorted(outcomes.items())))
    return 1 if outcomes.get("helper_died") else 0


if __name__ == "__main__":
    sys.exit(main())
