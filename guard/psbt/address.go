package psbt

import (
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// ScriptOf returns the output script of an address, or of a name that AddressOf
// writes. Wrong checksums and other networks are errors that wrap
// bitcoin.ErrAddress.
func ScriptOf(address string) ([]byte, error) {
	n := bitcoin.Mainnet
	return n.ScriptOf(ledger.Account(address))
}

// AddressOf writes the address of a script, or a name with its hex where it has
// none.
func AddressOf(script []byte) string {
	n := bitcoin.Mainnet
	return string(n.AccountOf(script))
}
