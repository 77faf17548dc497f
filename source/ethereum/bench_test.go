//go:build unix

package ethereum_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

const (
	benchRows  = 150_000 // transactions, 150 a block
	benchPlace = "hash,nonce,block_hash,block_number,transaction_index,from_address,to_address,value,gas,gas_price,input,block_timestamp"
)

// benchNames are a hash and two addresses of the transaction i. Senders are of two
// hundred thousand and seldom seen again; half of the receivers are of a thousand.
func benchNames(i uint64) (hash, from, to string) {
	h := i*0x9e3779b97f4a7c15 + 1
	name := func(n uint64) string {
		return fmt.Sprintf("0x%08x%016x%016x", n, n*0x9e3779b97f4a7c15+3, n*0xc2b2ae3d27d4eb4f)
	}
	from, to = name(h>>20%200_000), name(1_000_000+h>>7%200_000)
	if i%2 == 0 {
		to = name(h >> 9 % 1_000)
	}
	return fmt.Sprintf("0x%016x%016x%016x%016x", h, h*3, h*5, h*7), from, to
}

// benchTransactions writes transactions as ethereum-etl does: call data of 64 bytes,
// values of up to 22 digits. receipt says whether the rows have their receipts'
// columns.
func benchTransactions(receipt bool) []byte {
	var out bytes.Buffer
	out.WriteString(benchPlace)
	if receipt {
		out.WriteString(",receipt_gas_used,receipt_contract_address,receipt_status,receipt_effective_gas_price")
	}
	for i := range uint64(benchRows) {
		hash, from, to := benchNames(i)
		fmt.Fprintf(&out, "\n%s,%d,0x%064x,%d,%d,%s,%s,%d,21000,50000000000,0x%0128x,%d", hash, i%4096, i/150, i/150, i%150, from, to, i*1e13, i, 1600000000+i/150*12)
		if receipt {
			out.WriteString(",21000,,1,50000000000")
		}
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func benchFile(b *testing.B, dir, name string, data []byte) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		b.Fatal(err)
	}
}

func benchRead(b *testing.B, rows, transfers int, path string) {
	since := sourcetest.Spent(b)
	for b.Loop() {
		n := 0
		for _, err := range open(b, ethereum.Options{}, path).All(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != transfers {
			b.Fatal(n)
		}
	}
	sourcetest.ReportRows(b, rows, since)
}

// BenchmarkTransactions reads a file of transactions with their receipts.
func BenchmarkTransactions(b *testing.B) {
	dir := b.TempDir()
	data := benchTransactions(true)
	benchFile(b, dir, "transactions.csv", data)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	benchRead(b, benchRows, benchRows, dir)
}

// BenchmarkExport reads an export of four tables: blocks, transactions, receipts,
// and a token transfer for every second transaction.
func BenchmarkExport(b *testing.B) {
	dir := b.TempDir()
	var blocks, receipts, tokens bytes.Buffer
	blocks.WriteString("number,hash,parent_hash,miner,timestamp,transaction_count\n")
	receipts.WriteString("transaction_hash,transaction_index,block_hash,block_number,cumulative_gas_used,gas_used,contract_address,root,status,effective_gas_price\n")
	tokens.WriteString("token_address,from_address,to_address,value,transaction_hash,log_index,block_number\n")
	for i := range uint64(benchRows) {
		hash, from, to := benchNames(i)
		if i%150 == 0 {
			fmt.Fprintf(&blocks, "%d,0x%064x,0x%064x,%s,%d,150\n", i/150, i/150, i/150, from, 1600000000+i/150*12)
		}
		fmt.Fprintf(&receipts, "%s,%d,0x%064x,%d,%d,21000,,,1,50000000000\n", hash, i%150, i/150, i/150, (i%150+1)*21000)
		if i%2 == 0 {
			fmt.Fprintf(&tokens, "%s,%s,%s,%d,%s,%d,%d\n", to, to, from, i*1e13, hash, i%150, i/150)
		}
	}
	size := 0
	for name, data := range map[string][]byte{"blocks.csv": blocks.Bytes(), "transactions.csv": benchTransactions(false), "receipts.csv": receipts.Bytes(), "token_transfers.csv": tokens.Bytes()} {
		benchFile(b, dir, name, data)
		size += len(data)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	benchRead(b, benchRows/150+2*benchRows+benchRows/2, benchRows+benchRows/2, dir)
}

// BenchmarkFloor does with the file of BenchmarkTransactions what no reader of it
// can leave out: its bytes are read and summed up ("lines": and cut into lines), or
// encoding/csv cuts them into fields ("csv").
func BenchmarkFloor(b *testing.B) {
	data := benchTransactions(true)
	dir := b.TempDir()
	benchFile(b, dir, "transactions.csv", data)
	run := func(name string, read func(io.Reader) (int, error)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			since := sourcetest.Spent(b)
			for b.Loop() {
				f, err := os.Open(filepath.Join(dir, "transactions.csv"))
				if err != nil {
					b.Fatal(err)
				}
				n, err := read(io.TeeReader(f, sha256.New()))
				if f.Close(); err != nil || n != benchRows+1 {
					b.Fatal(n, err)
				}
			}
			sourcetest.ReportRows(b, benchRows, since)
		})
	}
	run("lines", func(r io.Reader) (n int, err error) {
		in := bufio.NewReaderSize(r, 1<<18)
		for {
			if _, err := in.ReadSlice('\n'); errors.Is(err, io.EOF) {
				return n, nil
			} else if err != nil {
				return n, err
			}
			n++
		}
	})
	run("csv", func(r io.Reader) (n int, err error) {
		in := csv.NewReader(bufio.NewReaderSize(r, 1<<18))
		in.ReuseRecord = true
		for {
			if _, err := in.Read(); errors.Is(err, io.EOF) {
				return n, nil
			} else if err != nil {
				return n, err
			}
			n++
		}
	})
}
