package bitcoin_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// The other coins of the fixtures; their rules of subsidy are not stated.
func coin(name, genesis string) bitcoin.Network {
	return bitcoin.Network{Name: name, PubKeyHash: []byte{0}, ScriptHash: []byte{5}, Genesis: genesis, Symbol: name}
}

func TestETLFixtures(t *testing.T) {
	btc := bitcoin.Mainnet
	zec := coin("zcash", "00040fe8ec8471911baa1db1266ea15dd06b4a8a5c453883c000b031973dce08")
	doge := coin("dogecoin", "1a91e3dace36e2be3bf030a65679fe821aa1d6ef92e7c9902eb318182c355691")
	for _, c := range []struct {
		path      string
		n         bitcoin.Network
		transfers int // with the coins from before the export
		paid      uint64
		err       error
		says      string
	}{
		{path: "bitcoin/block_0", n: btc, transfers: 1, paid: 50e8},
		{path: "bitcoin/block_1", n: btc, transfers: 1, paid: 50e8},
		{path: "bitcoin/block_without_transactions", n: btc, transfers: 1, paid: 50e8},
		{path: "bitcoin/block_with_transactions", n: btc, err: bitcoin.ErrGap, says: ":2: "},
		{path: "bitcoin/stream_50001_50002", n: btc, transfers: 7, paid: 400e8},
		{path: "bitcoin_cash/block_with_duplicate_txid", n: btc, transfers: 1, paid: 50e8},
		{path: "dogecoin/block_without_transactions", n: doge, transfers: 1, paid: 72975200000000},
		{path: "dogecoin/block_with_float_precision_loss", n: doge, err: bitcoin.ErrGap, says: ":2: "},
		{path: "zcash/block_0", n: zec, transfers: 1},
		{path: "zcash/block_with_shielded_addresses", n: zec, err: bitcoin.ErrGap, says: ":2: "},
		{path: "zcash/block_with_value_balance", n: zec, err: bitcoin.ErrGap, says: ":2: "},
	} {
		t.Run(c.path, func(t *testing.T) {
			path := shared(t, "etl-fixtures", "bitcoin-etl", "test_export_blocks_job", c.path, "expected_transactions.json")
			e, err := bitcoin.OpenETL(path, c.n)
			if c.err != nil {
				if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			all := transfers(t, e)
			var paid money.Amount
			for i := range all {
				paid = paid.Add(all[i].Amount())
			}
			if len(all) != c.transfers || paid != money.Units(c.paid) {
				t.Errorf("%d transfers pay %s", len(all), paid)
			}
		})
	}
}

const (
	h1 = "1111111111111111111111111111111111111111111111111111111111111111"
	h2 = "2222222222222222222222222222222222222222222222222222222222222222"
)

func row(hash string, block, index int, in, out string) string {
	return fmt.Sprintf(`{"hash":%q,"block_number":%d,"block_hash":"b%d","block_timestamp":7,"is_coinbase":%v,"index":%d,"inputs":[%s],"outputs":[%s]}`+"\n", hash, block, block, in == "", index, in, out)
}

func outAt(value, address string) string {
	return fmt.Sprintf(`{"index":0,"script_hex":"76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac","type":"pubkeyhash","addresses":[%q],"value":%s}`, address, value)
}

func TestETLRows(t *testing.T) {
	const addr = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
	cb := row(h1, 5, 0, "", outAt("5000000000", addr))
	spend := `{"index":0,"spent_transaction_hash":"` + h1 + `","spent_output_index":0,"value":null,"addresses":[]}`
	pool := `{"index":0,"type":"shielded","value":5,"addresses":[]}`
	for _, c := range []struct {
		name, rows string
		err        error
		says       string
		n          int
	}{
		{name: "empty", n: 0},
		{name: "spent in the next block, lines reversed", rows: row(h2, 6, 0, "", outAt("1", addr)) + cb, n: 2},
		{name: "resolved", rows: cb + row(h2, 5, 1, spend, outAt("4999999990", addr)), n: 2},
		{name: "line twice", rows: cb + cb, n: 1},
		{name: "coinbase of 91,722 again", rows: cb + row(h1, 6, 0, "", outAt("5000000000", addr)), n: 2},
		{name: "paid twice", rows: cb + row(h2, 5, 1, spend+","+spend, outAt("1", addr)), err: bitcoin.ErrGap, says: "e.json:2: "},
		{name: "too much", rows: cb + row(h2, 5, 1, spend, outAt("5000000001", addr)), err: bitcoin.ErrRow, says: "only"},
		{name: "spends nobody's coin", rows: row(h2, 5, 1, spend, outAt("1", addr)), err: bitcoin.ErrGap, says: "not in the export"},
		{name: "two stories", rows: cb + row(h1, 5, 0, "", outAt("1", addr)), err: bitcoin.ErrRow, says: "other fields"},
		{name: "one place", rows: cb + row(h2, 5, 0, "", outAt("1", addr)), err: bitcoin.ErrRow, says: "taken"},
		{name: "fraction", rows: row(h1, 5, 0, "", outAt("0.5", addr)), err: bitcoin.ErrRow, says: "whole number"},
		{name: "negative", rows: row(h1, 5, 0, "", outAt("-5", addr)), err: bitcoin.ErrRow, says: "whole number"},
		{name: "another address", rows: row(h1, 5, 0, "", outAt("5", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")), err: bitcoin.ErrRow, says: "not that of the script"},
		{name: "shielded input", rows: row(h1, 5, 0, "", outAt("5", addr)) + row(h2, 5, 1, pool, outAt("5", addr)), err: bitcoin.ErrRow, says: "shielded"},
		{name: "broken", rows: cb[:80], err: bitcoin.ErrRow, says: "e.json:1: "},
		{name: "foreign", rows: "hash,value\n", err: bitcoin.ErrRow, says: "e.json:1: "},
		{name: "no coinbase first", rows: row(h1, 5, 1, "", outAt("5", addr)), err: bitcoin.ErrRow, says: "coinbase"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := bitcoin.ReadETL("e.json", strings.NewReader(c.rows), bitcoin.Mainnet)
			if c.err != nil {
				if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			all := transfers(t, e)
			if len(all) != c.n {
				t.Fatalf("%d transfers", len(all))
			}
			ids := map[string]bool{}
			for i := range all {
				if ids[all[i].ID] {
					t.Errorf("%s twice", all[i].ID)
				}
				ids[all[i].ID] = true
			}
		})
	}
	if _, err := bitcoin.ReadETL("e.json", strings.NewReader(cb), bitcoin.Network{Name: "x"}); !errors.Is(err, bitcoin.ErrNetwork) {
		t.Error(err)
	}
}

// An enriched input brings its coin along, at its output number.
func TestETLOpening(t *testing.T) {
	in := `{"index":0,"spent_transaction_hash":"` + h1 + `","spent_output_index":2,"value":9,"addresses":["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"]}`
	e, err := bitcoin.ReadETL("e.json", strings.NewReader(row(h2, 5, 1, in, outAt("7", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"))), bitcoin.Mainnet)
	if err != nil {
		t.Fatal(err)
	}
	all := transfers(t, e)
	if len(all) != 2 || all[0].Kind != ledger.Opening || all[0].Key.Block != 4 || all[0].Credits[2].Amount != money.Units(9) || all[1].Fee != money.Units(2) {
		t.Errorf("%+v", all)
	}
	if e.Info().Blocks {
		t.Error("a block without its coinbase cannot be followed into fees")
	}
}

func FuzzETL(f *testing.F) {
	f.Add([]byte(row(h1, 5, 0, "", outAt("5", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := bitcoin.ReadETL("e.json", bytes.NewReader(b), bitcoin.Mainnet)
		var known *bitcoin.Error
		if err != nil && !errors.As(err, &known) {
			t.Fatal(err)
		}
		if err == nil {
			transfers(t, e)
		}
	})
}
