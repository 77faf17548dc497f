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

    def about(self):
        """Which program answers, from what data."""
        return self._json("GET", "/about")

    def actors(self):
        """Actors that attributions name."""
        return self._json("GET", "/register/actors")

    def address(self, ledger, address, **query):
        """What the data shows of an account, and who is said to be behind it.

        Query:
          from: where the ledger is read: a case, or store
        """
        return self._json("GET", _path("/addresses/{ledger}/{address}", ledger=ledger, address=address), query=query)

    def address_balance(self, ledger, address, **query):
        """Its balance over time.

        Query:
          from: where the ledger is read: a case, or store
          asset
        """
        return self._json("GET", _path("/addresses/{ledger}/{address}/balance", ledger=ledger, address=address), query=query)

    def address_cluster(self, ledger, address, **query):
        """Addresses that are spent from together, and the chain of evidence to another.

        Query:
          from: where the ledger is read: a case, or store
          other: why is this one in it?
          members
        """
        return self._json("GET", _path("/addresses/{ledger}/{address}/cluster", ledger=ledger, address=address), query=query)

    def address_neighbours(self, ledger, address, **query):
        """Who paid it, and whom it paid.

        Query:
          from: where the ledger is read: a case, or store
          asset
          limit
        """
        return self._json("GET", _path("/addresses/{ledger}/{address}/neighbours", ledger=ledger, address=address), query=query)

    def address_transfers(self, ledger, address, **query):
        """Its transfers, both ways.

        Query:
          from: where the ledger is read: a case, or store
          asset: may be left out when there is one
          way
          order
          limit
          cursor
        """
        return self._json("GET", _path("/addresses/{ledger}/{address}/transfers", ledger=ledger, address=address), query=query)

    def ask(self, body):
        """Ask for a trail: of a case or the store, under conventions."""
        return self._json("POST", "/trails", body=body)

    def bounds(self, trail, **query):
        """The exact bounds with the cuts that prove them: the bound records of the command.

        Query:
          view: one theft, or any for the union; absent: every view
          asset: id or symbol; absent: every asset
          of
          id: of the place, or name of the group
          limit: records to give at most
          cursor: where to go on: next of the answer before; absent: the beginning
        """
        return self._json("GET", _path("/trails/{trail}/bounds", trail=trail), query=query)

    def cancel_job(self, job):
        """Cancel a job."""
        return self._json("DELETE", _path("/jobs/{job}", job=job))

    def case(self, case):
        """A case with its file, and its payments where there is nothing to trace."""
        return self._json("GET", _path("/cases/{case}", case=case))

    def case_file(self, case):
        """The case file (YAML)."""
        return self._bytes("GET", _path("/cases/{case}/file", case=case))

    def cases(self, **query):
        """The cases inside, the keeper's own, and those made here.

        Query:
          limit: records to give at most
          cursor: where to go on: next of the answer before; absent: the beginning
        """
        return self._json("GET", "/cases", query=query)

    def claims(self, **query):
        """The article inside the binary, checked.

        Query:
          as_known_on
        """
        return self._json("GET", "/claims", query=query)

    def claims_check(self, body, **query):
        """A file of claims, checked.

        Query:
          as_known_on
        """
        return self._json("POST", "/claims/check", body=body, query=query)

    def conversions(self, trail, **query):
        """What changed its asset on the trail: the conversion and unclear records of the command.

        Query:
          view: one theft, or any for the union; absent: every view
          asset: id or symbol; absent: every asset
          limit: records to give at most
          cursor: where to go on: next of the answer before; absent: the beginning
        """
        return self._json("GET", _path("/trails/{trail}/conversions", trail=trail), query=query)

    def delete_case(self, case):
        """Delete a case that was made here."""
        return self._bytes("DELETE", _path("/cases/{case}", case=case))

    def delete_notes(self, trail, headers=None):
        """Take all notes away; 412 when they changed since they were read."""
        return self._json("DELETE", _path("/notes/{trail}", trail=trail), headers=headers)

    def docs(self):
        """The documents inside the binary."""
        return self._json("GET", "/docs")

    def docs_page(self, **query):
        """One document.

        Query:
          path: as the list gives it
        """
        return self._json("GET", "/docs/page", query=query)

    def docs_picture(self, name):
        """A picture of the documents."""
        return self._bytes("GET", _path("/docs/img/{name}", name=name))

    def docs_search(self, **query):
        """Where words stand in the documents.

        Query:
          q
        """
        return self._json("GET", "/docs/search", query=query)

    def export(self, trail, **query):
        """A trail as a file: the bytes of coldtrail trace --format.

        Query:
          view: one theft, or any for the union; absent: every view
          asset: id or symbol; absent: every asset
          format: sankey and timeline are SVG
          draw: policy that pictures draw and tables sort by; absent: fifo
          limit: rows to show before the rest is summed up; -1: all; 0: as usual
          theme: of pictures and pages; absent: the reader's own setting
          width: columns of text
        """
        return self._bytes("GET", _path("/trails/{trail}/export", trail=trail), query=query)

    def flows(self, trail, **query):
        """The movements, in order: the flow records of the command.

        Query:
          view: one theft, or any for the union; absent: every view
          asset: id or symbol; absent: every asset
          place: id of the place where they end
          account: that pays or is paid
          transfer
          from: at or after this time
          until: before this time
          seed: only those with which stolen value enters
          limit: records to give at most
          cursor: where to go on: next of the answer before; absent: the beginning
        """
        return self._json("GET", _path("/trails/{trail}/flows", trail=trail), query=query)

    def graph(self, trail, **query):
        """Every account and place of a view in an asset, laid out, by columns of values.

        Query:
          view: one theft, or any for the union; absent: every view
          asset: id or symbol; absent: every asset
          from: movements at or after this time
          until: movements before this time
          min: leave out what carries less, in atomic units
          kinds: kinds of place to show; absent: all
          hops: leave out what lies more ribbons from the theft, that to what stays included; 0: no limit
        """
        return self._json("GET", _path("/trails/{trail}/graph", trail=trail), query=query)

    def guard_check(self, body):
        """What was meant, what the bytes will do, and the verdict."""
        return self._json("POST", "/guard/check", body=body)

    def guard_examples(self):
        """Requests to try, those of real thefts first."""
        return self._json("GET", "/guard/examples")

    def guard_policies(self):
        """Policies that a request can be judged by."""
        return self._json("GET", "/guard/policies")

    def guard_receipts(self, **query):
        """The log of receipts, and whether its chain holds.

        Query:
          limit
        """
        return self._json("GET", "/guard/receipts", query=query)

    def guard_replay(self, **query):
        """A wallet's history up to its theft, judged row by row.

        Query:
          case
          policy
        """
        return self._json("GET", "/guard/replay", query=query)

    def incident(self, id, **query):
        """An incident with its claims and their sources.

        Query:
          as_known_on
        """
        return self._json("GET", _path("/register/incidents/{id}", id=id), query=query)

    def incidents(self, **query):
        """Incidents of the register.

        Query:
          as_known_on
          text: in id, title, victim or another name
          scope
          sector
        """
        return self._json("GET", "/register/incidents", query=query)

    def job(self, job):
        """How a job stands."""
        return self._json("GET", _path("/jobs/{job}", job=job))

    def job_events(self, job):
        """The progress of a job, as server-sent events: progress, then done, failed or cancelled, each with the job as JSON."""
        return self._events("GET", _path("/jobs/{job}/events", job=job))

    def jobs(self):
        """The jobs that run and wait: what to cancel when too much waits."""
        return self._json("GET", "/jobs")

    def make_case(self, fields=None, files=None):
        """Make a case from files and a case file, or the same as JSON; faults stand beside their rows."""
        return self._json("POST", "/cases", form=(fields or {}, files or {}))

    def notes(self, trail):
        """Notes and pins of a reader on a trail or case."""
        return self._json("GET", _path("/notes/{trail}", trail=trail))

    def owners(self, case, **query):
        """Whose money is in each mixed account, under every rule of the courts; the records of trace owners --json.

        Query:
          limit: records to give at most
          cursor: where to go on: next of the answer before; absent: the beginning
        """
        return self._json("GET", _path("/cases/{case}/owners", case=case), query=query)

    def payments(self, case, **query):
        """The payments of bank messages: attempted, credited, returned; the records of trace payments --json.

        Query:
          limit: records to give at most
          cursor: where to go on: next of the answer before; absent: the beginning
        """
        return self._json("GET", _path("/cases/{case}/payments", case=case), query=query)

    def picture(self, trail, **query):
        """The flow of a view in an asset, laid out: bars and ribbons with the heights of every policy.

        Query:
          view: one theft, or any for the union; absent: every view
          asset: id or symbol; absent: every asset
          limit: bars at most; 0: 60
          from: movements at or after this time
          until: movements before this time
          min: leave out what carries less, in atomic units
          kinds: kinds of place to show; absent: all
          hops: leave out what lies more ribbons from the theft, that to what stays included; 0: no limit
          unfold: reasons for which nothing is folded: peel, service, dust
          open: ids of folded bars to show one by one
          dust: a place below one part in so many of what entered is dust; 0: a million
        """
        return self._json("GET", _path("/trails/{trail}/picture", trail=trail), query=query)

    def place(self, trail, place, **query):
        """A place, or a group: figures, movements, bounds with their cuts, the certificate in words.

        Query:
          view: one theft, or any for the union; absent: every view
          asset: id or symbol; absent: every asset
          draw: policy that leads in words; absent: fifo
        """
        return self._json("GET", _path("/trails/{trail}/places/{place}", trail=trail, place=place), query=query)

    def places(self, trail, **query):
        """Where value ended: the place records of the command.

        Query:
          view: one theft, or any for the union; absent: every view
          asset: id or symbol; absent: every asset
          kind: exit, held, edge, fee, burn, converted, debt, elsewhere
          text: in the name, an account, or a tag
          min: least amount under the policy, in atomic units
          from: reached at or after this time
          until: reached before this time
          hops: at most so many movements from the theft; -1: any
          policy: that min and sort look at; absent: the first
          sort: absent: the order of the trail. Amounts and times: largest first; name and hops: smallest first
          limit: records to give at most
          cursor: where to go on: next of the answer before; absent: the beginning
        """
        return self._json("GET", _path("/trails/{trail}/places", trail=trail), query=query)

    def preview_case(self, fields=None, files=None):
        """The first rows of a file, its columns, a guess how to read it, and faults beside the rows. The first MiB of a file is enough."""
        return self._json("POST", "/cases/preview", form=(fields or {}, files or {}))

    def put_notes(self, trail, body, headers=None):
        """Replace the notes; 412 when they changed since they were read."""
        return self._json("PUT", _path("/notes/{trail}", trail=trail), body=body, headers=headers)

    def source(self, id):
        """A source, and the claims that stand on it."""
        return self._json("GET", _path("/register/sources/{id}", id=id))

    def study(self, **query):
        """The study under a policy.

        Query:
          policy: id of a policy of the register
          actor: whom the study is about; blank: the DPRK
          basis: attempted, executed, left_control, net, ...
          valuation: as_booked, at_theft or as_of:DATE
          as_known_on: a day, or now
          scope: words with commas between: theft,near_miss
          sectors: kinds of victims with commas between; all: every kind
          from: first day
          to: last day
          min_confidence: low, moderate or high
          min_status: claimed, assessed, indicted, sanctioned or convicted
          disputed: include, exclude or interval
          reviewed_only: true or false
          parts: only these tables, with commas between; header, front and sizes are always there, and the other tables are empty
        """
        return self._json("GET", "/study", query=query)

    def study_figure(self, name, **query):
        """A picture of the study, SVG.

        Query:
          narrow: for a telephone
          theme
          policy: id of a policy of the register
          actor: whom the study is about; blank: the DPRK
          basis: attempted, executed, left_control, net, ...
          valuation: as_booked, at_theft or as_of:DATE
          as_known_on: a day, or now
          scope: words with commas between: theft,near_miss
          sectors: kinds of victims with commas between; all: every kind
          from: first day
          to: last day
          min_confidence: low, moderate or high
          min_status: claimed, assessed, indicted, sanctioned or convicted
          disputed: include, exclude or interval
          reviewed_only: true or false
        """
        return self._bytes("GET", _path("/study/figures/{name}", name=name), query=query)

    def study_number(self, id, **query):
        """What stands behind one number: its incidents, claims and sources.

        Query:
          policy: id of a policy of the register
          actor: whom the study is about; blank: the DPRK
          basis: attempted, executed, left_control, net, ...
          valuation: as_booked, at_theft or as_of:DATE
          as_known_on: a day, or now
          scope: words with commas between: theft,near_miss
          sectors: kinds of victims with commas between; all: every kind
          from: first day
          to: last day
          min_confidence: low, moderate or high
          min_status: claimed, assessed, indicted, sanctioned or convicted
          disputed: include, exclude or interval
          reviewed_only: true or false
        """
        return self._json("GET", _path("/study/numbers/{id}", id=id), query=query)

    def study_table(self, name, **query):
        """A table of the study, CSV.

        Query:
          policy: id of a policy of the register
          actor: whom the study is about; blank: the DPRK
          basis: attempted, executed, left_control, net, ...
          valuation: as_booked, at_theft or as_of:DATE
          as_known_on: a day, or now
          scope: words with commas between: theft,near_miss
          sectors: kinds of victims with commas between; all: every kind
          from: first day
          to: last day
          min_confidence: low, moderate or high
          min_status: claimed, assessed, indicted, sanctioned or convicted
          disputed: include, exclude or interval
          reviewed_only: true or false
        """
        return self._bytes("GET", _path("/study/tables/{name}", name=name), query=query)

    def tags(self, **query):
        """Who is said to be behind an address: says who, and how sure.

        Query:
          subject: an address, or a transaction's hash
          ledger: only claims on this ledger (CAIP-2)
        """
        return self._json("GET", "/tags", query=query)

    def trail(self, trail):
        """The head of a trail: what it rests on, totals, findings; 202 while it is computed."""
        return self._json("GET", _path("/trails/{trail}", trail=trail))
