package report

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flag"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/trace"
)

var update = flag.Bool("update", false, "write the golden files of this run")

// The stories of the golden files. Names that begin with svc are services (with
// several accounts after a slash), mix mixers; grp-X-… belong to the entity X.
var stories = map[string]string{
	"five": `ledger eip155:1 account native ETH
asset ETH eip155:1/slip44:60 decimals 18
e1 2025-02-21T14:13Z 0x96221423681a6d52e184d440a8efcebb105c7242 > 0x47666fab8bd0ac7003bce3f5c3585383f09486e2 400000000000000000000 ETH
open 0x2222cccc2222cccc2222cccc2222cccc2222cccc 50000000000000000000 ETH
e2 2025-02-21T15:00Z 0x47666fab8bd0ac7003bce3f5c3585383f09486e2 > 0x2222cccc2222cccc2222cccc2222cccc2222cccc 150000000000000000000 ETH fee 1000000000000000 ETH
e3 2025-02-21T16:30Z 0x47666fab8bd0ac7003bce3f5c3585383f09486e2 > 0xa4b2aaaa1111aaaa1111aaaa1111aaaa1111449e 100000000000000000001 ETH fee 1000000000000000 ETH
e4 2025-02-22T09:00Z 0x2222cccc2222cccc2222cccc2222cccc2222cccc > svc-exchange 80000000000000000000 ETH fee 2000000000000000 ETH
e5 2025-02-23T11:00Z 0x2222cccc2222cccc2222cccc2222cccc2222cccc > mix-one 60000000000000000000 ETH fee 2000000000000000 ETH
e6 2025-02-23T12:00Z 0xa4b2aaaa1111aaaa1111aaaa1111aaaa1111449e > 0xa4b2bbbb1111bbbb1111bbbb1111bbbb1111449e 40000000000000000000 ETH fee 1000000000000000 ETH
s1 2025-02-24T12:00Z 0xa4b2aaaa1111aaaa1111aaaa1111aaaa1111449e > 0xdddd5555dddd5555dddd5555dddd5555dddd5555 30000000000000000000 ETH for 90000 USDT
theft Heist e1
`,
	"thefts": `ledger test account native ETH
open pool 100 ETH
open shop 40 ETH
a1 2024-01-01T00:00Z victim1 > thief 300 ETH fee 1
b1 2024-01-01T06:00Z victim2 > thief 120 ETH
b2 2024-01-01T07:00Z victim2 > thief 500 USDT
t1 2024-01-02T00:00Z thief > pool 200 ETH fee 1
t2 2024-01-02T08:00Z pool > svc-exchange 120 ETH fee 1
= t3 2024-01-02T08:00Z pool > thief 60 ETH
t4 2024-01-03T00:00Z thief > grp-gang-1 90 ETH
t5 2024-01-03T01:00Z thief > grp-gang-2 40 ETH fee 2
t6 thief > mix-one 500 USDT
t7 2024-01-04T01:00Z grp-gang-1 > shop 30 ETH
t8 2024-01-05T01:00Z shop > svc-exchange 55 ETH
t9 2024-01-05T02:00Z shop > stranger 20 ETH
theft Alpha a1
theft Beta b1
theft Beta b2
`,
	"edge": `ledger test account native ETH
e1 2024-01-01T00:00Z victim > thief 100 ETH
e2 2024-01-02T00:00Z thief > far-one 40 ETH fee 1
e3 2024-01-03T00:00Z thief > far-two 25 ETH
e4 2024-01-04T00:00Z thief > near 20 ETH
theft Part e1
`,
	"coins": `ledger bip122:regtest utxo native BTC
asset BTC bip122:regtest/slip44:0 decimals 8
coin loot 1VictimVictimVictimVictimVictim1:5000000000 1VictimVictimVictimVictimVictim1:700000000
coin own 1ThiefOwnCoinThiefOwnCoinThiefOw:300000000
block 100 2020-12-28T00:00Z
t1 loot.0 -> 1AAAAaaaaAAAAaaaaAAAAaaaaAAAAaaaa:2000000000 1BBBBbbbbBBBBbbbbBBBBbbbbBBBBbbbb:2999990000
block 101 2020-12-28T01:00Z
t2 loot.1 own.0 -> 1CCCCccccCCCCccccCCCCccccCCCCcccc:999990000
t3 t1.0 -> svc-exchange:500000000 1DDDDddddDDDDddddDDDDddddDDDDdddd:1499995000
block 102 2020-12-29T00:00Z
t4 t1.1 t2.0 -> svc-exchange:1000000000 1EEEEeeeeEEEEeeeeEEEEeeeeEEEEeeee:2999970000
theft Pool loot
`,
}

// partial is a ledger that has the whole history of some accounts only: those
// whose names begin with far are the edge of the data.
type partial struct{ *ledger.Document }

func (p partial) Completeness(a ledger.Account) ledger.Completeness {
	if strings.HasPrefix(string(a), "far-") {
		return ledger.Completeness{External: ledger.Unknown}
	}
	return ledger.Completeness{}
}

// document runs a story and makes a document of it.
func document(t testing.TB, name string) *Document {
	t.Helper()
	story := stories[name]
	if name == "hundreds" {
		story = hundreds()
	}
	doc, err := ledger.ParseText(name+".txt", strings.NewReader(story))
	if err != nil {
		t.Fatal(err)
	}
	return run(t, name, doc)
}

func run(t testing.TB, name string, doc *ledger.Document) *Document {
	t.Helper()
	doc.Ledger.SHA256 = "3b1c" + strings.Repeat("0", 60)
	g, err := graph.Build(context.Background(), partial{doc})
	if err != nil {
		t.Fatal(err)
	}
	q := trace.Question{
		Boundary: boundary, BoundaryDigest: "sha256:5f0e", Entity: entity,
		Groups: []trace.Group{Exits(), {Name: "mixers", Match: func(p *trace.Place) bool { return p.Boundary.Kind == "mixer" }}},
	}
	if name == "coins" {
		q.Policies = []trace.Policy{trace.FIFO, trace.LIFO, trace.Haircut, "tiho", trace.Poison}
	}
	if name == "five" {
		q.Policies = append(append(q.Policies, trace.Default...), trace.LIBR)
	}
	theft := map[string]int{}
	for _, m := range doc.Thefts {
		i, ok := theft[m.Theft]
		if !ok {
			i = len(q.Thefts)
			theft[m.Theft] = i
			q.Thefts = append(q.Thefts, trace.Theft{Name: m.Theft})
		}
		if m.Ref == "loot" && name == "coins" {
			q.Thefts[i].Seeds = append(q.Thefts[i].Seeds, trace.Seed{Ref: "loot.0"}, trace.Seed{Ref: "loot.1"})
			continue
		}
		q.Thefts[i].Seeds = append(q.Thefts[i].Seeds, trace.Seed{Ref: m.Ref, Part: m.Part, Offset: m.Offset, Length: m.Length})
	}
	trail, err := trace.Run(context.Background(), g, q)
	if err != nil {
		t.Fatal(err)
	}
	return &Document{
		Title: "The " + name + " case", Question: "Where did the stolen value go?", Tool: "coldtrail v0.0.0-test",
		Trail: trail, Graph: g, Tags: tags,
		Inputs: []Input{{"case.yaml", ""}},
		Findings: []Finding{
			{Title: "seeded", Status: "ok", Want: "400", Got: "400", Source: "the case file"},
			{Title: "press figure", Status: "mismatch", Want: "500", Got: "400", Source: "a newspaper", Text: "The ledger says otherwise."},
			{Title: "no consolidation", Status: "note", Text: "Counted, not judged."},
		},
	}
}

func boundary(_ ledger.ID, a ledger.Account) (trace.Boundary, bool) {
	switch s := string(a); {
	case strings.HasPrefix(s, "svc-"):
		name, _, _ := strings.Cut(strings.TrimPrefix(s, "svc-"), "/")
		return trace.Boundary{Kind: "service", Name: "Exchange " + name, Why: "tag of the case"}, true
	case strings.HasPrefix(s, "mix-"):
		return trace.Boundary{Kind: "mixer", Why: "tag of the case"}, true
	}
	return trace.Boundary{}, false
}

func entity(_ ledger.ID, a ledger.Account) (string, bool) {
	if s, ok := strings.CutPrefix(string(a), "grp-"); ok {
		name, _, _ := strings.Cut(s, "-")
		return name, true
	}
	return "", false
}

func tags(l ledger.ID, a ledger.Account) []tag.Tag {
	if strings.HasPrefix(string(a), "0x4766") || a == "thief" {
		return []tag.Tag{{Ledger: l, Account: a, Label: "exploiter", Concepts: []string{"hack"}, Confidence: "authority_data", Source: "https://example.org/notice"}}
	}
	return nil
}

// hundreds is a story with some 200 places in three layers, made from a fixed
// seed.
func hundreds() string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("ledger eip155:1 account native ETH\nasset ETH eip155:1/slip44:60 decimals 18\n")
	addr := func(n int) string {
		return fmt.Sprintf("0x%08x%08x%08x%08x%08x", n*2654435761&0xffffffff, n*40503+77, n*7919, n*104729, n*2246822519&0xffffffff)
	}
	minute, id := 0, 0
	pay := func(from, to string, milli int) {
		minute += 1 + r.IntN(40)
		id++
		fmt.Fprintf(&b, "x%d 2025-02-%02dT%02d:%02dZ %s > %s %d000000000000000 ETH fee 21000000000000 ETH\n", id, 1+minute/1440, minute/60%24, minute%60, from, to, milli)
	}
	for i := 50; i < 60; i++ {
		fmt.Fprintf(&b, "open %s %d000000000000000 ETH\n", addr(i), 100000+r.IntN(900000))
	}
	b.WriteString("loot 2025-02-01T00:00Z victim > " + addr(0) + " 90000000000000000000000 ETH\n")
	for i := 1; i <= 30; i++ {
		pay(addr(0), addr(i), 1000000+r.IntN(1500000))
	}
	for i := 1; i <= 30; i++ {
		for k := 0; k < 8; k++ {
			to := addr(50 + r.IntN(260))
			if r.IntN(9) == 0 {
				to = []string{"svc-kraken", "svc-coinspot", "mix-tornado", "svc-bridge", "svc-okay"}[r.IntN(5)]
			}
			pay(addr(i), to, 10000+r.IntN(200000))
		}
	}
	for i := 50; i < 60; i++ {
		pay(addr(i), []string{"svc-kraken", "svc-coinspot", "mix-tornado"}[r.IntN(3)], 20000+r.IntN(90000))
		pay(addr(i), addr(300+i), 1000+r.IntN(50000))
	}
	b.WriteString("theft Hundreds loot\n")
	return b.String()
}

// golden compares with testdata/name, or writes it with -update.
func golden(t *testing.T, name string, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run go test ./report -update and read the difference", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); if that is meant, run with -update:\n%s", name, diff)
	}
}
