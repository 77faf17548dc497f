package evm

import (
	"errors"
	"fmt"

	"github.com/holiman/uint256"
)

// ErrEnvelope marks bytes that are no transaction of a kind known here.
var ErrEnvelope = errors.New("not a transaction")

// TxType is the kind of a transaction: its first byte, or Legacy.
type TxType byte

// The kinds of transactions.
const (
	Legacy     TxType = 0 // before EIP-2718, with or without EIP-155
	AccessList TxType = 1 // EIP-2930
	DynamicFee TxType = 2 // EIP-1559
	Blob       TxType = 3 // EIP-4844
	SetCode    TxType = 4 // EIP-7702
)

// Transaction is a decoded envelope, signed or not.
type Transaction struct {
	Type TxType
	// ChainID is nil for a legacy transaction without EIP-155: good on every chain.
	ChainID *uint256.Int
	Nonce   uint64
	// GasPrice is the price of legacy and EIP-2930 transactions. For the others it
	// is the fee cap, of which TipCap is the part for the proposer. Wei per gas.
	GasPrice, TipCap uint256.Int
	Gas              uint64
	// To is nil for the creation of a contract, whose code is then in Data.
	To    *Address
	Value uint256.Int // wei
	Data  []byte
	// AccessList names addresses and slots that are paid for in advance.
	AccessList []AccessEntry
	// BlobFeeCap is in wei per blob gas; BlobHashes commit to the blobs.
	BlobFeeCap uint256.Int
	BlobHashes []Hash
	// Authorizations set the code of accounts (EIP-7702).
	Authorizations []Authorization

	// SigningHash is the digest that the sender signs.
	SigningHash Hash
	// Signature and Sender are nil for an unsigned transaction.
	Signature *Signature
	Sender    *Address
	// ID is the transaction's hash; zero for an unsigned one.
	ID Hash
	// Sidecar is set for the form in which a transaction travels with its blobs.
	// The blobs are not compared with the hashes.
	Sidecar bool
}

// AccessEntry is an address of an access list with its slots.
type AccessEntry struct {
	Address Address
	Slots   []Hash
}

// fields counts the unsigned fields of each kind.
var fields = map[TxType]int{Legacy: 6, AccessList: 8, DynamicFee: 9, Blob: 11, SetCode: 10}

// ParseTransaction reads an envelope as it is sent or as it is hashed for
// signing. Legacy transactions may stand unsigned with six fields, or with nine
// of which the last are the chain id and two zeros (EIP-155). Nothing may follow.
// Errors are ErrRLP or ErrEnvelope, and ErrSignature for a signature that is
// there and recovers to no key.
func ParseTransaction(raw []byte) (*Transaction, error) {
	if len(raw) == 0 || len(raw) > MaxData {
		return nil, fmt.Errorf("%w: %d bytes; 1 to %d are taken", ErrEnvelope, len(raw), MaxData)
	}
	t := &Transaction{}
	body, at := raw, 0
	if raw[0] < 0xc0 {
		if t.Type = TxType(raw[0]); t.Type == Legacy || t.Type > SetCode {
			return nil, fmt.Errorf("%w: unknown type 0x%02x", ErrEnvelope, raw[0])
		}
		body, at = raw[1:], 1
	}
	outer, rest, err := nextItem(body, at)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes after the transaction", ErrEnvelope, len(rest))
	}
	all, err := outer.items()
	if err != nil {
		return nil, err
	}
	if t.Type == Blob && len(all) > 0 && all[0].list {
		t.Sidecar = true
		outer = all[0]
		if all, err = outer.items(); err != nil {
			return nil, err
		}
	}
	if err := t.readFields(all); err != nil {
		return nil, err
	}
	if err := t.readSignature(all); err != nil {
		return nil, err
	}
	if t.Signature != nil {
		t.ID = Keccak(t.prefix(), outer.raw)
	}
	return t, nil
}

// prefix is the byte before the list: none for a legacy transaction.
func (t *Transaction) prefix() []byte {
	if t.Type == Legacy {
		return nil
	}
	return []byte{byte(t.Type)}
}

// cursor takes fields one after another and keeps the first error.
type cursor struct {
	rest []item
	err  error
}

func (c *cursor) next() item {
	if len(c.rest) == 0 || c.err != nil {
		return item{}
	}
	it := c.rest[0]
	c.rest = c.rest[1:]
	return it
}

func (c *cursor) uint(limit int) uint256.Int {
	n, err := c.next().uint(limit)
	c.keep(err)
	return n
}

func (c *cursor) keep(err error) {
	if c.err == nil {
		c.err = err
	}
}

// readFields reads what stands before the signature. The order is that of the
// EIP of each kind.
func (t *Transaction) readFields(all []item) error {
	n := fields[t.Type]
	if len(all) != n && len(all) != n+3 {
		return fmt.Errorf("%w: %d fields; type %d has %d, and 3 more when signed", ErrEnvelope, len(all), t.Type, n)
	}
	c := &cursor{rest: all[:n]}
	if t.Type != Legacy {
		chain := c.uint(256)
		t.ChainID = &chain
	}
	nonce := c.uint(64)
	t.Nonce = nonce.Uint64()
	if t.Type >= DynamicFee {
		t.TipCap = c.uint(256)
	}
	t.GasPrice = c.uint(256)
	gas := c.uint(64)
	t.Gas = gas.Uint64()
	c.keep(t.readTo(c.next()))
	t.Value = c.uint(256)
	data := c.next()
	if t.Data = data.body; data.list {
		c.keep(fmt.Errorf("%w: byte %d: bytes belong here", ErrRLP, data.at))
	}
	if t.Type != Legacy {
		c.keep(t.readAccessList(c.next()))
	}
	if t.Type == Blob {
		t.BlobFeeCap = c.uint(256)
		c.keep(t.readBlobHashes(c.next()))
	}
	if t.Type == SetCode {
		c.keep(t.readAuthorizations(c.next()))
	}
	return c.err
}

func (t *Transaction) readTo(it item) error {
	if len(it.raw) > 0 && len(it.body) == 0 && !it.list {
		if t.Type == Blob || t.Type == SetCode {
			return fmt.Errorf("%w: type %d cannot create a contract", ErrEnvelope, t.Type)
		}
		return nil
	}
	t.To = new(Address)
	return it.fixed(t.To[:])
}

func (t *Transaction) readAccessList(it item) error {
	entries, err := it.items()
	if err != nil {
		return err
	}
	for _, e := range entries {
		pair, err := e.items()
		if err != nil {
			return err
		}
		if len(pair) != 2 {
			return fmt.Errorf("%w: byte %d: an address and its slots belong here", ErrEnvelope, e.at)
		}
		var entry AccessEntry
		if err := pair[0].fixed(entry.Address[:]); err != nil {
			return err
		}
		if entry.Slots, err = hashes(pair[1]); err != nil {
			return err
		}
		t.AccessList = append(t.AccessList, entry)
	}
	return nil
}

func (t *Transaction) readBlobHashes(it item) (err error) {
	if t.BlobHashes, err = hashes(it); err != nil {
		return err
	}
	if len(t.BlobHashes) == 0 {
		return fmt.Errorf("%w: a blob transaction without blobs", ErrEnvelope)
	}
	for _, h := range t.BlobHashes {
		if h[0] != 1 { // EIP-4844, VERSIONED_HASH_VERSION_KZG
			return fmt.Errorf("%w: blob hash of version %d", ErrEnvelope, h[0])
		}
	}
	return nil
}

// hashes reads a list of strings of 32 bytes.
func hashes(it item) ([]Hash, error) {
	list, err := it.items()
	if err != nil {
		return nil, err
	}
	var all []Hash
	for _, e := range list {
		var h Hash
		if err := e.fixed(h[:]); err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, nil
}

// readSignature reads the last three fields, if they are there, and computes the
// signing hash.
func (t *Transaction) readSignature(all []item) error {
	n := fields[t.Type]
	var signed [][]byte
	for _, it := range all[:n] {
		signed = append(signed, it.raw)
	}
	if len(all) == n {
		t.SigningHash = Keccak(t.prefix(), listOf(signed...))
		return nil
	}
	c := &cursor{rest: all[n:]}
	v, r, s := c.uint(256), c.uint(256), c.uint(256)
	if c.err != nil {
		return c.err
	}
	sig := &Signature{R: r.Bytes32(), S: s.Bytes32()}
	if t.Type == Legacy {
		parity, err := t.readV(v, r.IsZero() && s.IsZero())
		if err != nil {
			return err
		}
		if sig.Parity = parity; t.ChainID != nil {
			signed = append(signed, uintItem(*t.ChainID), bytesItem(nil), bytesItem(nil))
		}
	} else if sig.Parity = byte(v.Uint64()); v.BitLen() > 1 {
		return fmt.Errorf("%w: the parity is %s", ErrEnvelope, v.Dec())
	}
	t.SigningHash = Keccak(t.prefix(), listOf(signed...))
	if t.Type == Legacy && r.IsZero() && s.IsZero() {
		return nil // the form that EIP-155 hashes for signing
	}
	if sig.HighS() {
		return fmt.Errorf("%w: s is above half the order (EIP-2)", ErrEnvelope)
	}
	sender, err := Recover(t.SigningHash, *sig)
	t.Signature, t.Sender = sig, &sender
	return err
}

// readV reads the v of a legacy transaction: 27 or 28, or 35 or 36 plus twice
// the chain id (EIP-155), or the chain id itself where it is not signed yet.
func (t *Transaction) readV(v uint256.Int, unsigned bool) (parity byte, err error) {
	switch {
	case unsigned && !v.IsZero():
		t.ChainID = &v
	case unsigned || v.LtUint64(27) || v.GtUint64(28) && v.LtUint64(35):
		return 0, fmt.Errorf("%w: v is %s", ErrEnvelope, v.Dec())
	case v.LtUint64(35):
		parity = byte(v.Uint64() - 27)
	default:
		v.SubUint64(&v, 35)
		parity = byte(v.Uint64() & 1)
		t.ChainID = new(uint256.Int).Rsh(&v, 1)
	}
	return parity, nil
}
