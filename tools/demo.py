#!/usr/bin/env python3
"""./dev demo: a simulated Jira and Confluence, the server beside them, and a full scan of both.

Stays up until Ctrl-C. With --once it checks the result (every planted secret found, once; the coverage ledger equal to
the simulator's own count), ends, and says by its exit status whether all was well.
"""
import argparse
import collections
import datetime
import json
import os
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import check  # noqa: E402
from harness.client import Api  # noqa: E402
from harness.processes import Server, Simulator, StartError, free_port  # noqa: E402

LIVE = sys.stdout.isatty()
# What became of a part, as the ledger calls it.
COLUMNS = ("listed", "scanned", "skipped", "failed", "not_visible")
# Parts of every kind; loaded data has no blog posts and no personal space.
EVERY_KIND = ["--extras", 4]
WITH_DATA = ["--spaces", 3, "--pages", 30, "--blogs", 12]


def show_progress(line):
    if LIVE:
        print("\r\033[K" + line[: shutil.get_terminal_size().columns - 1], end="", flush=True)


def revive(server):
    """Starts the server again after somebody killed it, as a service manager would; its scans go on where they were."""
    status = server.child.poll()
    if status is None:
        return
    if status != -signal.SIGKILL:
        raise StartError(f"the server ended with status {status}:\n{server.tail()}")
    show_progress("")
    print("the server was killed (kill -9); starting it again", flush=True)
    server.start()
    server.wait_ready()


def coverage_of(api, server):
    """GET /coverage, also while the server is being started again."""
    for _ in range(100):
        try:
            answer = api.get("/coverage")
            break
        except OSError:
            time.sleep(0.1)
            revive(server)
    else:
        raise StartError(f"{api.product}: the API does not answer:\n{server.tail()}")
    if answer.status != 200:
        raise StartError(f"{api.product}: GET /coverage answered {answer.status}: {answer.text[:300]}")
    return answer.json()["scopes"]


def jobs_waiting(server):
    try:
        return server.metrics().get("spillguard_jobs_waiting", 0)
    except OSError:
        return 1  # it is being started again: not known to be idle


def wait_until_scanned(apis, server, deadline):
    """Polls both sites until no scope is waiting or being scanned; shows how far they are."""
    last_shown = 0.0
    while True:
        revive(server)
        states, items, running = collections.Counter(), 0, []
        for api in apis.values():
            for scope in coverage_of(api, server):
                states[scope["scanState"]] += 1
                items += scope["itemsDone"]
                if scope["scanState"] == "SCANNING":
                    running.append(f"{scope['key']} {scope['progress']} %")
        busy = states["SCHEDULED"] + states["SCANNING"] + states["UNSCANNED"]
        line = f"{states['SCANNED']} of {sum(states.values())} scopes scanned, {items:,} items; now: {', '.join(running) or '-'}"
        show_progress(line)
        if not LIVE and time.monotonic() - last_shown > 5:
            print("  " + line, flush=True)
            last_shown = time.monotonic()
        if states and not busy and jobs_waiting(server) == 0:
            show_progress("")
            return states
        if time.monotonic() > deadline:
            raise StartError(f"the scan did not end in time: {line}\n{server.tail()}")
        time.sleep(0.2)


def by_kind(scan):
    """The ledger in words: parts scanned by kind, and what was not scanned and why."""
    scanned, rest = collections.Counter(), collections.Counter()
    for cell in scan["coverage"]:
        if cell["status"] == "scanned":
            scanned[cell["kind"]] += cell["parts"]
        else:
            rest[f"{cell['kind']} {cell['status']}: {cell['reason']}"] += cell["parts"]
    return scanned, rest


def seconds_of(scan):
    """How long the scan of a scope took; scopes are scanned side by side."""
    if not scan["startedAt"] or not scan["completedAt"]:
        return 0.0
    start, end = (datetime.datetime.fromisoformat(scan[name].replace("Z", "+00:00")) for name in ("startedAt", "completedAt"))
    return (end - start).total_seconds()


def print_scope(product, scan):
    scanned, rest = by_kind(scan)
    rules = {row["ruleName"]: row["findings"] for row in scan["findingCounts"]}
    print(f"{product:10} {scan['key']:<16} {scan['scanState']:8} {scan['items']:>6} items  "
          f"{sum(scanned.values()):>7} parts  {sum(rules.values()):>5} findings  {seconds_of(scan):6.1f} s")
    print("           parts     " + ", ".join(f"{kind} {n}" for kind, n in scanned.most_common()))
    if rules:
        top = sorted(rules.items(), key=lambda row: (-row[1], row[0]))
        shown = ", ".join(f"{name} {n}" for name, n in top[:8])
        print("           findings  " + shown + (f" and {len(top) - 8} rules more" if len(top) > 8 else ""))
    for what, n in rest.most_common():
        print(f"           not read  {n} {what}")
    if scan["errorMessage"]:
        print(f"           error     {scan['errorMessage']}")


def print_kinds(scans):
    """The ledger of everything by kind of part: how many were listed, and what became of them."""
    for product in ("jira", "confluence"):
        kinds = collections.defaultdict(lambda: collections.defaultdict(int))
        for (scan_product, _), scan in scans.items():
            if scan_product != product:
                continue
            for cell in scan["coverage"]:
                row = kinds[cell["kind"]]
                row["listed"] += cell["parts"]
                row["bytes"] += cell["bytes"]
                row[cell["status"]] += cell["parts"]
        print(f"\n{product:20}" + "".join(f"{name:>12}" for name in COLUMNS) + f"{'KB':>12}")
        for kind, row in sorted(kinds.items()):
            print(f"  {kind:18}" + "".join(f"{row[name]:>12,}" for name in COLUMNS) + f"{row['bytes'] / 1000:>12,.0f}")


def print_requests(product, items, metrics):
    requests = metrics.get("spillguard_host_requests_total", 0)
    received = metrics.get("spillguard_host_received_bytes_total", 0)
    print(f"{product}: {requests:,.0f} requests ({1000 * requests / max(items, 1):.1f} per 1,000 items), {received / 1e6:.1f} MB received")


def print_summary(scans, server, seconds):
    print()
    for (product, _), scan in sorted(scans.items()):
        print_scope(product, scan)
    print_kinds(scans)
    items = sum(scan["items"] for scan in scans.values())
    parts = sum(cell["parts"] for scan in scans.values() for cell in scan["coverage"])
    now_mb, peak_mb = server.memory_mb()
    print()
    print(f"{items:,} items, {parts:,} parts in {seconds:.1f} s ({1000 * seconds / max(items, 1):.2f} s per 1,000 items)")
    for product in ("jira", "confluence"):
        print_requests(product, sum(scan["items"] for (p, _), scan in scans.items() if p == product), server.metrics(product))
    print(f"memory of the server: {now_mb:.0f} MB now, {peak_mb:.0f} MB at most")


def print_invitation(server, scans):
    jira_key = next(key for (product, key) in sorted(scans) if product == "jira")
    space_key = next(key for (product, key) in sorted(scans, reverse=True) if product == "confluence")
    print(f"""
Jira site:        {server.jira}/rest/security/latest
Confluence site:  {server.confluence}/rest/security/latest
Metrics:          {server.health}/metrics
Log in as admin/admin (administrator), pat/pat (of one project and space), ed/ed or rita/rita (no administrators).
https works on the same ports, with --cacert {server.folder}/tls.pem

  curl -u admin:admin "{server.jira}/rest/security/latest/project/{jira_key}?start=0&size=5&reviewed=false"
  curl -u admin:admin "{server.confluence}/rest/security/latest/scan/space/{space_key}?page=0&size=5"
  curl -u admin:admin -X POST "{server.jira}/rest/security/latest/scan/project?key={jira_key}&force=true"
""", flush=True)


def verify(sim, apis, scans):
    """Every problem of the finished scan, a line each."""
    cache = {}

    def findings_of(product, scope):
        if (product, scope) not in cache:
            # As the account that scans: its drafts are for nobody else to see.
            cache[product, scope] = Api(apis[product].base, product, "scanner").findings(scope)
        return cache[product, scope]

    manifest = [json.loads(line) for line in sim.control("plants").splitlines() if line.strip()]
    manifest = [plant for plant in manifest if plant["state"] in check.VISIBLE]
    problems = check.check_plants(manifest, findings_of)
    counts = check.with_drafts(json.loads(sim.control("truth")))
    problems += check.check_counts(counts, lambda product, scope: scans.get((product, scope), {"coverage": [], "items": None}))
    problems += check.check_waiting(scans)
    for (product, key), scan in sorted(scans.items()):
        if scan["scanState"] != "SCANNED":
            problems.append(f"{product} {key}: state {scan['scanState']}: {scan['errorMessage']}")
    return manifest, problems


def parse_args():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--once", action="store_true", help="check the first full scan and end")
    parser.add_argument("--data", metavar="DIR", help="real issues and pages: jira-issues.jsonl.gz, wiki-pages.jsonl.gz")
    parser.add_argument("--seed", type=int, default=1, help="of the simulator (default 1)")
    parser.add_argument("--keep", metavar="DIR", help="keep logs, store, manifest and counts in DIR")
    parser.add_argument("--sim", action="append", default=[], metavar="OPTION", help="passed to spillguard-sim; may be repeated")
    parser.add_argument("--timeout", type=int, default=1800, help="seconds for the scan (default 1800)")
    return parser.parse_args()


def ports():
    """The same addresses each time, where they are free: people copy the curl lines."""
    return {"jira": free_port(8081), "confluence": free_port(8082), "health": free_port(8090)}


def run(args, folder):
    options = ["--seed", args.seed, *EVERY_KIND]
    if args.data:
        options += ["--data", os.path.abspath(args.data), *WITH_DATA]
    options += args.sim  # the last one counts
    sim = server = None
    try:
        print("starting the simulated Jira and Confluence …", flush=True)
        sim = Simulator(args.bin, folder, options).wait_ready()
        server = Server(args.bin, folder, sim, ports=ports(), tls=True).wait_ready()
        apis = {"jira": Api(server.jira, "jira"), "confluence": Api(server.confluence, "confluence")}
        print(f"Jira {sim.jira_url}, Confluence {sim.confluence_url}; scanning everything", flush=True)
        start = time.monotonic()
        for api in apis.values():
            answer = api.scan_all()
            if answer.status != 200:
                raise StartError(f"POST scan/all answered {answer.status}: {answer.text[:300]}")
        wait_until_scanned(apis, server, start + args.timeout)
        seconds = time.monotonic() - start
        scans = {}
        for product, api in apis.items():
            for scope in coverage_of(api, server):
                scans[product, scope["key"]] = api.scope(scope["key"], size=1).json()
        print_summary(scans, server, seconds)
        if not args.once:
            print_invitation(server, scans)
            while True:
                revive(server)
                time.sleep(0.5)
        manifest, problems = verify(sim, apis, scans)
        for line in problems[:50]:
            print("PROBLEM " + line)
        if problems:
            print(f"{len(problems)} problems with {len(manifest)} planted secrets; keep the files with --keep DIR")
            return 1
        print(f"all {len(manifest)} planted secrets found, each once; the coverage equals the simulator's count")
        return 0
    finally:
        for process in (server, sim):
            if process is not None:
                process.stop()


def main():
    args = parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = args.keep or tempfile.mkdtemp(prefix="spillguard-demo-")
    os.makedirs(folder, exist_ok=True)
    try:
        return run(args, os.path.abspath(folder))
    except KeyboardInterrupt:
        print("\nstopped")
        return 0
    except (StartError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 2
    finally:
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
