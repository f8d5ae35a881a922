#!/usr/bin/env python3
"""How much memory `spillguard scan` takes: at most 300 MB, and no more for 4 GB than for 512 MB.

memory_bench.py --bin DIR [--gigabytes N] [--files N]. Text is generated as it is read, nothing large is written: lines of words, log
lines and now and then a secret through the standard input, then a text of one line, then folders of many small files. Fails when the
peak is over the limit or grows with the input.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile

LIMIT = 300e6
GROWTH = 20e6   # what may differ between runs
BLOCK = 16 << 20


def block_of_text(seed, lines):
    rng = random.Random(seed)
    words = ["".join(rng.choices("etaoinshrdlucmfw", k=rng.randint(2, 9))) for _ in range(5000)]
    out = []
    size = 0
    while size < BLOCK:
        line = " ".join(rng.choices(words, k=rng.randint(3, 14)))
        if rng.random() < 0.05:
            line = f"2024-05-{rng.randint(1, 28):02} 12:00:01 INFO request id={rng.getrandbits(64):016x} " + line
        if rng.random() < 0.0002:
            line += " " + "AK" + "IA" + "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))
        out.append(line)
        size += len(line) + 1
    return (("\n" if lines else " ").join(out) + ("\n" if lines else " ")).encode()[:BLOCK]


def scan(binary, arguments, feed=None):
    """Peak memory in bytes, processor seconds, findings."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([binary, "scan", "--format", "jsonl", "-q", *arguments],
                                   stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stdout=out)
        if feed:
            feed(process.stdin)
            process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            sys.exit(f"spillguard scan ended with status {process.returncode}")
        out.seek(0)
        return usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime, sum(1 for _ in out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--gigabytes", type=float, default=4)
    parser.add_argument("--files", type=int, default=20000)
    args = parser.parse_args()
    binary = os.path.join(args.bin, "spillguard")
    failed = []

    def report(name, size, result, least):
        peak, seconds, findings = result
        mark = ""
        if peak > LIMIT:
            mark = "  OVER THE LIMIT"
        elif least is not None and peak > least + GROWTH:
            mark = "  GROWS"
        if mark:
            failed.append(name)
        print(f"{name:<28}{size / 1e9:>7.2f} GB {peak / 1e6:>9.1f} MB peak {size / seconds / 1e6:>9.0f} MB/s of processor "
              f"{findings:>8} findings{mark}", flush=True)
        return peak

    for name, lines in (("lines, standard input", True), ("one line, standard input", False)):
        block = block_of_text(7, lines)
        least = None
        for part in (8, 4, 1):
            blocks = max(4, int(args.gigabytes * 1e9 / part / BLOCK))

            def feed(pipe, block=block, blocks=blocks):
                for _ in range(blocks):
                    pipe.write(block)

            peak = report(name, blocks * BLOCK, scan(binary, ["-"], feed), least)
            least = peak if least is None else min(least, peak)

    with tempfile.TemporaryDirectory(prefix="spillguard-memory-") as folder:
        block = block_of_text(7, True)
        least = None
        written = 0
        for count in (args.files // 8, args.files):
            while written < count:
                sub = os.path.join(folder, str(written // 500))
                os.makedirs(sub, exist_ok=True)
                at = written * 9973 % (len(block) - 8192)
                with open(os.path.join(sub, f"{written}.txt"), "wb") as file:
                    file.write(block[at:at + 1000 + written * 37 % 7000])
                written += 1
            size = sum(os.path.getsize(os.path.join(d, f)) for d, _, names in os.walk(folder) for f in names)
            peak = report(f"{count} files, 2 threads", size, scan(binary, ["--threads", "2", folder]), least)
            least = peak if least is None else min(least, peak)
        # Files as large as are still read as a whole, markup that is taken apart among them.
        for old in os.listdir(folder):
            subprocess.run(["rm", "-rf", os.path.join(folder, old)], check=True)
        for index in range(6):
            with open(os.path.join(folder, f"{index}.{'txt' if index % 2 else 'html'}"), "wb") as file:
                file.write(b"<p>" + block[:7_900_000].replace(b" INFO ", b"<b>x</b>"))
        report("files of 8 MB, 2 threads", 6 * 7.9e6, scan(binary, ["--threads", "2", folder]), None)

    if failed:
        sys.exit("memory: " + ", ".join(failed))


if __name__ == "__main__":
    main()
