package evm

import "github.com/holiman/uint256"

// Kind says what an action does.
type Kind string

// The kinds of actions.
const (
	// NativeTransfer moves wei to To.
	NativeTransfer Kind = "native_transfer"
	// TokenTransfer moves Amount units of the token Contract from From to To.
	TokenTransfer Kind = "token_transfer"
	// NFTTransfer moves token ID of Contract, Amount of them for ERC-1155.
	NFTTransfer Kind = "nft_transfer"
	// Approval lets To (the spender or operator) move tokens of From.
	Approval Kind = "approval"
	// Delegatecall runs the code at To as the account itself.
	Delegatecall Kind = "delegatecall"
	// ControlChange changes who commands Contract, or the code it runs. To is the
	// new owner, module, guard, handler or code, where there is one.
	ControlChange Kind = "control_change"
	// ContractCall is any other call.
	ContractCall Kind = "contract_call"
)

// Action is one thing that signed bytes do, so far as bytes show it.
type Action struct {
	Kind Kind `json:"kind"`
	// Path is the place of the call in the tree, as in Frame.
	Path string `json:"path,omitempty"`
	// Name is the function that the selector is taken for; "" if unknown or none.
	Name string `json:"name,omitempty"`
	// Contract is the address that is called: the token, the wallet, the proxy.
	Contract *Address `json:"contract,omitempty"`
	// From loses value or grants the right. Nil if the bytes do not tell.
	From *Address `json:"from,omitempty"`
	// To gains: recipient, spender, new owner, code.
	To *Address `json:"to,omitempty"`
	// Old is the owner or module that a control change removes.
	Old *Address `json:"old,omitempty"`
	// Amount is in atomic units (wei for NativeTransfer), or the new threshold of
	// a control change that sets one.
	Amount uint256.Int `json:"amount"`
	// ID is the token's number in a collection; nil elsewhere.
	ID *uint256.Int `json:"id,omitempty"`
	// Unlimited is set for an approval without a bound: the largest number of its
	// type, or a whole collection.
	Unlimited bool `json:"unlimited,omitempty"`
	// Revoke is set for an approval that takes a right away or lowers it.
	Revoke bool `json:"revoke,omitempty"`
	// AmountOrID is set where the same selector serves ERC-20, in which Amount is
	// an amount, and ERC-721, in which it is the number of a token. Which one it is
	// depends on the contract.
	AmountOrID bool `json:"amount_or_id,omitempty"`
	// Deadline is the Unix second until which the signature can be used, and
	// Expires the one at which the right ends. Nil where none is given.
	Deadline *uint256.Int `json:"deadline,omitempty"`
	Expires  *uint256.Int `json:"expires,omitempty"`
	// Delegate is set when the code of Contract runs as the wallet: then the
	// function's name says nothing sure.
	Delegate bool `json:"delegate,omitempty"`
	// Library names the pinned library of that delegatecall, if there is one.
	Library string `json:"library,omitempty"`
}

// isMax reports whether a number is the largest of its bits.
func isMax(n uint256.Int, bits uint) bool {
	var limit uint256.Int
	limit.Lsh(uint256.NewInt(1), bits)
	limit.SubUint64(&limit, 1)
	return n.Eq(&limit)
}
