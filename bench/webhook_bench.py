#!/usr/bin/env python3
"""How fast webhooks are answered: signed ones at a steady rate over kept connections, each another issue's.

webhook_bench.py --bin DIR [--rate N] [--seconds N] [--clients N]. Prints the rate that was had and percentiles of the time to the answer, from the
moment at which each should have been sent; fails when one in a hundred took longer than 100 ms. The clients share the machine with the server.
"""
import argparse
import hashlib
import hmac
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
from harness.processes import Server, Simulator  # noqa: E402


def requests_of(index, url, secret, count):
    """The bytes of each request, made before the clock runs: the clients share the machine with the server."""
    for n in range(count):
        body = f'{{"webhookEvent":"jira:issue_updated","issue":{{"id":"{index * 1000000 + n}","key":"X-{n}"}}}}'
        signature = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
        yield (f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
               f"X-Hub-Signature: sha256={signature}\r\n\r\n{body}").encode()


def client(index, address, secret, rate, seconds, out):
    url = urllib.parse.urlsplit(address)
    requests = list(requests_of(index, url, secret, int(rate * seconds)))
    connection = socket.create_connection((url.hostname, url.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    took, refused = [], 0
    start = time.monotonic() + 0.5
    for n, request in enumerate(requests):
        due = start + n / rate
        pause = due - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        connection.sendall(request)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):  # 204 has no body
            piece = connection.recv(4096)
            if not piece:
                raise SystemExit("the server closed the connection")
            answer += piece
        refused += not answer.startswith(b"HTTP/1.1 204")
        took.append(time.monotonic() - due)
    out.put((took, refused, time.monotonic() - start))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
            before = cpu_seconds(server.child.pid)
            for process in clients:
                process.start()
            results = [out.get() for _ in clients]
            cpu = cpu_seconds(server.child.pid) - before
            took = sorted(t for r in results for t in r[0])
            refused = sum(r[1] for r in results)
            rate = len(took) / max(r[2] for r in results)
            at = {p: took[min(len(took) - 1, int(len(took) * p / 100))] * 1000 for p in (50, 99, 99.9)}
            print(f"{len(took)} webhooks, {rate:.0f}/s, {refused} refused; ms to the answer: " +
                  ", ".join(f"{p} %: {ms:.1f}" for p, ms in at.items()) + f", most {took[-1] * 1000:.1f}; processor of the server {cpu / len(took) * 1e6:.0f} us each")
            return 1 if refused or at[99] > 100 else 0
        finally:
            server.stop()
            sim.stop()


if __name__ == "__main__":
    sys.exit(main())
