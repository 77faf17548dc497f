//go:build unix

package parquet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/parquet"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

const benchRows = 200_000

// benchFile writes transactions as an exporter would: hashes and call data that
// do not compress, addresses that repeat.
func benchFile(b *testing.B, l parquet.Layout) string {
	b.Helper()
	var csv bytes.Buffer
	csv.WriteString("hash,nonce,block_hash,block_number,transaction_index,from_address,to_address,value,gas,gas_price,input,block_timestamp,receipt_gas_used,receipt_contract_address,receipt_status,receipt_effective_gas_price\n")
	for i := range uint64(benchRows) {
		h := i*0x9e3779b97f4a7c15 + 1
		fmt.Fprintf(&csv, "0x%016x%016x%016x%016x,%d,0x%064x,%d,%d,0x%040x,0x%040x,%d,21000,50000000000,0x%0128x,%d,21000,,1,50000000000\n", h, h*3, h*5, h*7, i, i/150, i/150, i%150, i%9973, h%10007, i*1e12, h, 1600000000+i/150*12)
	}
	in := filepath.Join(b.TempDir(), "transactions.csv")
	if err := os.WriteFile(in, csv.Bytes(), 0o644); err != nil {
		b.Fatal(err)
	}
	return convert(b, in, l)
}

// BenchmarkRows reads the columns of transactions that source/ethereum asks for.
func BenchmarkRows(b *testing.B) {
	for _, l := range []parquet.Layout{parquet.ETL, parquet.AWS} {
		path := benchFile(b, l)
		b.Run(string(l), func(b *testing.B) {
			since := sourcetest.Spent(b)
			for b.Loop() {
				f, err := parquet.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				var ask []int
				for i, c := range f.Columns() {
					switch c {
					case "hash", "block_number", "transaction_index", "from_address", "to_address", "value", "block_timestamp", "nonce", "gas_price", "receipt_effective_gas_price", "receipt_gas_used", "receipt_status", "receipt_contract_address":
						ask = append(ask, i)
					}
				}
				if len(ask) != 13 {
					b.Fatal(ask)
				}
				n := 0
				for ; ; n++ {
					if err := f.Next(); errors.Is(err, io.EOF) {
						break
					} else if err != nil {
						b.Fatal(err)
					}
					for _, i := range ask {
						if _, err := f.Field(i); err != nil {
							b.Fatal(err)
						}
					}
				}
				if n != benchRows {
					b.Fatal(n)
				}
				f.Close()
			}
			sourcetest.ReportRows(b, benchRows, since)
		})
	}
}

// BenchmarkTransfers reads transactions as a ledger.
func BenchmarkTransfers(b *testing.B) {
	path := benchFile(b, parquet.ETL)
	since := sourcetest.Spent(b)
	for b.Loop() {
		s, err := parquet.OpenEthereum([]string{path}, ethereum.Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, err := range s.All(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != benchRows {
			b.Fatal(n)
		}
	}
	sourcetest.ReportRows(b, benchRows, since)
}

// BenchmarkWrite writes transactions.
func BenchmarkWrite(b *testing.B) {
	path := benchFile(b, parquet.ETL)
	since := sourcetest.Spent(b)
	for b.Loop() {
		rows, err := parquet.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := parquet.Write(io.Discard, parquet.ETL, rows); err != nil {
			b.Fatal(err)
		}
		rows.Close()
	}
	sourcetest.ReportRows(b, benchRows, since)
}
