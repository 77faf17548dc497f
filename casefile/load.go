package casefile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/iso20022"
	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/source/swift"
	"github.com/coldtrail/coldtrail/source/table"
	"github.com/coldtrail/coldtrail/swap"
	"github.com/coldtrail/coldtrail/tag"
)

// Loaded is a case with its data: what a trace needs, and what the ledger-only
// checks of its expect lines need.
type Loaded struct {
	Case  *Case
	Graph graph.Graph
	Tags  *tag.Set
	// Inputs are the files that were read, the case file first.
	Inputs []Input
	// Notes say what a reader must know of the data: rows left out, symbols
	// that imitate others, files whose hash the case does not state.
	Notes []string
	// Skipped counts the records that were left out.
	Skipped int
	// BoundaryDigest is the SHA-256, in hex, of the sorted set of boundaries, empty
	// when there is none.
	BoundaryDigest string
	// Payments are those of ledgers of bank messages, moved or not.
	Payments []*payments.Payment

	stops  stops
	tagged []tag.Tag
	marks  []ledger.Mark // theft lines of text ledgers
	assets []money.Asset
	files  map[string]*file
}

// Input is a file that was read.
type Input struct {
	Name   string
	SHA256 string
	Bytes  int
}

// Load reads the data of a case and checks every name, amount and filter of the
// case against them. A ledger that one of the stored graphs holds is taken from
// there, and its file is not read. Errors are *Error, wrapping what failed.
func Load(ctx context.Context, c *Case, stored ...graph.Graph) (*Loaded, error) {
	l := &Loaded{Case: c, Tags: &tag.Set{}, files: map[string]*file{}}
	l.Inputs = []Input{{c.File, c.SHA256, c.bytes}}
	if err := l.addLedgers(ctx, stored); err != nil {
		return nil, err
	}
	if c.Swaps == Recognise {
		l.Graph = swap.Over(l.Graph)
	}
	for _, info := range l.Graph.Info().Ledgers {
		l.assets = append(l.assets, info.Assets...)
		l.Notes = append(l.Notes, info.Notes...)
		l.Skipped += info.Skipped
	}
	for _, step := range []func() error{l.addTags, l.addPacks, l.addBoundaries, l.checkNames} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	l.noteUnchecked()
	return l, nil
}

// addLedgers makes the graph of all ledgers of the case.
func (l *Loaded) addLedgers(ctx context.Context, stored []graph.Graph) error {
	m := graph.NewMemory()
	var parts []graph.Graph
	for _, lg := range l.Case.Ledgers {
		if g := holding(stored, lg.ID); g != nil {
			part, err := l.takeStored(lg, g)
			if err != nil {
				return err
			}
			parts = append(parts, part)
		} else if err := l.addLedger(ctx, m, lg); err != nil {
			return err
		}
	}
	if err := m.Close(); err != nil {
		return l.fail(0, "", err, "the ledgers cannot be joined")
	}
	switch {
	case len(parts) == 0:
		l.Graph = m
	case len(parts) == 1 && m.Info().Transfers == 0:
		l.Graph = parts[0]
	default:
		g, err := graph.Join(append(parts, m)...)
		if err != nil {
			return l.fail(0, "", err, "the ledgers cannot be joined")
		}
		l.Graph = g
	}
	return nil
}

// addLedger reads one ledger and puts it into the graph, its conversions named.
func (l *Loaded) addLedger(ctx context.Context, m *graph.Memory, lg Ledger) error {
	data, err := l.read(lg.Path, lg.SHA256, lg.Line)
	if err != nil {
		return err
	}
	src, err := l.source(lg, data)
	if err != nil {
		return l.fail(lg.Line, "", err, "ledger %s", lg.Path)
	}
	read, err := drain(ctx, src)
	if err != nil {
		return l.fail(lg.Line, "", err, "ledger %s", lg.Path)
	}
	if lg.ID != "" && lg.ID != read.info.ID {
		return l.fail(lg.Line, "write the id that the file states", ErrData, "ledger %s says it is %q, the case says %q", lg.Path, read.info.ID, lg.ID)
	}
	if read.complete, err = l.completeness(lg, src.Completeness); err != nil {
		return err
	}
	for _, cv := range l.Case.Conversions {
		if cv.Tx.Text == "" || cv.Ledger.Text != "" && cv.Ledger.Text != string(read.info.ID) {
			continue
		}
		if cv.Ledger.Text == "" && len(l.Case.Ledgers) > 1 {
			return l.whichLedger(cv)
		}
		if err := l.convert(read, cv); err != nil {
			return err
		}
	}
	if err := m.Add(ctx, read); err != nil {
		return l.fail(lg.Line, "", err, "ledger %s", lg.Path)
	}
	return nil
}

func (l *Loaded) whichLedger(cv Conversion) error {
	return l.fail(cv.Line, "add the key ledger", ErrUnknown, "say on which ledger conversion %q is", cv.Name)
}

var decoders = map[string]payments.Decoder{"swift": swift.Messages, "iso20022": iso20022.Read}

// source opens a ledger file in its format.
func (l *Loaded) source(lg Ledger, data []byte) (ledger.Source, error) {
	if lg.Mapping != nil {
		return table.New(lg.Path, data, *lg.Mapping)
	}
	bank := payments.Options{Name: strings.TrimPrefix(string(lg.ID), "bank:")}
	if decode, ok := decoders[lg.Format]; ok {
		src, err := payments.Read(lg.Path, bytes.NewReader(data), decode, bank)
		if err != nil {
			return nil, err
		}
		l.Payments = append(l.Payments, src.Payments()...)
		return src, nil
	}
	doc, err := ledger.ParseText(lg.Path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	l.marks = append(l.marks, doc.Thefts...)
	return doc, nil
}

// completeness makes the verdicts of a ledger: what the case lists, and for all
// other accounts "unknown"; what the source says where the case lists nothing.
func (l *Loaded) completeness(lg Ledger, otherwise func(ledger.Account) ledger.Completeness) (func(ledger.Account) ledger.Completeness, error) {
	if len(lg.Complete) == 0 {
		return otherwise, nil
	}
	by := map[ledger.Account]ledger.Completeness{}
	for _, c := range lg.Complete {
		accounts, err := l.accounts(c.Accounts, c.File)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			by[a] = by[a].Worse(c.Verdict)
		}
	}
	u := ledger.Unknown
	return func(a ledger.Account) ledger.Completeness {
		if c, ok := by[a]; ok {
			return c
		}
		return ledger.Completeness{External: u, Internal: u, Tokens: u, Opening: u}
	}, nil
}

// file is a file that was read, and whether the case states its hash anywhere.
type file struct {
	data    []byte
	sha256  string
	checked bool
}

// read reads a file of the case once and checks its hash where one is stated.
func (l *Loaded) read(name, want string, line int) ([]byte, error) {
	f := l.files[name]
	if f == nil {
		data, err := fs.ReadFile(l.Case.Data, name)
		if err != nil {
			return nil, l.fail(line, "say with --data in which folder the files of the case are", err, "cannot read %s", name)
		}
		sum := sha256.Sum256(data)
		f = &file{data: data, sha256: hex.EncodeToString(sum[:])}
		l.files[name] = f
		l.Inputs = append(l.Inputs, Input{name, f.sha256, len(data)})
	}
	if want != "" && want != f.sha256 {
		return nil, l.fail(line, "the file is not the one the case was written for", ErrData, "%s has SHA-256 %s, the case says %s", name, f.sha256, want)
	}
	f.checked = f.checked || want != ""
	return f.data, nil
}

// noteUnchecked says which files were taken as they are.
func (l *Loaded) noteUnchecked() {
	for _, in := range l.Inputs[1:] {
		if f := l.files[in.Name]; f != nil && !f.checked {
			l.Notes = append(l.Notes, fmt.Sprintf("%s: the case states no SHA-256, so it was read as it is", in.Name))
		}
	}
}

func (l *Loaded) fail(line int, hint string, err error, format string, args ...any) error {
	return &Error{File: l.Case.File, Line: line, Msg: fmt.Sprintf(format, args...), Hint: hint, Err: err}
}
