package ledger

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/money"
)

var stories = map[string]string{
	"coins": `ledger bip122:regtest utxo native BTC
coin s A:500 B:20
block 100 2018-01-26T00:00Z
coinbase cb subsidy 50 -> M:51
t1 2018-01-26T00:02Z s.0 s.1 -> C:300 D:219
block 101 2018-01-26T00:10Z
t2 t1.0 -> E:300
theft X s.0 2+3
theft Y t1
`,
	"accounts": `ledger eip155:1 account native ETH
asset ETH eip155:1/slip44:60 decimals 18
open a 5 ETH
e7 2018-01-26T00:02Z a > b 5 ETH fee 1 ETH
= e8 b > c 5 USDT fee 1 ETH by p
e9 b > c 5 ETH failed fee 1 ETH
s1 a > b 100 X for 7 Y
"e 10" * > "a b" 3 ETH
theft "the first" e7
`,
}

func TestTextRoundTrip(t *testing.T) {
	for name, story := range stories {
		d, err := ParseText(name, strings.NewReader(story))
		if err != nil {
			t.Fatal(err)
		}
		printed := d.Text()
		again, err := ParseText(name, strings.NewReader(printed))
		if err != nil {
			t.Fatalf("%s: printed form does not parse: %v\n%s", name, err, printed)
		}
		if diff := cmp.Diff(printed, again.Text()); diff != "" {
			t.Errorf("%s: not stable: %s", name, diff)
		}
		for i := range d.Transfers {
			d.Transfers[i].Evidence, again.Transfers[i].Evidence = "", ""
		}
		if diff := cmp.Diff(d.Transfers, again.Transfers); diff != "" {
			t.Errorf("%s: %s\n%s", name, diff, printed)
		}
		if diff := cmp.Diff(d.Thefts, again.Thefts); diff != "" {
			t.Error(diff)
		}
	}
}

// TestTextTip: a fee that is split into what is burnt and a tip is one fee of a line;
// a fee of its own beside gas of another payer has no line.
func TestTextTip(t *testing.T) {
	own := Transfer{Ledger: "test", ID: "e1", Tx: "e1", Asset: "unit", Fee: money.Units(3), Debits: []Debit{{Account: "a", Amount: money.Units(8)}}, Credits: []Credit{{"b", money.Units(5)}}}
	tip := Transfer{Ledger: "test", ID: "e1/tip", Tx: "e1", Asset: "unit", Kind: Gas, Fee: money.Units(2), Debits: []Debit{{Account: "a", Amount: money.Units(2)}}, Key: Key{Sub: 1}}
	d := Document{Transfers: []Transfer{own, tip}}
	var b strings.Builder
	if err := d.WriteText(&b); err != nil || !strings.Contains(b.String(), "e1 a > b 5 unit fee 5 unit\n") {
		t.Errorf("%v:\n%s", err, &b)
	}
	d.Transfers[1].Debits[0].Account = "c"
	if err := d.WriteText(&b); err == nil {
		t.Errorf("a fee is lost:\n%s", &b)
	}
}

func TestTextFaults(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"coin s A:-5", "negative"},
		{"coin s A:0.5", "finer"},
		{"coin s A:340282366920938463463374607431768211456", "128 bits"},
		{"coin s A:5\nt s.0 -> B:6", "exceed"},
		{"coin s A:5\nt s.0 -> B:5\nu s.0 -> C:5", "already spent by t"},
		{"coin s A:5\nt s.1 -> B:5", "no line above makes this coin"},
		{"a b", "neither"}, {"a > b", "FROM > TO"},
		{"e a > b 5\ncoin s A:5", "form"},
		{"e a > b 5\ne a > b 5", "already the name of line 1"},
		{"theft A nothing", "no transfer or coin"},
		{"theft any e", "reserved"},
		{"= e a > b 5", "there is none"},
		{"coinbase cb -> M:5", "stands in a block"},
		{`e "a > b 5`, "quoted"},
		{"s a > b 5 X for 3 X", "another asset"},
		{"e a > b 5 fee 1 fee 2", "unexpected"},
	} {
		_, err := ParseText("x", strings.NewReader(c.in))
		var at *TextError
		if !errors.As(err, &at) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want an error with %q", c.in, err, c.want)
		}
	}
}

func FuzzParseText(f *testing.F) {
	for _, s := range stories {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseText("fuzz", strings.NewReader(s))
		if err != nil {
			return
		}
		printed := d.Text()
		again, err := ParseText("fuzz", strings.NewReader(printed))
		if err != nil {
			t.Fatalf("printed form does not parse: %v\n%s\nfrom\n%s", err, printed, s)
		}
		if again.Text() != printed {
			t.Fatalf("printed form is not stable:\n%s\nthen\n%s", printed, again.Text())
		}
	})
}
