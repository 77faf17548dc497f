package safe

import (
	"fmt"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// Refund is what the wallet pays for the gas of its own transaction when
// GasPrice is not zero. It goes to whoever is named, whatever the transaction
// itself does.
type Refund struct {
	// Token is zero for the chain's own coin.
	Token evm.Address `json:"token"`
	// Receiver is zero where the submitter of the transaction is paid.
	Receiver evm.Address `json:"receiver"`
	// Amount is (SafeTxGas + BaseGas) * GasPrice in units of Token: what the
	// signed fields allow, apart from the gas of the wallet's own call around the
	// transaction, which is added to it and is small (Safe.sol, handlePayment). In
	// the chain's own coin the real gas price may lower it.
	Amount uint256.Int `json:"amount"`
	// Overflow is set when the product exceeds 256 bits; Amount is then the
	// largest number.
	Overflow bool `json:"overflow,omitempty"`
}

// Decoded is what a Safe transaction does, so far as its bytes show.
type Decoded struct {
	Digests Digests
	// Alternative is set where the version is unknown: the digests by the rule
	// before 1.3.0, while Digests follows the rule since.
	Alternative *Digests
	// Tree holds the calls; its Actions are in the order of execution.
	Tree *evm.Tree
	// Refund is nil when GasPrice is zero.
	Refund *Refund
	// Undecoded holds the tree's and those of the transaction's own fields.
	Undecoded []evm.Undecoded
}

// Complete reports whether every byte has a meaning.
func (d *Decoded) Complete() bool { return len(d.Undecoded) == 0 }

// Decode reads a transaction of a wallet: digests, calls, refund. It never
// fails; what it cannot read is in Undecoded.
func Decode(w Wallet, t *Transaction) *Decoded {
	d := &Decoded{Digests: t.Digests(w), Refund: t.refund()}
	leave := func(format string, args ...any) {
		d.Undecoded = append(d.Undecoded, evm.Undecoded{Reason: fmt.Sprintf(format, args...)})
	}
	if w.Version == "" {
		other := t.Alternative(w)
		d.Alternative = &other
		leave("domain_ambiguous: without the wallet's version there are two digests")
	}
	if t.Operation > OperationDelegate {
		leave("operation %d is neither call (0) nor delegatecall (1)", t.Operation)
	}
	if d.Refund != nil && d.Refund.Overflow {
		leave("the refund of gas exceeds 256 bits")
	}
	d.Tree = Decoder().Decode(evm.Frame{
		From: &w.Address, To: t.To, Value: t.Value, Data: t.Data, Delegate: t.Operation == OperationDelegate,
	})
	d.Undecoded = append(d.Undecoded, d.Tree.Undecoded...)
	return d
}

func (t *Transaction) refund() *Refund {
	if t.GasPrice.IsZero() {
		return nil
	}
	r := &Refund{Token: t.GasToken, Receiver: t.RefundReceiver}
	var gas uint256.Int
	_, over := gas.AddOverflow(&t.SafeTxGas, &t.BaseGas)
	_, over2 := r.Amount.MulOverflow(&gas, &t.GasPrice)
	if over || over2 {
		r.Overflow = true
		r.Amount.SetAllOne()
	}
	return r
}
