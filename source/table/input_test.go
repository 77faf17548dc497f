package table_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/table"
)

// plain is a mapping for the tables of this file.
var plain = table.Mapping{
	Ledger: "bank:test", Native: table.Asset{ID: "iso4217:EUR", Symbol: "EUR", Decimals: new(2)}, Unit: "atomic",
	Columns: table.Columns{Tx: "tx", From: "from", To: "to", Amount: table.Words{"n"}},
	Order:   []string{"seq"},
}

const small = "tx,from,to,n,seq\na,x,y,5,1\nb,y,z,4,2\n"

func zip(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, data []byte) ([]ledger.Transfer, ledger.Info, error) {
	t.Helper()
	s, err := table.New("t.csv", data, plain)
	if err != nil {
		t.Fatal(err)
	}
	ts, err := collect(s)
	return ts, s.Info(), err
}

// TestSameTable: the forms in which one table comes give the same transfers,
// each with the hash of its own bytes.
func TestSameTable(t *testing.T) {
	want, _, err := read(t, []byte(small))
	if err != nil || len(want) != 2 {
		t.Fatalf("%d transfers, %v", len(want), err)
	}
	halves := append(zip(t, small[:20]), zip(t, small[20:])...)
	for name, data := range map[string][]byte{
		"byte order mark":         []byte("\ufeff" + small),
		"carriage returns":        []byte(strings.ReplaceAll(small, "\n", "\r\n")),
		"no last line end":        []byte(strings.TrimSuffix(small, "\n")),
		"quoted":                  []byte(strings.Replace(small, "tx,from", `"tx","from"`, 1)),
		"gzip":                    zip(t, small),
		"gzip, byte order mark":   zip(t, "\ufeff"+small),
		"gzip, two members":       halves,
		"gzip, carriage returns":  zip(t, strings.ReplaceAll(small, "\n", "\r\n")),
		"longer than any buffer":  []byte(strings.Replace(small, "tx,from", "tx,"+strings.Repeat("long", 50_000)+",from", 1)),
		"another order of column": []byte("n,seq,to,tx,from\n5,1,y,a,x\n4,2,z,b,y\n"),
	} {
		if name == "longer than any buffer" {
			data = bytes.ReplaceAll(data, []byte("a,x"), []byte("a,,x"))
			data = bytes.ReplaceAll(data, []byte("b,y"), []byte("b,,y"))
		}
		got, info, err := read(t, data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", name, d)
		}
		sum := sha256.Sum256(data)
		if info.SHA256 != hex.EncodeToString(sum[:]) || info.Input != "t.csv" {
			t.Errorf("%s: hash %s of %s, want %x", name, info.SHA256, info.Input, sum)
		}
	}
}

// TestNoTable: what is not a table is called by its name.
func TestNoTable(t *testing.T) {
	whole := zip(t, small+strings.Repeat("c,y,z,4,3\n", 50))
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 1 // in the checksum
	for _, c := range []struct {
		name, data string
		err        error
		says       string
	}{
		{"nothing", "", table.ErrEmpty, "t.csv: the file is empty"},
		{"empty lines", "\n\n\r\n", table.ErrEmpty, "the file is empty"},
		{"gzip of nothing", string(zip(t, "")), table.ErrEmpty, "the file is empty"},
		{"header", "tx,from,to,n,seq\n", table.ErrEmpty, "a header and no rows"},
		{"a zero byte", "tx,from\x00", table.ErrFormat, "binary"},
		{"spreadsheet", "PK\x03\x04....", table.ErrFormat, "save the sheet as CSV"},
		{"Parquet", "PAR1....", table.ErrFormat, "Parquet"},
		{"Parquet in gzip", string(zip(t, "PAR1....")), table.ErrFormat, "Parquet"},
		{"UTF-16", "\xff\xfet\x00x\x00", table.ErrFormat, "UTF-16"},
		{"zstd", "\x28\xb5\x2f\xfd\x00\x00", table.ErrFormat, "zstd"},
		{"Latin-1 in a row", "tx,from,to,n,seq\na,M\xfcller,y,5,1\n", table.ErrFormat, `t.csv:2: column "from": bytes that are not UTF-8`},
		{"Latin-1 in the header", "tx,from,to,n,seq,Stra\xdfe\na,x,y,5,1,\n", table.ErrFormat, "t.csv:1: bytes that are not UTF-8"},
		{"cut gzip", string(whole[:len(whole)-12]), io.ErrUnexpectedEOF, "end too early"},
		{"cut gzip header", "\x1f\x8b\x08", io.ErrUnexpectedEOF, "end too early"},
		{"damaged gzip", string(damaged), gzip.ErrChecksum, "damaged"},
		{"gzip with a tail", string(whole) + "and more, not gzip", gzip.ErrHeader, "damaged"},
		{"open quote", "tx,from,to,n,seq\na,\"x,y,5,1\nb,y,z,4,2\n", table.ErrFormat, "t.csv:2: cannot be split into fields"},
		{"bare quote", "tx,from,to,n,seq\na,x\"x,y,5,1\n", table.ErrFormat, "t.csv:2: cannot be split into fields"},
	} {
		_, info, err := read(t, []byte(c.data))
		var e *table.Error
		if !errors.As(err, &e) || !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %v with %q", c.name, err, c.err, c.says)
		}
		if info.SHA256 != "" {
			t.Errorf("%s: has a hash although it was not read", c.name)
		}
	}
}

// TestOpen reads from a file, and says which file is not there.
func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "small.csv.gz")
	if err := os.WriteFile(path, zip(t, small), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := table.Open(path, plain)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // All may be called again
		ts, err := collect(s)
		if err != nil || len(ts) != 2 || ts[1].Evidence != path+":3" {
			t.Fatalf("%v, %v", ts, err)
		}
	}
	folder, err := table.Open(filepath.Dir(path), plain)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := collect(folder); err == nil || !strings.Contains(err.Error(), filepath.Dir(path)+": cannot read: ") {
		t.Errorf("a folder: %v", err)
	}
	gone, err := table.Open(path+"x", plain)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := collect(gone); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path+"x") {
		t.Errorf("%v", err)
	}
}

// TestStop: a consumer may stop, and a context may end, at any place.
func TestStop(t *testing.T) {
	s, err := table.New("t.csv", []byte(small), plain)
	if err != nil {
		t.Fatal(err)
	}
	for range s.All(context.Background()) {
		break
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	for x, err := range s.All(ctx) {
		if n++; n == 1 {
			cancel()
			continue
		}
		if !errors.Is(err, context.Canceled) || x.ID != "" {
			t.Fatalf("%v, %v", x, err)
		}
	}
	if n != 2 {
		t.Errorf("%d steps", n)
	}
	for _, err := range s.All(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("reading went on: %v", err)
		}
	}
}

// TestCompleteness: nothing is complete unless the mapping says so, and what is
// missing is missing for all.
func TestCompleteness(t *testing.T) {
	const c, u, g = ledger.Complete, ledger.Unknown, ledger.Gap
	has := func(a ledger.Account) bool { return a == "x" }
	for _, k := range []struct {
		name             string
		complete         table.Histories
		internal, tokens string
		x, other         ledger.Completeness
	}{
		{"none", table.Histories{}, "", "", ledger.Completeness{External: u, Internal: u, Tokens: u, Opening: u}, ledger.Completeness{External: u, Internal: u, Tokens: u, Opening: u}},
		{"list", table.Histories{Accounts: []string{"x"}}, "gap", "complete", ledger.Completeness{External: c, Internal: g, Tokens: c, Opening: u}, ledger.Completeness{External: u, Internal: g, Tokens: u, Opening: u}},
		{"func", table.Histories{Has: has}, "complete", "unknown", ledger.Completeness{External: c, Internal: c, Tokens: u, Opening: u}, ledger.Completeness{External: u, Internal: u, Tokens: u, Opening: u}},
		{"all", table.Histories{All: true}, "", "gap", ledger.Completeness{External: c, Internal: u, Tokens: g, Opening: u}, ledger.Completeness{External: c, Internal: u, Tokens: g, Opening: u}},
	} {
		m := plain
		m.Complete, m.Internal, m.Tokens = k.complete, k.internal, k.tokens
		s, err := table.New("t.csv", []byte(small), m)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Completeness("x"); got != k.x {
			t.Errorf("%s: x %+v, want %+v", k.name, got, k.x)
		}
		if got := s.Completeness("y"); got != k.other {
			t.Errorf("%s: other %+v, want %+v", k.name, got, k.other)
		}
	}
	m := plain
	m.Ledger, m.Native, m.Complete = "eip155:1", table.Asset{}, table.Histories{Accounts: []string{"0xAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}
	s, err := table.New("t.csv", nil, m)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Completeness(ledger.Account("0x" + strings.Repeat("a", 40))); got.External != ledger.Complete {
		t.Errorf("an address of the list in another case: %+v", got)
	}
}

// TestInfoBefore: what the mapping alone says is there before anything is read.
func TestInfoBefore(t *testing.T) {
	s, err := table.New("t.csv", []byte(small), plain)
	if err != nil {
		t.Fatal(err)
	}
	want := ledger.Info{ID: "bank:test", Model: ledger.Accounts, Native: "iso4217:EUR", Input: "t.csv"}
	if d := cmp.Diff(want, s.Info()); d != "" {
		t.Error(d)
	}
}
