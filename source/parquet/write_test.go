package parquet_test

import (
	"bytes"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	pq "github.com/parquet-go/parquet-go"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/parquet"
)

// TestWrite: what is written is what the layout says, as the library reads it into
// Go types, and the same rows give the same bytes.
func TestWrite(t *testing.T) {
	const value = "123456789012345678901234567890"
	csv := save(t, "traces.csv", []byte("block_number,transaction_hash,from_address,to_address,value,trace_type,call_type,block_timestamp,status,trace_address,unknown\n"+
		"7,0xab,0x01,,"+value+",call,call,1600000000,1,\"0,1\",?\n8,,,,,reward,,,,,\n"))
	type etl struct {
		Block  *int64   `parquet:"block_number"`
		Value  [16]byte `parquet:"value,optional,decimal(0:38)"`
		To     *string  `parquet:"to_address"`
		Status *int64   `parquet:"status"`
		Path   string   `parquet:"trace_address,optional"`
	}
	data, w := encode(t, csv, parquet.ETL)
	rows, err := pq.Read[etl](bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if got := new(big.Int).SetBytes(rows[0].Value[:]).String(); got != value || *rows[1].Block != 8 || rows[0].To != nil || *rows[0].Status != 1 || rows[1].Status != nil || rows[0].Path != "0,1" {
		t.Errorf("value %s, rows %+v", got, rows)
	}
	if w.Rows != 2 || !reflect.DeepEqual(w.Left, []string{"unknown"}) {
		t.Errorf("%+v", w)
	}
	if again, _ := encode(t, csv, parquet.ETL); !bytes.Equal(data, again) {
		t.Error("written again, other bytes")
	}
	type aws struct {
		Value float64   `parquet:"value,optional"`
		Time  time.Time `parquet:"block_timestamp,optional,timestamp(microsecond)"`
	}
	data, w = encode(t, csv, parquet.AWS)
	flat, err := pq.Read[aws](bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if flat[0].Value != 123456789012345678901234567890 || flat[0].Time.Unix() != 1600000000 || w.Rounded != 1 {
		t.Errorf("%+v, %+v", flat, w)
	}
}

// TestWriteLogs: topics are a list, from CSV and from JSON lines.
func TestWriteLogs(t *testing.T) {
	for _, text := range []string{
		"log_index,topics,data,block_number\n1,\"0xa,0xb\",0x,5\n2,,0x,5\n",
		`{"log_index":1,"topics":["0xa","0xb"],"data":"0x","block_number":5}` + "\n" + `{"log_index":2,"topics":[],"data":"0x","block_number":5}`,
	} {
		_, rows, err := texts(convert(t, save(t, "logs", []byte(text)), parquet.AWS))
		if err != nil {
			t.Fatal(err)
		}
		if rows[0][2] != `["0xa","0xb"]` || rows[1][2] != "" && rows[1][2] != "[]" || len(rows) != 2 {
			t.Errorf("%q", rows)
		}
	}
}

func TestWriteRefused(t *testing.T) {
	write := func(l parquet.Layout, text string) error {
		rows, err := ethereum.OpenRows(save(t, "x.csv", []byte(text)))
		if err != nil {
			return err
		}
		defer rows.Close()
		_, err = parquet.Write(&bytes.Buffer{}, l, rows)
		return err
	}
	for name, c := range map[string]struct {
		l    parquet.Layout
		text string
		want error
		says string
	}{
		"no table":          {parquet.ETL, "a,b\n1,2\n", ethereum.ErrTable, "columns a, b"},
		"not in the layout": {parquet.AWS, "address,symbol,decimals\n", ethereum.ErrTable, "no table tokens"},
		"no layout":         {"x", header, ethereum.ErrTable, `layout "x"`},
		"no integer":        {parquet.ETL, strings.Replace(header+txRow("100", "0", "5"), ",0,100,", ",zero,100,", 1), ethereum.ErrValue, `row 1, column "nonce"`},
		"39 digits":         {parquet.ETL, header + txRow("100", "0", "1"+strings.Repeat("0", 38)), money.ErrOverflow, `row 1, column "value"`},
		"no double":         {parquet.AWS, header + txRow("100", "0", "five"), ethereum.ErrValue, `row 1, column "value"`},
		"no time":           {parquet.AWS, strings.Replace(header+txRow("100", "0", "5"), "1600000000", "-1", 1), ethereum.ErrValue, `row 1, column "block_timestamp"`},
		"no truth":          {parquet.ETL, "address,bytecode,is_erc20\n0x,0x,perhaps\n", ethereum.ErrValue, `column "is_erc20"`},
		"no list":           {parquet.ETL, "log_index,topics,data\n1,[1,0x\n", ethereum.ErrFormat, `column "topics"`},
		"cut":               {parquet.ETL, "address,bytecode,is_erc20\n0x\n", ethereum.ErrFormat, "x.csv:2"},
	} {
		if err := write(c.l, c.text); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := write(parquet.ETL, header+txRow("100", "0", strings.Repeat("9", 38))); err != nil {
		t.Errorf("38 digits: %v", err)
	}
}
