"""Reviewed texts: hidden in the very next answer, back in the very next, for good and for what comes later."""
import json

import pytest

from conftest import Stack, wait_scanned

PRODUCTS = ("jira", "confluence")
OPTIONS = ("--seed", 11, "--projects", 2, "--issues", 120, "--spaces", 2, "--pages", 20)


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("reviews"), OPTIONS, tls=True)
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()


class Case:
    def __init__(self, stack, product):
        self.stack = stack
        self.product = product
        self.api = stack.api(product)
        self.key, self.other = stack.keys(product)[:2]

    def as_user(self, user):
        return self.stack.api(self.product, user)

    def texts(self, reviewed=None, key=None):
        found, after = [], None
        while True:
            page = self.api.scope(key or self.key, reviewed=reviewed, size=100, after=after).json()
            found += page["findings"]
            if page["isLast"]:
                assert page["total"] == len(found) + page["hidden"]
                return found
            after = page["next"]

    def review(self, text, what="create", api=None, key=None, **more):
        return (api or self.api).send("POST", f"/review/{self.api.scope_word}/{key or self.key}/{what}",
                                      {"matchText": text, "ruleName": "ANY_RULE", **more})

    def reset(self):
        for key in (self.key, self.other):
            assert self.api.send("DELETE", f"/review/{self.api.scope_word}/{key}", confirm="true").status == 200
        assert self.api.send("DELETE", "/global-reviewed", confirm="true").status == 200


@pytest.fixture(params=PRODUCTS)
def case(stack, request):
    case = Case(stack, request.param)
    yield case
    case.reset()


def common_text(findings):
    """A text that stands in several findings, if there is one."""
    by_text = {}
    for finding in findings:
        by_text.setdefault(finding["matchText"], []).append(finding)
    return max(by_text.items(), key=lambda pair: len(pair[1]))


def test_review_hides_at_once_and_unreview_brings_back(case):
    before = case.texts(reviewed="false")
    text, same = common_text(before)
    answer = case.review(text)
    assert answer.status == 200, answer.text
    body = answer.json()
    assert body["reviewed"] is True and body["changed"] is True and body["findings"] == len(same)
    assert text not in answer.text or len(text) < 8
    left = case.texts(reviewed="false")
    assert len(left) == len(before) - len(same) and text not in {f["matchText"] for f in left}
    done = case.texts(reviewed="true")
    assert {f["matchText"] for f in done} == {text} and len(done) == len(same)
    assert all(f["reviewed"] and not f["reviewedGlobally"] and f["reviewer"] == "admin" and f["reviewedAt"] for f in done)
    assert len(case.texts()) == len(before)
    counts = case.api.scope(case.key).json()["findingCounts"]
    assert sum(c["reviewed"] for c in counts) == len(same) and sum(c["findings"] for c in counts) == len(before)
    again = case.review(text).json()
    assert again["reviewed"] is True and again["changed"] is False
    # Not in another scope.
    assert case.texts(reviewed="true", key=case.other) == []
    back = case.review(text, "delete")
    assert back.status == 200 and back.json()["reviewed"] is False and back.json()["changed"] is True
    assert [f["id"] for f in case.texts(reviewed="false")] == [f["id"] for f in before]
    assert case.review(text, "delete").json()["changed"] is False


def test_both_words_and_odd_bodies(case):
    text = case.texts()[0]["matchText"]
    for word in ("space", "project"):
        made = case.api.send("POST", f"/review/{word}/{case.key}/create", json.dumps({"matchText": text}).encode(),
                             headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert made.status == 200 and made.json()["changed"] is True, made.text
        assert case.api.send("POST", f"/review/{word}/{case.key}/delete", {"matchText": text}).json()["changed"] is True
    for body in (b"", b"{}", b"[]", b'{"matchText": 5}', b'{"matchText": ""}', b"matchText=x"):
        assert case.api.send("POST", f"/review/space/{case.key}/create", body).status == 400, body
    refused = case.review(text, reason="because of " + text)
    assert refused.status == 400 and text not in refused.text, "a reason is kept in clear"


def test_reasons_and_expiry(case):
    text = case.texts()[0]["matchText"]
    assert case.review(text, expiresAt="2001-01-01").status == 400
    made = case.review(text, reason="documentation", expiresAt="2099-12-31T00:00:00Z")
    assert made.status == 200, made.text
    finding = case.texts(reviewed="true")[0]
    assert finding["reviewReason"] == "documentation" and finding["reviewExpiresAt"].startswith("2099-12-31")
    listed = case.api.get(f"/review/space/{case.key}").json()
    assert listed["total"] == 1 and listed["isLast"] is True
    assert listed["reviews"][0]["matchText"] == text and listed["reviews"][0]["reason"] == "documentation"


def test_delete_all_wants_to_be_confirmed(case):
    texts = {f["matchText"] for f in case.texts()}
    some = sorted(texts)[:5]
    for text in some:
        assert case.review(text).status == 200
    path = f"/review/{case.api.scope_word}/{case.key}"
    for confirm in (None, "false", ""):
        assert case.api.send("DELETE", path, confirm=confirm).status == 400
    assert case.texts(reviewed="true")
    assert case.as_user("ed").send("DELETE", path, confirm="true").status == 403
    deleted = case.api.send("DELETE", path, confirm="TRUE")
    assert deleted.status == 200 and deleted.json() == {"deletedCount": len(some)}
    assert case.texts(reviewed="true") == []


def test_who_may_review(case):
    text = case.texts()[0]["matchText"]
    expected = {"admin": 200, "pat": 200, "ed": 403 if case.product == "jira" else 200, "rita": 403}
    for user, status in expected.items():
        answer = case.review(text, api=case.as_user(user))
        assert answer.status == status, (user, answer.text)
        # Who may not read the findings is not told how many there are.
        if status == 200:
            assert ("findings" in answer.json()) == (user != "ed")
        assert case.review(text, "delete", api=case.as_user(user)).status == status
        assert case.as_user(user).get(f"/review/space/{case.key}").status == (200 if user in ("admin", "pat") else 403)
    assert case.review(text, key="NOPE").status == 404


def csv_of(*lines):
    return "\r\n".join(lines).encode() + b"\r\n"


def upload(case, what, data, api=None):
    """As curl -F file=@… sends it."""
    body = b"--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.csv\"\r\nContent-Type: text/csv\r\n\r\n" + data + b"\r\n--b0--\r\n"
    return (api or case.api).send("POST", f"/global-reviewed/{what}", body,
                                  headers={"Content-Type": "multipart/form-data; boundary=b0"})


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def test_global_reviews_by_file(case):
    first, second = sorted({f["matchText"] for f in case.texts()})[:2]
    elsewhere = len([f for f in case.texts(key=case.other) if f["matchText"] in (first, second)])
    data = b"\xef\xbb\xbf" + csv_of("matchText,ruleName", quoted(first) + ",A_RULE", quoted(second), quoted(first), '"', ',"x"')
    answer = upload(case, "create", data)
    assert answer.status == 200, answer.text
    body = answer.json()
    assert (body["uploadedCount"], body["addedCount"], body["alreadyThereCount"], body["invalidCount"]) == (4, 2, 1, 1), body
    done = case.texts(reviewed="true")
    assert {f["matchText"] for f in done} == {first, second} and all(f["reviewedGlobally"] for f in done)
    assert len(case.texts(reviewed="true", key=case.other)) == elsewhere
    # Taking it back in the scope leaves what holds everywhere.
    back = case.review(first, "delete").json()
    assert back["changed"] is False and back["reviewedGlobally"] is True and back["reviewed"] is True
    assert case.api.get("/global-reviewed").json()["total"] == 2
    gone = upload(case, "delete", csv_of(quoted(first), "never seen"))
    assert gone.status == 200
    assert (gone.json()["deletedCount"], gone.json()["notThereCount"]) == (1, 1)
    assert {f["matchText"] for f in case.texts(reviewed="true")} == {second}
    assert upload(case, "create", b"").status == 400
    assert upload(case, "create", b"\xff\xfeo\x00").status == 400
    for user in ("pat", "ed", "rita"):
        for what in ("create", "delete"):
            assert upload(case, what, csv_of("x"), api=case.as_user(user)).status == 403
        assert case.as_user(user).send("DELETE", "/global-reviewed", confirm="true").status == 403
    assert case.api.send("DELETE", "/global-reviewed").status == 400
    assert case.api.send("DELETE", "/global-reviewed", confirm="true").json() == {"deletedCount": 1}
    assert case.texts(reviewed="true") == []


def test_bad_lines_are_named_by_number(case):
    answer = upload(case, "create", csv_of("matchText,expiresAt", "good,", "late,2001-01-01", ",", '"two\nlines",', "odd,soon"))
    assert answer.status == 200, answer.text
    assert [line["line"] for line in answer.json()["invalidLines"]] == [3, 4, 7]
    assert "late" not in answer.text and "soon" not in answer.text
    assert answer.json()["addedCount"] == 2


@pytest.mark.parametrize("plaintext", [False, True])
def test_our_own_export_comes_back(case, plaintext):
    texts = sorted({f["matchText"] for f in case.texts()})[:6]
    for text in texts:
        assert case.review(text).status == 200
    assert case.api.send("PUT", "/settings", includePlaintextInExports=str(plaintext)).status == 200
    export = case.api.get(f"/export/reviewed/space/{case.key}/findings")
    assert export.status == 200 and len(export.text.splitlines()) >= len(texts) + 1
    assert case.api.send("PUT", "/settings", includePlaintextInExports="false").status == 200
    hidden = [f["id"] for f in case.texts(reviewed="true")]
    assert case.api.send("DELETE", f"/review/space/{case.key}", confirm="true").json() == {"deletedCount": len(texts)}
    assert case.texts(reviewed="true") == []
    answer = upload(case, "create", export.text.encode())
    assert answer.status == 200, answer.text
    assert (answer.json()["addedCount"], answer.json()["invalidCount"]) == (len(texts), 0)
    assert [f["id"] for f in case.texts(reviewed="true")] == hidden
    assert upload(case, "delete", export.text.encode()).json()["deletedCount"] == len(texts)


def test_walking_while_reviewing_skips_nothing(case):
    """Pages by number of the unreviewed, each text reviewed as it is read: every finding comes once."""
    everything = [f["id"] for f in case.texts(reviewed="false")]
    seen, reviewed, page = [], set(), 0
    while True:
        answer = case.api.scope(case.key, reviewed="false", page=page, size=7).json()
        seen += [f["id"] for f in answer["findings"]]
        for finding in answer["findings"][:3]:
            if finding["matchText"] not in reviewed:
                reviewed.add(finding["matchText"])
                assert case.review(finding["matchText"]).status == 200
        if answer["isLast"]:
            break
        page += 1
    assert len(seen) == len(set(seen)) and page > 2
    texts = {f["id"]: f["matchText"] for f in case.texts()}
    missed = [i for i in everything if i not in seen]
    assert all(texts[i] in reviewed for i in missed), "only what was reviewed in the meantime is not shown"


def test_reviews_survive_a_scan_a_restart_and_cover_what_comes_later(stack):
    """Last in this file: the server is restarted."""
    for product in PRODUCTS:
        case = Case(stack, product)
        text, same = common_text(case.texts())
        assert case.review(text).status == 200
        assert upload(case, "create", csv_of(quoted(case.texts(key=case.other)[0]["matchText"]))).status == 200
    before = {p: ([f["id"] for f in Case(stack, p).texts(reviewed="true")],
                  [f["id"] for f in Case(stack, p).texts(reviewed="true", key=Case(stack, p).other)]) for p in PRODUCTS}
    stack.scan_everything(force="true")
    stack.server.stop()
    stack.server.start()
    stack.server.wait_ready()
    for product in PRODUCTS:
        case = Case(stack, product)
        assert before[product][0] and before[product][1]
        assert [f["id"] for f in case.texts(reviewed="true")] == before[product][0]
        assert [f["id"] for f in case.texts(reviewed="true", key=case.other)] == before[product][1]


def test_a_text_reviewed_before_the_first_scan_comes_up_reviewed(bin_dir, tmp_path):
    stack = Stack(bin_dir, tmp_path, OPTIONS)
    try:
        plant = next(p for p in stack.sim.manifest() if p["product"] == "jira" and p["rule"] == "AWS_CLIENT_ID")
        jira = stack.api("jira")
        answer = jira.send("POST", f"/review/project/{plant['scope']}/create", {"matchText": plant["secret"], "ruleName": plant["rule"]})
        assert answer.status == 200 and answer.json()["findings"] == 0, answer.text
        assert jira.scan_all().status == 200
        wait_scanned(jira)
        found = jira.scope(plant["scope"], reviewed="true", size=1000).json()["findings"]
        assert found and {f["matchText"] for f in found} == {plant["secret"]}
        assert plant["secret"] not in {f["matchText"] for f in jira.scope(plant["scope"], reviewed="false", size=1000).json()["findings"]}
    finally:
        stack.stop()
