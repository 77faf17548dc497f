package bitcoin

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
)

// shielded is the type that bitcoin-etl gives to value in Zcash's pools.
const shielded = "shielded"

// Pool is the account of shielded value, which has no address.
const Pool ledger.Account = "pool:shielded"

// etlTx is one line of the table transactions; fields that nothing here needs
// are not read.
type etlTx struct {
	Hash        string  `json:"hash"`
	BlockNumber *uint64 `json:"block_number"`
	BlockHash   string  `json:"block_hash"`
	Timestamp   int64   `json:"block_timestamp"`
	Coinbase    bool    `json:"is_coinbase"`
	Index       *uint32 `json:"index"`
	Inputs      []etlIn `json:"inputs"`
	Outputs     []etlIn `json:"outputs"`

	line int
}

// etlIn is an input or an output. An input has value and addresses only when
// the export was enriched.
type etlIn struct {
	Index      *uint32      `json:"index"`
	SpentTx    *string      `json:"spent_transaction_hash"`
	SpentIndex *uint32      `json:"spent_output_index"`
	Script     string       `json:"script_hex"`
	Type       string       `json:"type"`
	Addresses  []string     `json:"addresses"`
	Value      *json.Number `json:"value"`
}

// parseETL reads one line. Its errors have no place yet.
func parseETL(line []byte) (*etlTx, string) {
	var t etlTx
	dec := json.NewDecoder(bytes.NewReader(line))
	if err := dec.Decode(&t); err != nil {
		return nil, "not a JSON object of the table transactions: " + err.Error()
	}
	if len(bytes.TrimSpace(line[dec.InputOffset():])) > 0 {
		return nil, "more than one value on the line"
	}
	switch {
	case !isHash(t.Hash):
		return nil, fmt.Sprintf("hash %.80q is not 64 digits of lower-case hex", t.Hash)
	case t.BlockNumber == nil:
		return nil, "block_number is missing"
	case t.Coinbase && len(t.Inputs) > 0:
		return nil, "a coinbase has no inputs here"
	case !t.Coinbase && len(t.Inputs) == 0:
		return nil, "no inputs, and not a coinbase"
	}
	for i, o := range t.Outputs {
		if o.Index != nil && int(*o.Index) != i {
			return nil, fmt.Sprintf("output %d stands at place %d", *o.Index, i)
		}
		if _, bad := o.amount(); bad != "" {
			return nil, fmt.Sprintf("output %d: %s", i, bad)
		}
	}
	for i, in := range t.Inputs {
		if in.Type == shielded {
			continue
		}
		if in.SpentTx == nil || !isHash(*in.SpentTx) || in.SpentIndex == nil {
			return nil, fmt.Sprintf("input %d does not say which coin it spends", i)
		}
	}
	return &t, ""
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && strings.ToLower(s) == s
}

// amount is exact atomic units; a fraction is what floats have left.
func (o *etlIn) amount() (uint64, string) {
	if o.Value == nil {
		return 0, "value is missing"
	}
	v, err := strconv.ParseUint(o.Value.String(), 10, 63)
	if err != nil {
		return 0, fmt.Sprintf("value %s is not a whole number of atomic units", o.Value)
	}
	return v, ""
}

// account is the one address that is listed, and else the script. An address
// that is valid on the network must be the script's.
func (o *etlIn) account(n *Network) (ledger.Account, string) {
	if o.Type == shielded {
		return Pool, ""
	}
	script, err := hex.DecodeString(o.Script)
	if err != nil {
		return "", "script_hex is not hex"
	}
	if len(o.Addresses) != 1 || strings.HasPrefix(o.Addresses[0], "nonstandard") {
		return n.AccountOf(script), ""
	}
	a := o.Addresses[0]
	if own := n.AccountOf(script); n.CheckAddress(a) == nil {
		if c, err := n.CanonicalAccount(a); err != nil || c != own {
			return "", fmt.Sprintf("address %s is not that of the script, %s", a, own)
		}
		return own, ""
	}
	return ledger.Account(a), ""
}

// listed is the account of a coin that only an enriched input tells of, whose
// script_hex is not the coin's.
func (o *etlIn) listed(n *Network) ledger.Account {
	if len(o.Addresses) == 1 && !strings.HasPrefix(o.Addresses[0], "nonstandard") {
		if a, err := n.CanonicalAccount(o.Addresses[0]); err == nil {
			return a
		}
		return ledger.Account(o.Addresses[0])
	}
	if len(o.Addresses) > 1 { // the script is not known: the members name it
		return ledger.Account("multisig-of:" + strings.Join(o.Addresses, ","))
	}
	return ""
}
