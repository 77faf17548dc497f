package safe

import (
	"errors"
	"fmt"

	"github.com/coldtrail/coldtrail/guard/eip712"
	"github.com/coldtrail/coldtrail/guard/evm"
)

// ErrTypedData marks typed data that is no Safe transaction, or one whose domain
// no version of Safe has.
var ErrTypedData = errors.New("not the typed data of a Safe transaction")

// FromTypedData reads a Safe transaction from typed data, the form in which a
// wallet is asked to sign it. Typed data holds the version only as the form of
// its domain: with a chain id the version in the result is 1.3.0, the first of
// its kind, without one 1.0.0; the chain id is then zero.
func FromTypedData(d *eip712.Document) (Wallet, *Transaction, error) {
	fail := func(why string) (Wallet, *Transaction, error) {
		return Wallet{}, nil, fmt.Errorf("%w: %s", ErrTypedData, why)
	}
	if d.Known != "safe transaction" {
		return fail("primary type " + d.PrimaryType)
	}
	if d.Domain.VerifyingContract == nil {
		return fail("no verifyingContract in the domain")
	}
	w := Wallet{Address: *d.Domain.VerifyingContract, Version: "1.0.0"}
	if d.Domain.ChainID != nil {
		w.ChainID, w.Version = *d.Domain.ChainID, "1.3.0"
	}
	m := d.Message
	bytes, err := evm.ParseHex(m.Field("data").Text)
	if err != nil {
		return fail(err.Error())
	}
	op := m.Field("operation").Uint()
	t := &Transaction{
		To: m.Field("to").Address(), Value: m.Field("value").Uint(), Data: bytes, Operation: Operation(op.Uint64()),
		SafeTxGas: m.Field("safeTxGas").Uint(), BaseGas: m.Field("baseGas").Uint(), GasPrice: m.Field("gasPrice").Uint(),
		GasToken: m.Field("gasToken").Address(), RefundReceiver: m.Field("refundReceiver").Address(), Nonce: m.Field("nonce").Uint(),
	}
	if t.Digests(w).SafeTxHash != d.Digest {
		return fail("its domain has other fields than a Safe's")
	}
	return w, t, nil
}
