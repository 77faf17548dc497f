package ethereum

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"os"

	"github.com/coldtrail/coldtrail/money"
)

// input is one file of rows: CSV with a header, an object a line, or a form of
// its own. After next, get gives the fields of the row by the name of their
// column.
type input struct {
	path, name string // name stands in errors and evidence
	rows       Rows   // of a form of its own: then only columns and line are used below
	wholes     Wholes // rows, if they are that
	bad        error  // what a field of rows lacked
	file       io.Closer
	r          *bufio.Reader
	sum        hash.Hash
	line       int
	csv        bool // there are columns
	columns    map[string]int
	places     places   // of the columns that are read
	fields     [][]byte // of the row in work, parts of its line or of buf
	buf, raw   []byte
	object     map[string]json.RawMessage
}

// maxLine is how long a line may be: bytecode and call data are in it.
const maxLine = 64 << 20

// openInput opens a file and reads its header. An empty file has no columns.
func openInput(path string, forms map[string]Form) (*input, error) {
	if form := formOf(path, forms); form != nil {
		return openForm(path, form)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := &input{path: path, name: NameOf(path), file: f, sum: sha256.New()}
	in.r = bufio.NewReaderSize(io.TeeReader(f, in.sum), 1<<18)
	if magic, _ := in.r.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in.r)
		if err != nil {
			f.Close()
			return nil, in.fault("", "", err, "not gzip, though it begins so")
		}
		in.r = bufio.NewReaderSize(z, 1<<18)
	}
	first, err := in.r.Peek(1)
	if errors.Is(err, io.EOF) {
		return in, nil
	}
	if err != nil {
		f.Close()
		return nil, in.fault("", "copy the file again", err, "cannot read")
	}
	if in.csv = first[0] != '{'; in.csv {
		if err := in.header(); err != nil {
			f.Close()
			return nil, err
		}
		return in, nil
	}
	return in, nil
}

func openForm(path string, form Form) (*input, error) {
	rows, err := form(path)
	if err != nil {
		return nil, err
	}
	in := &input{path: path, name: NameOf(path), rows: rows, file: rows, csv: true, columns: map[string]int{}}
	in.wholes, _ = rows.(Wholes)
	for i, c := range rows.Columns() {
		if err := in.column(c, i); err != nil {
			rows.Close()
			return nil, err
		}
	}
	return in, nil
}

func (in *input) close() error { return in.file.Close() }

// end gives the SHA-256 of the file, once it has been read to its end, and what
// is to be said of it.
func (in *input) end() (digest string, notes []string, err error) {
	if in.rows != nil {
		return in.rows.End()
	}
	if _, err := io.Copy(io.Discard, in.r); err != nil {
		return "", nil, in.fault("", "the file is cut or damaged: copy it again", err, "cannot read on")
	}
	return hex.EncodeToString(in.sum.Sum(nil)), nil, nil
}

func (in *input) fault(column, hint string, err error, msg string) error {
	return &Error{File: in.name, Line: in.line, Column: column, Msg: msg, Hint: hint, Err: err}
}

func (in *input) header() error {
	if err := in.nextCSV(); err != nil {
		return err
	}
	in.columns = map[string]int{}
	for i, f := range in.fields {
		if err := in.column(string(bytes.TrimPrefix(f, []byte("\ufeff"))), i); err != nil {
			return err
		}
	}
	return nil
}

func (in *input) column(name string, i int) error {
	if _, twice := in.columns[name]; twice {
		return in.fault(name, "", ErrTable, "the column is there twice")
	}
	in.columns[name] = i
	in.places.note(name, i)
	return nil
}

// next reads a row; io.EOF after the last.
func (in *input) next() error {
	if in.rows != nil {
		in.line++
		return in.rows.Next()
	}
	if in.csv {
		if err := in.nextCSV(); err != nil {
			return err
		}
		if len(in.fields) != len(in.columns) {
			return in.fault("", "a cut line, or a comma without quotes", ErrFormat, itoa(len(in.fields))+" fields under "+itoa(len(in.columns))+" columns")
		}
		return nil
	}
	return in.nextJSON()
}

// readLine gives the next line without its end. It is valid until the next call.
func (in *input) readLine() ([]byte, error) {
	in.raw = in.raw[:0]
	for {
		part, err := in.r.ReadSlice('\n')
		if err == nil && len(in.raw) == 0 { // nearly always: the line is in the buffer whole
			in.line++
			return bytes.TrimRight(part, "\r\n"), nil
		}
		in.raw = append(in.raw, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && len(in.raw) < maxLine:
			continue
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, in.fault("", "", ErrFormat, "a line of more than 64 MiB")
		case errors.Is(err, io.EOF) && len(in.raw) == 0:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, in.fault("", "the file is cut or damaged: copy it again", err, "cannot read on")
		}
		in.line++
		return bytes.TrimRight(in.raw, "\r\n"), nil
	}
}

// nextCSV splits a record. Quoted fields may hold commas, doubled quotes and line
// ends (RFC 4180).
func (in *input) nextCSV() error {
	line, err := in.readLine()
	for err == nil && len(line) == 0 && in.columns != nil {
		line, err = in.readLine() // an empty line
	}
	if err != nil {
		return err
	}
	in.fields, in.buf = in.fields[:0], in.buf[:0]
	if bytes.IndexByte(line, '"') < 0 {
		for {
			i := bytes.IndexByte(line, ',')
			if i < 0 {
				in.fields = append(in.fields, line)
				return nil
			}
			in.fields = append(in.fields, line[:i:i])
			line = line[i+1:]
		}
	}
	return in.quoted(line)
}

// quoted splits a record that has quotes. Fields are cut out of buf at the end,
// since it moves while it grows.
func (in *input) quoted(line []byte) error {
	begin := in.line
	var ends []int
	for i := 0; ; {
		if i < len(line) && line[i] == '"' {
			i++
			for {
				j := bytes.IndexByte(line[i:], '"')
				if j < 0 {
					in.buf = append(append(in.buf, line[i:]...), '\n')
					next, err := in.readLine()
					if err != nil {
						in.line = begin
						return in.fault("", "a cut file, or a quote too many", ErrFormat, "a quote that does not end")
					}
					line, i = next, 0
					continue
				}
				in.buf = append(in.buf, line[i:i+j]...)
				i += j + 1
				if i >= len(line) || line[i] != '"' {
					break
				}
				in.buf = append(in.buf, '"')
				i++
			}
			if i < len(line) && line[i] != ',' {
				return in.fault("", "", ErrFormat, "text behind a closing quote")
			}
		} else {
			j := bytes.IndexByte(line[i:], ',')
			if j < 0 {
				j = len(line) - i
			}
			in.buf = append(in.buf, line[i:i+j]...)
			i += j
		}
		ends = append(ends, len(in.buf))
		if i >= len(line) {
			break
		}
		i++ // the comma
	}
	from := 0
	for _, end := range ends {
		in.fields = append(in.fields, in.buf[from:end])
		from = end
	}
	return nil
}

func (in *input) nextJSON() error {
	line, err := in.readLine()
	for err == nil && len(bytes.TrimSpace(line)) == 0 {
		line, err = in.readLine()
	}
	if err != nil {
		return err
	}
	in.object = nil
	if err := json.Unmarshal(line, &in.object); err != nil {
		return in.fault("", "", ErrFormat, "not an object: "+err.Error())
	}
	return nil
}

// has reports whether the rows have a column. Of JSON it is known when a row has
// been read.
func (in *input) has(column string) bool {
	if in.csv {
		_, ok := in.columns[column]
		return ok
	}
	_, ok := in.object[column]
	return ok
}

// get gives a field of the row: empty where the column is missing or null. Text
// is without its quotes, arrays are as written.
func (in *input) get(c column) []byte {
	switch place := in.places[c]; {
	case !in.csv:
		return in.member(c.String())
	case place == 0:
		return nil
	case in.rows != nil:
		return in.ofRows(place - 1).Text
	default:
		return in.fields[place-1]
	}
}

// field is get with what a form of its own knows besides.
func (in *input) field(c column) Field {
	if in.rows == nil {
		return Field{Text: in.get(c)}
	}
	if place := in.places[c]; place != 0 {
		return in.ofRows(place - 1)
	}
	return Field{}
}

func (in *input) ofRows(place int) Field {
	f, err := in.rows.Field(place)
	if err != nil && in.bad == nil {
		in.bad = err
	}
	return f
}

// whole gives a field that is kept as a whole number; false where it is not, or not
// one.
func (in *input) whole(c column) (n money.Amount, ok bool) {
	place := in.places[c]
	if in.wholes == nil || place == 0 {
		return money.Zero, false
	}
	n, ok, err := in.wholes.Whole(place - 1)
	if err != nil && in.bad == nil {
		in.bad = err
	}
	return n, ok && err == nil
}

// number is whole, of numbers of up to 63 bits.
func (in *input) number(c column) (n uint64, ok bool) {
	a, ok := in.whole(c)
	hi, n := a.Words()
	return n, ok && hi == 0 && n < 1<<63
}

// member gives a member of a row that is an object.
func (in *input) member(name string) []byte {
	raw := in.object[name]
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if raw[0] == '"' {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return []byte(s)
		}
	}
	return raw
}
