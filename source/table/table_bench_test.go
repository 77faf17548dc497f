package table_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/source/table"
)

// BenchmarkRead reads 20,000 rows in the columns of ethereum-etl with receipts,
// 280 bytes each, as the tables of cases have them.
func BenchmarkRead(b *testing.B) {
	const rows = 20_000
	var text strings.Builder
	text.WriteString("hash,nonce,block_hash,block_number,transaction_index,from_address,to_address,value,gas,gas_price,input,block_timestamp,receipt_gas_used,receipt_contract_address,receipt_status\n")
	for i := range rows {
		fmt.Fprintf(&text, "0x%064x,%d,0x%064x,%d,%d,0x%040x,0x%040x,%d000000000,210000,62000000000,0x,%d,21000,,1\n",
			i, i%90, i/50, 7_059_382+i/50, i%50, i%997, i%1009, 19_390_663_186+i, 1_547_386_235+i/50)
	}
	data := []byte(text.String())
	s, err := table.New("bench.csv", data, table.Mapping{Preset: "ethereum-etl/transactions", Ledger: "eip155:1"})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range s.All(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != rows {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
