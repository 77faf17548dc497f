package parquet_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/parquet"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// header is a table of transactions as short as may be.
const header = "hash,nonce,block_number,transaction_index,from_address,to_address,value,gas_price,input,block_timestamp,receipt_gas_used,receipt_status\n"

func txRow(block, index, value string) string {
	return "0x" + strings.Repeat("0", 60) + block + index + "," + index + "," + block + "," + index + ",0x" + strings.Repeat("a", 40) + ",0x" + strings.Repeat("b", 40) + "," + value + ",9,0x,1600000000,21000,1\n"
}

func transactions(t testing.TB) []byte {
	t.Helper()
	csv := header
	for _, r := range [][3]string{{"100", "0", "5"}, {"100", "1", "6"}, {"101", "0", "70000000000000000000000"}} {
		csv += txRow(r[0], r[1], r[2])
	}
	data, _ := encode(t, save(t, "transactions.csv", []byte(csv)), parquet.ETL)
	return data
}

func TestFaults(t *testing.T) {
	good := transactions(t)
	broken := func(name string, want error, says string, change func([]byte) []byte) sourcetest.Fault {
		return sourcetest.Fault{Name: name, Want: want, Says: []string{"tx.parquet", says}, Open: func(t *testing.T) (ledger.Source, error) {
			return parquet.OpenEthereum([]string{save(t, "tx.parquet", change(bytes.Clone(good)))}, ethereum.Options{})
		}}
	}
	rows := func(name string, want error, says string, write func() []byte) sourcetest.Fault {
		return broken(name, want, says, func([]byte) []byte { return write() })
	}
	type tx struct {
		Hash  string  `parquet:"hash"`
		Block int64   `parquet:"block_number"`
		Index int64   `parquet:"transaction_index"`
		From  string  `parquet:"from_address"`
		To    string  `parquet:"to_address"`
		Value float64 `parquet:"value"`
	}
	typedRow := func(value float64, hash string) func() []byte {
		return func() []byte {
			var b bytes.Buffer
			if err := pq.Write(&b, []tx{{hash, 1, 0, "0x" + strings.Repeat("a", 40), "0x" + strings.Repeat("b", 40), value}}); err != nil {
				panic(err)
			}
			return b.Bytes()
		}
	}
	hash := "0x" + strings.Repeat("1", 64)
	sourcetest.Faults(t, []sourcetest.Fault{
		broken("nothing in it", ethereum.ErrFormat, "does not begin", func([]byte) []byte { return nil }),
		broken("cut", ethereum.ErrFormat, "does not end", func(b []byte) []byte { return b[:len(b)*2/3] }),
		broken("cut at the front", ethereum.ErrFormat, "does not begin", func(b []byte) []byte { return b[9:] }),
		broken("of another form", ethereum.ErrFormat, "does not begin", func([]byte) []byte { return []byte(header + txRow("100", "0", "5")) }),
		broken("a footer longer than the file", ethereum.ErrFormat, "a footer of", func(b []byte) []byte {
			binary.LittleEndian.PutUint32(b[len(b)-8:], 1<<31)
			return b
		}),
		broken("a footer that is none", ethereum.ErrFormat, "footer", func(b []byte) []byte {
			n := int(binary.LittleEndian.Uint32(b[len(b)-8:]))
			for i := len(b) - 8 - n; i < len(b)-8; i++ {
				b[i] = 0xff
			}
			return b
		}),
		broken("a bit in a page", ethereum.ErrFormat, "tx.parquet:1", func(b []byte) []byte {
			f, err := pq.OpenFile(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				panic(err)
			}
			c := f.Metadata().RowGroups[0].Columns[0].MetaData
			b[c.DataPageOffset+c.TotalCompressedSize-1] ^= 1
			return b
		}),
		rows("a part of a wei", money.ErrTooFine, `tx.parquet:1: column "value"`, typedRow(0.5, hash)),
		rows("below nothing", money.ErrNegative, `tx.parquet:1: column "value"`, typedRow(-5, hash)),
		rows("a hash that is none", ethereum.ErrValue, `tx.parquet:1: column "hash"`, typedRow(5, "0x1")),
		rows("status not known", ethereum.ErrStatus, "tx.parquet:1", typedRow(5, hash)),
		rows("none of the tables", ethereum.ErrTable, "tx.parquet", func() []byte {
			var b bytes.Buffer
			if err := pq.Write(&b, []struct{ A int64 }{{1}}); err != nil {
				panic(err)
			}
			return b.Bytes()
		}),
		{Name: "nothing there", Want: os.ErrNotExist, Open: func(t *testing.T) (ledger.Source, error) {
			return parquet.OpenEthereum([]string{filepath.Join(t.TempDir(), "tx.parquet")}, ethereum.Options{})
		}},
	})
}

// TestFlips: a flipped bit before the footer is an error or changes nothing: pages
// carry checksums. One in the footer, which Parquet does not protect, may change
// what is read, but never ends in a panic or without an end.
func TestFlips(t *testing.T) {
	good := transactions(t)
	_, want, err := texts(save(t, "good.parquet", good))
	if err != nil {
		t.Fatal(err)
	}
	footer := len(good) - 8 - int(binary.LittleEndian.Uint32(good[len(good)-8:]))
	r := rand.New(rand.NewPCG(1, 2))
	refused := 0
	path := filepath.Join(t.TempDir(), "flipped.parquet")
	for range 2000 {
		b := bytes.Clone(good)
		at := r.IntN(len(b))
		b[at] ^= 1 << r.IntN(8)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		_, got, err := texts(path)
		if err != nil {
			refused++
		} else if at < footer && !reflect.DeepEqual(got, want) {
			t.Errorf("bit flipped at byte %d of %d: read as if nothing were wrong", at, footer)
		}
	}
	t.Logf("%d of 2000 refused", refused)
	if refused < 500 {
		t.Errorf("only %d refused", refused)
	}
}

func FuzzFile(f *testing.F) {
	f.Add(transactions(f))
	f.Add([]byte("PAR1\x00\x00\x00\x00PAR1"))
	var b bytes.Buffer
	if err := pq.Write(&b, chain(nil)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		path := save(t, "x.parquet", data)
		file, err := parquet.Open(path)
		if err != nil {
			return
		}
		defer file.Close()
		for range 1000 {
			if file.Next() != nil {
				return
			}
			for i := range file.Columns() {
				if _, err := file.Field(i); err != nil {
					return
				}
			}
		}
	})
}
