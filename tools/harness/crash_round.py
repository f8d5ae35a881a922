"""One round of tools/crash.py: a simulated site that changes while it is scanned and reviewed, processes that are killed meanwhile, and what came of it."""
import collections
import json
import os
import random
import shutil
import subprocess
import threading
import time
import urllib.error

from harness.client import Api
from harness.processes import Server, Simulator, StartError

SITE = ("--seed", 11, "--projects", 3, "--issues", 420, "--spaces", 3, "--pages", 45, "--blogs", 6, "--plants-per-kind", 12, "--extras", 2)
PRODUCTS = ("jira", "confluence")
BUSY = {"SCHEDULED", "SCANNING", "UNSCANNED"}
# What an undisturbed run has otherwise: numbers of rows, times of ours, ports.
VOLATILE = ("id", "firstSeen", "lastSeen", "link", "fingerprint", "reviewedAt")
# Keys of projects and spaces stay, so that reviews have names to go by.
CHANGES = ("edit_description", "edit_page", "add_comment", "create_issue", "edit_page_comment", "edit_comment", "create_page", "edit_summary",
           "add_page_comment", "edit_field", "delete_comment", "rename_page", "add_worklog", "move_issue", "delete_issue", "trash_page",
           "add_attachment", "delete_page_comment", "move_page", "delete_version", "edit_environment", "delete_worklog", "create_blog",
           "restore_page", "add_page_attachment")
CHANGES_A_ROUND = 40
# Small pages: many commits to be killed between.
SERVER = {"scan": "changes_seconds = 1\nnew_scopes_seconds = 5\nretry_milliseconds = 50\n",
          "site": "page_size = 25\nmax_concurrency = 2\nretry_milliseconds = 20\nlogin_pause_seconds = 0\n"}


def insist(call, seconds=90):
    """What a person would do while the server or its store is away: try again. The answer."""
    end = time.monotonic() + seconds
    last = None
    while True:
        try:
            last = call()
            if last.status == 200:
                return last
            last = f"{last.status} {last.text[:300]}"
        except OSError as error:
            last = error
        assert time.monotonic() < end, f"the server does not answer: {last}"
        time.sleep(0.05)


def person_of(finding):
    return finding.get("issueKey") or str(finding.get("contentId"))


class Round:
    """postgres None: SQLite. reviews: what people do, (product, scope or None, text, rule, "create" or "delete")."""

    def __init__(self, bin_dir, folder, postgres, nodes=1):
        self.folder, self.postgres = folder, postgres
        self.kills = collections.Counter()
        self.servers = []
        os.makedirs(folder)
        self.sim = Simulator(bin_dir, folder, (*SITE, "--churn", 0)).wait_ready()
        store = postgres.new_database() if postgres else ""
        self.database = store.rpartition("/")[2].partition("?")[0]
        for number in range(nodes):
            name = "data" if number == 0 else f"node{number + 1}"
            key_file = os.path.join(folder, "data", "installation.key") if number else ""
            self.servers.append(Server(bin_dir, folder, self.sim, store=store, node=name, data=name, key_file=key_file, **SERVER).wait_ready())

    def api(self, product, server=None):
        return Api(getattr(server or self.servers[0], product), product, "scanner")

    # ---------------------------------------------------------------- what people do
    def change(self, done, count):
        for number in range(done, done + count):
            body = json.dumps({"operations": 1, "kind": CHANGES[number % len(CHANGES)]}).encode()
            self.sim.control("churn", "POST", body)

    def review(self, action, chance):
        product, scope, text, rule, what = action
        body = {"matchText": text, "ruleName": rule, "reason": "crash"}

        def ask():
            api = Api(getattr(chance.choice(self.servers), product), product, "admin")
            where = "/global-reviewed" if scope is None else f"/review/{api.scope_word}/{scope}"
            return api.send("POST", f"{where}/{what}", body)
        insist(ask)

    def people(self, chance, reviews, failures):
        """Changes and reviews, each in its order, at random moments."""
        try:
            steps = ["change"] * 8 + ["review"] * len(reviews)
            chance.shuffle(steps)
            changed, waiting = 0, list(reviews)
            for step in steps:
                time.sleep(chance.uniform(0, 0.12))
                if step == "change":
                    self.change(changed, CHANGES_A_ROUND // 8)
                    changed += CHANGES_A_ROUND // 8
                else:
                    self.review(waiting.pop(0), chance)
        except (AssertionError, OSError) as error:
            failures.append(error)

    # ---------------------------------------------------------------- what goes wrong
    def kill_something(self, chance):
        names = ["server"] + (["node"] * (len(self.servers) - 1) + ["postgres", "all"] if self.postgres else [])
        which = chance.choice(names)
        self.kills[which] += 1
        if which == "postgres":
            self.postgres.kill()
            time.sleep(chance.uniform(0, 0.5))
            self.postgres.start()
            return
        hit = self.servers if which == "all" else [self.servers[0] if which == "server" else chance.choice(self.servers[1:])]
        for server in hit:
            server.kill()
        for server in hit:
            server.start()
        # The next kill may come while it starts.
        if chance.random() < 0.7:
            for server in hit:
                server.wait_ready()

    def revive(self):
        """Who gave up because its store was away when it started is started again, as a service manager does."""
        for server in self.servers:
            for _ in range(5):
                try:
                    server.wait_ready()
                    break
                except StartError:
                    server.kill()
                    server.start()

    # ---------------------------------------------------------------- to the end
    def scopes(self, product):
        return insist(lambda: self.api(product).get("/coverage")).json()["scopes"]

    def until_quiet(self, seconds=120):
        """Until every scope is scanned and no job waits or runs."""
        end = time.monotonic() + seconds
        while True:
            states = {(product, s["key"]): s["scanState"] for product in PRODUCTS for s in self.scopes(product)}
            if states and set(states.values()) == {"SCANNED"} and self.waiting() == 0:
                return
            for (product, key), state in states.items():
                if state == "ERROR":
                    self.api(product).post(f"/scan/{self.api(product).scope_word}", key=key)
            assert time.monotonic() < end, f"the round did not end: {states}"
            time.sleep(0.05)

    def waiting(self):
        try:
            return self.servers[0].metrics().get("spillguard_jobs_waiting", 0)
        except (OSError, urllib.error.URLError):
            return -1

    def run(self, chance, reviews, disturb):
        if not disturb:
            self.change(0, CHANGES_A_ROUND)
        for product in PRODUCTS:
            insist(lambda product=product: self.api(product).scan_all())
        if disturb:
            failures = []
            people = threading.Thread(target=self.people, args=(random.Random(chance.random()), reviews, failures))
            people.start()
            for _ in range(chance.randint(2, 5)):
                time.sleep(chance.uniform(0.02, 0.5))
                self.kill_something(chance)
            people.join()
            assert not failures, failures[0]
            self.revive()
        else:
            for action in reviews:
                self.review(action, chance)
        self.until_quiet()
        self.sim.control("settle", "POST", b"{}")
        # What is gone is believed the second time.
        for _ in range(2 if disturb else 1):
            for product in PRODUCTS:
                insist(lambda product=product: self.api(product).scan_all())
            self.until_quiet()
        result = self.result()
        for server in self.servers:
            server.stop()
        self.check_store()
        return result

    def result(self):
        """Findings, reviews and ledger by scope."""
        out = {}
        for product in PRODUCTS:
            api = self.api(product)
            for scope in self.scopes(product):
                key = scope["key"]
                scan = api.scope(key, size=1).json()
                coverage = sorted((c["kind"], c["status"], c["reason"] or "", c["parts"], c["bytes"]) for c in scan["coverage"])
                reviews = insist(lambda api=api, key=key: api.get(f"/review/{api.scope_word}/{key}", size=100)).json()
                out[product, key] = {"state": scan["scanState"], "items": scan["items"], "coverage": coverage,
                                     "reviews": plain(reviews), "findings": api.findings(key)}
            answer = insist(lambda product=product: Api(getattr(self.servers[0], product), product, "admin").get("/global-reviewed", size=100))
            out[product, "everywhere"] = {"reviews": plain(answer.json())}
        return out

    def touched(self):
        """Keys and ids of items that people changed."""
        names = set()
        for change in json.loads(self.sim.control("journal")):
            names |= {change["key"], change["item"], change.get("before", "")}
        return names - {""}

    def check_store(self):
        env = dict(os.environ, SPILLGUARD_DEMO_PASSWORD="scanner")
        server = self.servers[0]
        check = subprocess.run([server.command[0], "admin", "check", "--config", server.config], env=env, capture_output=True, text=True,
                               check=False)
        assert check.returncode == 0, "admin check: " + check.stdout + check.stderr

    def stop(self, keep=False):
        for process in (*self.servers, self.sim):
            process.stop()
        if not keep:
            if self.postgres:
                self.postgres.sql(f"DROP DATABASE IF EXISTS {self.database}")
            shutil.rmtree(self.folder, ignore_errors=True)


def plain(reviews):
    """Without times; in an order of their own."""
    return sorted(json.dumps({k: v for k, v in row.items() if k not in VOLATILE}, sort_keys=True) for row in reviews["reviews"])


def whole(finding):
    return json.dumps({k: v for k, v in finding.items() if k not in VOLATILE}, sort_keys=True)


def essence(finding):
    """Of a text in an item that changed: its versions and surroundings depend on when it was read."""
    return json.dumps([person_of(finding), finding["ruleName"], finding["matchText"], finding["location"], finding["contentRef"],
                       finding["historical"], finding["reviewed"], finding["reviewedGlobally"]])


def differences(expected, got, touched):
    """Problems, a line each. In items that changed a text that is gone may have been read before it went: such findings are historical."""
    problems = []
    for where in sorted(set(expected) | set(got)):
        want, have = expected.get(where), got.get(where)
        if want is None or have is None:
            problems.append(f"{where}: only {'undisturbed' if have is None else 'here'}")
            continue
        for what in sorted(set(want) - {"findings"}):
            if want[what] != have[what]:
                problems.append(f"{where} {what}: {odd(want[what], have[what])}")
        problems += [f"{where} {line}" for line in compare(want.get("findings", []), have.get("findings", []), touched)]
    return problems


def odd(want, have):
    if isinstance(want, list) and isinstance(have, list):
        return f"missing {[x for x in want if x not in have]}, too much {[x for x in have if x not in want]}"[:600]
    return f"{want} undisturbed, {have} here"


def compare(want, have, touched):
    def count(findings):
        return collections.Counter(essence(f) if person_of(f) in touched else whole(f) for f in findings)
    wanted, found = count(want), count(have)
    for row in wanted - found:
        yield "lost: " + row[:400]
    for row in found - wanted:
        data = json.loads(row)
        if not (isinstance(data, list) and data[5]):  # historical, of an item that changed
            yield "too much: " + row[:400]
    places = collections.Counter((person_of(f), f["location"], f["contentRef"], f["ruleName"], f["matchText"]) for f in have)
    for place, times in places.items():
        if times > 1:
            yield f"{times} times: {place[:4]}"


def reviews_of(result, touched, chance, count=14):
    """What people are to review: texts in items that stay as they are; some are taken back, some hold everywhere."""
    actions = []
    for (product, key), scope in sorted(result.items()):
        texts = sorted({(f["matchText"], f["ruleName"]) for f in scope.get("findings", []) if person_of(f) not in touched})
        for text, rule in chance.sample(texts, min(2, len(texts))):
            actions.append((product, key if chance.random() < 0.7 else None, text, rule, "create"))
    chance.shuffle(actions)
    del actions[count:]
    taken_back = [(*action[:4], "delete") for action in actions[::4]]
    return actions + taken_back
