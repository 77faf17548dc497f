package conformance

import (
	"encoding/json"
	"fmt"

	"github.com/coldtrail/coldtrail/money"
)

// Int is an amount as JSON writes it in the cases: a bare integer of any size.
type Int struct{ money.Amount }

// N makes an Int of a small number.
func N(n uint64) Int { return Int{money.Units(n)} }

// MarshalJSON writes the digits without quotes.
func (n Int) MarshalJSON() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalJSON reads digits; signs, fractions and exponents are refused.
func (n *Int) UnmarshalJSON(text []byte) error {
	a, err := money.Parse(string(text))
	n.Amount = a
	return err
}

// Kinds of case.
const (
	UTXO    = "utxo"  // a ledger of coins
	Account = "acct"  // a ledger of accounts
	Legal   = "legal" // owners of one mixed account
	Swap    = "swap"  // lots across one conversion
)

// Case is the question of a vector. Which fields it has depends on its kind.
type Case struct {
	Kind   string              `json:"kind"`
	Groups map[string][]string `json:"groups,omitempty"` // sets of terminals to bound together

	// Ledgers of coins. Txs stand in canonical order; Blocks are used instead
	// when fees are followed into coinbases.
	Fee     string  `json:"fee,omitempty"`      // last (default), first, prorata
	FeeFate string  `json:"fee_fate,omitempty"` // sink (default), fees-first, subsidy-first
	Coins   []Coin  `json:"coins,omitempty"`
	Txs     []Tx    `json:"txs,omitempty"`
	Blocks  []Block `json:"blocks,omitempty"`

	// Ledgers of accounts; Events also for legal cases.
	Boundaries []string  `json:"boundaries,omitempty"`
	Overdraft  bool      `json:"overdraft,omitempty"`
	Opening    []Opening `json:"opening,omitempty"`
	Events     []Event   `json:"events,omitempty"`

	Holder string   `json:"holder,omitempty"` // legal: the owner whose money is the holder's own; default H
	Lots   [][2]Int `json:"lots,omitempty"`   // swap: [colour, length]
	Get    *Int     `json:"get,omitempty"`    // swap: units of the other asset
}

// Coin is an output that enters the case, with its stolen ranges.
type Coin struct {
	ID    string  `json:"id"`
	Value Int     `json:"value"`
	Marks []Range `json:"marks,omitempty"`
}

// Range marks Len units from Off on as stolen; without Len the rest of the coin.
type Range struct {
	Theft string `json:"theft"`
	Off   Int    `json:"off"`
	Len   *Int   `json:"len,omitempty"`
}

// Tx spends coins and makes outputs. What remains is its fee.
type Tx struct {
	ID   string   `json:"id"`
	Ins  []string `json:"ins"`
	Outs []Output `json:"outs"`
}

// Output is a new coin.
type Output struct {
	ID    string `json:"id"`
	Value Int    `json:"value"`
}

// Block is a coinbase and the transactions whose fees it claims.
type Block struct {
	Height   uint64   `json:"height"`
	Coinbase Coinbase `json:"coinbase"`
	Txs      []Tx     `json:"txs"`
}

// Coinbase claims Subsidy and the fees of its block; what its outputs leave is
// destroyed (terminal "burn:<id>").
type Coinbase struct {
	ID      string   `json:"id"`
	Subsidy Int      `json:"subsidy"`
	Outs    []Output `json:"outs"`
}

// Opening is a clean balance from before the data.
type Opening struct {
	Account string `json:"account"`
	Asset   string `json:"asset,omitempty"`
	Amount  Int    `json:"amount"`
}

// Event is one entry of an account ledger, or (In, Out) of a legal case.
type Event struct {
	ID     string `json:"id,omitempty"` // default e<index>
	Op     string `json:"op,omitempty"` // seed, credit, move, swap
	Tie    string `json:"tie,omitempty"`
	Asset  string `json:"asset,omitempty"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
	Amount Int    `json:"amount"`
	Theft  string `json:"theft,omitempty"`

	Fee      Int     `json:"fee"`
	FeeAsset *string `json:"fee_asset,omitempty"`
	FeePayer string  `json:"fee_payer,omitempty"`
	Failed   bool    `json:"failed,omitempty"`

	GetAsset  string `json:"get_asset,omitempty"`
	GetAmount Int    `json:"get_amount"`

	In  *Entry `json:"in,omitempty"`
	Out *Entry `json:"out,omitempty"`
}

// Entry is [owner or payee, amount] of a legal case; the amount is an integer or
// a fraction such as "75/2".
type Entry struct {
	Name   string
	Amount string
}

// UnmarshalJSON reads the pair.
func (e *Entry) UnmarshalJSON(text []byte) error {
	pair, err := two(text)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(pair[0], &e.Name); err != nil {
		return err
	}
	if err := json.Unmarshal(pair[1], &e.Amount); err == nil {
		return nil
	}
	e.Amount = string(pair[1])
	return nil
}

// two reads an array of two values.
func two(text []byte) ([]json.RawMessage, error) {
	var pair []json.RawMessage
	if err := json.Unmarshal(text, &pair); err != nil {
		return nil, err
	}
	if len(pair) != 2 {
		return nil, fmt.Errorf("%s: want two values", text)
	}
	return pair, nil
}

// MarshalJSON writes the pair.
func (e Entry) MarshalJSON() ([]byte, error) { return json.Marshal([2]string{e.Name, e.Amount}) }

// Result is what a case gives: all of it as the reference program writes it, or
// the part of it that a vector expects.
type Result struct {
	Kind    string `json:"kind,omitempty"`
	FeeRule string `json:"fee_rule,omitempty"`

	// Overlaps are units that a second theft marked; Segments are the FIFO
	// lots of every output with all thefts in one run, "" for clean.
	Overlaps   []Overlap       `json:"overlaps,omitempty"`
	Segments   *Segments       `json:"fifo_segments,omitempty"`
	Unobserved []Opening       `json:"unobserved,omitempty"`
	Views      map[string]View `json:"views,omitempty"`

	Rules     map[string]Allocation `json:"rules,omitempty"`
	Libr      map[string]string     `json:"libr,omitempty"`
	PariPassu map[string]string     `json:"pari_passu,omitempty"`
	Out       [][2]Int              `json:"out,omitempty"`
}

// Overlap is a range of a coin that an earlier theft had marked.
type Overlap struct {
	Coin  string `json:"coin"`
	Off   Int    `json:"off"`
	Len   Int    `json:"len"`
	Theft string `json:"theft"`
}

// Segments are lots by output and by transaction.
type Segments struct {
	Out map[string][]Lot `json:"out,omitempty"`
	Fee map[string][]Lot `json:"fee,omitempty"`
}

// Lot is [theft, length].
type Lot struct {
	Theft string
	N     Int
}

// UnmarshalJSON reads the pair.
func (l *Lot) UnmarshalJSON(text []byte) error {
	pair, err := two(text)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(pair[0], &l.Theft); err != nil {
		return err
	}
	return json.Unmarshal(pair[1], &l.N)
}

// MarshalJSON writes the pair.
func (l Lot) MarshalJSON() ([]byte, error) { return json.Marshal([2]any{l.Theft, l.N}) }

// View is one theft, or "any" for the union of all.
type View struct {
	K        PerAsset         `json:"K,omitempty"`
	Policies map[string]Where `json:"policies,omitempty"` // of coins
	OnePass  *Intervals       `json:"one_pass,omitempty"`
	Exact    Exact            `json:"exact,omitempty"`
	Flows    map[string]Flow  `json:"flows,omitempty"` // of accounts
	Accounts []Row            `json:"accounts,omitempty"`
}

// PerAsset is an amount on a ledger of coins (asset ""), amounts by asset on a
// ledger of accounts.
type PerAsset map[string]Int

// UnmarshalJSON reads either form.
func (p *PerAsset) UnmarshalJSON(text []byte) error {
	var n Int
	if err := json.Unmarshal(text, &n); err == nil {
		*p = PerAsset{"": n}
		return nil
	}
	return json.Unmarshal(text, (*map[string]Int)(p))
}

// Where is the taint of every output and of every fee.
type Where struct {
	Out map[string]Int `json:"out,omitempty"`
	Fee map[string]Int `json:"fee,omitempty"`
}

// Intervals are the one-pass bounds of every output and of every fee.
type Intervals struct {
	Out map[string][2]Int `json:"out,omitempty"`
	Fee map[string][2]Int `json:"fee,omitempty"`
}

// Bound is an exact bound; its cuts are those of the reference program.
type Bound struct {
	L    Int   `json:"L"`
	U    Int   `json:"U"`
	CutU []any `json:"cut_U,omitempty"`
	CutL []any `json:"cut_L,omitempty"`
}

// Exact has exact bounds by asset ("" on coins), then by terminal or
// "group:<name>". A nil map of an asset says that it has none.
type Exact map[string]map[string]Bound

// UnmarshalJSON reads the bounds of coins (by terminal) or accounts (by asset).
func (e *Exact) UnmarshalJSON(text []byte) error {
	var flat map[string]Bound
	d := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	if coins(d) {
		if err := strict(text, &flat); err != nil {
			return err
		}
		*e = Exact{"": flat}
		return nil
	}
	return strict(text, (*map[string]map[string]Bound)(e))
}

// coins tells the two forms apart: a bound has the fields L and U.
func coins(d map[string]json.RawMessage) bool {
	for _, raw := range d {
		var b struct{ L, U *Int }
		if json.Unmarshal(raw, &b) == nil && b.L != nil && b.U != nil {
			return true
		}
	}
	return false
}

// Flow is the taint that one event moved. Nil fields are not expected.
type Flow struct {
	Asset        *string  `json:"asset,omitempty"`
	FIFO         *Int     `json:"fifo,omitempty"`
	LIFO         *Int     `json:"lifo,omitempty"`
	Haircut      *Int     `json:"haircut,omitempty"`
	TaintFirst   *Int     `json:"taint_first,omitempty"`
	CleanFirst   *Int     `json:"clean_first,omitempty"`
	OwnFirst     *Int     `json:"own_first,omitempty"` // not in the reference program's results
	LIBR         *Int     `json:"libr,omitempty"`      // nor this
	L            *Int     `json:"L,omitempty"`
	U            *Int     `json:"U,omitempty"`
	Poison       *bool    `json:"poison,omitempty"`
	Lots         [][2]Int `json:"fifo_lots,omitempty"`
	FromBoundary bool     `json:"from_boundary,omitempty"`
}

// Row is what an account holds at the end, or "sink:<terminal>" what was
// delivered there. Balances are looked at where the trail knows them: on
// accounts that stolen value reached.
type Row struct {
	Account    string `json:"account"`
	Asset      string `json:"asset"`
	Balance    *Int   `json:"balance,omitempty"`
	Unobserved *Int   `json:"unobserved,omitempty"`
	Poison     bool   `json:"poison"`
	FIFO       Int    `json:"fifo"`
	LIFO       Int    `json:"lifo"`
	Haircut    Int    `json:"haircut"`
	TaintFirst Int    `json:"taint_first"`
	CleanFirst Int    `json:"clean_first"`
	OnePass    [2]Int `json:"one_pass"`
}

// Allocation is whose money each payment was, and whose is left.
type Allocation struct {
	Out  []Payment         `json:"out,omitempty"`
	Left map[string]string `json:"left,omitempty"`
}

// Payment is [name, {owner: amount}].
type Payment struct {
	Name   string
	Owners map[string]string
}

// UnmarshalJSON reads the pair.
func (p *Payment) UnmarshalJSON(text []byte) error {
	pair, err := two(text)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(pair[0], &p.Name); err != nil {
		return err
	}
	return json.Unmarshal(pair[1], &p.Owners)
}
