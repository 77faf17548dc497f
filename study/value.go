package study

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/coldtrail/coldtrail/money"
)

// ErrUnstated marks an amount that was to be printed without its terms, or in a
// column of other terms.
var ErrUnstated = errors.New("an amount is not printed without basis, valuation and as-known-on date")

// Basis is one of the register's ten bases, or Net, or Mixed.
type Basis string

// The bases that are not claims: net is derived, mixed reads some incidents on a
// basis of their own, as a published list did.
const (
	Net   Basis = "net"
	Mixed Basis = "mixed"
)

// Terms are what an amount of money means.
type Terms struct {
	Basis     Basis  `json:"basis"`
	Valuation string `json:"valuation"`   // at_theft, as_of:DATE, as_booked
	AsKnownOn string `json:"as_known_on"` // YYYY-MM-DD
}

// Check reports what is missing. Errors wrap ErrUnstated.
func (t Terms) Check() error {
	for _, part := range []struct{ name, text string }{{"basis", string(t.Basis)}, {"valuation", t.Valuation}, {"as-known-on date", t.AsKnownOn}} {
		if part.text == "" {
			return fmt.Errorf("%w: the %s is missing", ErrUnstated, part.name)
		}
	}
	return nil
}

// String gives the terms for the head of a table.
func (t Terms) String() string {
	return fmt.Sprintf("%s, %s, as known on %s", t.Basis, t.Valuation, t.AsKnownOn)
}

// Value is an amount in US cents with its terms. The zero Value has none and
// refuses to be printed; no verb of package fmt gets at the digits.
type Value struct {
	cents money.Amount
	terms Terms
}

// NewValue states an amount of US cents. Errors wrap ErrUnstated.
func NewValue(cents money.Amount, t Terms) (Value, error) {
	if err := t.Check(); err != nil {
		return Value{}, err
	}
	return Value{cents, t}, nil
}

// Cents is the bare amount in US cents, for sums and for the geometry of
// pictures. It is not for print.
func (v Value) Cents() money.Amount { return v.cents }

// Terms are the value's terms.
func (v Value) Terms() Terms { return v.terms }

// Text gives the amount with its terms. Errors wrap ErrUnstated.
func (v Value) Text() (string, error) {
	if err := v.terms.Check(); err != nil {
		return "", err
	}
	return "USD " + v.cents.Grouped(2) + " (" + v.terms.String() + ")", nil
}

// String is Text, or the refusal in words.
func (v Value) String() string {
	text, err := v.Text()
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return text
}

// Format gives String for every verb, so that %d and %x print no bare digits.
func (v Value) Format(f fmt.State, _ rune) { io.WriteString(f, v.String()) }

// MarshalJSON writes the amount in whole dollars as a string, with its terms.
// Errors wrap ErrUnstated.
func (v Value) MarshalJSON() ([]byte, error) {
	if err := v.terms.Check(); err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		USD string `json:"usd"`
		Terms
	}{v.cents.Decimal(2), v.terms})
}

// Column is a column of a table whose head prints the terms once.
type Column struct{ Terms Terms }

// Cell gives the digits of a value of the column's terms, in whole dollars
// without cents (half up) when short. A value of other terms is refused: errors
// wrap ErrUnstated.
func (c Column) Cell(v Value, short bool) (string, error) {
	if err := c.Terms.Check(); err != nil {
		return "", err
	}
	if v.terms != c.Terms {
		return "", fmt.Errorf("%w: a value of terms %q in a column of %q", ErrUnstated, v.terms, c.Terms)
	}
	if short {
		q, r := v.cents.MulDiv(money.Units(1), money.Units(100))
		if !r.Less(money.Units(50)) {
			q = q.Add(money.Units(1))
		}
		return q.Grouped(0), nil
	}
	return v.cents.Grouped(2), nil
}

// Total is a sum that cannot be shown alone: what was asked for and what stayed
// away stand beside what left the victims' control.
type Total struct {
	Attempted Value    `json:"attempted"`
	Left      Value    `json:"left_control"`
	Net       Value    `json:"net"`
	N         int      `json:"n"`                // incidents with an amount
	Drafts    int      `json:"drafts"`           // of them not yet reviewed
	Rows      []string `json:"rows,omitempty"`   // ids of the incidents
	Number    string   `json:"number,omitempty"` // id to explain it by
}

// On is the total on one of its three bases.
func (t Total) On(b Basis) Value {
	switch b {
	case "attempted":
		return t.Attempted
	case Net:
		return t.Net
	}
	return t.Left
}

// Share is part of a whole in thousandths, rounded half up.
type Share struct {
	Permille uint64 `json:"permille"`
	Known    bool   `json:"known"` // false: the whole is zero
}

// String gives the share in percent with one decimal: "62.1 %".
func (s Share) String() string {
	if !s.Known {
		return "n/a"
	}
	return fmt.Sprintf("%d.%d %%", s.Permille/10, s.Permille%10)
}

// share divides exactly; part may not exceed the whole.
func share(part, whole money.Amount) Share {
	if whole.IsZero() {
		return Share{}
	}
	q, r := part.MulDiv(money.Units(1000), whole)
	_, n := q.Words()
	if !r.Less(whole.Monus(r)) {
		n++
	}
	return Share{n, true}
}
