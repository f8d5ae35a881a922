#!/usr/bin/env python3
"""Counts pairs of classes and common quads (folded rows of four bytes) in texts, for src/detect/literals/text_odds.inc.

make_text_odds.py FILE… > src/detect/literals/text_odds.inc

The plan of the literal search is made by these figures (quad_plan.cc): what they say of other texts than these
changes its speed, never what is found.
"""
import collections
import math
import pathlib
import sys

CLASSES = 64
OUTSIDE, OTHER, DIGITS = 63, 62, 17
COMMON = 30e-6  # of all places: quads that are rarer are left out
FOLD = bytes([0xA1, 0x20, 0x20, 0xA1])  # kQuadFold
SHARED = {"-": 28, ".": 29, "/": 30, ":": 32, "=": 59, " ": 27, '"': 60, "'": 60, "$": 61}


def class_of(byte):
    """As kClassOfByte in text_classes.cc."""
    if 0x40 <= byte < 0x80:
        return byte - 0x40
    if 0x30 <= byte <= 0x39:
        return DIGITS
    if byte < 0x20:
        return OUTSIDE
    return SHARED.get(chr(byte), OTHER)


# By place and folded byte: the first printed character that is folded to it, small letters before others.
PRINTED = [{b | mask: chr(b) for b in [*range(0x7E, 0x1F, -1), *range(0x7A, 0x60, -1)]} for mask in FOLD]


def main():
    text = b"\n".join(pathlib.Path(name).read_bytes() for name in sys.argv[1:])
    classes = bytes(class_of(b) for b in range(256))
    mapped = text.translate(classes)
    pairs = collections.Counter(zip(mapped, mapped[1:]))
    quads = collections.Counter(text[i : i + 4] for i in range(len(text) - 3))
    folded = collections.Counter()
    for quad, count in quads.items():
        folded[bytes(a | b for a, b in zip(quad, FOLD))] += count

    print("// Made by tools/make_text_odds.py. A pair's character c stands for odds of 2^(-(c - '#') / 4).")
    print("constexpr std::string_view kPairOdds =")
    rows = []
    for first in range(CLASSES):
        row = ""
        for second in range(CLASSES):
            odds = (pairs[first, second] + 0.5) / len(mapped)
            row += chr(min(ord("#") + round(-4 * math.log2(odds)), 0x7E) if odds < 1 else ord("#"))
        rows.append('    "' + row.replace("\\", "\\\\").replace('"', '\\"').replace("??", '?""?') + '"')
    print("\n".join(rows) + ";")
    print("// The commonest quads, by a row of bytes that is folded to each, and how many stand in 2^20 bytes: at least the number, less than twice it.")
    print("constexpr std::array kQuads = {")
    levels = collections.defaultdict(list)
    for quad, count in folded.items():
        odds = count / len(text)
        written = "".join(PRINTED[i].get(b, "") for i, b in enumerate(quad))
        if odds >= COMMON and len(written) == len(quad):
            levels[int(math.log2(odds * 2**20))].append(written)
    for level in sorted(levels):
        print(f"    QuadList{{{2**level},")
        joined = "".join(sorted(levels[level]))
        for at in range(0, len(joined), 84):
            part = joined[at : at + 84].replace("\\", "\\\\").replace('"', '\\"').replace("??", '?""?')
            print(f'     "{part}"')
        print("    },")
    print("};")


main()
