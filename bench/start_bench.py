#!/usr/bin/env python3
"""From the start of `spillguard scan` to its first finding, with all built-in rules, in one small file.

start_bench.py --bin DIR [--runs N]. Printed beside /bin/true and `spillguard version` of the same run, so that the machine's own
speed can be told from ours. First output: from the call to the first byte read from the program. CPU: user and system time of the
whole process. Other programs on the machine disturb the median, the least value hardly.
"""
import argparse
import os
import statistics
import tempfile
import time


class Run:
    """What one run of a program took."""

    def __init__(self, command):
        reading, writing = os.pipe()
        nothing = os.open(os.devnull, os.O_RDWR)
        start = time.monotonic()
        actions = [(os.POSIX_SPAWN_DUP2, nothing, 0), (os.POSIX_SPAWN_DUP2, writing, 1),
                   (os.POSIX_SPAWN_DUP2, nothing, 2), (os.POSIX_SPAWN_CLOSE, reading)]
        child = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
        os.close(writing)
        os.close(nothing)
        self.output = os.read(reading, 65536)
        self.first_ms = (time.monotonic() - start) * 1e3
        while os.read(reading, 65536):
            pass
        os.close(reading)
        _, _, usage = os.wait4(child, 0)
        self.wall_ms = (time.monotonic() - start) * 1e3
        self.cpu_ms = (usage.ru_utime + usage.ru_stime) * 1e3
        self.rss_mb = usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--runs", type=int, default=30)
    args = parser.parse_args()
    program = os.path.abspath(os.path.join(args.bin, "spillguard"))
    with tempfile.TemporaryDirectory(prefix="spillguard-bench-") as folder:
        path = os.path.join(folder, "one.txt")
        with open(path, "w", encoding="ascii") as f:
            f.write("some words\n" * 20 + "aws_access_key_id = AKIA" + "QYLPMN5HHHFPZAM2\n" + "some words\n" * 20)
        cases = {"/bin/true": ["/bin/true"], "version": [program, "version"],
                 "scan": [program, "scan", "--quiet", "--format", "jsonl", path]}
        runs = {name: [] for name in cases}
        for _ in range(args.runs):  # in turns, so that a disturbance hits all of them
            for name, command in cases.items():
                runs[name].append(Run(command))
        assert all(b"AWS" in run.output for run in runs["scan"]), "the scan did not find the key"
    least = {name: min(run.cpu_ms for run in runs[name]) for name in cases}
    print(f"{'':12}{'CPU ms':>18}{'first output ms':>18}{'wall ms':>18}{'RSS MB':>9}{'CPU to true':>13}{'to version':>12}")
    print(f"{'':12}" + f"{'least':>9}{'median':>9}" * 3 + f"{'most':>9}")
    for name in cases:
        line = f"{name:12}"
        for what in ("cpu_ms", "first_ms", "wall_ms"):
            values = [getattr(run, what) for run in runs[name]]
            line += f"{min(values):9.1f}{statistics.median(values):9.1f}"
        line += f"{max(run.rss_mb for run in runs[name]):9.1f}"
        print(line + f"{least[name] / least['/bin/true']:13.1f}{least[name] / least['version']:12.2f}")


main()
