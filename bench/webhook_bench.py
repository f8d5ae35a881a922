#!/usr/bin/env python3
"""How fast webhooks are answered: signed ones at a steady rate over kept connections, each another issue's.

webhook_bench.py --bin DIR [--rate N] [--seconds N] [--clients N]. Prints the rate that was had and percentiles of the time to the answer, from the
moment at which each should have been sent; fails when one in a hundred took longer than 100 ms. The clients share the machine with the server.
"""
import argparse
import hashlib
import hmac
import http.client
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
from harness.processes import Server, Simulator  # noqa: E402


def client(index, address, secret, rate, seconds, out):
    url = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(url.netloc)
    took, refused = [], 0
    start = time.monotonic() + 0.5
    for n in range(int(rate * seconds)):
        due = start + n / rate
        pause = due - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        body = f'{{"webhookEvent":"jira:issue_updated","issue":{{"id":"{index * 1000000 + n}","key":"X-{n}"}}}}'.encode()
        signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        connection.request("POST", url.path, body, {"Content-Type": "application/json", "X-Hub-Signature": signature})
        answer = connection.getresponse()
        answer.read()
        refused += answer.status != 204
        took.append(time.monotonic() - due)
    out.put((took, refused, time.monotonic() - start))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=4)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spillguard-bench-") as folder:
        sim = Simulator(args.bin, folder, ["--projects", 1, "--issues", 10, "--spaces", 1, "--pages", 5, "--blogs", 0]).wait_ready()
        server = Server(args.bin, folder, sim, log_level="warn", scan="auto = false\n").wait_ready()
        try:
            env = dict(os.environ, SPILLGUARD_DEMO_PASSWORD="scanner")
            words = subprocess.run([os.path.join(args.bin, "spillguard"), "webhooks", "--config", server.config], env=env,
                                   capture_output=True, text=True, check=True).stdout.split()
            path = urllib.parse.urlsplit(words[2]).path
            address = server.jira + path[path.index("/rest/security"):]
            out = multiprocessing.Queue()
            clients = [multiprocessing.Process(target=client, args=(i, address, words[4], args.rate / args.clients, args.seconds, out))
                       for i in range(args.clients)]
            for process in clients:
                process.start()
            results = [out.get() for _ in clients]
            took = sorted(t for r in results for t in r[0])
            refused = sum(r[1] for r in results)
            rate = len(took) / max(r[2] for r in results)
            at = {p: took[min(len(took) - 1, int(len(took) * p / 100))] * 1000 for p in (50, 99, 99.9)}
            print(f"{len(took)} webhooks, {rate:.0f}/s, {refused} refused; ms to the answer: " +
                  ", ".join(f"{p} %: {ms:.1f}" for p, ms in at.items()) + f", most {took[-1] * 1000:.1f}")
            return 1 if refused or at[99] > 100 else 0
        finally:
            server.stop()
            sim.stop()


if __name__ == "__main__":
    sys.exit(main())
