package parquet

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	pq "github.com/parquet-go/parquet-go"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// ErrType marks a column whose type holds no such values, or none that are read.
var ErrType = errors.New("type not read")

// File is one Parquet file, row after row. It implements ethereum.Rows and is for
// one reader at a time.
type File struct {
	name    string // stands in errors and evidence
	file    *os.File
	groups  []pq.RowGroup
	columns []*column
	names   []string

	group   int   // row group in work; -1 before the first
	row     int64 // in the group
	rows    int64 // of the group
	before  int64 // rows of earlier groups
	missing int   // texts that say None or nan
}

var (
	_ ethereum.Rows   = (*File)(nil)
	_ ethereum.Wholes = (*File)(nil)
)

// bufferSize is how much of a column is read ahead, in bytes.
const bufferSize = 256 << 10

// Open opens a file and reads what it says of its columns. A fault is an
// *ethereum.Error, whose Line is the number of the row, from 1.
func Open(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	f := &File{name: ethereum.NameOf(path), file: file, group: -1}
	if err := f.open(); err != nil {
		file.Close()
		return nil, err
	}
	return f, nil
}

func (f *File) open() (err error) {
	defer f.catch("", &err)
	st, err := f.file.Stat()
	if err != nil {
		return err
	}
	if err := f.ends(st.Size()); err != nil {
		return err
	}
	p, err := pq.OpenFile(f.file, st.Size(), pq.SkipPageIndex(true), pq.SkipBloomFilters(true), pq.ReadBufferSize(bufferSize))
	if err != nil {
		return f.fault("", ethereum.ErrFormat, "its footer cannot be read: "+err.Error())
	}
	f.groups = p.RowGroups()
	for _, c := range p.Root().Columns() {
		f.names = append(f.names, c.Name())
		f.columns = append(f.columns, newColumn(f, c))
	}
	return nil
}

// ends checks both ends of the file before anything else trusts them.
func (f *File) ends(size int64) error {
	const magic = "PAR1"
	var head [4]byte
	var tail [8]byte
	if size >= 12 {
		if _, err := f.file.ReadAt(head[:], 0); err != nil {
			return err
		}
		if _, err := f.file.ReadAt(tail[:], size-8); err != nil {
			return err
		}
	}
	switch footer := int64(binary.LittleEndian.Uint32(tail[:4])); {
	case string(head[:]) != magic:
		return f.fault("", ethereum.ErrFormat, "does not begin as a Parquet file")
	case string(tail[4:]) != magic:
		return f.fault("", ethereum.ErrFormat, "does not end as a Parquet file: cut, or encrypted")
	case footer > size-12:
		return f.fault("", ethereum.ErrFormat, fmt.Sprintf("a footer of %d bytes in a file of %d", footer, size))
	}
	return nil
}

// fault is an error at the row in work.
func (f *File) fault(column string, err error, msg string) error {
	e := &ethereum.Error{File: f.name, Column: column, Msg: msg, Err: err}
	if f.group >= 0 {
		e.Line = int(f.before + f.row + 1)
	}
	if errors.Is(err, ethereum.ErrFormat) {
		e.Hint = "copy the file again"
	}
	return e
}

// catch turns a panic of the decoder, which trusts much of what a file says, into
// an error.
func (f *File) catch(column string, err *error) {
	if r := recover(); r != nil {
		*err = f.fault(column, ethereum.ErrFormat, fmt.Sprintf("damaged: %v", r))
	}
}

// Columns implements ethereum.Rows: the columns at the top of the schema.
func (f *File) Columns() []string { return f.names }

// Next implements ethereum.Rows.
func (f *File) Next() error {
	f.row++
	for f.group < 0 || f.row >= f.rows {
		f.before += f.rows
		f.row, f.rows = 0, 0
		f.release()
		if f.group+1 >= len(f.groups) {
			return io.EOF
		}
		f.group++
		if f.rows = f.groups[f.group].NumRows(); f.rows < 0 {
			return f.fault("", ethereum.ErrFormat, "a group of less than no rows")
		}
	}
	return nil
}

// Field implements ethereum.Rows. A column is opened when it is first asked for.
func (f *File) Field(i int) (ethereum.Field, error) {
	c := f.columns[i]
	if c.convert == notRead {
		return ethereum.Field{}, f.fault(c.name, ErrType, c.typeName)
	}
	if c.nested != nil {
		return c.json(f)
	}
	v, err := c.cursor.at(f, c, f.row)
	if err != nil || v.IsNull() {
		return ethereum.Field{}, err
	}
	return c.field(f, v)
}

// Whole implements ethereum.Wholes.
func (f *File) Whole(i int) (n money.Amount, ok bool, err error) {
	c := f.columns[i]
	if !c.whole() {
		return money.Zero, false, nil
	}
	v, err := c.cursor.at(f, c, f.row)
	if err != nil || v.IsNull() {
		return money.Zero, false, err
	}
	n, ok = c.amount(v)
	return n, ok, nil
}

// End implements ethereum.Rows.
func (f *File) End() (digest string, notes []string, err error) {
	if f.missing > 0 {
		notes = append(notes, fmt.Sprintf("%d fields say None or nan, as pandas writes missing text: read as empty", f.missing))
	}
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return "", nil, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f.file); err != nil {
		return "", nil, err
	}
	return hex.EncodeToString(h.Sum(nil)), notes, nil
}

func (f *File) release() {
	for _, c := range f.columns {
		c.release()
	}
}

// Close implements ethereum.Rows.
func (f *File) Close() error {
	f.release()
	return f.file.Close()
}

// Forms is how source/ethereum is told to read Parquet beside CSV and JSON lines.
func Forms() map[string]ethereum.Form {
	return map[string]ethereum.Form{".parquet": func(path string) (ethereum.Rows, error) {
		f, err := Open(path)
		if err != nil {
			return nil, err
		}
		return f, nil
	}}
}

// isParquet tells a file by its ending.
func isParquet(path string) bool { return strings.EqualFold(filepath.Ext(path), ".parquet") }

// OpenEthereum is ethereum.Open for files of Parquet too. Folders are searched for
// them, so the folders of a day of the AWS layout can be given as they are.
func OpenEthereum(paths []string, opt ethereum.Options) (*ethereum.Source, error) {
	opt.Forms = Forms()
	return ethereum.Open(paths, opt)
}
