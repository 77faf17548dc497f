package table

import (
	"maps"
	"reflect"
	"slices"
)

// Presets lists the names of the mappings that are built in, sorted.
func Presets() []string { return slices.Sorted(maps.Keys(presets)) }

// presets are mappings for exports met in practice. Each still needs the
// ledger, since other chains' explorers use the same form.
var presets = map[string]Mapping{
	// ethereum-etl, schema of transactions.csv, with the receipt columns that
	// the BigQuery and AWS copies of the schema add. The plain export lacks
	// receipt_status, without which a failed transaction looks like a payment.
	"ethereum-etl/transactions": {
		Unit: "atomic",
		Columns: Columns{
			Tx: "hash", ID: Key{Column: Words{"hash"}, Unique: true},
			From: "from_address", To: "to_address", Created: "receipt_contract_address?",
			Amount: Words{"value"}, Time: "block_timestamp",
		},
		Time:   TimeForm{Format: "unix"},
		Order:  []string{"block_number", "transaction_index"},
		Fee:    Fee{Product: Words{"gas_price", "receipt_gas_used?"}},
		Status: Status{Column: "receipt_status", OK: Words{"1"}, Failed: Words{"0"}},
	},
	// ethereum-etl, schema of token_transfers.csv. The log index counts within
	// the block, so block and log index order the rows without the
	// transaction's own index.
	"ethereum-etl/token-transfers": {
		Unit: "atomic", TokensOnly: true,
		Columns: Columns{
			Tx: "transaction_hash", ID: Key{Column: Words{"transaction_hash", "log_index"}, Unique: true},
			From: "from_address", To: "to_address", Amount: Words{"value"}, Contract: "token_address",
		},
		Order: []string{"block_number", "", "log_index"},
		notes: []string{"in this form a transfer of a single collectible (ERC-721) looks like one of a token, with the collectible's number as amount: declare the tokens that matter"},
	},
	// Etherscan, CSV export of an address's transactions. The header is that
	// which BittyTax reads (dataparsers/etherscan.py, Txhash; later exports say
	// Transaction Hash); Status is empty for success. The fee stands on every
	// row and is the sender's.
	"etherscan/transactions": {
		Unit: "decimal", Grouped: true,
		Columns: Columns{
			Tx: "Transaction Hash|Txhash", ID: Key{Column: Words{"Transaction Hash|Txhash"}, Unique: true},
			From: "From", To: "To", Created: "ContractAddress",
			Amount: Words{"Value_IN(ETH)", "Value_OUT(ETH)"}, Time: "UnixTimestamp",
		},
		Time:   TimeForm{Format: "unix"},
		Order:  []string{"Blockno"},
		Sort:   true,
		Fee:    Fee{Column: "TxnFee(ETH)"},
		Status: Status{Column: "Status", OK: Words{""}},
	},
	// Etherscan, export of an address's ERC-20 transfers, same readers. Values
	// are in whole tokens and the decimals are not in the file: 18 unless the
	// mapping lists the token.
	"etherscan/token-transfers": {
		Unit: "decimal", Grouped: true, TokensOnly: true, Decimals: new(18),
		Columns: Columns{
			Tx: "Transaction Hash|Txhash", From: "From", To: "To", Amount: Words{"TokenValue"},
			Asset: "TokenSymbol", Contract: "ContractAddress", Time: "UnixTimestamp",
		},
		Time:  TimeForm{Format: "unix"},
		Order: []string{"Blockno"},
		Sort:  true,
	},
	// Blockscout, CSV export of an address's transactions: header and values
	// (wei; a date under the name UnixTimestamp; status ok or error) as written
	// by its csv_export/address/transactions.ex.
	"blockscout/transactions": {
		Unit: "atomic",
		Columns: Columns{
			Tx: "TxHash", ID: Key{Column: Words{"TxHash"}, Unique: true},
			From: "FromAddress", To: "ToAddress", Created: "ContractAddress",
			Amount: Words{"Value"}, Time: "UnixTimestamp",
		},
		Time:   TimeForm{Format: "2006-01-02 15:04:05Z07:00"},
		Order:  []string{"BlockNumber"},
		Sort:   true,
		Fee:    Fee{Column: "Fee"},
		Status: Status{Column: "Status", OK: Words{"ok"}, Failed: Words{"error"}},
	},
}

// over lays the fields that are set in a mapping over those of its preset.
func (m Mapping) over(base Mapping) Mapping {
	overlay(reflect.ValueOf(&base).Elem(), reflect.ValueOf(m))
	return base
}

// overlay goes into Columns alone; every other field is replaced as a whole, so
// that a fee by column replaces a fee by product. An empty list that is given
// replaces a list.
func overlay(dst, src reflect.Value) {
	for i := range src.NumField() {
		f := src.Field(i)
		switch {
		case !src.Type().Field(i).IsExported() || f.IsZero():
		case f.Type() == reflect.TypeFor[Columns]():
			overlay(dst.Field(i), f)
		default:
			dst.Field(i).Set(f)
		}
	}
}
