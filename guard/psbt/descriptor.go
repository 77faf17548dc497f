package psbt

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/txscript"
)

// ErrDescriptor marks an output descriptor that is not understood.
var ErrDescriptor = errors.New("not an output descriptor that is understood here")

// Descriptor makes the scripts of a wallet from its extended public keys:
// pkh, wpkh, sh(wpkh), wsh and sh(wsh) of multi and sortedmulti, and tr of one
// key without scripts (BIP 380 to 386). Private keys are refused.
type Descriptor struct {
	wrap      string // pkh, wpkh, sh-wpkh, wsh, sh-wsh, tr
	threshold int    // 0 for one key
	sorted    bool
	keys      []keyExpression

	mu    sync.Mutex
	cache map[[2]uint32][]byte
}

type keyExpression struct {
	key    *hdkeychain.ExtendedKey
	path   []uint32
	branch []uint32 // of <0;1>; empty where the path names none
}

// ParseDescriptor reads a descriptor. A checksum after # is not verified.
func ParseDescriptor(text string) (*Descriptor, error) {
	d := &Descriptor{cache: map[[2]uint32][]byte{}}
	t, _, _ := strings.Cut(strings.TrimSpace(text), "#")
	inner, err := d.unwrap(t)
	if err == nil {
		err = d.readKeys(inner)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDescriptor, err)
	}
	return d, nil
}

func (d *Descriptor) unwrap(t string) (string, error) {
	for _, w := range []struct{ open, wrap string }{
		{"sh(wpkh(", "sh-wpkh"}, {"sh(wsh(", "sh-wsh"}, {"wpkh(", "wpkh"}, {"pkh(", "pkh"}, {"wsh(", "wsh"}, {"tr(", "tr"},
	} {
		if inner, ok := strings.CutPrefix(t, w.open); ok {
			ends := strings.Repeat(")", strings.Count(w.open, "("))
			inner, ok = strings.CutSuffix(inner, ends)
			if !ok {
				return "", fmt.Errorf("the brackets do not close")
			}
			d.wrap = w.wrap
			return inner, nil
		}
	}
	return "", fmt.Errorf("%q: it is pkh, wpkh, sh(wpkh), wsh, sh(wsh) or tr", t[:min(len(t), 20)])
}

func (d *Descriptor) readKeys(inner string) error {
	parts := []string{inner}
	for _, name := range []string{"sortedmulti(", "multi("} {
		list, ok := strings.CutPrefix(inner, name)
		if !ok {
			continue
		}
		if list, ok = strings.CutSuffix(list, ")"); !ok {
			return fmt.Errorf("the brackets do not close")
		}
		parts = strings.Split(list, ",")
		n, err := strconv.Atoi(parts[0])
		if err != nil || n < 1 || n > len(parts)-1 || len(parts) > 16 {
			return fmt.Errorf("threshold %q of %d keys", parts[0], len(parts)-1)
		}
		d.threshold, d.sorted, parts = n, name == "sortedmulti(", parts[1:]
		break
	}
	if multi := d.threshold > 0; multi != strings.HasSuffix(d.wrap, "wsh") {
		return fmt.Errorf("%s with %d keys", d.wrap, len(parts))
	}
	for _, p := range parts {
		k, err := readKey(p)
		if err != nil {
			return err
		}
		d.keys = append(d.keys, k)
	}
	return nil
}

func readKey(text string) (k keyExpression, err error) {
	if strings.HasPrefix(text, "[") {
		_, text, _ = strings.Cut(text, "]")
	}
	steps := strings.Split(text, "/")
	if k.key, err = hdkeychain.NewKeyFromString(steps[0]); err != nil {
		return k, err
	}
	if k.key.IsPrivate() {
		return k, fmt.Errorf("a private key: take it out of this file at once; the guard needs public ones")
	}
	if len(steps) < 2 || steps[len(steps)-1] != "*" {
		return k, fmt.Errorf("the path of a key must end in /*")
	}
	for i, step := range steps[1 : len(steps)-1] {
		if list, ok := strings.CutPrefix(step, "<"); ok && i == len(steps)-3 && strings.HasSuffix(list, ">") {
			for _, b := range strings.Split(strings.TrimSuffix(list, ">"), ";") {
				n, err := strconv.ParseUint(b, 10, 31)
				if err != nil {
					return k, fmt.Errorf("branch %q", b)
				}
				k.branch = append(k.branch, uint32(n))
			}
			continue
		}
		n, err := strconv.ParseUint(step, 10, 31)
		if err != nil {
			return k, fmt.Errorf("step %q of a path: public keys derive by numbers only", step)
		}
		k.path = append(k.path, uint32(n))
	}
	return k, nil
}

// branches returns how many branches the descriptor has (receive and change).
func (d *Descriptor) branches() int { return max(1, len(d.keys[0].branch)) }

// Script returns the output script at an index of a branch, counted from 0.
func (d *Descriptor) Script(branch, index uint32) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := [2]uint32{branch, index}
	if s, ok := d.cache[at]; ok {
		return s, nil
	}
	s, err := d.script(branch, index)
	if err == nil && len(d.cache) < 10000 {
		d.cache[at] = s
	}
	return s, err
}

func (d *Descriptor) script(branch, index uint32) ([]byte, error) {
	var keys []*btcec.PublicKey
	for _, k := range d.keys {
		key := k.key
		path := k.path
		if len(k.branch) > 0 {
			if int(branch) >= len(k.branch) {
				return nil, fmt.Errorf("%w: it has no branch %d", ErrDescriptor, branch)
			}
			path = append(append([]uint32{}, path...), k.branch[branch])
		}
		var err error
		for _, n := range append(append([]uint32{}, path...), index) {
			if key, err = key.Derive(n); err != nil {
				return nil, err
			}
		}
		pub, err := key.ECPubKey()
		if err != nil {
			return nil, err
		}
		keys = append(keys, pub)
	}
	return d.lock(keys)
}

// lock makes the output script for derived keys.
func (d *Descriptor) lock(keys []*btcec.PublicKey) ([]byte, error) {
	hash := btcutil.Hash160(keys[0].SerializeCompressed())
	build := func(parts ...any) ([]byte, error) {
		b := txscript.NewScriptBuilder()
		for _, p := range parts {
			switch p := p.(type) {
			case byte:
				b.AddOp(p)
			case []byte:
				b.AddData(p)
			}
		}
		return b.Script()
	}
	op := func(n int) byte { return byte(n) }
	switch d.wrap {
	case "pkh":
		return build(op(txscript.OP_DUP), op(txscript.OP_HASH160), hash, op(txscript.OP_EQUALVERIFY), op(txscript.OP_CHECKSIG))
	case "wpkh":
		return build(op(txscript.OP_0), hash)
	case "tr":
		return build(op(txscript.OP_1), schnorr.SerializePubKey(txscript.ComputeTaprootKeyNoScript(keys[0])))
	case "sh-wpkh":
		inner, err := build(op(txscript.OP_0), hash)
		if err != nil {
			return nil, err
		}
		return build(op(txscript.OP_HASH160), btcutil.Hash160(inner), op(txscript.OP_EQUAL))
	}
	var all [][]byte
	for _, k := range keys {
		all = append(all, k.SerializeCompressed())
	}
	if d.sorted { // BIP 67
		sort.Slice(all, func(i, j int) bool { return bytes.Compare(all[i], all[j]) < 0 })
	}
	parts := []any{op(txscript.OP_1 - 1 + d.threshold)}
	for _, k := range all {
		parts = append(parts, k)
	}
	inner, err := build(append(parts, op(txscript.OP_1-1+len(all)), op(txscript.OP_CHECKMULTISIG))...)
	if err != nil {
		return nil, err
	}
	outer, err := build(op(txscript.OP_0), sha(inner))
	if err != nil || d.wrap == "wsh" {
		return outer, err
	}
	return build(op(txscript.OP_HASH160), btcutil.Hash160(outer), op(txscript.OP_EQUAL))
}

// Wallet is what belongs to one wallet.
type Wallet struct {
	descriptors []*Descriptor
	gap         uint32
}

// NewWallet reads the descriptors of a wallet. gap bounds the index at which a
// script still counts as the wallet's own; 0 means 1000.
func NewWallet(descriptors []string, gap uint32) (*Wallet, error) {
	w := &Wallet{gap: gap}
	if gap == 0 {
		w.gap = 1000
	}
	for i, text := range descriptors {
		d, err := ParseDescriptor(text)
		if err != nil {
			return nil, fmt.Errorf("descriptor %d: %w", i+1, err)
		}
		w.descriptors = append(w.descriptors, d)
	}
	return w, nil
}

// Owns reports whether a script derives from the wallet's descriptors at the index
// that one of the given derivations names. The derivations are claims; the script
// is made anew from the descriptors alone.
func (w *Wallet) Owns(script []byte, claims []Derivation) bool {
	tried := map[uint32]bool{}
	for _, c := range claims {
		if len(c.Path) == 0 {
			continue
		}
		index := c.Path[len(c.Path)-1]
		if index >= w.gap || tried[index] {
			continue
		}
		tried[index] = true
		for _, d := range w.descriptors {
			for b := range d.branches() {
				if s, err := d.Script(uint32(b), index); err == nil && bytes.Equal(s, script) {
					return true
				}
			}
		}
	}
	return false
}
