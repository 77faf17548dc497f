package inquiry

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/trace"
)

// In x the thief gives 50 stolen ETH and 50 of his own for 7 T1, which nothing but
// the net flows of the transaction says; b and c are paid of it.
const swapped = `tx,id,block,n,from,to,value,asset,day
e0,e0,1,0,Y,a,50,ETH,2020-01-01
e1,e1,2,0,Z,a,50,ETH,2020-01-02
x,x,3,0,a,p,100,ETH,2020-01-03
x,x/1,3,1,p,a,7,T1,2020-01-03
o1,o1,4,0,a,b,3,T1,2020-01-04
o2,o2,5,0,a,c,4,T1,2020-01-05
`

const head = `version: coldtrail/case/v1
title: Small
summary: A swap.
ledgers:
  - id: "eip155:1"
    path: l.csv
    format: table
    mapping:
      unit: atomic
      native: {id: "eip155:1/slip44:60", symbol: ETH, decimals: 0}
      assets: [{id: "eip155:1/erc20:0x0000000000000000000000000000000000000001", symbol: T1, decimals: 0}]
      columns: {tx: tx, id: id, from: from, to: to, amount: value, asset: asset, time: day}
      order: [block, "", n]
      time: {format: "2006-01-02", zone: UTC}
`

// on gives the accounts of a text their addresses: 0xaaa… for a.
func on(text string) string {
	return regexp.MustCompile(`\b([abcpYZ])\b`).ReplaceAllStringFunc(text, func(w string) string {
		return fmt.Sprintf("0x%040x", w[0])
	})
}

const theft = "thefts:\n  - {name: T, seeds: [{mark: e1}]}\n"

// small is a case of a small table, with further keys.
func small(t *testing.T, keys string) *casefile.Case {
	t.Helper()
	if !strings.Contains(keys, "thefts:") {
		keys += theft
	}
	dir := fstest.MapFS{"case.yaml": {Data: []byte(head + keys)}, "l.csv": {Data: []byte(on(swapped))}}
	c, err := casefile.Read(dir, "case.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ran asks a case under settings.
func ran(t *testing.T, c *casefile.Case, s Settings) *Inquiry {
	t.Helper()
	q, err := asked(t, c, s)
	if err == nil {
		err = q.Answer(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func asked(t *testing.T, c *casefile.Case, s Settings) (*Inquiry, error) {
	t.Helper()
	if err := s.Prepare(c); err != nil {
		return nil, err
	}
	q, err := OfCase(t.Context(), c, "tool v1")
	if err != nil {
		t.Fatal(err)
	}
	return q, s.Apply(q)
}

// TestAnswerOfBybit: the document has what stands in the head of every report, and
// the findings are those that the case expects.
func TestAnswerOfBybit(t *testing.T) {
	c, err := casefile.Embedded("bybit-2025")
	if err != nil {
		t.Fatal(err)
	}
	q := ran(t, c, Settings{})
	d := q.Document
	if d.Title != c.Title || d.Question != c.Summary || d.Tool != "tool v1" || d.Graph != q.Graph || d.Tags == nil {
		t.Errorf("the document is %q, %q by %q", d.Title, d.Question, d.Tool)
	}
	if len(d.Inputs) < 2 || d.Inputs[0].SHA256 != c.SHA256 {
		t.Errorf("inputs %v: want the case file first", d.Inputs)
	}
	if len(d.Findings) != len(trace.Check(q.Loaded, d.Trail)) || len(d.Findings) == 0 || q.Mismatches != 0 {
		t.Errorf("%d findings, %d mismatches", len(d.Findings), q.Mismatches)
	}
}

// TestMismatchIsCounted: what a case expects and does not come out is a finding.
func TestMismatchIsCounted(t *testing.T) {
	q := ran(t, small(t, "expect:\n  - {check: rows, title: too few, where: {asset: ETH}, count: 7}\n"), Settings{})
	if q.Mismatches != 1 || len(q.Document.Findings) != 1 || q.Document.Findings[0].Status != "mismatch" {
		t.Errorf("%d mismatches: %+v", q.Mismatches, q.Document.Findings)
	}
}

// TestSettings: each reaches the stamp that stands beside the figures.
func TestSettings(t *testing.T) {
	policies := func(q *Inquiry) any { return q.Document.Trail.Policies }
	for _, c := range []struct {
		name string
		set  Settings
		got  func(*Inquiry) any
		want any
	}{
		{"nothing", Settings{}, policies, trace.Default},
		{"policies", Settings{Policies: []string{"LIFO", " haircut"}}, policies, []trace.Policy{trace.FIFO, trace.LIFO, trace.Haircut}},
		{"policies in one word", Settings{Policies: []string{"lifo,lifo,fifo"}}, policies, []trace.Policy{trace.LIFO, trace.FIFO}},
		{"fee", Settings{Fee: "first"}, func(q *Inquiry) any { return q.Question.FeeRule }, trace.FeeFirst},
		{"fee_fate", Settings{FeeFate: "fees-first"}, func(q *Inquiry) any { return q.Question.FeeFate }, trace.FeesFirst},
		{"gas", Settings{Gas: "ignore"}, func(q *Inquiry) any { return q.Document.Trail.Stamp.IgnoreFees }, true},
		{"until", Settings{Until: "2020-01-02T03:04Z"}, func(q *Inquiry) any { return q.Document.Trail.Stamp.Until.String() }, "2020-01-02 03:04:00 +0000 UTC"},
		{"through", Settings{Through: []string{on("b")}}, func(q *Inquiry) any { return q.Document.Trail.Stamp.Through }, []ledger.Account{ledger.Account(on("b"))}},
		{"no_bounds", Settings{NoBounds: true}, func(q *Inquiry) any { return q.Question.NoBounds }, true},
		{"max_bounds", Settings{MaxBounds: 3}, func(q *Inquiry) any { return q.Question.MaxBounds }, 3},
		{"swaps", Settings{Swaps: "recognise"}, func(q *Inquiry) any { return q.Document.Trail.Stamp.Recognised }, true},
		{"swaps of the ledger alone", Settings{Swaps: "named"}, func(q *Inquiry) any { return q.Document.Trail.Stamp.Recognised }, false},
	} {
		if got := c.got(ran(t, small(t, ""), c.set)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestSwaps: the settings have the last word over the case, either way.
func TestSwaps(t *testing.T) {
	for _, c := range []struct {
		keys, set   string
		conversions int
	}{
		{"", "", 0},
		{"", "recognise", 1},
		{"swaps: recognise\n", "", 1},
		{"swaps: recognise\n", "named", 0},
		{"swaps: named\n", "recognise", 1},
	} {
		q := ran(t, small(t, c.keys), Settings{Swaps: c.set})
		if got := len(q.Document.Trail.Conversions); got != c.conversions {
			t.Errorf("case %q, settings %q: %d conversions, want %d", c.keys, c.set, got, c.conversions)
		}
		if q.Document.Graph != q.Graph {
			t.Errorf("case %q, settings %q: the document draws another graph", c.keys, c.set)
		}
	}
	g := ran(t, small(t, ""), Settings{}).Graph
	marks, err := Marks([]string{"T=e1"})
	if err != nil {
		t.Fatal(err)
	}
	q := OfStore(g, "tool v1", marks)
	if err := (&Settings{Swaps: "recognise"}).Apply(q); err != nil {
		t.Fatal(err)
	}
	if err := q.Answer(t.Context()); err != nil || len(q.Document.Trail.Conversions) != 1 || q.Document.Title != "Trail through eip155:1" || q.Loaded != nil {
		t.Errorf("of one graph: %v, %q", err, q.Document.Title)
	}
}

// TestBoundariesAndGroups: a boundary stops the trail and changes the digest; a group
// is bounded under its name, by account or by kind.
func TestBoundariesAndGroups(t *testing.T) {
	plain := ran(t, small(t, ""), Settings{Swaps: "recognise"})
	q := ran(t, small(t, ""), Settings{Swaps: "recognise", Boundaries: []string{on("b=Shop"), on("c")}, Groups: []string{on("both=b,c"), "ends=exit,converted"}})
	stopped := 0
	for _, p := range q.Document.Trail.Places {
		if p.Kind == trace.Exit && (p.Boundary.Name == "Shop" || slices.Contains(p.Accounts, ledger.Account(on("c")))) {
			stopped++
		}
	}
	if stopped != 2 {
		t.Errorf("%d places are exits, want b and c", stopped)
	}
	if a, b := plain.Document.Trail.Stamp.BoundaryDigest, q.Document.Trail.Stamp.BoundaryDigest; a == b || len(b) != 64 {
		t.Errorf("digests of boundaries: %q without, %q with", a, b)
	}
	other := ran(t, small(t, ""), Settings{Swaps: "recognise", Boundaries: []string{on("c"), on("b=Shop")}})
	if other.Document.Trail.Stamp.BoundaryDigest != q.Document.Trail.Stamp.BoundaryDigest {
		t.Error("the order in which boundaries are written changes their digest")
	}
	var names []string
	for _, g := range q.Document.Trail.Groups {
		names = append(names, g.Name)
	}
	for _, want := range []string{"both", "ends", report.Exits().Name} {
		if !slices.Contains(names, want) {
			t.Errorf("groups %v lack %s", names, want)
		}
	}
}

// TestCapitals: an address with the capitals of its checksum is the same account, at a
// boundary, beyond one, and in a group; in the text form a name is a name.
func TestCapitals(t *testing.T) {
	// loud and plain are one address.
	loud, plain := "0x000000000000000000000000000000000000ABCD", "0x000000000000000000000000000000000000abcd"
	lay := func(g graph.Graph, as string) trace.Question {
		q := &Inquiry{Graph: g}
		s := Settings{Boundaries: []string{as + "=Shop"}, Through: []string{as}, Groups: []string{"g=" + as}}
		if err := s.Apply(q); err != nil {
			t.Fatal(err)
		}
		return q.Question
	}
	swaps := ran(t, small(t, ""), Settings{}).Graph
	q := lay(swaps, loud)
	if same := lay(swaps, plain); same.BoundaryDigest != q.BoundaryDigest {
		t.Error("the digest of the boundaries depends on how an address is written")
	}
	if b, ok := q.Boundary("eip155:1", ledger.Account(plain)); !ok || b.Name != "Shop" {
		t.Errorf("no boundary at %s: %v", plain, b)
	}
	if !slices.Contains(q.Through, ledger.Account(plain)) {
		t.Errorf("through %v", q.Through)
	}
	if !q.Groups[0].Match(&trace.Place{Accounts: []ledger.Account{ledger.Account(plain)}}) {
		t.Error("the group does not hold the account")
	}
	d, err := ledger.ParseText("t", strings.NewReader("coin s "+loud+":3\n"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	q = lay(g, loud)
	if _, ok := q.Boundary("test", ledger.Account(plain)); ok || q.Through[0] != ledger.Account(loud) {
		t.Errorf("names of the text form are changed: %v", q.Through)
	}
	// A ledger in the text form may have the id of a chain, and names with capitals.
	d, err = ledger.ParseText("t", strings.NewReader("ledger eip155:1 account native ETH\ne1 a > "+loud+" 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	if g, err = graph.Build(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	q = lay(g, loud)
	_, ok := q.Boundary("eip155:1", ledger.Account(loud))
	if !ok || !slices.Contains(q.Through, ledger.Account(loud)) || !q.Groups[0].Match(&trace.Place{Accounts: []ledger.Account{ledger.Account(loud)}}) {
		t.Errorf("a name as the ledger has it is not found: boundary %v, through %v", ok, q.Through)
	}
}

// TestRefusedSettings: each names its key.
func TestRefusedSettings(t *testing.T) {
	for key, s := range map[string]Settings{
		"policies": {Policies: []string{"guess"}}, "fee": {Fee: "middle"}, "fee_fate": {FeeFate: "x"}, "gas": {Gas: "burn"},
		"swaps": {Swaps: "guess"}, "until": {Until: "yesterday"}, "groups": {Groups: []string{"without a list="}},
	} {
		_, err := asked(t, small(t, ""), s)
		var at *SettingError
		if !errors.As(err, &at) || at.Name != key || !strings.HasPrefix(err.Error(), key+" ") {
			t.Errorf("%s: %v", key, err)
		}
	}
	for _, bad := range []string{"T", "=e1", "T="} {
		var at *SettingError
		if _, err := Marks([]string{bad}); !errors.As(err, &at) || at.Name != "thefts" {
			t.Errorf("theft %q: %v", bad, err)
		}
	}
	if marks, err := Marks([]string{"T=tx:0", "U=a=b"}); err != nil || !reflect.DeepEqual(marks, []ledger.Mark{{Theft: "T", Ref: "tx:0"}, {Theft: "U", Ref: "a=b"}}) {
		t.Errorf("%v, %v", marks, err)
	}
}

// TestRefusedQuestions: what cannot be asked says why, and what to try.
func TestRefusedQuestions(t *testing.T) {
	orders := 0
	for _, name := range casefile.Names() {
		if answered(t, name) == nil {
			orders++
		}
	}
	if orders == 0 {
		t.Error("no case inside is of orders alone")
	}
	gone := small(t, "")
	gone.Data = fstest.MapFS{}
	if _, err := OfCase(t.Context(), gone, "t"); !errors.Is(err, fs.ErrNotExist) || Hint(err) != "" {
		t.Errorf("a case without its data: %v, hint %q", err, Hint(err))
	}
	seed := small(t, "thefts:\n  - {name: T, seeds: [{mark: nowhere}]}\n")
	if _, err := OfCase(t.Context(), seed, "t"); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a seed that is not there: %v", err)
	}
	for err, want := range map[error]string{os.ErrNotExist: "folder", graph.ErrNoStore: "ingest", graph.ErrLocked: "wait", trace.ErrSeed: "exactly one credit", errors.New("x"): ""} {
		if got := Hint(err); got == "" && want != "" || !strings.Contains(got, want) {
			t.Errorf("hint of %v: %q", err, got)
		}
	}
}
