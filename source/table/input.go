package table

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"unicode/utf8"
)

// An input is the bytes of a file on their way to records: hashed as they are,
// gunzipped when they begin as gzip does, and split into fields.
type input struct {
	file   string
	digest hash.Hash
	rows   *csv.Reader
	head   []string
	zipped bool
}

// magics are files that people take for tables, by how they begin.
var magics = []struct{ magic, what, hint string }{
	{"\xff\xfe", "UTF-16 text", "save it as UTF-8"},
	{"\xfe\xff", "UTF-16 text", "save it as UTF-8"},
	{"PAR1", "a Parquet file", "export it as CSV"},
	{"PK\x03\x04", "a zip archive or a spreadsheet", "unpack it, or save the sheet as CSV"},
	{"\xd0\xcf\x11\xe0", "an old spreadsheet", "save the sheet as CSV"},
	{"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it, or pack it with gzip"},
	{"\xfd7zXZ\x00", "compressed with xz", "unpack it, or pack it with gzip"},
	{"BZh", "compressed with bzip2", "unpack it, or pack it with gzip"},
	{"SQLite format 3\x00", "an SQLite database", "export the table as CSV"},
	{"%PDF-", "a PDF", ""},
}

// openInput reads as far as the header.
func openInput(file string, r io.Reader, comma rune) (*input, error) {
	in := &input{file: file, digest: sha256.New()}
	raw := bufio.NewReaderSize(io.TeeReader(r, in.digest), 64<<10)
	text := raw
	start, err := text.Peek(2)
	if err != nil && err != io.EOF {
		return nil, in.fault(err)
	}
	if bytes.Equal(start, []byte{0x1f, 0x8b}) {
		in.zipped = true
		z, err := gzip.NewReader(raw)
		if err != nil {
			return nil, in.fault(err)
		}
		text = bufio.NewReaderSize(z, 64<<10)
	}
	if err := in.looksLikeText(text); err != nil {
		return nil, err
	}
	in.rows = csv.NewReader(text)
	in.rows.Comma, in.rows.ReuseRecord = comma, true
	head, err := in.rows.Read()
	if err == io.EOF {
		return nil, &Error{File: file, Msg: "the file is empty", Hint: "was the download complete?", Err: ErrEmpty}
	}
	if err != nil {
		return nil, in.fault(err)
	}
	for i, name := range head {
		if !utf8.ValidString(name) {
			return nil, in.notUTF8(1, "")
		}
		for j, other := range in.head {
			if name == other {
				return nil, &Error{File: file, Line: 1, Column: name, Err: ErrColumns,
					Msg: fmt.Sprintf("two columns have this name, the %s and the %s", nth(j+1), nth(i+1)), Hint: "rename one of them"}
			}
		}
		in.head = append(in.head, strings.Clone(name))
	}
	return in, nil
}

// looksLikeText drops a byte order mark and refuses what is no text at all.
func (in *input) looksLikeText(text *bufio.Reader) error {
	start, err := text.Peek(4096)
	if err != nil && err != io.EOF {
		return in.fault(err)
	}
	if err := LooksLikeText(in.file, start); err != nil {
		return err
	}
	if bytes.HasPrefix(start, []byte("\ufeff")) {
		_, _ = text.Discard(len("\ufeff"))
	}
	return nil
}

// LooksLikeText refuses what by its beginning is no text in UTF-8: an *Error that
// says what it is and what to do. file stands in the error.
func LooksLikeText(file string, start []byte) error {
	for _, m := range magics {
		if bytes.HasPrefix(start, []byte(m.magic)) {
			return &Error{File: file, Msg: "the file is " + m.what + ", not a table of text", Hint: m.hint, Err: ErrFormat}
		}
	}
	if bytes.IndexByte(start, 0) >= 0 {
		return &Error{File: file, Msg: "the file is binary, not a table of text", Hint: "it must be CSV in UTF-8, plain or gzipped", Err: ErrFormat}
	}
	return nil
}

// next returns the next record, which is valid until the next call, and its
// line; io.EOF at the end.
func (in *input) next() ([]string, int, error) {
	rec, err := in.rows.Read()
	if err == io.EOF {
		return nil, 0, io.EOF
	}
	if errors.Is(err, csv.ErrFieldCount) {
		line, _ := in.rows.FieldPos(0)
		return nil, 0, &Error{File: in.file, Line: line, Err: ErrFormat,
			Msg: fmt.Sprintf("%d fields, but the header has %d", len(rec), len(in.head)), Hint: "is the line cut, or a value with a delimiter not quoted?"}
	}
	if err != nil {
		return nil, 0, in.fault(err)
	}
	line, _ := in.rows.FieldPos(0)
	for i, v := range rec {
		if !utf8.ValidString(v) {
			return nil, 0, in.notUTF8(line, in.head[i])
		}
	}
	return rec, line, nil
}

func (in *input) notUTF8(line int, column string) error {
	return &Error{File: in.file, Line: line, Column: column, Msg: "bytes that are not UTF-8", Hint: "save the file as UTF-8", Err: ErrFormat}
}

// fault says what an error of reading means.
func (in *input) fault(err error) error {
	var bad *csv.ParseError
	switch {
	case errors.As(err, &bad):
		return &Error{File: in.file, Line: bad.StartLine, Msg: "cannot be split into fields: " + bad.Err.Error(), Hint: "a value with quotes in it is quoted, and its quotes are doubled", Err: ErrFormat}
	case in.zipped && errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{File: in.file, Msg: "the gzip data end too early", Hint: "fetch the file again", Err: err}
	case in.zipped:
		return &Error{File: in.file, Msg: "the gzip data are damaged", Hint: "fetch the file again", Err: err}
	}
	return &Error{File: in.file, Msg: "cannot read", Err: err}
}

// sum is the SHA-256 of the file's own bytes, once next has returned io.EOF:
// neither CSV nor gzip ends before its file does.
func (in *input) sum() string { return hex.EncodeToString(in.digest.Sum(nil)) }

func nth(n int) string {
	suffix := "th"
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		suffix = "st"
	case n%10 == 2:
		suffix = "nd"
	case n%10 == 3:
		suffix = "rd"
	}
	return fmt.Sprint(n) + suffix
}
