package ethereum

import (
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/money"
)

// Rows are the rows of one file, in a form that this package does not read
// itself. source/parquet has such rows; CSV and JSON lines are rows too, see
// OpenRows.
type Rows interface {
	// Columns names the columns.
	Columns() []string
	// Next goes to the next row; io.EOF after the last.
	Next() error
	// Field is a field of the row, by the place of its column.
	Field(column int) (Field, error)
	// End gives the SHA-256 of the file in hex, and what a reader must know.
	End() (digest string, notes []string, err error)
	// Close ends the reading.
	Close() error
}

// Wholes may be implemented by Rows that hold numbers as such. Whole gives a field
// that is a whole number of up to 128 bits, exact and not below zero; else ok is
// false, and Field says what there is.
type Wholes interface {
	Whole(column int) (n money.Amount, ok bool, err error)
}

// Field is one field as ethereum-etl writes it in CSV: numbers in decimals,
// times in Unix seconds, nothing for what is missing. Arrays and objects are
// JSON.
type Field struct {
	// Text is valid until the next call of Next or Field.
	Text []byte
	// Spread is by how many units the number may differ from the one that was
	// meant, because it was kept as a float. Zero is exact.
	Spread money.Amount
}

// Form opens the files of one ending.
type Form func(path string) (Rows, error)

// OpenRows opens a file of CSV or JSON lines, plain or gzip, as rows. The columns
// of JSON lines are those of the first line.
func OpenRows(path string) (Rows, error) {
	in, err := openInput(path, nil)
	if err != nil {
		return nil, err
	}
	f := &fileRows{in: in}
	if !in.csv {
		err := in.next()
		if err != nil && !errors.Is(err, io.EOF) {
			in.close()
			return nil, err
		}
		f.held = err == nil
	}
	f.columns = in.names()
	return f, nil
}

// names are the columns in their order; of JSON, whose order means nothing,
// sorted.
func (in *input) names() []string {
	if !in.csv {
		return slices.Sorted(maps.Keys(in.object))
	}
	out := make([]string, len(in.columns))
	for name, i := range in.columns {
		out[i] = name
	}
	return out
}

// fileRows are CSV or JSON lines as rows.
type fileRows struct {
	in      *input
	columns []string
	held    bool // the first line has been read and not given out
}

func (f *fileRows) Columns() []string { return f.columns }

func (f *fileRows) Next() error {
	if f.held {
		f.held = false
		return nil
	}
	return f.in.next()
}

func (f *fileRows) Field(column int) (Field, error) {
	if f.in.csv {
		return Field{Text: f.in.fields[column]}, nil
	}
	return Field{Text: f.in.member(f.columns[column])}, nil
}

func (f *fileRows) End() (digest string, notes []string, err error) { return f.in.end() }

func (f *fileRows) Close() error { return f.in.close() }

// TableOf names the table that has these columns: "transactions", "receipts" and
// so on; false when it is none.
func TableOf(columns []string) (string, bool) {
	in := &input{csv: true, columns: map[string]int{}}
	for i, c := range columns {
		in.columns[c] = i
	}
	k := tableOf(in)
	return kindNames[k], k != unknown
}

// formOf picks the form of a file by its ending.
func formOf(path string, forms map[string]Form) Form {
	return forms[strings.ToLower(filepath.Ext(path))]
}

// partition is the folder of a day in the public layout of AWS. Its files are
// named alike in every table, so errors and evidence name the folders too.
const partition = "date="

// NameOf is how errors and evidence name a file.
func NameOf(path string) string {
	name := filepath.Base(path)
	day := filepath.Base(filepath.Dir(path))
	if strings.HasPrefix(day, partition) {
		return filepath.Base(filepath.Dir(filepath.Dir(path))) + "/" + day + "/" + name
	}
	return name
}
