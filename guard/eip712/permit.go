package eip712

import (
	"fmt"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// known are the messages with a meaning, by the whole text of their type. A
// message that only shares the name is not one of them.
//
// Sources: ERC-2612; dai.sol of makerdao/dss; PermitHash.sol of Uniswap/permit2;
// Safe.sol of safe-global/safe-smart-account.
var known = map[string]struct {
	name string
	read func(*Document)
}{
	"Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)":         {"permit", permit},
	"Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)":           {"dai permit", daiPermit},
	"PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)" + permitDetails:    {"permit2 allowance", permitAllowance},
	"PermitBatch(PermitDetails[] details,address spender,uint256 sigDeadline)" + permitDetails:   {"permit2 allowances", permitAllowance},
	"PermitTransferFrom(TokenPermissions permitted,address spender," + permitTransferTail:        {"permit2 transfer", permitTransfer},
	"PermitBatchTransferFrom(TokenPermissions[] permitted,address spender," + permitTransferTail: {"permit2 transfers", permitTransfer},
	// Package safe reads what it does.
	"SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas," +
		"uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)": {"safe transaction", func(d *Document) {
		d.leave("a Safe transaction: to be read as such")
	}},
}

const (
	permitDetails      = "PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)"
	permitTransferTail = "uint256 nonce,uint256 deadline)TokenPermissions(address token,uint256 amount)"
)

// explain finds the meaning of the message.
func (d *Document) explain() {
	k, ok := known[d.TypeText]
	if !ok {
		d.leave(fmt.Sprintf("a message of unknown meaning: %s", clip(d.TypeText)))
		return
	}
	d.Known = k.name
	if d.Domain.ChainID == nil {
		d.leave("the domain has no chainId: the signature is good on every chain")
	}
	if d.Domain.VerifyingContract == nil {
		d.leave("the domain has no verifyingContract: the signature is good for every contract")
	}
	k.read(d)
}

// permit is ERC-2612: the token is the contract that verifies.
func permit(d *Document) {
	owner, deadline := d.Message.Field("owner").Address(), d.Message.Field("deadline").Uint()
	a := d.approval(d.Message.Field("value"), 256)
	a.Contract, a.From, a.Deadline = d.Domain.VerifyingContract, &owner, &deadline
	d.act(a)
}

// daiPermit is DAI's older form: all or nothing. An expiry of zero is none.
func daiPermit(d *Document) {
	holder, on := d.Message.Field("holder").Address(), d.Message.Field("allowed").Bool()
	a := d.approval(Value{}, 256)
	a.Contract, a.From = d.Domain.VerifyingContract, &holder
	a.Unlimited, a.Revoke = on, !on
	if expiry := d.Message.Field("expiry").Uint(); !expiry.IsZero() {
		a.Deadline = &expiry
	}
	d.act(a)
}

// permitAllowance is Permit2's lasting right: the token is in the details, the
// owner whoever signs.
func permitAllowance(d *Document) {
	deadline := d.Message.Field("sigDeadline").Uint()
	for _, one := range oneOrMany(d.Message.Field("details")) {
		token, expires := one.Field("token").Address(), one.Field("expiration").Uint()
		a := d.approval(one.Field("amount"), 160)
		a.Contract, a.Deadline, a.Expires = &token, &deadline, &expires
		d.act(a)
	}
}

// permitTransfer is Permit2's right to one transfer, of the spender's choice of
// recipient, up to the amount.
func permitTransfer(d *Document) {
	deadline := d.Message.Field("deadline").Uint()
	for _, one := range oneOrMany(d.Message.Field("permitted")) {
		token := one.Field("token").Address()
		a := d.approval(one.Field("amount"), 256)
		a.Contract, a.Deadline, a.Expires = &token, &deadline, &deadline
		d.act(a)
	}
}

func oneOrMany(v Value) []Value {
	if v.Type[len(v.Type)-1] == ']' {
		return v.Items
	}
	return []Value{v}
}

// approval begins an approval to the message's spender of an amount.
func (d *Document) approval(amount Value, bits uint) evm.Action {
	spender, n := d.Message.Field("spender").Address(), amount.Uint()
	var largest uint256.Int
	largest.Lsh(uint256.NewInt(1), bits)
	largest.SubUint64(&largest, 1)
	return evm.Action{Kind: evm.Approval, Name: d.Known, To: &spender, Amount: n, Unlimited: n.Eq(&largest), Revoke: n.IsZero()}
}

func (d *Document) act(a evm.Action) {
	if len(d.Actions) >= evm.MaxActions {
		d.leave(fmt.Sprintf("more than %d approvals", evm.MaxActions))
		return
	}
	d.Actions = append(d.Actions, a)
}
