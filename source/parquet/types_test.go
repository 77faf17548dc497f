package parquet_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/parquet"
)

// typed writes rows of a Go type as Parquet, by the library's own means.
func typed[T any](t testing.TB, rows []T, opt ...pq.WriterOption) string {
	t.Helper()
	var b bytes.Buffer
	if err := pq.Write(&b, rows, opt...); err != nil {
		t.Fatal(err)
	}
	return save(t, "typed.parquet", b.Bytes())
}

// texts reads every field of a file. What is said to be a whole number must be what
// its text says.
func texts(path string) (columns []string, rows [][]string, err error) {
	f, err := parquet.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	for {
		if err := f.Next(); errors.Is(err, io.EOF) {
			return f.Columns(), rows, nil
		} else if err != nil {
			return nil, nil, err
		}
		var row []string
		for i := range f.Columns() {
			whole, ok, err := f.Whole(i)
			if err != nil {
				return nil, nil, err
			}
			field, err := f.Field(i)
			if err != nil {
				return nil, nil, err
			}
			if ok && (whole.String() != string(field.Text) || !field.Spread.IsZero()) {
				return nil, nil, fmt.Errorf("column %d is %s, and its text %q", i, whole, field.Text)
			}
			row = append(row, string(field.Text))
		}
		rows = append(rows, row)
	}
}

// TestTypes: each type of Parquet becomes the text of ethereum-etl.
func TestTypes(t *testing.T) {
	at := time.Date(2022, 3, 29, 9, 0, 1, 0, time.UTC)
	type kinds struct {
		Text       string             `parquet:"text"`
		Empty      *string            `parquet:"empty,optional"`
		None       string             `parquet:"to_address"`
		Symbol     string             `parquet:"symbol"`
		Word       string             `parquet:"from_address"`
		Raw        []byte             `parquet:"token_address"`
		Fixed      [4]byte            `parquet:"fixed"`
		Small      int32              `parquet:"small"`
		Large      int64              `parquet:"large"`
		Unsigned   uint64             `parquet:"unsigned"`
		Unsigned32 uint32             `parquet:"unsigned32"`
		Bool       bool               `parquet:"bool"`
		Double     float64            `parquet:"double"`
		Milli      time.Time          `parquet:"milli,timestamp(millisecond)"`
		Micro      time.Time          `parquet:"micro,timestamp(microsecond)"`
		Nano       time.Time          `parquet:"nano,timestamp(nanosecond)"`
		Old        deprecated.Int96   `parquet:"old"`
		Dec64      int64              `parquet:"dec64,decimal(2:18)"`
		Dec128     [16]byte           `parquet:"dec128,decimal(0:38)"`
		DecScaled  [16]byte           `parquet:"scaled,decimal(9:38)"`
		DecBelow   [16]byte           `parquet:"below,decimal(0:38)"`
		List       []string           `parquet:"list,list"`
		Plain      []int64            `parquet:"plain"`
		Group      struct{ A *int64 } `parquet:"group"`
	}
	row := kinds{
		Text: "a \"b\"", None: "None", Symbol: "None", Word: "0x000000000000000000000000098b716b8aaf21512996dc57eb0615e2383e2f96",
		Raw: bytes.Repeat([]byte{0xab}, 20), Fixed: [4]byte{1, 2, 3, 4}, Small: -5, Large: 1 << 62, Unsigned: 1<<63 + 1, Unsigned32: 1<<31 + 1, Bool: true, Double: 1e18,
		Milli: at, Micro: at, Nano: at, Dec64: 1234, Dec128: [16]byte{0: 1}, DecScaled: [16]byte{14: 0x1d, 15: 0xcd}, DecBelow: [16]byte(bytes.Repeat([]byte{255}, 16)),
		List: []string{"x", "None"}, Plain: []int64{1, 2},
	}
	// 2022-03-29 is Julian day 2459668; 09:00:01 is 32,401 s of it.
	nanos := int64(32401 * 1e9)
	row.Old = deprecated.Int96{uint32(nanos), uint32(nanos >> 32), 2459668}
	row.DecScaled[12], row.DecScaled[13], row.DecScaled[14], row.DecScaled[15] = 0x77, 0x35, 0x94, 0x00 // 2.0
	want := []string{
		`a "b"`, "", "", "None", "0x098b716b8aaf21512996dc57eb0615e2383e2f96", "0x" + strings.Repeat("ab", 20), "0x01020304",
		"-5", "4611686018427387904", "9223372036854775809", "2147483649", "true", "1000000000000000000",
		"1648544401", "1648544401", "1648544401", "1648544401",
		"12.34", "1329227995784915872903807060280344576", "2", "-1", `["x",null]`, "[1,2]", `{"A":null}`,
	}
	path := typed(t, []kinds{row})
	_, rows, err := texts(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(rows[0], want) {
		t.Errorf("got  %q\nwant %q", rows[0], want)
	}
	f, err := parquet.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Next(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Field(2); err != nil {
		t.Fatal(err)
	}
	var wholes []string
	for i, c := range f.Columns() {
		if _, ok, err := f.Whole(i); err != nil {
			t.Error(err)
		} else if ok {
			wholes = append(wholes, c)
		}
	}
	if got := strings.Join(wholes, " "); got != "large unsigned unsigned32 milli micro nano dec128" {
		t.Errorf("whole numbers are in %s", got)
	}
	if _, notes, err := f.End(); err != nil || len(notes) != 1 || !strings.HasPrefix(notes[0], "1 fields say None") {
		t.Errorf("%v, %v", notes, err)
	}
}

// TestOtherWriter: files of another writer, in both versions of pages, give what
// was put in. It keeps 128-bit integers as doubles.
func TestOtherWriter(t *testing.T) {
	want := [][]string{
		{"1", "0x01", "123456789012345678901234567890", "1056900000000000000", "1648544401", `["a","b"]`, `[{"index":7,"address":"0xff","amount":5}]`, "true", "18446744073709551615", "170141183460469230000000000000000000000"},
		{"2", "", "", "", "", "[]", "", "", "", ""},
		{"3", "", "0", "0", "0", "", "[]", "false", "0", "-1"},
	}
	for _, name := range []string{"duckdb-v1-zstd", "duckdb-v2-snappy"} {
		if _, got, err := texts("testdata/" + name + ".parquet"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestTypesRefused: a column of another type is an error when it is asked for, and
// none while nobody asks.
func TestTypesRefused(t *testing.T) {
	for name, path := range map[string]string{
		"float": typed(t, []struct{ X float32 }{{1.5}}),
		"date": typed(t, []struct {
			X int32 `parquet:",date"`
		}{{1}}),
		"part of second": typed(t, []struct {
			X time.Time `parquet:",timestamp(millisecond)"`
		}{{time.UnixMilli(1500)}}),
		"large in list": typed(t, []struct{ X []float64 }{{[]float64{1e30}}}),
	} {
		_, _, err := texts(path)
		if !errors.Is(err, parquet.ErrType) && !errors.Is(err, ethereum.ErrValue) || !strings.Contains(err.Error(), `typed.parquet:1: column "`) {
			t.Errorf("%s: %v", name, err)
		}
		f, err := parquet.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Next(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.Close()
	}
}

// TestNested: lists and groups of any shape, with parts missing, become the JSON
// that encoding/json writes of them.
func TestNested(t *testing.T) {
	type leaf struct {
		Name  *string  `parquet:"name,optional" json:"name"`
		Parts []string `parquet:"parts,list" json:"parts"`
	}
	type branch struct {
		ID     int64  `parquet:"id" json:"id"`
		Leaves []leaf `parquet:"leaves,list" json:"leaves"`
	}
	type tree struct {
		Before int64    `parquet:"before" json:"before"`
		Items  []branch `parquet:"items,list" json:"items"`
		After  int64    `parquet:"after" json:"after"`
	}
	name := rapid.Custom(func(t *rapid.T) *string {
		s := rapid.StringN(0, 8, 20).Draw(t, "s")
		if len(s) == 0 || s == "nan" || s == "None" || s == "<NA>" {
			return nil
		}
		return &s
	})
	leaves := rapid.Custom(func(t *rapid.T) leaf {
		return leaf{name.Draw(t, "name"), rapid.SliceOfN(rapid.StringMatching("[a-z]{5}"), 0, 3).Draw(t, "parts")}
	})
	branches := rapid.Custom(func(t *rapid.T) branch {
		return branch{rapid.Int64().Draw(t, "id"), rapid.SliceOfN(leaves, 0, 3).Draw(t, "leaves")}
	})
	rapid.Check(t, func(rt *rapid.T) {
		var rows []tree
		for i := range rapid.IntRange(1, 40).Draw(rt, "rows") {
			rows = append(rows, tree{int64(i), rapid.SliceOfN(branches, 0, 4).Draw(rt, "items"), int64(-i)})
		}
		size := rapid.SampledFrom([]int{64, 300, 1 << 20}).Draw(rt, "page")
		columns, got, err := texts(typed(t, rows, pq.PageBufferSize(size), pq.DataPageVersion(1+size%2)))
		if err != nil {
			rt.Fatal(err)
		}
		for i := range rows {
			var text strings.Builder
			for k, c := range columns {
				text.WriteString(map[bool]string{true: "{", false: ","}[k == 0] + `"` + c + `":` + got[i][k])
			}
			var back tree
			if err := json.Unmarshal([]byte(text.String()+"}"), &back); err != nil {
				rt.Fatalf("%s: %v", text.String(), err)
			}
			a, _ := json.Marshal(rows[i])
			b, _ := json.Marshal(back)
			if norm(a) != norm(b) {
				rt.Fatalf("row %d is\n%s, want\n%s", i, b, a)
			}
		}
	})
}

// norm: an empty list and no list are one in Go's parquet tags.
func norm(b []byte) string { return strings.ReplaceAll(string(b), ":null", ":[]") }
