package ledger

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// Model is how a ledger keeps value.
type Model uint8

// The two models of a ledger.
const (
	// UTXO ledgers keep coins: a transaction spends whole coins and makes new ones.
	UTXO Model = iota + 1
	// Accounts ledgers keep balances.
	Accounts
)

// String is the word of the text form.
func (m Model) String() string {
	switch m {
	case UTXO:
		return "utxo"
	case Accounts:
		return "account"
	}
	return "unknown"
}

// ID names a ledger: CAIP-2 on chains ("eip155:1",
// "bip122:000000000019d6689c085ae165831e93"), "bank:" and a name for a book of
// payments, any word in tests.
type ID string

// Account is the name of an account or address as its ledger writes it, in
// canonical form (lower-case hex on EVM ledgers). With its ledger it makes a
// CAIP-10 account id.
type Account string

// Outside is where value comes from when the ledger makes it (subsidy, mint) or
// when it was there before the data, and where it goes when it is burnt. It is
// never tainted.
const Outside Account = "*"

// Coin names one credit of a UTXO ledger: the transaction and the place among
// its credits (vout).
type Coin struct {
	Tx    string
	Index uint32
}

// String writes the coin as "tx:vout".
func (c Coin) String() string { return c.Tx + ":" + strconv.FormatUint(uint64(c.Index), 10) }

// ParseCoin reads "tx:vout" or "tx.vout".
func ParseCoin(s string) (Coin, error) {
	i := strings.LastIndexAny(s, ".:")
	if i <= 0 || i == len(s)-1 {
		return Coin{}, fmt.Errorf("coin %q: want transaction and output number, as in t1.0", s)
	}
	n, err := strconv.ParseUint(s[i+1:], 10, 32)
	if err != nil || strconv.FormatUint(n, 10) != s[i+1:] {
		return Coin{}, fmt.Errorf("coin %q: %q is not an output number", s, s[i+1:])
	}
	return Coin{s[:i], uint32(n)}, nil
}

// Key is a transfer's place in the canonical order of its ledger: (height,
// transaction index, position in the transaction) on chains; on bank ledgers
// Block is the booking time in seconds. The order of equal keys is not known.
type Key struct {
	Block uint64
	Tx    uint32
	Sub   uint32
}

// Cmp compares two keys of one ledger: -1, 0 or +1.
func (k Key) Cmp(o Key) int {
	switch {
	case k == o:
		return 0
	case k.Block != o.Block:
		return less(k.Block < o.Block)
	case k.Tx != o.Tx:
		return less(k.Tx < o.Tx)
	}
	return less(k.Sub < o.Sub)
}

func less(b bool) int {
	if b {
		return -1
	}
	return 1
}

// Kind says what a transfer is.
type Kind uint8

// The kinds of transfer.
const (
	// Value moves value between accounts, or spends and makes coins.
	Value Kind = iota
	// Gas pays a fee apart from the value it belongs to: another asset or
	// another payer. It has one debit, no credit, and its amount in Fee.
	Gas
	// Coinbase pays a block's subsidy and fees. Its debit is Outside's and is
	// the subsidy only: what it credits beyond the subsidy are the block's
	// fees (FeeClaim), so that Σ debits + claimed fees = Σ credits + burnt.
	Coinbase
	// Opening brings in value that was there before the data: a first coin of
	// a UTXO extract, a known opening balance. Its debit is Outside's.
	Opening
)

// String returns the word used in JSON.
func (k Kind) String() string {
	return [...]string{"value", "gas", "coinbase", "opening"}[k]
}

// Debit is value leaving an account. On a UTXO ledger Spends names the coin.
type Debit struct {
	Account Account
	Amount  money.Amount
	Spends  Coin
}

// Credit is value arriving at an account. On a UTXO ledger it makes the coin
// (Tx, index among the credits).
type Credit struct {
	Account Account
	Amount  money.Amount
}

// Transfer is one movement of one asset. On account ledgers it has one debit
// and at most one credit; its fee leaves the debited account after the value.
// Gas in another asset is a transfer of its own with the same Tx; a conversion
// is two transfers with the same Conversion.
type Transfer struct {
	Ledger ID
	Key    Key
	// ID is unique on its ledger; Tx is the transaction that holds the transfer.
	ID, Tx string
	Asset  money.AssetID
	// Time is UTC; the zero time is "not known".
	Time    time.Time
	Kind    Kind
	Debits  []Debit
	Credits []Credit
	Fee     money.Amount
	// Failed transfers moved no value and paid only the fee.
	Failed bool
	// Tie joins transfers of one ledger whose order is not known: equal
	// non-zero values, standing together. Zero is "ordered".
	Tie uint64
	// Conversion joins the two legs of a swap: the first is credited to
	// "swap:<Conversion>", the second debited from it.
	Conversion string
	// Evidence says where this was read: file and line, block and position.
	Evidence string
	// Attrs are further columns of the source that filters may ask for.
	Attrs map[string]string
}

// SwapAccount is the account between the two legs of a conversion.
func SwapAccount(conversion string) Account { return Account("swap:" + conversion) }

// CounterAttr is the attribute of a conversion's leg that names its Counter.
const CounterAttr = "swapped_with"

// Counter is who stood on the other side of a leg of a conversion, where that is
// known: who took what is credited to the account between the legs, or gave what
// is debited there. That account's balance moves by the leg's amount too.
func (t *Transfer) Counter() Account {
	if t.Conversion == "" {
		return ""
	}
	return Account(t.Attrs[CounterAttr])
}

// Takes reports whether an account receives the value: it is credited, or it is
// the Counter of a leg by which another gave.
func (t *Transfer) Takes(a Account) bool {
	return t.To() == a || t.Counter() == a && t.From() != SwapAccount(t.Conversion)
}

// Gives reports whether the value is an account's: it is debited, or it is the
// Counter of a leg by which another got.
func (t *Transfer) Gives(a Account) bool {
	return t.From() == a || t.Counter() == a && t.From() == SwapAccount(t.Conversion)
}

// Amount is the value moved: the sum of the credits.
func (t *Transfer) Amount() money.Amount {
	var s money.Amount
	for _, c := range t.Credits {
		s = s.Add(c.Amount)
	}
	return s
}

// From is the debited account of a transfer on an account ledger, or "".
func (t *Transfer) From() Account {
	if len(t.Debits) == 0 {
		return ""
	}
	return t.Debits[0].Account
}

// To is the credited account of a transfer on an account ledger, or "".
func (t *Transfer) To() Account {
	if len(t.Credits) == 0 {
		return ""
	}
	return t.Credits[0].Account
}

// ErrUnbalanced marks a transfer whose debits are not its credits and fee.
var ErrUnbalanced = errors.New("debits do not equal credits and fee")

// ErrShape marks a transfer that its ledger's model does not allow.
var ErrShape = errors.New("not a transfer of this ledger")

// Validate checks one transfer at the boundary: identity, shape for the model,
// and Σ debits = Σ credits + fee. A coinbase may claim fees: its debit is the
// subsidy and its credits may exceed it, which only the block can judge.
func (t *Transfer) Validate(m Model) error {
	fail := func(err error, format string, args ...any) error {
		return fmt.Errorf("transfer %s: %s: %w", t.ID, fmt.Sprintf(format, args...), err)
	}
	if t.ID == "" || t.Tx == "" || t.Asset == "" || t.Ledger == "" {
		return fail(ErrShape, "id, transaction, asset and ledger are needed")
	}
	in, out, ok := t.totals()
	if !ok {
		return fail(money.ErrOverflow, "sum of debits or credits")
	}
	if t.Kind != Coinbase && in != out {
		return fail(ErrUnbalanced, "debits %s, credits and fee %s", in, out)
	}
	if m == UTXO {
		return t.validateCoins(fail)
	}
	if len(t.Debits) != 1 || len(t.Credits) > 1 {
		return fail(ErrShape, "an account transfer has one debit and at most one credit, not %d and %d", len(t.Debits), len(t.Credits))
	}
	if t.Failed && len(t.Credits) > 0 {
		return fail(ErrShape, "a failed transfer credits nobody")
	}
	if t.Debits[0].Account == "" || len(t.Credits) == 1 && t.Credits[0].Account == "" {
		return fail(ErrShape, "an account has no name")
	}
	if t.Debits[0].Spends != (Coin{}) {
		return fail(ErrShape, "a debit of an account ledger spends no coin")
	}
	return nil
}

func (t *Transfer) validateCoins(fail func(error, string, ...any) error) error {
	if t.Conversion != "" || t.Failed || t.Kind == Gas {
		return fail(ErrShape, "coins have no conversions, failed transfers or gas")
	}
	if t.Tie != 0 {
		return fail(ErrShape, "coins order themselves by what they spend: ties are for accounts")
	}
	seen := map[Coin]bool{}
	for i, d := range t.Debits {
		fromOutside := d.Account == Outside && d.Spends == (Coin{})
		if (t.Kind == Value) == fromOutside {
			return fail(ErrShape, "input %d: a transaction spends coins, a coinbase or first coin comes from outside", i)
		}
		if !fromOutside && seen[d.Spends] {
			return fail(ErrShape, "input %d spends %s twice", i, d.Spends)
		}
		seen[d.Spends] = true
	}
	if len(t.Debits) == 0 {
		return fail(ErrShape, "no inputs")
	}
	return nil
}

func (t *Transfer) totals() (in, out money.Amount, ok bool) {
	ok = true
	add := func(s *money.Amount, a money.Amount) {
		var fits bool
		*s, fits = s.CheckedAdd(a)
		ok = ok && fits
	}
	for _, d := range t.Debits {
		add(&in, d.Amount)
	}
	for _, c := range t.Credits {
		add(&out, c.Amount)
	}
	add(&out, t.Fee)
	return in, out, ok
}

// Subsidy is the block subsidy of Bitcoin at a height, in satoshi:
// 50*10^8 >> (height/210000).
func Subsidy(height uint64) money.Amount {
	if height/210000 >= 64 {
		return money.Zero
	}
	return money.Units(50e8 >> (height / 210000))
}
