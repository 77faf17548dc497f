"""Drives the Python client against the server named by the first argument."""
import sys

from coldtrail_client import Client, Problem

c = Client(sys.argv[1])
names = [x["name"] for x in c.pages(c.cases, limit=2)]
assert "bybit-2025" in names and len(names) == len(set(names)) == 7, names

head = c.answer({"case": "bybit-2025", "policies": ["fifo", "haircut"]})
assert head["state"] == "done" and head["header"]["record"] == "header", head
assert [p["name"] for p in head["header"]["policies"]] == ["fifo", "haircut"], head["header"]["policies"]

places = list(c.pages(c.places, head["trail"], limit=7, sort="amount"))
assert len(places) == head["summary"]["records"]["place"], len(places)
largest = [max(int(f["amounts"]["fifo"]) for f in p["figures"]) for p in places]
assert largest == sorted(largest, reverse=True)

edge = list(c.pages(c.places, head["trail"], kind=["edge"]))
assert edge and all(p["kind"] == "edge" for p in edge)

one = c.place(head["trail"], places[0]["id"])
assert one["places"][0]["id"] == places[0]["id"] and "At most" in one["words"], one["words"]

text = c.export(head["trail"], format="csv")
assert text.startswith(b"kind,") or b"," in text.splitlines()[0], text[:100]

made = c.put_notes("bybit-2025", {"notes": [{"id": "1", "text": "seen \u202e\u200b <b>"}]}, headers={"If-Match": '"0"'})
assert made["version"] == 1
try:
    c.put_notes("bybit-2025", {"notes": []}, headers={"If-Match": '"0"'})
    raise SystemExit("a lost change went through")
except Problem as p:
    assert p.status == 412 and p.answer["present"]["version"] == 1, p

try:
    c.trail("no-such-case")
    raise SystemExit("an unknown case was found")
except Problem as p:
    assert p.status == 404 and p.hint, p
print("all is well")
