package nem_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/nem"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// TestAddress: the published vector of NEM, and any single mistyped character.
func TestAddress(t *testing.T) {
	const want = "NDD2CT6LQLIYQ56KIXI3ENTM6EK3D44P5JFXJ4R4"
	got, err := nem.Derive("c5f54ba980fcbb657dbaaa42700539b207873e134d2375efeab5f1ab52f87844", nem.Mainnet)
	if err != nil || got != want {
		t.Fatalf("%s, %v, want %s", got, err, want)
	}
	hyphens := "NDD2CT-6LQLIY-Q56KIX-I3ENTM-6EK3D4-4P5JFX-J4R4"
	if a, n, err := nem.ParseAddress(hyphens); err != nil || a != want || n != nem.Mainnet {
		t.Errorf("%s: %s %s %v", hyphens, a, n, err)
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	for i := range want {
		for _, c := range letters {
			if byte(c) == want[i] {
				continue
			}
			wrong := want[:i] + string(c) + want[i+1:]
			if _, _, err := nem.ParseAddress(wrong); !errors.Is(err, nem.ErrAddress) {
				t.Errorf("%s is taken for an address: %v", wrong, err)
			}
		}
	}
	for _, wrong := range []string{"", want[1:], strings.ToLower(want), want + "A", want[:39] + "1"} {
		if _, _, err := nem.ParseAddress(wrong); !errors.Is(err, nem.ErrAddress) {
			t.Errorf("%q is taken for an address: %v", wrong, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		k := key(rapid.String().Draw(t, "key"))
		for _, n := range []nem.Network{nem.Mainnet, nem.Testnet, nem.Mijin} {
			a, err := nem.Derive(k.public(), n)
			if err != nil {
				t.Fatal(err)
			}
			if b, m, err := nem.ParseAddress(string(a)); err != nil || b != a || m != n || a[0] != "NTM"[map[nem.Network]int{nem.Mainnet: 0, nem.Testnet: 1, nem.Mijin: 2}[n]] {
				t.Fatalf("%s of %s: %s %s %v", a, n, b, m, err)
			}
		}
	})
}

// TestPublishedAddresses: the addresses tagged after the theft of 2018 pass.
func TestPublishedAddresses(t *testing.T) {
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set: the published addresses are not read")
	}
	text, err := os.ReadFile(filepath.Join(root, "data", "nem", "coincheck-2018-addresses.csv"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		if _, net, err := nem.ParseAddress(line[:40]); err != nil || net != nem.Mainnet {
			t.Error(err)
		}
		n++
	}
	if n != 11 {
		t.Errorf("%d addresses, want 11", n)
	}
}

// show writes transfers one a line: id, from > to, amount, asset, fee.
func show(ts []ledger.Transfer) string {
	who := map[ledger.Account]string{"": "-"}
	for _, k := range []key{alice, bob, carol, joint} {
		who[ledger.Account(k.address())] = string(k)
	}
	var b strings.Builder
	for i := range ts {
		t := &ts[i]
		fmt.Fprintf(&b, "%d.%d %s %s > %s %s %s fee %s", t.Key.Block, t.Key.Sub, t.Kind, who[t.From()], who[t.To()], t.Amount(), t.Asset, t.Fee)
		for _, k := range []string{"what", "message_text"} {
			if t.Attrs[k] != "" {
				fmt.Fprintf(&b, " %s=%s", k, t.Attrs[k])
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestKinds: what each kind of transaction moves, and what is said of it.
func TestKinds(t *testing.T) {
	s := read(t, everything(t)...)
	want := `1.0 value alice > bob 0 nem:xem fee 50000 message_text=hello
2.0 value alice > bob 5000000 nem:xem fee 50000
3.0 value bob > carol 1400 shop:coin fee 0
3.1 value bob > carol 20 nem:xem fee 50000
4.0 value bob > carol 12345 shop:taxed fee 0
4.1 value bob > alice 123 shop:coin fee 0 what=levy
4.2 gas bob > - 0 nem:xem fee 50000
5.0 value joint > carol 9 nem:xem fee 350000
6.0 gas alice > - 0 nem:xem fee 150000
7.0 value alice > carol 100000000 nem:xem fee 0 what=rental
7.1 gas alice > - 0 nem:xem fee 150000
8.0 value alice > carol 10000000 nem:xem fee 0 what=creation
8.1 gas alice > - 0 nem:xem fee 150000
10.0 gas alice > - 0 nem:xem fee 7
`
	all := drain(t, s)
	if got := show(all); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := all[7].Attrs["signers"]; got != alice.address()+" "+bob.address() {
		t.Errorf("signers %q: the signature of the one who began counts once", got)
	}
	notes := strings.Join(s.Info().Notes, "\n")
	for _, say := range []string{"1 importance transfers (type 2049)", "1 namespaces rented", "1 mosaics defined", "1 changes of a mosaic's supply", "1 transactions of type 9999, which is not known", "1 multisig", "levies are reckoned"} {
		if !strings.Contains(notes, say) {
			t.Errorf("the notes do not say %q:\n%s", say, notes)
		}
	}
	if s.Info().Skipped != 1 {
		t.Errorf("%d records skipped, want the one of unknown type", s.Info().Skipped)
	}
	for _, a := range s.Info().Assets {
		if want := map[string]int{"nem:xem": 6, "shop:coin": 3, "shop:taxed": 0}; a.Decimals != want[string(a.ID)] || a.Known != (a.ID == nem.XEM) {
			t.Errorf("asset %+v", a)
		}
	}
	bare := read(t, everything(t)[0])
	if n := strings.Join(bare.Info().Notes, "\n"); !strings.Contains(n, "1 transfers of shop:taxed without its definition") || strings.Contains(show(drain(t, bare)), "levy") {
		t.Errorf("without definitions: %s", n)
	}
}

// TestCompleteness: an account is complete when its transfers add up to what the
// node reports, and not otherwise; blocks from the first on are the whole ledger.
func TestCompleteness(t *testing.T) {
	l := newLedger()
	p := answer(t, "page.json", page(l.pay(alice, bob, 100), l.pay(alice, bob, 7)))
	for balance, want := range map[int]ledger.Known{107: ledger.Complete, 106: ledger.Gap} {
		s := read(t, p, answer(t, "account.json", object{"account": object{"address": bob.address(), "balance": balance}}))
		if got := s.Completeness(ledger.Account(bob.address())); got.External != want || got.Opening != want {
			t.Errorf("a balance of %d: %+v, want %s", balance, got, want)
		}
		if got := s.Completeness(ledger.Account(alice.address())).External; got != ledger.Unknown {
			t.Errorf("an account that was not asked for is %s", got)
		}
	}
	blocks := []nem.Answer{answer(t, "1", block(1, pay(alice, bob, 1))), answer(t, "2", block(2)), answer(t, "3", block(3, pay(bob, carol, 1)))}
	if got := read(t, blocks...).Completeness(""); got != (ledger.Completeness{}) {
		t.Errorf("all blocks: %+v", got)
	}
	if got := read(t, blocks[0], blocks[2]).Completeness("").External; got != ledger.Unknown {
		t.Errorf("a block is missing: %s", got)
	}
}

// TestOverlap: pages of two accounts share transactions; each is taken once, and
// two that differ are refused.
func TestOverlap(t *testing.T) {
	l := newLedger()
	a, b, c := l.pay(alice, bob, 1), l.pay(bob, carol, 2), l.pay(carol, alice, 3)
	s := read(t, answer(t, "a.json", page(a, b)), answer(t, "b.json", page(b, c)))
	if got := len(drain(t, s)); got != 3 || !strings.Contains(strings.Join(s.Info().Notes, "\n"), "1 transactions stand on several pages") {
		t.Errorf("%d transfers, want 3; notes %v", got, s.Info().Notes)
	}
	rapid.Check(t, func(r *rapid.T) {
		// However the pages are cut and mixed, the ledger is the same.
		parts := rapid.Permutation([]pair{a, b, c}).Draw(r, "order")
		var answers []nem.Answer
		for i, p := range parts {
			answers = append(answers, answer(t, fmt.Sprint(i), page(p)))
		}
		if got := show(drain(t, read(t, answers...))); got != show(drain(t, s)) {
			r.Fatalf("got\n%s", got)
		}
	})
}

// TestFaults: what a node or a file must not say.
func TestFaults(t *testing.T) {
	l := newLedger()
	good := l.pay(alice, bob, 5)
	change := func(key string, value any) any {
		p := newLedger().pay(alice, bob, 5)
		if p.tx[key] = value; value == nil {
			delete(p.tx, key)
		}
		return page(p)
	}
	meta := func(key string, value any) any {
		p := newLedger().pay(alice, bob, 5)
		p.meta[key] = value
		return page(p)
	}
	wrong := bob.address()[:39] + map[bool]string{true: "A", false: "B"}[bob.address()[39] != 'A']
	testnet, err := nem.Derive(bob.public(), nem.Testnet)
	if err != nil {
		t.Fatal(err)
	}
	faults := []struct {
		name string
		body any
		want error
		says string
	}{
		{"mistyped recipient", change("recipient", wrong), nem.ErrAddress, "data[0].transaction.recipient"},
		{"recipient of another network", change("recipient", testnet), nem.ErrNetwork, "testnet"},
		{"unknown network", change("version", 1), nem.ErrNetwork, "version 1"},
		{"version beyond 32 bits", change("version", int64(1)<<40), nem.ErrJSON, "version"},
		{"no amount", change("amount", nil), nem.ErrJSON, "amount"},
		{"negative amount", change("amount", -1), nem.ErrJSON, "amount"},
		{"fraction", change("amount", 0.5), nem.ErrJSON, "amount"},
		{"amount beyond 63 bits", change("amount", uint64(math.MaxUint64)), nem.ErrJSON, "amount"},
		{"negative fee", change("fee", -1), nem.ErrJSON, "fee"},
		{"no type", change("type", nil), nem.ErrJSON, "type"},
		{"time before the first block", change("timeStamp", -1), nem.ErrJSON, "timeStamp"},
		{"short key", change("signer", "abcd"), nem.ErrJSON, "signer"},
		{"message that is not hex", change("message", object{"payload": "xyz", "type": 1}), nem.ErrJSON, "message"},
		{"mosaics in version 1", change("mosaics", []any{mosaic("a", "b", 1)}), nem.ErrJSON, "version 1"},
		{"unconfirmed", meta("height", 0), nem.ErrJSON, "unconfirmed"},
		{"no id", meta("id", nil), nem.ErrJSON, "meta.id"},
		{"no hash", meta("hash", object{}), nem.ErrJSON, "meta.hash"},
		{"multisig without the inside", page(newLedger().wrap(tx(4100, alice, 1, nil))), nem.ErrJSON, "otherTrans"},
		{"multisig in a multisig", page(newLedger().multisig(alice, tx(4100, bob, 1, nil))), nem.ErrJSON, "otherTrans.type"},
		{"a mosaic twice", page(newLedger().mosaics(alice, bob, 1, mosaic("a", "b", 1), mosaic("a", "b", 2))), nem.ErrJSON, "stands twice"},
		{"half an answer", nil, nem.ErrJSON, "cut off"},
		{"an error", object{"timeStamp": 1, "error": "Bad Request", "message": "invalid address", "status": 400}, nem.ErrNode, "invalid address"},
		{"something else", object{"a": 1}, nem.ErrJSON, "neither a page"},
		{"nothing", page(), nem.ErrJSON, "no transaction"},
	}
	var list []sourcetest.Fault
	add := func(name string, want error, says string, answers ...nem.Answer) {
		list = append(list, sourcetest.Fault{Name: name, Want: want, Says: []string{says}, Open: func(*testing.T) (ledger.Source, error) {
			s, err := nem.Read("in", answers)
			if err != nil {
				return nil, err
			}
			return s, nil
		}})
	}
	for _, f := range faults {
		a := answer(t, "in.json", f.body)
		if f.body == nil {
			a = answer(t, "in.json", page(good))
			a.Body = a.Body[:len(a.Body)/2]
		}
		add(f.name, f.want, f.says, a)
	}
	other := newLedger().pay(alice, bob, 6)
	add("two nodes that disagree", nem.ErrContradiction, "otherwise", answer(t, "a", page(good)), answer(t, "b", page(other)))
	twin := newLedger().pay(alice, bob, 6)
	twin.meta["hash"] = object{"data": strings.Repeat("ab", 32)}
	add("one id for two", nem.ErrContradiction, "id 1 of height 1", answer(t, "a", page(good)), answer(t, "b", page(twin)))
	add("pages and blocks", nem.ErrContradiction, "not both", answer(t, "a", page(good)), answer(t, "b", block(1, good.tx)))
	add("a block twice", nem.ErrContradiction, "block 1", answer(t, "a", block(1, good.tx)), answer(t, "b", block(1, good.tx)))
	add("two definitions of one mosaic", nem.ErrContradiction, "otherwise", answer(t, "a", page(good)), answer(t, "b", definition("a", "b", "3", nil)), answer(t, "c", definition("a", "b", "6", nil)))
	add("a definition that divides by 10^7", nem.ErrJSON, "divisibility", answer(t, "a", page(good)), answer(t, "b", definition("a", "b", "7", nil)))
	add("a levy of unknown type", nem.ErrJSON, "levy", answer(t, "a", page(good)), answer(t, "b", definition("a", "b", "6", levy(3, bob, "a", "b", 1))))
	sourcetest.Faults(t, list)
}

// FuzzRead: no bytes make the reader panic or give a transfer that does not
// balance.
func FuzzRead(f *testing.F) {
	for _, s := range []string{`{"height":1}`, `{"data":[]}`, `{"data":[{"meta":{"id":1,"height":1},"mosaic":{}}]}`, `{"error":"x","status":404}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := nem.Read("fuzz", []nem.Answer{{Name: "fuzz.json", Body: data}})
		if err != nil {
			var e *nem.Error
			if !errors.As(err, &e) || e.Err == nil {
				t.Fatalf("an error without file and cause: %v", err)
			}
			return
		}
		for tr, err := range s.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if err := tr.Validate(ledger.Accounts); err != nil {
				t.Fatal(err)
			}
		}
	})
}
