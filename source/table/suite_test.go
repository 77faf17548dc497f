package table_test

import (
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/sourcetest"
	"github.com/coldtrail/coldtrail/source/table"
)

// TestSuite runs the suite of every source on a table of ethereum-etl: payments, one
// that failed, one to oneself, one of nothing.
func TestSuite(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) ledger.Source {
		s, err := table.New("transactions.csv", []byte(long(payments)), table.Mapping{Preset: "ethereum-etl/transactions", Ledger: "eip155:1"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

const payments = `hash,nonce,block_number,transaction_index,from_address,to_address,value,gas,gas_price,block_timestamp,receipt_gas_used,receipt_contract_address,receipt_status
0x1,0,100,0,{A},{B},1000,90000,10,1600000000,21000,,1
0x2,1,100,1,{A},{C},5,90000,10,1600000000,21000,,0
0x3,0,101,0,{B},{B},7,90000,10,1600000012,21000,,1
0x4,1,103,4,{B},{D},0,90000,10,1600000036,21000,,1
`
