package safe

import (
	"fmt"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// libraryFunctions are those of the libraries that a Safe runs as itself.
func libraryFunctions() []*evm.Function {
	return []*evm.Function{
		evm.NewFunction("multiSend(bytes transactions)", multiSend),
		evm.NewFunction("signMessage(bytes message)", func(c *evm.Call) {
			c.Act(evm.Action{Kind: evm.ContractCall, To: &c.To})
			m := c.Arg("message")
			c.Leave(m.Offset, len(m.Bytes), "the wallet signs a message of unknown meaning")
		}),
		evm.NewFunction("performCreate(uint256 value,bytes code)", create),
		evm.NewFunction("performCreate2(uint256 value,bytes code,bytes32 salt)", create),
	}
}

func create(c *evm.Call) {
	c.Act(evm.Action{Kind: evm.ContractCall, To: &c.To, Amount: c.Arg("value").Uint()})
	code := c.Arg("code")
	c.Leave(code.Offset, len(code.Bytes), "code of a new contract")
}

// itemHead is the length of an item before its data: operation 1, to 20, value
// 32, length of data 32 (MultiSend.sol, since 1.1.1).
const itemHead = 1 + 20 + 32 + 32

// multiSend reads packed items one after another and enters each. Run by
// delegatecall, as it is meant to be, its calls are the wallet's own. Called, the
// library refuses, or makes them in its own name.
func multiSend(c *evm.Call) {
	packed := c.Arg("transactions")
	rest, at := packed.Bytes, packed.Offset
	wallet := c.From
	if !c.Delegate {
		wallet = &c.To
		c.Act(evm.Action{Kind: evm.ContractCall, To: &c.To})
		c.Leave(0, 0, "multiSend is called, not delegate-called: its calls are not made in the wallet's name")
	}
	for len(rest) > 0 {
		if len(rest) < itemHead {
			c.Leave(at, len(rest), "a multiSend item ends early")
			return
		}
		var value uint256.Int
		value.SetBytes(rest[21:53])
		n, ok := place(rest[53:itemHead], len(rest)-itemHead)
		if !ok {
			c.Leave(at, len(rest), "the data of a multiSend item is longer than the bytes")
			return
		}
		op, to := Operation(rest[0]), evm.Address(rest[1:21])
		data := rest[itemHead : itemHead+n : itemHead+n]
		if op > OperationDelegate {
			c.Leave(at, 1, fmt.Sprintf("operation %d of a multiSend item is neither call (0) nor delegatecall (1)", op))
		} else {
			enterItem(c, wallet, op, to, value, data, at)
		}
		rest, at = rest[itemHead+n:], at+itemHead+n
	}
}

func enterItem(c *evm.Call, wallet *evm.Address, op Operation, to evm.Address, value uint256.Int, data []byte, at int) {
	lib, known := Lookup(c.To)
	if op == OperationDelegate && known && lib.Role == MultiSendCallOnly {
		c.Leave(at, 1, "a delegatecall inside MultiSendCallOnly, which refuses it")
	}
	if to.IsZero() {
		c.Leave(at+1, 20, "an item to the zero address: newer multiSend libraries call the wallet itself, older ones nobody")
	}
	c.Enter(evm.Frame{From: wallet, To: to, Value: value, Data: data, Delegate: op == OperationDelegate})
}
