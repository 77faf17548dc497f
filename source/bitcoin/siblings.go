package bitcoin

// Siblings are the keys of other accounts that the public key of an account, or
// its script in another wrapping, makes: P2WPKH and P2SH-P2WPKH of a P2PKH
// account (whose key may be P2PK's), P2PKH and P2SH-P2WPKH of a P2WPKH account,
// P2SH-P2WSH of a P2WSH account (BIP 141).
func (c Codec) Siblings(key []byte) [][]byte {
	if c.n.HRP == "" || len(key) == 0 {
		return nil
	}
	h := key[1:]
	switch Type(key[0]) {
	case PubKeyHash:
		return [][]byte{typed(WitnessPubKeyHash, h), wrapped(h)}
	case WitnessPubKeyHash:
		return [][]byte{typed(PubKeyHash, h), wrapped(h)}
	case WitnessScriptHash:
		return [][]byte{wrapped(h)}
	}
	return nil
}

func typed(t Type, h []byte) []byte { return append([]byte{byte(t)}, h...) }

// wrapped is the P2SH account whose redeem script is a program of version 0.
func wrapped(program []byte) []byte {
	h := Hash160(append([]byte{op0, byte(len(program))}, program...))
	return typed(ScriptHash, h[:])
}

// Kind numbers the type of an account for cluster.Keys: 1 is an output that
// carries data only, as far as its script was kept; others are 1 + Type.
func (c Codec) Kind(key []byte) uint8 {
	switch {
	case len(key) == 0:
		return 0
	case Type(key[0]) == OtherScript && len(key) > 1 && key[1] == opReturn:
		return 1
	}
	return 1 + key[0]
}
