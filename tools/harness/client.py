"""A small client of Spillguard's API."""
import base64
import json
import urllib.error
import urllib.parse
import urllib.request

API = "/rest/security/latest"
# Called with method, address, answer and TLS context of every call; raises when the answer is not as described.
on_answer = None
WORDS = {"jira": ("project", "issue"), "confluence": ("space", "content")}


class Answer:
    def __init__(self, status, headers, text):
        self.status = status
        self.headers = headers
        self.text = text

    def json(self):
        return json.loads(self.text)


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def call(url, method="GET", auth=None, body=None, headers=None, timeout=60, context=None):
    """Any status is an answer; only a broken connection is an exception (OSError)."""
    request = urllib.request.Request(url, method=method, data=body)
    request.add_header("X-Atlassian-Token", "no-check")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    if auth:
        request.add_header("Authorization", auth)
    try:
        with urllib.request.urlopen(request, timeout=timeout, context=context) as got:
            answer = Answer(got.status, got.headers, got.read().decode())
    except urllib.error.HTTPError as error:
        answer = Answer(error.code, error.headers, error.read().decode("utf-8", "replace"))
    if on_answer is not None:
        on_answer(method, url, answer, context)
    return answer


class Api:
    """The API of one site for one caller."""

    def __init__(self, base, product, user="admin", password=None):
        self.base = base
        self.product = product
        self.auth = basic(user, password or user)
        self.scope_word, self.item_word = WORDS[product]

    def get(self, path, **query):
        return call(self._url(path, query), auth=self.auth)

    def post(self, path, **query):
        return call(self._url(path, query), method="POST", auth=self.auth, body=b"")

    def send(self, method, path, body=None, headers=None, **query):
        """Any method; a body that is not bytes goes as JSON."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        return call(self._url(path, query), method=method, auth=self.auth, body=body, headers=headers)

    def _url(self, path, query):
        query = {k: v for k, v in query.items() if v is not None}
        return self.base + API + path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else "")

    def scan_all(self, force=None):
        return self.post("/scan/all", force=force)

    def scope(self, key, **query):
        """The scan object of a project or space with a page of findings."""
        return self.get(f"/scan/{self.scope_word}/{urllib.parse.quote(key, safe='')}", **query)

    def findings(self, key, page_size=500):
        """All findings of a scope."""
        found, page = [], 0
        while True:
            answer = self.scope(key, page=page, size=page_size)
            if answer.status != 200:
                raise RuntimeError(f"{self.product} {key}: {answer.status} {answer.text[:300]}")
            data = answer.json()
            found += data["findings"]
            if data["isLast"] or not data["findings"]:
                return found
            page += 1
