package parquet

import (
	"fmt"
	"strings"

	pq "github.com/parquet-go/parquet-go"

	"github.com/coldtrail/coldtrail/source/ethereum"
)

// Layout is a set of schemas for the tables of ethereum-etl.
type Layout string

// The layouts.
const (
	// ETL is what ethereum-etl publishes for Athena (its schemas/aws/parquet):
	// exact, amounts as DECIMAL(38,0) or text, times in Unix seconds.
	ETL Layout = "etl"
	// AWS is that of s3://aws-public-blockchain/v1.0/eth: amounts are doubles,
	// exact below 2^53 only, and times are timestamps.
	AWS Layout = "aws"
)

// schemas list the columns of each table. A column without a type is text.
var schemas = map[Layout]map[string]string{
	ETL: {
		"blocks": `number:int hash parent_hash nonce sha3_uncles logs_bloom transactions_root state_root receipts_root
			miner difficulty:decimal total_difficulty:decimal size:int extra_data gas_limit:int gas_used:int timestamp:int
			transaction_count:int base_fee_per_gas:int withdrawals_root withdrawals blob_gas_used:int excess_blob_gas:int`,
		"transactions": `hash nonce:int block_hash block_number:int transaction_index:int from_address to_address value:decimal
			gas:int gas_price:int input block_timestamp:int max_fee_per_gas:int max_priority_fee_per_gas:int transaction_type:int
			max_fee_per_blob_gas:int receipt_cumulative_gas_used:int receipt_gas_used:int receipt_contract_address
			receipt_status:int receipt_effective_gas_price:int`,
		"receipts": `transaction_hash transaction_index:int block_hash block_number:int cumulative_gas_used:int gas_used:int
			contract_address root status:int effective_gas_price:int`,
		"token_transfers": `token_address from_address to_address value transaction_hash log_index:int block_timestamp:int
			block_number:int block_hash`,
		"logs": `log_index:int transaction_hash transaction_index:int block_hash block_number:int address data topics:list`,
		"traces": `block_number:int transaction_hash transaction_index:int from_address to_address value:decimal input output
			trace_type call_type reward_type gas:int gas_used:int subtraces:int trace_address error status:int
			block_timestamp:int block_hash trace_id`,
		"contracts": `address bytecode function_sighashes is_erc20:bool is_erc721:bool block_number:int`,
		"tokens":    `address symbol name decimals:int total_supply block_number:int`,
	},
	AWS: {
		"blocks": `timestamp:time number:int hash parent_hash nonce sha3_uncles logs_bloom transactions_root state_root
			receipts_root miner difficulty:double total_difficulty:double size:int extra_data gas_limit:int gas_used:int
			transaction_count:int base_fee_per_gas:int`,
		"transactions": `hash nonce:int transaction_index:int from_address to_address value:double gas:int gas_price:int input
			receipt_cumulative_gas_used:int receipt_gas_used:int receipt_contract_address receipt_status:int
			block_timestamp:time block_number:int block_hash max_fee_per_gas:int max_priority_fee_per_gas:int
			transaction_type:int receipt_effective_gas_price:int`,
		"token_transfers": `token_address from_address to_address value:double transaction_hash log_index:int
			block_timestamp:time block_number:int block_hash`,
		"logs": `log_index:int transaction_hash transaction_index:int address data topics:list block_timestamp:time
			block_number:int block_hash`,
		"traces": `transaction_hash transaction_index:int from_address to_address value:double input output trace_type
			call_type reward_type gas:double gas_used:double subtraces:int trace_address error status:int
			block_timestamp:time block_number:int block_hash trace_id`,
		"contracts": `address bytecode block_timestamp:time block_number:int block_hash`,
	},
}

// place is a column to write and where its field comes from.
type place struct {
	name, typ string
	from      int // column of the rows
}

// plan matches the columns of rows with a layout. Columns that the layout lacks
// are left; those that the rows lack are not written.
func plan(l Layout, columns []string) (out []place, left []string, err error) {
	table, ok := ethereum.TableOf(columns)
	if !ok {
		return nil, nil, fmt.Errorf("columns %s: %w", strings.Join(columns, ", "), ethereum.ErrTable)
	}
	schema, ok := schemas[l][table]
	if !ok {
		return nil, nil, fmt.Errorf("layout %q has no table %s: %w", l, table, ethereum.ErrTable)
	}
	taken := make([]bool, len(columns))
	for _, field := range strings.Fields(schema) {
		name, typ, _ := strings.Cut(field, ":")
		for i, c := range columns {
			if c == name {
				taken[i] = true
				out = append(out, place{name, typ, i})
			}
		}
	}
	for i, c := range columns {
		if !taken[i] {
			left = append(left, c)
		}
	}
	return out, left, nil
}

// node is the Parquet type of a column. All may be missing.
func (p place) node() pq.Node {
	switch p.typ {
	case "int":
		return pq.Optional(pq.Leaf(pq.Int64Type))
	case "bool":
		return pq.Optional(pq.Leaf(pq.BooleanType))
	case "double":
		return pq.Optional(pq.Leaf(pq.DoubleType))
	case "time":
		return pq.Optional(pq.Timestamp(pq.Microsecond))
	case "decimal":
		return pq.Optional(pq.Decimal(0, 38, pq.FixedLenByteArrayType(16)))
	case "list":
		return pq.Optional(pq.List(pq.String()))
	}
	text := pq.String()
	switch p.name {
	case "from_address", "to_address", "token_address", "miner", "block_hash", "trace_type", "call_type", "reward_type", "error":
		text = pq.Encoded(text, &pq.RLEDictionary)
	}
	return pq.Optional(text)
}

// ordered is a group whose fields keep their order; a pq.Group sorts them.
type ordered struct {
	pq.Group
	names []string
}

func (o ordered) Fields() []pq.Field {
	byName := map[string]pq.Field{}
	for _, f := range o.Group.Fields() {
		byName[f.Name()] = f
	}
	out := make([]pq.Field, len(o.names))
	for i, n := range o.names {
		out[i] = byName[n]
	}
	return out
}

func schemaOf(table string, places []place) *pq.Schema {
	o := ordered{Group: pq.Group{}}
	for _, p := range places {
		o.Group[p.name] = p.node()
		o.names = append(o.names, p.name)
	}
	return pq.NewSchema(table, o)
}
