package table_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/table"
)

// A record is a row to be written and read again.
type record struct {
	tx, from, to  string
	n, fee        uint64
	block, index  int
	ok, withToken bool
}

var token = "0x" + strings.Repeat("c", 40)

func drawRecords(t *rapid.T) []record {
	who := rapid.SampledFrom([]string{"0x" + strings.Repeat("a", 40), "0x" + strings.Repeat("b", 40), "0x" + strings.Repeat("d", 40)})
	var out []record
	for i := range rapid.IntRange(1, 30).Draw(t, "rows") {
		out = append(out, record{
			tx: fmt.Sprintf("t%d", i), from: who.Draw(t, "from"), to: who.Draw(t, "to"),
			n: rapid.Uint64().Draw(t, "n"), fee: rapid.Uint64Range(0, 9).Draw(t, "fee"),
			block: rapid.IntRange(1, 5).Draw(t, "block"), index: rapid.IntRange(0, 6).Draw(t, "index"),
			ok: rapid.Bool().Draw(t, "ok"), withToken: rapid.Bool().Draw(t, "token"),
		})
	}
	return out
}

func write(rs []record) []byte {
	var b strings.Builder
	b.WriteString("tx,from,to,n,fee,block,index,status,token,note\n")
	for _, r := range rs {
		contract := ""
		if r.withToken {
			contract = token
		}
		fmt.Fprintf(&b, "%s,%s,%s,%d,%d,%d,%d,%t,%s,\"some, note\"\n", r.tx, r.from, r.to, r.n, r.fee, r.block, r.index, r.ok, contract)
	}
	return []byte(b.String())
}

var wide = table.Mapping{
	Ledger: "eip155:1", Unit: "atomic", Sort: true,
	Columns: table.Columns{Tx: "tx", From: "from", To: "to", Amount: table.Words{"n"}, Contract: "token", FeePayer: "from"},
	Fee:     table.Fee{Column: "fee"}, Status: table.Status{Column: "status", OK: table.Words{"true"}},
	Order: []string{"block", "index"},
}

// TestMoneyIsKept: for any table, in any order of its rows, the transfers are
// valid and ordered, equal places and only they are tied, and what each asset
// moved and cost is what the rows say.
func TestMoneyIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs := drawRecords(t)
		m := wide
		m.Ties = rapid.SampledFrom([]string{"key", "file"}).Draw(t, "ties")
		s, err := table.New("t.csv", write(rs), m)
		if err != nil {
			t.Fatal(err)
		}
		ts, err := collect(s)
		if err != nil {
			t.Fatal(err)
		}
		rows := map[[2]int]int{}
		var moved, tokens, fees money.Amount
		for _, r := range rs {
			rows[[2]int{r.block, r.index}]++
			fees = fees.Add(money.Units(r.fee))
			switch {
			case r.ok && r.withToken:
				tokens = tokens.Add(money.Units(r.n))
			case r.ok:
				moved = moved.Add(money.Units(r.n))
			}
		}
		var last ledger.Transfer
		for _, x := range ts {
			if err := x.Validate(ledger.Accounts); err != nil {
				t.Fatal(err)
			}
			place := [2]int{int(x.Key.Block), int(x.Key.Tx)}
			if tied := rows[place] > 1 && m.Ties == "key"; tied != (x.Tie > 0) {
				t.Fatalf("%s: tie %d, but %d rows at %v", x.ID, x.Tie, rows[place], place)
			}
			if c := last.Key.Cmp(x.Key); c > 0 || c == 0 && (x.Tie == 0 || x.Tie != last.Tie) {
				t.Fatalf("%s at %v after %s at %v", x.ID, x.Key, last.ID, last.Key)
			}
			if x.Asset == "eip155:1/slip44:60" {
				moved = moved.Sub(x.Amount())
			} else {
				tokens = tokens.Sub(x.Amount())
			}
			fees = fees.Sub(x.Fee)
			last = x
		}
		if !moved.IsZero() || !tokens.IsZero() || !fees.IsZero() {
			t.Fatalf("lost: %s native, %s of the token, %s of fees", moved, tokens, fees)
		}
	})
}

// TestRowsShuffled: where every row has a place of its own, the order of the
// file does not matter but for the lines in the evidence.
func TestRowsShuffled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs := drawRecords(t)
		for i := range rs {
			rs[i].index = i
		}
		read := func(rs []record) []ledger.Transfer {
			s, err := table.New("t.csv", write(rs), wide)
			if err != nil {
				t.Fatal(err)
			}
			ts, err := collect(s)
			if err != nil {
				t.Fatal(err)
			}
			for i := range ts {
				ts[i].Evidence = ""
			}
			return ts
		}
		if d := cmp.Diff(read(rs), read(rapid.Permutation(rs).Draw(t, "order"))); d != "" {
			t.Fatal(d)
		}
	})
}
