package cluster

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

var midnight = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)

// timed is a graph of payments, with a completeness of its own.
type timed struct {
	graph.Graph
	known ledger.Completeness
}

func (g timed) Completeness(ledger.ID, ledger.Account) ledger.Completeness { return g.known }

type pay struct {
	after    time.Duration
	from, to string
	amount   int
}

func history3(t *testing.T, pays []pay) timed {
	t.Helper()
	sort.SliceStable(pays, func(i, j int) bool { return pays[i].after < pays[j].after })
	var b strings.Builder
	b.WriteString("ledger demo account native U\n")
	for i, p := range pays {
		fmt.Fprintf(&b, "e%d %s %s > %s %d\n", i, midnight.Add(p.after).Format("2006-01-02T15:04Z"), p.from, p.to, p.amount)
	}
	d, err := ledger.ParseText("test", strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return timed{Graph: g}
}

// depositDay receives from four users and hands all on within hours.
func depositDay() (out []pay) {
	for i := range 4 {
		at := time.Duration(i) * 5 * time.Hour
		out = append(out, pay{at, fmt.Sprint("user", i), "wallet", 100}, pay{at + time.Hour, "wallet", "main", 100})
	}
	return out
}

// hotWeek pays 60 recipients a day out of what deposit addresses bring.
func hotWeek() (out []pay) {
	for d := range 7 {
		for i := range 60 {
			at := time.Duration(d)*day + time.Duration(i)*24*time.Minute
			out = append(out, pay{at, fmt.Sprint("dep", i%5), "wallet", 10}, pay{at + time.Minute, "wallet", fmt.Sprint("customer", i), 10})
		}
	}
	return out
}

// coldMonth receives from the hot wallet and pays it once.
func coldMonth() []pay {
	return []pay{{0, "hot", "wallet", 1000}, {10 * day, "hot", "wallet", 500}, {20 * day, "wallet", "hot", 100}}
}

// TestRoles: the three made histories have the roles that they were made for; a
// gap makes every role unknown, a declared one wins.
func TestRoles(t *testing.T) {
	set := func(names ...ledger.Account) map[ledger.Account]bool {
		m := map[ledger.Account]bool{}
		for _, n := range names {
			m[n] = true
		}
		return m
	}
	e := Entity{
		Members: set("hot", "main", "wallet", "dep0", "dep1", "dep2", "dep3", "dep4"), Mains: set("main"), Deposits: set("dep0", "dep1", "dep2", "dep3", "dep4"),
		Held: money.Units(5000), Guarded: func(a ledger.Account) bool { return a == "wallet" },
	}
	declared := e
	declared.Declared = map[ledger.Account]Role{"wallet": RoleHot}
	small := e
	small.Held = money.Units(1_000_000)
	for _, c := range []struct {
		name       string
		pays       []pay
		days       int
		e          Entity
		known      ledger.Completeness
		want       Role
		confidence int
	}{
		{"deposit", depositDay(), 1, e, ledger.Completeness{}, RoleDeposit, 100},
		{"deposit to no main address", depositDay(), 1, Entity{}, ledger.Completeness{}, RoleUnknown, 0},
		{"hot", hotWeek(), 7, e, ledger.Completeness{}, RoleHot, 100},
		{"cold", coldMonth(), 30, e, ledger.Completeness{}, RoleCold, 100},
		{"cold, a small part of the entity", coldMonth(), 30, small, ledger.Completeness{}, RoleCold, 80},
		{"cold, but data may be missing", coldMonth(), 30, e, ledger.Completeness{External: ledger.Gap}, RoleUnknown, 0},
		{"cold, not known whether data is missing", coldMonth(), 30, e, ledger.Completeness{Internal: ledger.Unknown}, RoleUnknown, 0},
		{"hot, but data may be missing", hotWeek(), 7, e, ledger.Completeness{Opening: ledger.Gap}, RoleUnknown, 0},
		{"declared hot, looks cold", coldMonth(), 30, declared, ledger.Completeness{External: ledger.Gap}, RoleHot, 100},
		{"pays what it never had", []pay{{0, "wallet", "hot", 7}}, 30, e, ledger.Completeness{}, RoleUnknown, 0},
		{"nothing happened", []pay{{0, "a", "b", 7}}, 30, Entity{}, ledger.Completeness{}, RoleUnknown, 0},
	} {
		g := history3(t, c.pays)
		g.known = c.known
		got, err := InferRole(g, graph.Pool{Ledger: "demo", Account: "wallet", Asset: "U"}, c.e, Window{midnight, midnight.Add(time.Duration(c.days) * day)})
		if err != nil {
			t.Fatal(err)
		}
		if got.Role != c.want || got.Confidence != c.confidence {
			t.Errorf("%s: %s %d (gap %q), want %s %d\n%+v", c.name, got.Role, got.Confidence, got.Gap, c.want, c.confidence, got.Features)
		}
		if (c.known != ledger.Completeness{}) && !got.Declared && (got.Gap == "" || got.Features != nil) {
			t.Errorf("%s: a gap is not said: %+v", c.name, got)
		}
	}
	if _, err := InferRole(history3(t, coldMonth()), graph.Pool{Ledger: "demo", Account: "wallet", Asset: "U"}, e, Window{midnight, midnight}); !errors.Is(err, ErrWindow) {
		t.Errorf("empty window: %v", err)
	}
}

// TestTurnover: a balance of 1,000 for half of the window and 500 for the other
// half, of which 500 left: two thirds.
func TestTurnover(t *testing.T) {
	g := history3(t, []pay{{0, "a", "wallet", 1000}, {12 * time.Hour, "wallet", "b", 500}})
	h, err := readHistory(g, graph.Pool{Ledger: "demo", Account: "wallet", Asset: "U"}, Window{midnight, midnight.Add(day)})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.turnover(week); got == nil || got.RatString() != "2/3" {
		t.Errorf("turnover %v, want 2/3", got)
	}
	if got := h.turnover(6 * time.Hour); got == nil || got.RatString() != "0" {
		t.Errorf("turnover of the last six hours %v, want 0", got)
	}
}

// TestFeesAreTakenOnce: a wallet that hands all on and pays its fees out of it ends
// with nothing, and not below: a fee stands in the debit already.
func TestFeesAreTakenOnce(t *testing.T) {
	d, err := ledger.ParseText("test", strings.NewReader(`ledger demo account native U
e0 2024-03-01T00:00Z user0 > wallet 100
e1 2024-03-01T01:00Z wallet > main 95 fee 5
e2 2024-03-01T05:00Z user1 > wallet 100
e3 2024-03-01T06:00Z wallet > main 95 fee 5
e4 2024-03-01T10:00Z user2 > wallet 100
e5 2024-03-01T11:00Z wallet > main 95 fee 5
`))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	info := g.Info().Ledgers[0]
	e := Entity{Members: map[ledger.Account]bool{"main": true, "wallet": true}, Mains: map[ledger.Account]bool{"main": true}}
	got, err := InferRole(timed{Graph: g}, graph.Pool{Ledger: info.ID, Account: "wallet", Asset: info.Native}, e, Window{midnight, midnight.Add(day)})
	if err != nil {
		t.Fatal(err)
	}
	if got.Gap != "" || got.Role != RoleDeposit {
		t.Errorf("%s, gap %q, %+v", got.Role, got.Gap, got.Features)
	}
}
