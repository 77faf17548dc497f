package ethereum_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/trace"
)

// fees writes who pays what for being in a block.
func fees(ts []ledger.Transfer) string {
	var b strings.Builder
	for _, t := range ts {
		if t.Fee.IsZero() && t.Kind != ledger.Gas {
			continue
		}
		fmt.Fprintf(&b, "%d.%d.%d %s %s %s", t.Key.Block, t.Key.Tx, t.Key.Sub, strings.ReplaceAll(t.ID, strings.Repeat("0", 59), ""), t.Kind, t.Fee)
		for _, k := range slices.Sorted(maps.Keys(t.Attrs)) {
			fmt.Fprintf(&b, " %s=%s", k, strings.ReplaceAll(t.Attrs[k], strings.Repeat("0", 36), ""))
		}
		if t.Failed {
			b.WriteString(" failed")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// priced are blocks of every kind of fee: 100 is before EIP-1559; 101 has a base
// fee of 6, and transactions that tip, tip nothing, fail, carry blobs, have no
// receipt of their price, and pay less than the base fee.
func priced(t *testing.T, change func(string) string) string {
	t.Helper()
	hash := func(n int) string { return fmt.Sprintf("0x%064x", n) }
	from, to, miner := address("aa"), address("bb"), address("fe")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"blocks.csv": "number,hash,miner,timestamp,transaction_count,base_fee_per_gas\n" +
			"100," + hash(0xb100) + "," + miner + ",1600000000,1,\n" + "101," + hash(0xb101) + "," + miner + ",1600000012,6,6\n",
		"transactions.csv": "hash,block_number,transaction_index,from_address,to_address,value,gas_price\n" +
			hash(0xe0) + ",100,0," + from + "," + to + ",1000,10\n" +
			hash(0xe1) + ",101,0," + from + "," + to + ",100,99\n" + hash(0xe2) + ",101,1," + from + "," + to + ",100,6\n" +
			hash(0xe3) + ",101,2," + from + "," + to + ",100,10\n" + hash(0xe4) + ",101,3," + from + "," + to + ",0,10\n" +
			hash(0xe5) + ",101,4," + from + "," + to + ",0,10\n" + hash(0xe6) + ",101,5," + from + "," + to + ",0,10\n",
		"receipts.csv": "transaction_hash,block_number,gas_used,cumulative_gas_used,status,effective_gas_price,blob_gas_used,blob_gas_price\n" +
			hash(0xe0) + ",100,5,5,1,,,\n" +
			hash(0xe1) + ",101,5,5,1,10,,\n" + hash(0xe2) + ",101,5,10,1,6,,\n" + hash(0xe3) + ",101,5,15,0,8,,\n" +
			hash(0xe4) + ",101,5,20,1,10,1000,3\n" + hash(0xe5) + ",101,5,25,1,,,\n" + hash(0xe6) + ",101,5,30,1,2,,\n",
	} {
		if change != nil {
			text = change(text)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestFees: what is burnt and what is tipped stand apart where the block says its
// base fee and the receipt the price; else the fee is one, and that is said.
func TestFees(t *testing.T) {
	s := open(t, ethereum.Options{}, priced(t, nil))
	ts := all(t, s)
	const want = `100.0.0 0x000e0 value 50
101.0.0 0x000e1 value 30 fee=burnt
101.0.1 0x000e1/tip gas 20 fee=tip paid_to=0x00fe
101.1.0 0x000e2 value 30 fee=burnt
101.2.0 0x000e3 value 30 attempted=100 attempted_to=0x00bb fee=burnt failed
101.2.1 0x000e3/tip gas 10 fee=tip paid_to=0x00fe
101.3.0 0x000e4 value 3030 fee=burnt
101.3.1 0x000e4/tip gas 20 fee=tip paid_to=0x00fe
101.4.0 0x000e5 value 50
101.5.0 0x000e6 value 10
`
	if got := fees(ts); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for i := range ts {
		if err := ts[i].Validate(ledger.Accounts); err != nil {
			t.Error(err)
		}
	}
	if n := strings.Join(s.Info().Notes, "\n"); !strings.Contains(n, "fees of 2 transactions are not split") || !strings.Contains(n, "3 tips to") {
		t.Errorf("notes: %s", n)
	}
	// Who gets the base fee of another chain is not known here.
	other := all(t, open(t, ethereum.Options{Ledger: "eip155:137"}, priced(t, nil)))
	if got := fees(other); strings.Contains(got, "tip") || !strings.Contains(got, "0x000e1 value 50\n") {
		t.Errorf("of another chain:\n%s", got)
	}
	// Without the base fee of the block, all is as it was before.
	plain := all(t, open(t, ethereum.Options{}, priced(t, func(text string) string { return strings.ReplaceAll(text, "base_fee_per_gas", "else") })))
	if got := fees(plain); strings.Contains(got, "fee=") || !strings.Contains(got, "0x000e4 value 3050\n") {
		t.Errorf("without base fees:\n%s", got)
	}
	sum := func(ts []ledger.Transfer) (s money.Amount) {
		for _, t := range ts {
			s = s.Add(t.Fee)
		}
		return s
	}
	if a, b := sum(ts), sum(plain); a != b {
		t.Errorf("fees of %s, split %s", b, a)
	}
}

// TestGasBeyond128Bits: gas and prices that no amount can hold are refused, and not
// taken for none.
func TestGasBeyond128Bits(t *testing.T) {
	const wide = "340282366920938463463374607431768211456" // 2^128
	for column, replace := range map[string][2]string{
		"base_fee_per_gas":    {"1600000012,6,6\n", "1600000012,6," + wide + "\n"},
		"gas_price":           {",100,99\n", ",100," + wide + "\n"},
		"gas_used":            {",101,5,5,1,10,", ",101," + wide + ",5,1,10,"},
		"effective_gas_price": {",101,5,5,1,10,", ",101,5,5,1," + wide + ","},
	} {
		s := open(t, ethereum.Options{}, priced(t, func(text string) string { return strings.Replace(text, replace[0], replace[1], 1) }))
		var last error
		for _, last = range s.All(t.Context()) {
		}
		var e *ethereum.Error
		if !errors.Is(last, money.ErrOverflow) || !errors.As(last, &e) || e.Column != column {
			t.Errorf("%s: %v", column, last)
		}
	}
}

// TestNodeFees: a node's block with a base fee splits as an export does.
func TestNodeFees(t *testing.T) {
	s := newStub(2)
	s.chain[1]["baseFeePerGas"] = "0x1"
	s.bend = func(method string, result any) any {
		if method == "eth_getBlockReceipts" {
			r := result.([]any)[0].(object)
			r["blobGasUsed"], r["blobGasPrice"] = "0x20000", "0x3"
		}
		return result
	}
	ts := all(t, s.node(t, ethereum.NodeOptions{}))
	const want = `0.0.0 0x00aa1 value 393226
1.0.0 0x00aa2 value 393221 fee=burnt
1.0.1 0x00aa2/tip gas 5 fee=tip paid_to=0x0099
`
	got := strings.ReplaceAll(strings.ReplaceAll(fees(ts), strings.Repeat("0", 57), ""), strings.Repeat("0", 36), "")
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestFeesTraced: of stolen value the burnt part of a fee ends as burnt, the tip as
// fees, and the record conserves.
func TestFeesTraced(t *testing.T) {
	g, err := graph.Build(t.Context(), open(t, ethereum.Options{}, priced(t, func(text string) string {
		// aa gets the 1,000 of block 100, and has nothing else to pay from.
		return strings.ReplaceAll(text, "100,0,"+address("aa")+","+address("bb"), "100,0,"+address("cc")+","+address("aa"))
	})))
	if err != nil {
		t.Fatal(err)
	}
	q := trace.Question{Thefts: []trace.Theft{{Name: "theft", Seeds: []trace.Seed{{Ref: fmt.Sprintf("0x%064x", 0xe0)}}}}, Policies: []trace.Policy{trace.TaintFirst}}
	for ignore, want := range map[bool]string{
		// 30+20, 30, 30+10 of fees and 200 of value; then a burnt 3,030 takes all that is
		// left.
		false: "burn burn 770, fee fee 30, held bb 200",
		true:  "held aa 800, held bb 200",
	} {
		q.IgnoreFees = ignore
		trail, err := trace.Run(t.Context(), g, q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		at := slices.Index(trail.Policies, trace.TaintFirst)
		for _, e := range trail.Terminals() {
			if n := e.Figures[0].Amounts[at]; !n.IsZero() {
				name := e.Name
				if e.Account != "" && e.Account != ledger.Outside {
					name = string(e.Account[40:])
				}
				got = append(got, fmt.Sprintf("%s %s %s", e.Kind, name, n))
			}
		}
		slices.Sort(got)
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("ignoring fees %v: %s, want %s", ignore, s, want)
		}
		for _, h := range trail.Hops {
			if h.Place < 0 && h.To == ledger.Outside {
				t.Errorf("a burnt fee without a place: %+v", h)
			}
		}
	}
}
