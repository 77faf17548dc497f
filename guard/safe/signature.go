package safe

import (
	"errors"
	"fmt"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// MaxSignatures bounds the signatures of one transaction: each costs a recovery.
const MaxSignatures = 256

// ErrSignatures marks signature bytes that cannot be cut into signatures.
var ErrSignatures = errors.New("not signatures of a Safe")

// SignatureKind is one of the four forms of an owner's consent.
type SignatureKind string

// The kinds, by the last byte v (Safe.sol, checkNSignatures).
const (
	// ECDSA signs the safeTxHash itself: v is 27 or 28.
	ECDSA SignatureKind = "ecdsa"
	// EthSign signs it with the prefix of eth_sign: v is 31 or 32.
	EthSign SignatureKind = "eth_sign"
	// ApprovedHash refers to an approval on the chain: v is 1, r the owner. It is
	// valid only if that owner approved the hash before or sends the transaction.
	ApprovedHash SignatureKind = "approved_hash"
	// Contract is checked by the owner's own code (EIP-1271): v is 0, r the owner.
	Contract SignatureKind = "contract"
)

// Signature is one owner's consent, as far as bytes show.
type Signature struct {
	// Raw holds r, s and v.
	Raw  [65]byte
	Kind SignatureKind
	// Signer is the recovered address, or the owner that r names.
	Signer evm.Address
	// NeedsNode is set when only the chain can tell whether it is valid: approved
	// hashes and contracts.
	NeedsNode bool
	// Data is what a contract's signature hands to the owner's code.
	Data []byte
	// Fault says why it cannot be valid, "" if nothing speaks against it.
	Fault string
}

// Digest is what the signature must be made over for a given safeTxHash.
func (s Signature) Digest(safeTxHash evm.Hash) evm.Hash {
	if s.Kind == EthSign {
		return evm.PersonalDigest(safeTxHash)
	}
	return safeTxHash
}

// ReadSignature reads one signature of 65 bytes and recovers who made it over
// the safeTxHash. It never fails: what is wrong is in Fault. The data of a
// contract's signature stands elsewhere; see ReadSignatures.
func ReadSignature(raw [65]byte, safeTxHash evm.Hash) Signature {
	s := Signature{Raw: raw}
	v := raw[64]
	switch {
	case v == 0:
		s.Kind, s.NeedsNode = Contract, true
		s.nameOwner()
	case v == 1:
		s.Kind, s.NeedsNode = ApprovedHash, true
		s.nameOwner()
	case v == 27 || v == 28:
		s.Kind = ECDSA
		s.recover(safeTxHash, v-27)
	case v == 31 || v == 32:
		s.Kind = EthSign
		s.recover(safeTxHash, v-31)
	default:
		s.Fault = fmt.Sprintf("v is %d; 0, 1, 27, 28, 31 and 32 have a meaning", v)
	}
	return s
}

func (s *Signature) recover(safeTxHash evm.Hash, parity byte) {
	sig := evm.Signature{R: evm.Hash(s.Raw[:32]), S: evm.Hash(s.Raw[32:64]), Parity: parity}
	signer, err := evm.Recover(s.Digest(safeTxHash), sig)
	if err != nil {
		s.Fault = err.Error()
		return
	}
	s.Signer = signer
}

// nameOwner takes the owner from r.
func (s *Signature) nameOwner() {
	s.Signer = evm.Address(s.Raw[12:32])
	if s.Signer.Word() != [32]byte(s.Raw[:32]) {
		s.Fault = "r holds more than an address"
	}
}

// ReadSignatures cuts the signature bytes of execTransaction into count
// signatures (the wallet's threshold) and reads each. With a count of 0 there
// are as many as stand before the first contract's data. The wallet takes them
// only in ascending order of the signers, none twice; a breach is a Fault of
// the later one. The error is ErrSignatures.
func ReadSignatures(blob []byte, count int, safeTxHash evm.Hash) ([]Signature, error) {
	if count < 0 || count > len(blob)/65 {
		return nil, fmt.Errorf("%w: %d bytes hold %d signatures of 65 bytes, %d are needed", ErrSignatures, len(blob), len(blob)/65, count)
	}
	if count == 0 {
		count = countSignatures(blob)
	}
	if count > MaxSignatures {
		return nil, fmt.Errorf("%w: %d, more than %d", ErrSignatures, count, MaxSignatures)
	}
	var all []Signature
	end := 65 * count // of what has been read so far
	for i := range count {
		s := ReadSignature([65]byte(blob[65*i:]), safeTxHash)
		if s.Kind == Contract {
			next, err := s.readData(blob, 65*count)
			if err != nil {
				s.Fault = err.Error()
			}
			end = max(end, next)
		}
		if i > 0 && s.Fault == "" && string(s.Signer[:]) <= string(all[i-1].Signer[:]) {
			s.Fault = "signers are not in ascending order without repetition"
		}
		all = append(all, s)
	}
	if end < len(blob) {
		return all, fmt.Errorf("%w: %d bytes after the last signature", ErrSignatures, len(blob)-end)
	}
	return all, nil
}

// countSignatures returns how many whole signatures stand before the first data
// of a contract's signature.
func countSignatures(blob []byte) int {
	end := len(blob)
	for i := 0; 65*(i+1) <= end; i++ {
		if blob[65*i+64] == 0 {
			if at, ok := place(blob[65*i+32:65*i+64], len(blob)); ok && at >= 65*(i+1) {
				end = min(end, at)
			}
		}
	}
	return end / 65
}

// readData takes the length and data at the offset in s and returns its end.
func (s *Signature) readData(blob []byte, static int) (int, error) {
	at, ok := place(s.Raw[32:64], len(blob)-32)
	if !ok || at < static {
		return 0, errors.New("the offset of the contract's data is outside of it")
	}
	n, ok := place(blob[at:at+32], len(blob)-at-32)
	if !ok {
		return 0, errors.New("the contract's data is longer than the bytes")
	}
	s.Data = blob[at+32 : at+32+n : at+32+n]
	return at + 32 + n, nil
}

// place reads a word as an offset or length of at most limit.
func place(word []byte, limit int) (int, bool) {
	var n uint256.Int
	n.SetBytes(word)
	if limit < 0 || !n.IsUint64() || n.Uint64() > uint64(limit) {
		return 0, false
	}
	return int(n.Uint64()), true
}
