package psbt

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/txscript"
)

// ErrAddress marks text that is no Bitcoin address of mainnet.
var ErrAddress = errors.New("not a Bitcoin address")

// ScriptOf returns the output script of an address. Wrong checksums and other
// networks are errors that wrap ErrAddress.
func ScriptOf(address string) ([]byte, error) {
	if len(address) > 90 || len(address) == 66 || len(address) == 130 {
		return nil, fmt.Errorf("%w: length %d", ErrAddress, len(address))
	}
	a, err := btcutil.DecodeAddress(address, &chaincfg.MainNetParams)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	if !a.IsForNet(&chaincfg.MainNetParams) {
		return nil, fmt.Errorf("%w: it is of another network", ErrAddress)
	}
	return txscript.PayToAddrScript(a)
}

// AddressOf writes the address of a script, or "script:" and its hex where it has
// none.
func AddressOf(script []byte) string {
	class, all, _, err := txscript.ExtractPkScriptAddrs(script, &chaincfg.MainNetParams)
	if err == nil && len(all) == 1 && class != txscript.PubKeyTy && class != txscript.MultiSigTy {
		return all[0].EncodeAddress()
	}
	return "script:" + hex.EncodeToString(script)
}
