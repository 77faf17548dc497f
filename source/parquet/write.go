package parquet

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	pq "github.com/parquet-go/parquet-go"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// rowsPerGroup bounds what is kept in memory until it is written.
const rowsPerGroup = 1 << 17

// Written says what became of a table.
type Written struct {
	Rows int64
	// Left are columns of the rows that the layout does not have.
	Left []string
	// Rounded counts amounts that a double does not hold.
	Rounded int64
}

// Write writes a table of ethereum-etl as one Parquet file of a layout, compressed
// with Snappy. The same rows give the same bytes. A field that its column cannot
// hold is an error.
func Write(w io.Writer, l Layout, rows ethereum.Rows) (Written, error) {
	places, left, err := plan(l, rows.Columns())
	if err != nil {
		return Written{}, err
	}
	out := &writer{places: places, done: Written{Left: left}}
	table, _ := ethereum.TableOf(rows.Columns())
	p := pq.NewWriter(w, schemaOf(table, places), pq.Compression(&pq.Snappy), pq.CreatedBy("coldtrail", "1", "parquet"), pq.MaxRowsPerRowGroup(rowsPerGroup))
	for {
		if err := rows.Next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return out.done, err
		}
		out.done.Rows++
		if err := out.fill(rows); err != nil {
			return out.done, err
		}
		if _, err := p.WriteRows([]pq.Row{out.row}); err != nil {
			return out.done, err
		}
	}
	return out.done, p.Close()
}

type writer struct {
	places []place
	row    pq.Row
	buf    []byte // of the row's texts
	done   Written
}

// fill makes the row in work.
func (w *writer) fill(rows ethereum.Rows) error {
	w.row, w.buf = w.row[:0], w.buf[:0]
	for i, p := range w.places {
		f, err := rows.Field(p.from)
		if err != nil {
			return err
		}
		if len(f.Text) == 0 {
			w.row = append(w.row, pq.NullValue().Level(0, 0, i))
			continue
		}
		if err := w.value(i, p, f.Text); err != nil {
			return fmt.Errorf("row %d, column %q: %.60q as %s: %w", w.done.Rows, p.name, f.Text, p.typ, err)
		}
	}
	return nil
}

func (w *writer) value(i int, p place, text []byte) error {
	put := func(v pq.Value) { w.row = append(w.row, v.Level(0, 1, i)) }
	switch p.typ {
	case "int", "time":
		n, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil {
			return ethereum.ErrValue
		}
		if p.typ == "time" {
			if n > math.MaxInt64/1_000_000 || n < 0 {
				return ethereum.ErrValue
			}
			n *= 1_000_000
		}
		put(pq.Int64Value(n))
	case "bool":
		b, err := strconv.ParseBool(string(text))
		if err != nil {
			return ethereum.ErrValue
		}
		put(pq.BooleanValue(b))
	case "double":
		x, err := strconv.ParseFloat(string(text), 64)
		if err != nil {
			return ethereum.ErrValue
		}
		if again, _ := appendDouble(w.buf, x); string(again[len(w.buf):]) != string(text) {
			w.done.Rounded++
		}
		put(pq.DoubleValue(x))
	case "decimal":
		a, err := money.Parse(string(text))
		if err != nil {
			return err
		}
		if a.Cmp(decimalLimit) >= 0 {
			return money.ErrOverflow
		}
		put(pq.FixedLenByteArrayValue(w.keep(appendWords(nil, a))))
	case "list":
		return w.list(i, text)
	default:
		put(pq.ByteArrayValue(w.keep(text)))
	}
	return nil
}

// decimalLimit is the first number that DECIMAL(38,0) does not hold.
var decimalLimit = func() money.Amount {
	a, err := money.Parse("1" + strings.Repeat("0", 38))
	if err != nil {
		panic(err)
	}
	return a
}()

func appendWords(dst []byte, a money.Amount) []byte {
	hi, lo := a.Words()
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(dst, hi), lo)
}

// keep copies bytes to where they stay until the row is written.
func (w *writer) keep(b []byte) []byte {
	from := len(w.buf)
	w.buf = append(w.buf, b...)
	return w.buf[from:len(w.buf):len(w.buf)]
}

// list writes texts that commas separate, or a JSON array of texts.
func (w *writer) list(i int, text []byte) error {
	items := strings.Split(string(text), ",")
	if text[0] == '[' {
		items = nil
		if err := json.Unmarshal(text, &items); err != nil {
			return ethereum.ErrFormat
		}
	}
	if len(items) == 0 {
		w.row = append(w.row, pq.NullValue().Level(0, 1, i))
	}
	for k, item := range items {
		w.row = append(w.row, pq.ByteArrayValue([]byte(item)).Level(min(k, 1), 2, i))
	}
	return nil
}
