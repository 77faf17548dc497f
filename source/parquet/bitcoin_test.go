package parquet_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	pq "github.com/parquet-go/parquet-go"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/parquet"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// awsTx is the table btc/transactions of the public data of AWS, as its schema
// page states it: amounts in bitcoin as doubles, one address, timestamps.
type awsTx struct {
	Hash     string    `parquet:"hash"`
	Size     int64     `parquet:"size"`
	Block    string    `parquet:"block_hash"`
	Number   int64     `parquet:"block_number"`
	Time     time.Time `parquet:"block_timestamp,timestamp(microsecond)"`
	Index    int64     `parquet:"index"`
	Out      float64   `parquet:"output_value"`
	Coinbase bool      `parquet:"is_coinbase"`
	Inputs   []awsIn   `parquet:"inputs,list"`
	Outputs  []awsOut  `parquet:"outputs,list"`
}

type awsIn struct {
	Index   int64   `parquet:"index"`
	SpentTx string  `parquet:"spent_transaction_hash"`
	SpentAt int64   `parquet:"spent_output_index"`
	Script  string  `parquet:"script_hex"`
	Type    string  `parquet:"type"`
	Address *string `parquet:"address,optional"`
	Value   float64 `parquet:"value"`
}

type awsOut struct {
	Index   int64   `parquet:"index"`
	Script  string  `parquet:"script_hex"`
	Type    string  `parquet:"type"`
	Address *string `parquet:"address,optional"`
	Value   float64 `parquet:"value"`
}

// etlLine is a line of bitcoin-etl, read here by encoding/json.
type etlLine struct {
	Hash        string `json:"hash"`
	BlockHash   string `json:"block_hash"`
	BlockNumber int64  `json:"block_number"`
	Timestamp   int64  `json:"block_timestamp"`
	Index       int64  `json:"index"`
	Coinbase    bool   `json:"is_coinbase"`
	Inputs      []struct {
		SpentTx    string   `json:"spent_transaction_hash"`
		SpentIndex int64    `json:"spent_output_index"`
		Type       string   `json:"type"`
		Addresses  []string `json:"addresses"`
		Value      int64    `json:"value"`
	} `json:"inputs"`
	Outputs []struct {
		Index     int64    `json:"index"`
		Script    string   `json:"script_hex"`
		Type      string   `json:"type"`
		Addresses []string `json:"addresses"`
		Value     int64    `json:"value"`
	} `json:"outputs"`
}

func one(addresses []string) *string {
	if len(addresses) == 0 {
		return nil
	}
	return &addresses[0]
}

// asAWS turns lines of bitcoin-etl into the layout of AWS, last row first: its
// daily files keep no order.
func asAWS(t *testing.T, path string) []awsTx {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []awsTx
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var l etlLine
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		tx := awsTx{Hash: l.Hash, Block: l.BlockHash, Number: l.BlockNumber, Time: time.Unix(l.Timestamp, 0), Index: l.Index, Coinbase: l.Coinbase}
		for i, in := range l.Inputs {
			tx.Inputs = append(tx.Inputs, awsIn{int64(i), in.SpentTx, in.SpentIndex, "", in.Type, one(in.Addresses), float64(in.Value) / 1e8})
		}
		for _, o := range l.Outputs {
			tx.Outputs = append(tx.Outputs, awsOut{o.Index, o.Script, o.Type, one(o.Addresses), float64(o.Value) / 1e8})
		}
		out = append([]awsTx{tx}, out...)
	}
	return out
}

// TestBitcoin: transactions in the layout of AWS, in two files of two days, are the
// transfers of the export they come from, to the satoshi.
func TestBitcoin(t *testing.T) {
	for _, name := range []string{"block_0", "block_1", "stream_50001_50002"} {
		path := shared(t, "etl-fixtures", "bitcoin-etl", "test_export_blocks_job", "bitcoin", name, "expected_transactions.json")
		want, err := bitcoin.OpenETL(path, bitcoin.Mainnet)
		if err != nil {
			t.Fatal(err)
		}
		rows := asAWS(t, path)
		dir := filepath.Join(t.TempDir(), "transactions")
		for i, part := range [][]awsTx{rows[:len(rows)/2], rows[len(rows)/2:]} {
			day := filepath.Join(dir, "date=2010-04-0"+strconv.Itoa(i+1))
			if err := os.MkdirAll(day, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := pq.WriteFile(filepath.Join(day, "part-0.snappy.parquet"), part, pq.Compression(&pq.Snappy)); err != nil {
				t.Fatal(err)
			}
		}
		got, err := parquet.OpenBitcoin(dir, bitcoin.Mainnet)
		if err != nil {
			t.Fatal(err)
		}
		a, b := all(t, want), all(t, got)
		last := b[len(b)-1].Evidence
		if !strings.HasPrefix(last, "transactions/date=2010-04-0") || !strings.HasSuffix(last, "/part-0.snappy.parquet:1") {
			t.Errorf("%s: evidence %q", name, last)
		}
		if d := cmp.Diff(bare(a), bare(b)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if got.Info().SHA256 == "" || got.Info().SHA256 == want.Info().SHA256 || !parquet.Holds(dir) || parquet.Holds(path) {
			t.Errorf("%+v", got.Info())
		}
	}
}

// chain is a coinbase and what spends it.
func chain(change func(rows []awsTx)) []awsTx {
	at := time.Unix(1231006505, 0)
	script := "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac"
	h := func(c string) string { return strings.Repeat(c, 64) }
	rows := []awsTx{
		{Hash: h("1"), Block: h("a"), Number: 1, Time: at, Coinbase: true, Outputs: []awsOut{{0, script, "pubkeyhash", nil, 50}}},
		{Hash: h("2"), Block: h("b"), Number: 2, Time: at, Coinbase: true, Outputs: []awsOut{{0, script, "pubkeyhash", nil, 50.1}}},
		{Hash: h("3"), Block: h("b"), Number: 2, Index: 1, Time: at, Inputs: []awsIn{{0, h("1"), 0, "", "pubkeyhash", nil, 50}},
			Outputs: []awsOut{{0, script, "pubkeyhash", nil, 49.12345678}, {1, script, "pubkeyhash", nil, 0.77654322}}},
	}
	if change != nil {
		change(rows)
	}
	return rows
}

func TestBitcoinSuite(t *testing.T) {
	path := typed(t, chain(nil))
	sourcetest.Run(t, func(t *testing.T) ledger.Source {
		b, err := parquet.OpenBitcoin(path, bitcoin.Mainnet)
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
}

func TestBitcoinFaults(t *testing.T) {
	broken := func(name string, want error, says string, change func([]awsTx)) sourcetest.Fault {
		return sourcetest.Fault{Name: name, Want: want, Says: []string{"typed.parquet", says}, Open: func(t *testing.T) (ledger.Source, error) {
			return parquet.OpenBitcoin(typed(t, chain(change)), bitcoin.Mainnet)
		}}
	}
	sourcetest.Faults(t, []sourcetest.Fault{
		broken("part of a satoshi", ethereum.ErrValue, ":3: column", func(r []awsTx) { r[2].Outputs[0].Value = 49.123456785 }),
		broken("below nothing", ethereum.ErrValue, ":3: column", func(r []awsTx) { r[2].Outputs[0].Value = -1 }),
		broken("more than is spent", bitcoin.ErrRow, ":3", func(r []awsTx) { r[2].Outputs[0].Value = 51 }),
		broken("a coin of nobody", bitcoin.ErrGap, ":3", func(r []awsTx) { r[2].Inputs[0].SpentTx = strings.Repeat("9", 64) }),
		{Name: "no inputs", Want: ethereum.ErrTable, Says: []string{"typed.parquet", `"is_coinbase"`}, Open: func(t *testing.T) (ledger.Source, error) {
			return parquet.OpenBitcoin(typed(t, []struct {
				Hash   string    `parquet:"hash"`
				Number int64     `parquet:"block_number"`
				Block  string    `parquet:"block_hash"`
				Time   time.Time `parquet:"block_timestamp"`
			}{{}}), bitcoin.Mainnet)
		}},
		{Name: "inputs of text", Want: parquet.ErrType, Says: []string{`"inputs"`}, Open: func(t *testing.T) (ledger.Source, error) {
			return parquet.OpenBitcoin(typed(t, []struct {
				Hash     string    `parquet:"hash"`
				Number   int64     `parquet:"block_number"`
				Block    string    `parquet:"block_hash"`
				Time     time.Time `parquet:"block_timestamp"`
				Coinbase bool      `parquet:"is_coinbase"`
				Inputs   string    `parquet:"inputs"`
				Outputs  string    `parquet:"outputs"`
			}{{}}), bitcoin.Mainnet)
		}},
		{Name: "an empty folder", Want: ethereum.ErrTable, Says: []string{".parquet"}, Open: func(t *testing.T) (ledger.Source, error) {
			return parquet.OpenBitcoin(t.TempDir(), bitcoin.Mainnet)
		}},
		{Name: "nothing there", Want: os.ErrNotExist, Open: func(t *testing.T) (ledger.Source, error) {
			return parquet.OpenBitcoin(filepath.Join(t.TempDir(), "x.parquet"), bitcoin.Mainnet)
		}},
	})
	if _, err := parquet.OpenBitcoin(typed(t, chain(nil)), bitcoin.Network{}); !errors.Is(err, bitcoin.ErrNetwork) {
		t.Errorf("%v", err)
	}
}
