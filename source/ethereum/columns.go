package ethereum

// column is a column whose fields are read. Its place in a file is looked up once,
// at the header.
type column uint8

const (
	wholeRow column = iota // no column: what is said is of the row
	colAddress
	colBaseFeePerGas
	colBlobGasPrice
	colBlobGasUsed
	colBlockNumber
	colBlockTimestamp
	colCallType
	colContractAddress
	colDecimals
	colEffectiveGasPrice
	colError
	colFromAddress
	colGasPrice
	colGasUsed
	colHash
	colIsERC721
	colLogIndex
	colMiner
	colNonce
	colNumber
	colReceiptBlobGasPrice
	colReceiptBlobGasUsed
	colReceiptContractAddress
	colReceiptEffectiveGasPrice
	colReceiptGasUsed
	colReceiptStatus
	colRewardType
	colStatus
	colSymbol
	colTimestamp
	colToAddress
	colTokenAddress
	colTraceAddress
	colTraceType
	colTransactionCount
	colTransactionHash
	colTransactionIndex
	colValue
	colWithdrawals
	columns
)

var columnNames = [columns]string{
	colAddress:                  "address",
	colBaseFeePerGas:            "base_fee_per_gas",
	colBlobGasPrice:             "blob_gas_price",
	colBlobGasUsed:              "blob_gas_used",
	colBlockNumber:              "block_number",
	colBlockTimestamp:           "block_timestamp",
	colCallType:                 "call_type",
	colContractAddress:          "contract_address",
	colDecimals:                 "decimals",
	colEffectiveGasPrice:        "effective_gas_price",
	colError:                    "error",
	colFromAddress:              "from_address",
	colGasPrice:                 "gas_price",
	colGasUsed:                  "gas_used",
	colHash:                     "hash",
	colIsERC721:                 "is_erc721",
	colLogIndex:                 "log_index",
	colMiner:                    "miner",
	colNonce:                    "nonce",
	colNumber:                   "number",
	colReceiptBlobGasPrice:      "receipt_blob_gas_price",
	colReceiptBlobGasUsed:       "receipt_blob_gas_used",
	colReceiptContractAddress:   "receipt_contract_address",
	colReceiptEffectiveGasPrice: "receipt_effective_gas_price",
	colReceiptGasUsed:           "receipt_gas_used",
	colReceiptStatus:            "receipt_status",
	colRewardType:               "reward_type",
	colStatus:                   "status",
	colSymbol:                   "symbol",
	colTimestamp:                "timestamp",
	colToAddress:                "to_address",
	colTokenAddress:             "token_address",
	colTraceAddress:             "trace_address",
	colTraceType:                "trace_type",
	colTransactionCount:         "transaction_count",
	colTransactionHash:          "transaction_hash",
	colTransactionIndex:         "transaction_index",
	colValue:                    "value",
	colWithdrawals:              "withdrawals",
}

func (c column) String() string { return columnNames[c] }

var columnOf = func() map[string]column {
	of := map[string]column{}
	for c := wholeRow + 1; c < columns; c++ {
		of[columnNames[c]] = c
	}
	return of
}()

// places are where a file has the columns, from 1; 0 is nowhere.
type places [columns]int

// note keeps the place of a column, from 0, if its fields are read.
func (p *places) note(name string, place int) {
	if c := columnOf[name]; c != wholeRow {
		p[c] = place + 1
	}
}
