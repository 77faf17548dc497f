package parquet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/bitcoin"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// Bitcoin is the table transactions of bitcoin-etl, or of the AWS layout, in
// Parquet. It implements ledger.Resumer.
type Bitcoin struct {
	etl   *bitcoin.ETL
	info  ledger.Info
	lines *lines
}

var _ ledger.Resumer = (*Bitcoin)(nil)

// OpenBitcoin reads files of transactions, or those of a folder, whole, as
// bitcoin.ReadETL does. Amounts that are doubles are bitcoin, and become satoshi;
// other amounts are satoshi.
func OpenBitcoin(path string, n bitcoin.Network) (*Bitcoin, error) {
	paths, err := filesOf(path)
	if err != nil {
		return nil, err
	}
	l := &lines{paths: paths}
	defer l.close()
	etl, err := bitcoin.ReadETL(path, l, n)
	if err != nil {
		return nil, l.place(err)
	}
	b := &Bitcoin{etl: etl, info: etl.Info(), lines: l}
	b.info.SHA256 = l.digest()
	b.info.Notes = append(slices.Clone(b.info.Notes), l.notes...)
	return b, nil
}

// Holds reports whether a path is a Parquet file or a folder that has some.
func Holds(path string) bool {
	files, err := filesOf(path)
	return err == nil && isParquet(files[0])
}

// filesOf are the Parquet files at a path, in the order of their names: days of
// the AWS layout are folders that sort by date.
func filesOf(path string) ([]string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() {
		return []string{path}, nil
	}
	var out []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && isParquet(p) {
			out = append(out, p)
		}
		return err
	})
	if err == nil && len(out) == 0 {
		err = &ethereum.Error{File: path, Msg: "no files that end in .parquet", Err: ethereum.ErrTable}
	}
	return out, err
}

// Info implements ledger.Source.
func (b *Bitcoin) Info() ledger.Info { return b.info }

// Completeness implements ledger.Source.
func (b *Bitcoin) Completeness(a ledger.Account) ledger.Completeness { return b.etl.Completeness(a) }

// All implements ledger.Source.
func (b *Bitcoin) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return b.From(ctx, ledger.Cursor{})
}

// From implements ledger.Resumer.
func (b *Bitcoin) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		for t, err := range b.etl.From(ctx, after) {
			t.Debits, t.Credits = slices.Clone(t.Debits), slices.Clone(t.Credits)
			if i := strings.LastIndexByte(t.Evidence, ':'); i >= 0 {
				if line, e := strconv.Atoi(t.Evidence[i+1:]); e == nil {
					file, row := b.lines.at(line)
					t.Evidence = file + ":" + strconv.Itoa(row)
				}
			}
			if !yield(t, err) {
				return
			}
		}
	}
}

// lines are rows as the JSON lines of bitcoin-etl. It is an io.Reader.
type lines struct {
	paths   []string // still to read
	file    *File
	ask     []int // the columns of file that are read
	buf     bytes.Buffer
	rows    int
	names   []string // of files begun
	begins  []int    // rows before each
	digests []string
	notes   []string
}

// wanted are the columns that make transfers.
var wanted = []string{"hash", "block_number", "block_hash", "block_timestamp", "is_coinbase", "index", "inputs", "outputs"}

// Read implements io.Reader.
func (l *lines) Read(p []byte) (int, error) {
	for l.buf.Len() == 0 {
		if err := l.fill(); err != nil {
			return 0, err
		}
	}
	return l.buf.Read(p)
}

// fill writes one row, or goes to the next file.
func (l *lines) fill() error {
	if l.file == nil {
		return l.open()
	}
	err := l.file.Next()
	if errors.Is(err, io.EOF) {
		digest, notes, err := l.file.End()
		if err != nil {
			return err
		}
		l.digests = append(l.digests, digest+"  "+l.file.name)
		for _, n := range notes {
			l.notes = append(l.notes, l.file.name+": "+n)
		}
		l.close()
		return nil
	}
	if err != nil {
		return err
	}
	l.rows++
	for i, c := range l.ask {
		f, err := l.file.Field(c)
		if err != nil {
			return err
		}
		text := f.Text
		if len(text) == 0 {
			text = []byte("null")
		} else if k := l.file.columns[c].convert; l.file.columns[c].nested == nil && (k == asText || k == asAddress || k == asHex) {
			if text, err = json.Marshal(string(text)); err != nil {
				return err
			}
		}
		l.buf.WriteByte("{,"[min(i, 1)])
		l.buf.WriteString(`"` + l.file.names[c] + `":`)
		l.buf.Write(text)
	}
	l.buf.WriteString("}\n")
	return nil
}

func (l *lines) open() error {
	if len(l.paths) == 0 {
		return io.EOF
	}
	f, err := Open(l.paths[0])
	if err != nil {
		return err
	}
	l.paths, l.file, l.ask = l.paths[1:], f, nil
	l.names, l.begins = append(l.names, f.name), append(l.begins, l.rows)
	for _, w := range wanted {
		if i := slices.Index(f.names, w); i >= 0 {
			l.ask = append(l.ask, i)
			continue
		}
		if w != "index" { // absent from some exports: then the order of rows counts
			return f.fault(w, ethereum.ErrTable, "a table of transactions of Bitcoin needs this column")
		}
	}
	for _, name := range []string{"inputs", "outputs"} {
		c := f.columns[slices.Index(f.names, name)]
		if c.nested == nil {
			return f.fault(name, ErrType, c.typeName+"; wanted is a list")
		}
		c.nested.coins()
	}
	return nil
}

// coins turns amounts that are doubles of bitcoin into satoshi, and the address
// of the AWS layout into a list.
func (n *nest) coins() {
	switch {
	case n.leaf == nil:
		for _, c := range n.children {
			c.coins()
		}
	case n.name == "value" && n.leaf.convert == asDouble:
		n.form = satoshi
	case n.name == "address":
		n.key = "addresses"
		n.form = func(dst, text []byte) ([]byte, error) {
			if len(text) == 0 {
				return append(dst, "null"...), nil
			}
			quoted, err := json.Marshal([]string{string(text)})
			return append(dst, quoted...), err
		}
	}
}

// satoshi reads the shortest decimal of a double of bitcoin. It is the amount that
// was meant: up to 2^53 satoshi, neighbouring amounts have different doubles, and
// no decimal with fewer digits lies as near. One with more than eight decimals was
// computed and is no amount.
func satoshi(dst, text []byte) ([]byte, error) {
	a, err := money.ParseDecimal(string(text), 8)
	if err != nil {
		return nil, err
	}
	return append(dst, a.String()...), nil
}

// at tells a line's file and row.
func (l *lines) at(line int) (file string, row int) {
	i := sort.SearchInts(l.begins, line) - 1
	if i < 0 {
		return "", line
	}
	return l.names[i], line - l.begins[i]
}

// place puts the file and row into an error that names a line.
func (l *lines) place(err error) error {
	var e *bitcoin.Error
	if !errors.As(err, &e) || len(l.names) == 0 {
		return err
	}
	var own *ethereum.Error
	if errors.As(e.Err, &own) {
		return own
	}
	if e.Line > 0 {
		e.File, e.Line = l.at(e.Line)
	}
	return err
}

// digest is the SHA-256 of the only file, or of the digests of all, a line each
// with its name.
func (l *lines) digest() string {
	if len(l.digests) == 1 {
		return l.digests[0][:64]
	}
	h := sha256.Sum256([]byte(strings.Join(l.digests, "\n")))
	return hex.EncodeToString(h[:])
}

func (l *lines) close() {
	if l.file != nil {
		l.file.Close()
		l.file = nil
	}
}
