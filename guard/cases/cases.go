// Package cases holds real histories of wallets against which a guard is played:
// what was proposed, signed and executed, in order.
//
// Out come the rows of a case as typed transactions with the hashes that were
// published and the signatures that are known. The files are facts of public
// ledgers; they are embedded, and their hash is checked when they are read. The
// package judges nothing.
package cases

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/safe"
)

// Format is the name of the file format, which the first line of a file states.
const Format = "coldtrail/guard-case/v1"

// Errors of reading a case.
var (
	// ErrName marks a case that is not in the binary.
	ErrName = errors.New("no such case")
	// ErrHash marks a file that is not the one that was checked.
	ErrHash = errors.New("the file's SHA-256 is not the recorded one")
	// ErrFormat marks a file that cannot be read as a case.
	ErrFormat = errors.New("not a case of format " + Format)
)

//go:embed bybit-2025
var files embed.FS

// recorded holds the SHA-256 of each case's file.
var recorded = map[string]string{
	"bybit-2025": "550d713f7e0712eba5707e7eb1d8cc07dbb437888a6a75babbac0ced938cf723",
}

// Names lists the cases.
func Names() []string { return []string{"bybit-2025"} }

// Label says what a row was.
type Label string

// The labels.
const (
	// Benign rows were executed and meant.
	Benign Label = "benign"
	// Cancelled rows were proposed and replaced by another one of the same nonce.
	Cancelled Label = "cancelled"
	// Displayed is the proposal that the signers' screens showed in the theft.
	Displayed Label = "displayed"
	// Malicious is what they signed and what was executed.
	Malicious Label = "malicious"
)

// Case is the history of one wallet.
type Case struct {
	Name, Title string
	Wallet      safe.Wallet
	WalletName  string
	Threshold   int
	// Owners are those at the beginning; rows that change them follow.
	Owners  []evm.Address
	Sources []string
	SHA256  string
	// Rows stand in the order of nonces; of two with one nonce the one that was
	// not executed comes first.
	Rows []Row
}

// Row is a transaction that was proposed or executed.
type Row struct {
	Label       Label
	Transaction safe.Transaction
	// Hash is the safeTxHash as the service published it.
	Hash evm.Hash
	// Executed is the time of the block, zero if it never was; Executor sent it.
	Executed time.Time
	Executor evm.Address
	// FirstSigned is the time of the first signature, zero where not recorded.
	FirstSigned time.Time
	// Signatures are those that are known, of 65 bytes each; often not all.
	Signatures [][65]byte
	// Signers are the owners that the signatures are known to be of, in the same
	// order; empty for the displayed proposal, whose signatures are of nobody.
	Signers []evm.Address
}

// At is the time by which a guard would have seen the row: of the first
// signature where it is recorded, else of execution. Zero where neither is known.
func (r *Row) At() time.Time {
	if !r.FirstSigned.IsZero() {
		return r.FirstSigned
	}
	return r.Executed
}

// Open reads a case. The error is ErrName, ErrHash or ErrFormat.
func Open(name string) (*Case, error) {
	want, ok := recorded[name]
	if !ok {
		return nil, fmt.Errorf("%w: %q (there is %s)", ErrName, name, strings.Join(Names(), ", "))
	}
	data, err := files.ReadFile(name + "/transactions.jsonl")
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrName, err)
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != want {
		return nil, fmt.Errorf("%s: %w: %s, recorded %s", name, ErrHash, got, want)
	}
	c, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c.Name, c.SHA256 = name, want
	return c, nil
}

// header is the first line of a file.
type header struct {
	Format, Title, Ledger string
	Wallet                struct {
		Name      string
		Safe      evm.Address
		Version   string
		Threshold int
		Owners    []evm.Address
	}
	Sources []string
}

// line is one of the others. Value is decimal text in wei.
type line struct {
	Label       Label
	Nonce       uint64
	To          evm.Address
	Value, Data string
	Operation   safe.Operation
	SafeTxGas   uint64       `json:"safe_tx_gas"`
	SafeTxHash  evm.Hash     `json:"safe_tx_hash"`
	Executed    time.Time    `json:"executed"`
	Executor    *evm.Address `json:"executor"`
	FirstSigned time.Time    `json:"first_signed"`
	Signatures  []string
	Signers     []evm.Address
}

// Parse reads a file: JSON, one value a line, the first one the header. Unknown
// keys are errors. The error is ErrFormat, with the line.
func Parse(data []byte) (*Case, error) {
	c := &Case{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, evm.MaxData)
	n := 0
	for ; lines.Scan(); n++ {
		var err error
		if n == 0 {
			err = c.readHeader(lines.Bytes())
		} else {
			err = c.readRow(lines.Bytes())
		}
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrFormat, n+1, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w: line %d: %w", ErrFormat, n+1, err)
	}
	if n == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrFormat)
	}
	return c, nil
}

func strict(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("more than one value")
	}
	return nil
}

func (c *Case) readHeader(data []byte) error {
	var h header
	if err := strict(data, &h); err != nil {
		return err
	}
	chain, ok := strings.CutPrefix(h.Ledger, "eip155:")
	if h.Format != Format || !ok {
		return fmt.Errorf("format %q, ledger %q", h.Format, h.Ledger)
	}
	version, err := safe.ParseVersion(h.Wallet.Version)
	if err != nil {
		return err
	}
	c.Wallet = safe.Wallet{Address: h.Wallet.Safe, Version: version}
	if err := c.Wallet.ChainID.SetFromDecimal(chain); err != nil {
		return fmt.Errorf("ledger %q: %w", h.Ledger, err)
	}
	c.Title, c.Sources, c.WalletName = h.Title, h.Sources, h.Wallet.Name
	c.Owners, c.Threshold = h.Wallet.Owners, h.Wallet.Threshold
	return nil
}

func (c *Case) readRow(data []byte) error {
	var l line
	if err := strict(data, &l); err != nil {
		return err
	}
	r := Row{Label: l.Label, Hash: l.SafeTxHash, Executed: l.Executed.UTC(), FirstSigned: l.FirstSigned.UTC(), Signers: l.Signers}
	switch l.Label {
	case Benign, Cancelled, Displayed, Malicious:
	default:
		return fmt.Errorf("label %q", l.Label)
	}
	r.Transaction = safe.Transaction{
		To: l.To, Operation: l.Operation, SafeTxGas: *uint256.NewInt(l.SafeTxGas), Nonce: *uint256.NewInt(l.Nonce),
	}
	if err := r.Transaction.Value.SetFromDecimal(l.Value); err != nil {
		return fmt.Errorf("value %q: %w", l.Value, err)
	}
	var err error
	if r.Transaction.Data, err = evm.ParseHex(l.Data); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	if l.Executor != nil {
		r.Executor = *l.Executor
	}
	for _, text := range l.Signatures {
		raw, err := evm.ParseHex(text)
		if err != nil || len(raw) != 65 {
			return fmt.Errorf("signature %q: 65 bytes belong here", text)
		}
		r.Signatures = append(r.Signatures, [65]byte(raw))
	}
	c.Rows = append(c.Rows, r)
	return nil
}
