package evm

import "github.com/holiman/uint256"

// blobGas is the gas of one blob (EIP-4844, GAS_PER_BLOB).
const blobGas = 1 << 17

// MaxFee returns the most that the transaction can cost in wei, apart from its
// value, and false if that exceeds 256 bits.
func (t *Transaction) MaxFee() (fee uint256.Int, ok bool) {
	var blobs uint256.Int
	_, over := fee.MulOverflow(uint256.NewInt(t.Gas), &t.GasPrice)
	_, over2 := blobs.MulOverflow(uint256.NewInt(blobGas*uint64(len(t.BlobHashes))), &t.BlobFeeCap)
	_, over3 := fee.AddOverflow(&fee, &blobs)
	return fee, !(over || over2 || over3)
}

// Decode reads what the transaction does: the code it sets on accounts, then its
// call and the calls inside it. The creation of a contract is left undecoded.
func (t *Transaction) Decode(d Decoder) *Tree {
	var tree *Tree
	if t.To != nil {
		tree = d.Decode(Frame{From: t.Sender, To: *t.To, Value: t.Value, Data: t.Data})
	} else {
		tree = &Tree{Actions: []Action{{Kind: ContractCall, Name: "create", From: t.Sender, Amount: t.Value}}}
		tree.Undecoded = []Undecoded{{Length: len(t.Data), Reason: "code of a new contract"}}
	}
	var sets []Action
	for i := range t.Authorizations {
		if len(sets)+len(tree.Actions) >= MaxActions {
			tree.overflow()
			break
		}
		sets = append(sets, t.Authorizations[i].Action())
	}
	tree.Actions = append(sets, tree.Actions...)
	if t.Sidecar {
		tree.Undecoded = append(tree.Undecoded, Undecoded{Reason: "the blobs that travel with the transaction are not checked"})
	}
	if t.ChainID == nil {
		tree.Undecoded = append(tree.Undecoded, Undecoded{Reason: "no chain id: the signature is good on every chain (before EIP-155)"})
	}
	return tree
}
