#!/usr/bin/env python3
"""Recall and precision on hand-written tickets (written*.txt beside this), with values made at run time.

  written.py --spillguard BINARY [--seeds N] [--show] [FILE…]

No weight is trained on these texts: they tell how the rules and the generic detector do on what they never saw.
"""
import argparse
import json
import os
import random
import re
import string
import subprocess
import tempfile
import uuid

TEXTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "written.txt")
SUFFIX = {"plain": ".txt", "wiki": ".txt", "storage": ".xml", "adf": ".json"}
WORDS = ("summer winter falcon harbor coffee orange monday river dragon silver tiger purple rocket meadow "
         "Sommer Kaffee Berlin soleil verano praia").split()


def value(kind, rng):
    """A value of a kind, as people and programs make them."""
    letters = string.ascii_letters + string.digits
    word = rng.choice(WORDS)
    if kind == "pw":
        body = "".join(rng.choice(letters) for _ in range(rng.randint(8, 13)))
        at = rng.randrange(1, len(body) - 1)
        return body[:at] + rng.choice("!#%*+-_@") + body[at:] + str(rng.randint(0, 9))
    if kind == "pwword":
        second = rng.choice(["", rng.choice(WORDS).capitalize()])
        return word.capitalize() + second + str(rng.randint(10, 9999)) + rng.choice("!#*+_-%")
    if kind == "pwlow":
        return word.lower() + str(rng.randint(10, 2030))
    if kind == "token":
        return "".join(rng.choice(letters) for _ in range(rng.choice([24, 32, 40])))
    if kind in ("hex", "md5"):
        return "".join(rng.choice("0123456789abcdef") for _ in range(32))
    if kind == "sha":
        return "".join(rng.choice("0123456789abcdef") for _ in range(40))
    if kind == "b64":
        return "".join(rng.choice(letters + "+/") for _ in range(43)) + "="
    if kind == "key":
        return "".join(rng.choice(string.ascii_lowercase + string.digits + "!@#%^*(-_=+)") for _ in range(50))
    if kind == "uuid":
        return str(uuid.UUID(int=rng.getrandbits(128), version=4))
    if kind == "id":
        return str(rng.randint(10**5, 10**12))
    if kind == "num":
        return str(rng.randint(1000, 99999999))
    raise ValueError(f"no kind of value is named {kind}")


def units(path):
    """(markup, text) of each unit."""
    with open(path, encoding="utf-8") as file:
        blocks = re.split(r"^---- (\w+)\n", file.read(), flags=re.M)[1:]
    return list(zip(blocks[::2], blocks[1::2]))


def expand(text, rng):
    """The text with its values, and (begin, end, whether it is a secret) of each, in characters."""
    pieces, spans, size, end = [], [], 0, 0
    for mark in re.finditer(r"((?:\[\[-?\w+\]\])+)", text):
        kinds = re.findall(r"\[\[(-?\w+)\]\]", mark.group(1))
        made = "".join(value(kind.lstrip("-"), rng) for kind in kinds)
        pieces += [text[end:mark.start()], made]
        size += mark.start() - end + len(made)
        spans.append((size - len(made), size, not kinds[0].startswith("-")))
        end = mark.end()
    return "".join(pieces) + text[end:], spans


def measure(binary, seeds, show=False, path=TEXTS):
    """(found, missed, false) over all seeds."""
    texts = units(path)
    found = missed = false = 0
    wrong = {}
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            truth = {}
            for number, (markup, text) in enumerate(texts):
                name = f"{number:03}{SUFFIX[markup]}"
                text, spans = expand(text, random.Random(f"{seed} {number}"))
                truth[name] = [text[begin:end] for begin, end, secret in spans if secret]
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
            done = subprocess.run([binary, "scan", "--format", "jsonl", folder], check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            by_file = {}
            for line in done.stdout.decode().splitlines():
                finding = json.loads(line)
                if "file" in finding and "secret" in finding:
                    by_file.setdefault(os.path.basename(finding["file"]), []).append(finding)
            for name, secrets in truth.items():
                findings = by_file.get(name, [])
                hit = [s for s in secrets
                       if any(s in f["secret"] or (f["secret"] in s and 2 * len(f["secret"]) >= len(s)) for f in findings)]
                extra = [f for f in findings if not any(s in f["secret"] or f["secret"] in s for s in secrets)]
                found += len(hit)
                missed += len(secrets) - len(hit)
                false += len(extra)
                for what in [f"missed in {name}"] * (len(secrets) - len(hit)) + [f"false in {name}: {f['rule']}" for f in extra]:
                    wrong[what] = wrong.get(what, 0) + 1
    for what, count in sorted(wrong.items() if show else ()):
        text = texts[int(re.search(r"(\d{3})\.", what).group(1))][1]
        print(f"{count:3} of {seeds}  {what}\n      {text.strip()[:160]!r}")
    return found, missed, false


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spillguard", required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--show", action="store_true", help="the units that go wrong, without their values")
    parser.add_argument("texts", nargs="*", default=[TEXTS], help="files of units, instead of written.txt")
    args = parser.parse_args()
    for path in args.texts:
        found, missed, false = measure(args.spillguard, args.seeds, args.show, path)
        print(f"{os.path.basename(path)}, {args.seeds} seeds: recall {found / max(1, found + missed):.3f} "
              f"({missed} of {found + missed} missed), precision {found / max(1, found + false):.3f} ({false} false)")


if __name__ == "__main__":
    main()
