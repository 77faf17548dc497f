package safe

import (
	"fmt"
	"sync"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// Decoder returns a decoder of calls that knows the standard functions and those
// of Safe, and the pinned libraries. It is also right for an account's own
// transaction that calls a Safe. All callers share its map, which nobody may change.
func Decoder() evm.Decoder { return decoder() }

var decoder = sync.OnceValue(func() evm.Decoder {
	m := evm.StandardFunctions()
	m.Add(ownerFunctions()...)
	m.Add(callFunctions()...)
	m.Add(libraryFunctions()...)
	return evm.Decoder{Functions: m, Pin: func(a evm.Address) string {
		if l, ok := Lookup(a); ok && l.ForDelegatecall() {
			return l.String()
		}
		return ""
	}}
})

// ownerFunctions change who commands the wallet. The wallet takes most of them
// only from itself; they are control changes here whoever calls, since a call
// that would fail is no reason to be calm.
func ownerFunctions() []*evm.Function {
	return []*evm.Function{
		evm.NewFunction("addOwnerWithThreshold(address owner,uint256 threshold)", evm.Control("owner", "", "threshold")),
		evm.NewFunction("removeOwner(address previous,address owner,uint256 threshold)", evm.Control("", "owner", "threshold")),
		evm.NewFunction("swapOwner(address previous,address old,address owner)", evm.Control("owner", "old", "")),
		evm.NewFunction("changeThreshold(uint256 threshold)", evm.Control("", "", "threshold")),
		evm.NewFunction("enableModule(address module)", evm.Control("module", "", "")),
		evm.NewFunction("disableModule(address previous,address module)", evm.Control("", "module", "")),
		evm.NewFunction("setGuard(address guard)", evm.Control("guard", "", "")),
		evm.NewFunction("setModuleGuard(address guard)", evm.Control("guard", "", "")),
		evm.NewFunction("setFallbackHandler(address handler)", evm.Control("handler", "", "")),
		evm.NewFunction("changeMasterCopy(address code)", evm.Control("code", "", "")),
		evm.NewFunction("setup(address[] owners,uint256 threshold,address to,bytes data,address handler,"+
			"address paymentToken,uint256 payment,address paymentReceiver)", setup),
		// Libraries that change the wallet's code (SafeMigration, SafeToL2Migration).
		evm.NewFunction("migrateSingleton()", evm.Control("", "", "")),
		evm.NewFunction("migrateWithFallbackHandler()", evm.Control("", "", "")),
		evm.NewFunction("migrateL2Singleton()", evm.Control("", "", "")),
		evm.NewFunction("migrateL2WithFallbackHandler()", evm.Control("", "", "")),
		evm.NewFunction("migrateToL2(address code)", evm.Control("code", "", "")),
	}
}

// setup makes a new wallet; its delegatecall and payment are parts of it.
func setup(c *evm.Call) {
	threshold := c.Arg("threshold").Uint()
	for _, o := range c.Arg("owners").Items {
		owner := o.Address()
		c.Act(evm.Action{Kind: evm.ControlChange, To: &owner, Amount: threshold})
	}
	if handler := c.Arg("handler").Address(); !handler.IsZero() {
		c.Act(evm.Action{Kind: evm.ControlChange, Name: "setup: fallback handler", To: &handler})
	}
	if to := c.Arg("to").Address(); !to.IsZero() {
		c.Enter(evm.Frame{From: &c.To, To: to, Data: c.Arg("data").Bytes, Delegate: true})
	} else if n := len(c.Arg("data").Bytes); n > 0 {
		c.Leave(c.Arg("data").Offset, n, "setup data without an address to run it")
	}
	if payment := c.Arg("payment").Uint(); !payment.IsZero() {
		pay(c, c.Arg("paymentToken").Address(), c.Arg("paymentReceiver").Address(), payment)
	}
}

// pay records a payment by the wallet c.To in a token or, if that is zero, in the
// chain's own coin. A receiver of zero is whoever submits the transaction.
func pay(c *evm.Call, token, receiver evm.Address, amount uint256.Int) {
	a := evm.Action{Kind: evm.NativeTransfer, Name: "refund", From: &c.To, To: &receiver, Amount: amount}
	if !token.IsZero() {
		a.Kind, a.Contract = evm.TokenTransfer, &token
	}
	if receiver.IsZero() {
		a.To = nil
	}
	c.Act(a)
}

// callFunctions make a wallet call others.
func callFunctions() []*evm.Function {
	inner := func(c *evm.Call) {
		c.Act(evm.Action{Kind: evm.ContractCall, To: &c.To})
		enter(c)
	}
	return []*evm.Function{
		evm.NewFunction("execTransaction(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,"+
			"uint256 gasPrice,address gasToken,address refundReceiver,bytes signatures)", func(c *evm.Call) {
			inner(c)
			t := Transaction{SafeTxGas: c.Arg("safeTxGas").Uint(), BaseGas: c.Arg("baseGas").Uint(), GasPrice: c.Arg("gasPrice").Uint()}
			if r := t.refund(); r != nil {
				pay(c, c.Arg("gasToken").Address(), c.Arg("refundReceiver").Address(), r.Amount)
			}
		}),
		evm.NewFunction("execTransactionFromModule(address to,uint256 value,bytes data,uint8 operation)", inner),
		evm.NewFunction("execTransactionFromModuleReturnData(address to,uint256 value,bytes data,uint8 operation)", inner),
		evm.NewFunction("approveHash(bytes32 hash)", func(c *evm.Call) {
			c.Act(evm.Action{Kind: evm.ContractCall, To: &c.To})
			c.Leave(4, 32, "approves a hash; what it stands for is not in these bytes")
		}),
	}
}

// enter decodes the call that a wallet's own function makes.
func enter(c *evm.Call) {
	op := c.Arg("operation").Word[31]
	if Operation(op) > OperationDelegate {
		c.Leave(0, 0, fmt.Sprintf("operation %d is neither call (0) nor delegatecall (1)", op))
		return
	}
	c.Enter(evm.Frame{
		From: &c.To, To: c.Arg("to").Address(), Value: c.Arg("value").Uint(), Data: c.Arg("data").Bytes,
		Delegate: Operation(op) == OperationDelegate,
	})
}
