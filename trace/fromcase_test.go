package trace_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// loadCase loads the files of a txtar text; case.yaml stands behind three lines
// that name ledger.txt, unless it states a version itself.
func loadCase(t *testing.T, text string) *casefile.Loaded {
	t.Helper()
	dir := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(text + "\n")).Files {
		if f.Name == "case.yaml" && !strings.HasPrefix(string(f.Data), "version") {
			f.Data = append([]byte("version: coldtrail/case/v1\ntitle: test\nledgers: [{path: ledger.txt, format: text}]\n"), f.Data...)
		}
		dir[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	c, err := casefile.Read(dir, "case.yaml")
	if err != nil {
		t.Fatal(err)
	}
	l, err := casefile.Load(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestFromCase: every part of a case arrives in the question with its meaning.
func TestFromCase(t *testing.T) {
	l := loadCase(t, `
-- ledger.txt --
ledger test account native X
asset X x decimals 2
e1 2020-01-01T00:00Z a > b 500
e2 2020-01-02T00:00Z b > exch 500
-- case.yaml --
thefts:
  - name: one
    seeds:
      - {mark: e1}
      - {where: {from: a, until: 2020-01-02}, count: 1, sum: 5 X}
  - name: two
    continues: one
    seeds:
      - {inject: 0.07 X, account: b, before: e2}
      - {inject: {atomic: "7", asset: x}, account: b, before_first: {from: b, asset: X}}
boundaries: [{accounts: [exch], kind: service, name: Exchange, why: known}]
groups: [{name: g, accounts: [exch], kinds: [exit]}]
policies: [HAIRCUT, own-first]
fee: first
fee_fate: sink
gas: ignore
until: 2021-01-01
through: [exch]
`)
	q, err := trace.FromCase(l)
	if err != nil {
		t.Fatal(err)
	}
	until := time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)
	want := []trace.Theft{
		{Name: "one", Seeds: []trace.Seed{
			{Ref: "e1"},
			{Where: &graph.Filter{Ledger: "test", From: "a", Until: until}, Count: 1, Sum: money.Units(500)},
		}},
		{Name: "two", Continues: "one", Seeds: []trace.Seed{
			{Inject: true, Ledger: "test", Account: "b", Asset: "x", Amount: money.Units(7), Before: "e2"},
			{Inject: true, Ledger: "test", Account: "b", Asset: "x", Amount: money.Units(7), BeforeFirst: &graph.Filter{Ledger: "test", From: "b", Asset: "x"}},
		}},
	}
	if d := cmp.Diff(want, q.Thefts); d != "" {
		t.Errorf("thefts (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]trace.Policy{trace.Haircut, trace.OwnFirst}, q.Policies); d != "" {
		t.Error(d)
	}
	if q.FeeRule != trace.FeeFirst || q.FeeFate != trace.FeeSink || !q.IgnoreFees || q.Until.Year() != 2021 || len(q.Through) != 1 || q.BoundaryDigest != l.BoundaryDigest {
		t.Errorf("settings: %+v", q)
	}
	if b, ok := q.Boundary("test", "exch"); !ok || b != (trace.Boundary{Kind: "service", Name: "Exchange", Why: "known"}) {
		t.Errorf("boundary: %v %v", b, ok)
	}
	if _, ok := q.Boundary("test", "b"); ok {
		t.Error("b is a boundary")
	}
}

// TestFromCaseText: a case without thefts takes the theft lines of its text
// ledger, and one without either asks nothing.
func TestFromCaseText(t *testing.T) {
	q, err := trace.FromCase(loadCase(t, "-- ledger.txt --\ncoin s A:9\nt1 s.0 -> B:9\ntheft x s.0 2+3\ntheft y t1\ntheft x s.0 5+1\n-- case.yaml --\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []trace.Theft{
		{Name: "x", Seeds: []trace.Seed{
			{Ref: "s:0", Part: true, Offset: money.Units(2), Length: money.Units(3)},
			{Ref: "s:0", Part: true, Offset: money.Units(5), Length: money.Units(1)},
		}},
		{Name: "y", Seeds: []trace.Seed{{Ref: "t1"}}},
	}
	if d := cmp.Diff(want, q.Thefts); d != "" {
		t.Errorf("thefts (-want +got):\n%s", d)
	}
	if _, err = trace.FromCase(loadCase(t, "-- ledger.txt --\ne1 a > b 5\n-- case.yaml --\n")); !errors.Is(err, trace.ErrQuestion) {
		t.Errorf("no theft: %v", err)
	}
}

// TestFromCaseFaults: what only tracing knows is still held to its line.
func TestFromCaseFaults(t *testing.T) {
	for body, want := range map[string]string{
		"policies: [fifo, lief]\n":            "case.yaml:4: policies: unknown policy \"lief\"",
		"summary: x\npolicies:\n  - hiso\n":   "case.yaml:6: policies: policy \"hiso\" does not exist on account ledgers",
		"policies: [fifo, all, libr, FIFO]\n": "",
	} {
		_, err := trace.FromCase(loadCase(t, "-- ledger.txt --\ne1 a > b 5\ntheft x e1\n-- case.yaml --\n"+body))
		var fault *casefile.Error
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", body, err)
		case want != "" && (!errors.As(err, &fault) || !strings.HasPrefix(err.Error(), want)):
			t.Errorf("%q: got %v, want %s", body, err, want)
		}
	}
}

// TestGroupMatch: a group takes the places that fit every part that is set.
func TestGroupMatch(t *testing.T) {
	l := loadCase(t, `
-- ledger.txt --
asset X x decimals 0
asset Y y decimals 0
e1 a > exch 5 X
e2 a > exch2 5 Y
theft t e1
-- case.yaml --
tags:
  - {accounts: [exch], label: Hot 1, entity: Exchange, concepts: [exchange], confidence: ownership, source: s}
  - {accounts: [exch2], label: Hot 2, entity: Exchange, concepts: [exchange, market], confidence: ownership, source: s}
groups:
  - {name: kinds, kinds: [exit, held]}
  - {name: entity, entities: [Exchange]}
  - {name: label, labels: [Hot 2]}
  - {name: concept, concepts: [exchange], assets: [X]}
  - {name: accounts, accounts: [exch, a]}
  - {name: both, accounts: [exch], labels: [Hot 2]}
`)
	q, err := trace.FromCase(l)
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]*trace.Place{
		"exch in X":  {Kind: trace.Exit, Name: "Exchange", Named: true, Ledger: "test", Accounts: []ledger.Account{"exch"}, Asset: money.Asset{ID: "x"}},
		"exch2 in Y": {Kind: trace.Exit, Name: "Exchange", Named: true, Ledger: "test", Accounts: []ledger.Account{"exch2"}, Asset: money.Asset{ID: "y"}},
		"held by a":  {Kind: trace.Held, Name: "a", Ledger: "test", Accounts: []ledger.Account{"a"}, Asset: money.Asset{ID: "x"}},
		"edge at z":  {Kind: trace.Edge, Name: "z", Ledger: "test", Accounts: []ledger.Account{"z"}, Asset: money.Asset{ID: "x"}},
	}
	want := map[string][]string{
		"kinds": {"exch in X", "exch2 in Y", "held by a"}, "entity": {"exch in X", "exch2 in Y"}, "label": {"exch2 in Y"},
		"concept": {"exch in X"}, "accounts": {"exch in X", "held by a"}, "both": nil,
	}
	for _, g := range q.Groups {
		var got []string
		for _, name := range []string{"exch in X", "exch2 in Y", "held by a", "edge at z"} {
			if g.Match(places[name]) {
				got = append(got, name)
			}
		}
		if d := cmp.Diff(want[g.Name], got); d != "" {
			t.Errorf("group %s (-want +got):\n%s", g.Name, d)
		}
	}
}

// TestCounter: who stands on the other side of a conversion that a case names is
// part of it. Stolen value came to the pool by another way; the swap of s brings it
// 5 clean X, so what it pays later need not hold all 10 stolen ones, and its 3 Y,
// of which one was stolen, end at the swap.
func TestCounter(t *testing.T) {
	l := loadCase(t, `
-- ledger.csv --
tx,from,to,value,asset,n
t1,v,pool,10,X,1
t2,w,pool,3,Y,2
t3,pool,s,3,Y,3
t3,s,pool,5,X,4
t4,pool,b,12,X,5
-- case.yaml --
version: coldtrail/case/v1
title: t
ledgers:
  - id: x:1
    path: ledger.csv
    format: table
    mapping:
      unit: atomic
      native: {id: X, symbol: X, decimals: 0}
      assets: [{id: Y, symbol: Y, decimals: 0}]
      columns: {tx: tx, from: from, to: to, amount: value, asset: asset}
      order: [n]
conversions: [{tx: t3, account: s, in: X, out: Y, name: sale}]
thefts: [{name: T, seeds: [{mark: t1}, {mark: t2}]}]
`)
	q, err := trace.FromCase(l)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := trace.Run(context.Background(), l.Graph, q)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][2]string{}
	for _, p := range tr.Places {
		b := p.Figures[0].Bound
		got[p.Name+" "+p.Asset.Name()] = [2]string{b.L.String(), b.U.String()}
	}
	want := map[string][2]string{"b X": {"7", "10"}, "pool X": {"0", "3"}, "swap:sale Y": {"3", "3"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(tr.Unobserved) > 0 {
		t.Errorf("nothing is missing, and %v is said to be", tr.Unobserved)
	}
	if len(tr.Conversions) != 1 || tr.Conversions[0].Recognised || tr.Conversions[0].Got.Counter != "pool" {
		t.Errorf("conversions %+v", tr.Conversions)
	}
}
