"""A client of coldtrail serve, in one file and with nothing but Python 3.8.

Written from api/openapi.json by COLDTRAIL_WRITE=1 go test ./api -run Clients; do
not edit.

    from coldtrail_client import Client
    c = Client()                       # coldtrail serve runs on this machine
    for p in c.pages(c.places, "bybit-2025", sort="amount"):
        print(p["name"], p["figures"])

Amounts are strings of atomic units: int(amount) is exact. Errors are Problem.
"""

import json
import secrets
import urllib.error
import urllib.parse
import urllib.request

PREFIX = "/api/v1"


class Problem(Exception):
    """What the server says went wrong (RFC 9457)."""

    def __init__(self, status, answer):
        self.status = status
        self.answer = answer
        self.detail = answer.get("detail") or answer.get("title") or ""
        self.hint = answer.get("hint") or ""
        text = self.detail + (" (" + self.hint + ")" if self.hint else "")
        super().__init__("%d: %s" % (status, text))


def _path(form, **names):
    return form.format(**{k: urllib.parse.quote(str(v), safe="") for k, v in names.items()})


def _form(fields, files):
    """A multipart body. files: name of the part to (file name, bytes), or a list of such."""
    mark = secrets.token_hex(16)
    out = []

    def put(head, data):
        out.append(("--%s\r\nContent-Disposition: form-data; %s\r\n\r\n" % (mark, head)).encode() + data + b"\r\n")

    for name, text in fields.items():
        put('name="%s"' % name, text if isinstance(text, bytes) else str(text).encode())
    for name, given in files.items():
        for file, data in given if isinstance(given, list) else [given]:
            put('name="%s"; filename="%s"' % (name, urllib.parse.quote(file, safe=" /.,()-_+")), data)
    out.append(("--%s--\r\n" % mark).encode())
    return "multipart/form-data; boundary=" + mark, b"".join(out)


class Client:
    """Asks one server. token: when the server needs one. timeout: seconds a request."""

    def __init__(self, base="http://127.0.0.1:8788", token=None, timeout=120):
        self.base = base.rstrip("/")
        self.token = token
        self.timeout = timeout
        # Proxies of the environment are for the world outside, not for this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def _open(self, method, path, query=None, body=None, form=None, headers=None):
        url = self.base + PREFIX + path
        given = {}
        for k, v in (query or {}).items():
            if v is None:
                continue
            if isinstance(v, (list, tuple)):
                v = ",".join(map(str, v))
            if isinstance(v, bool):
                v = "true" if v else "false"
            given[k.rstrip("_")] = v
        if given:
            url += "?" + urllib.parse.urlencode(given)
        head = dict(headers or {})
        data = None
        if form is not None:
            head["Content-Type"], data = _form(*form)
        elif body is not None:
            head["Content-Type"], data = "application/json", json.dumps(body).encode()
        if self.token:
            head["Authorization"] = "Bearer " + self.token
        r = urllib.request.Request(url, data=data, method=method, headers=head)
        try:
            return self._opener.open(r, timeout=self.timeout)
        except urllib.error.HTTPError as e:
            text = e.read()
            try:
                answer = json.loads(text)
            except ValueError:
                answer = {"detail": text.decode("utf-8", "replace")[:1000]}
            raise Problem(e.code, answer) from None

    def _json(self, *args, **kw):
        with self._open(*args, **kw) as r:
            return json.load(r)

    def _bytes(self, *args, **kw):
        with self._open(*args, **kw) as r:
            return r.read()

    def _events(self, *args, **kw):
        """Yields (event, data) until the stream ends."""
        with self._open(*args, **kw) as r:
            name = "message"
            for line in r:
                line = line.decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    yield name, json.loads(line[6:])

    def pages(self, list_operation, *args, **query):
        """Yields every record of a list, page after page."""
        while True:
            page = list_operation(*args, **query)
            yield from page["records"]
            if not page["next"]:
                return
            query["cursor"] = page["next"]

    def answer(self, question):
        """Asks a question and waits for its trail: the head of it."""
        asked = self.ask(question)
        if asked.get("job"):
            for name, job in self.job_events(asked["job"]):
                if name in ("failed", "cancelled"):
                    raise Problem((job.get("problem") or {}).get("status", 0), job.get("problem") or {"detail": "the job was cancelled"})
        return self.trail(asked["trail"])
