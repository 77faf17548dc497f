package safe

import (
	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// Operation is how a Safe makes a call.
type Operation byte

// The two operations. Any other makes the wallet's code revert or, in some
// versions, do nothing; Decode reports it as undecoded.
const (
	OperationCall     Operation = 0
	OperationDelegate Operation = 1
)

// Transaction is what the owners of a Safe sign. Amounts are wei, or the price
// per unit of gas in units of GasToken.
type Transaction struct {
	To             evm.Address
	Value          uint256.Int
	Data           []byte
	Operation      Operation
	SafeTxGas      uint256.Int
	BaseGas        uint256.Int
	GasPrice       uint256.Int
	GasToken       evm.Address // zero: the chain's own coin
	RefundReceiver evm.Address // zero: whoever submits the transaction
	Nonce          uint256.Int
}

// Wallet is the Safe for which a transaction is meant.
type Wallet struct {
	Address evm.Address
	ChainID uint256.Int
	// Version is "" where it is not known.
	Version Version
}

// Digests are the hashes that signers compare with their device's screen.
type Digests struct {
	Domain     evm.Hash `json:"domain_separator"`
	Message    evm.Hash `json:"message_hash"`
	SafeTxHash evm.Hash `json:"safe_tx_hash"`
	Data       evm.Hash `json:"data_hash"`
}

// Digests computes the hashes by the rule of the wallet's version. An unknown
// version is hashed by the rule since 1.3.0; see Alternative.
func (t *Transaction) Digests(w Wallet) Digests {
	return t.digests(w, w.Version == "" || w.Version.BindsChain())
}

// Alternative computes the hashes by the other rule of the domain, which holds
// too where the version is not known.
func (t *Transaction) Alternative(w Wallet) Digests {
	return t.digests(w, !(w.Version == "" || w.Version.BindsChain()))
}

func (t *Transaction) digests(w Wallet, bindsChain bool) (d Digests) {
	self := w.Address.Word()
	if bindsChain {
		chain := w.ChainID.Bytes32()
		d.Domain = evm.Keccak(domainType[:], chain[:], self[:])
	} else {
		d.Domain = evm.Keccak(domainTypeOld[:], self[:])
	}
	d.Data = evm.Keccak(t.Data)
	d.Message = t.structHash(d.Data)
	d.SafeTxHash = evm.TypedDigest(d.Domain, d.Message)
	return d
}

func (t *Transaction) structHash(data evm.Hash) evm.Hash {
	words := [][32]byte{
		txType, t.To.Word(), t.Value.Bytes32(), data, {31: byte(t.Operation)},
		t.SafeTxGas.Bytes32(), t.BaseGas.Bytes32(), t.GasPrice.Bytes32(),
		t.GasToken.Word(), t.RefundReceiver.Word(), t.Nonce.Bytes32(),
	}
	buf := make([]byte, 0, 32*len(words))
	for _, w := range words {
		buf = append(buf, w[:]...)
	}
	return evm.Keccak(buf)
}
