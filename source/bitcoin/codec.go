package bitcoin

import "github.com/coldtrail/coldtrail/ledger"

// Codec turns accounts of a network into keys and back: a type byte, then hash,
// program, script or name. It implements ledger.Codec.
type Codec struct{ n Network }

var _ ledger.Codec = Codec{}

// NewCodec is the codec of a network.
func NewCodec(n Network) Codec { return Codec{n} }

// CodecByName finds the codec of a listed network by its Name.
func CodecByName(name string) (Codec, error) {
	for _, n := range Networks() {
		if c := (Codec{n}); c.Name() == name {
			return c, nil
		}
	}
	return Codec{}, &Error{Msg: "codec " + name + " is not known", Hint: "state the network of the store", Err: ErrNetwork}
}

// Name implements ledger.Codec: "bitcoin/" and the network's name.
func (c Codec) Name() string { return "bitcoin/" + c.n.Name }

// AppendKey implements ledger.Codec. A name that is no account of the network
// is kept as it is behind the byte PlainName.
func (c Codec) AppendKey(dst []byte, a ledger.Account) []byte {
	if key, err := c.n.accountKey(string(a)); err == nil {
		return append(dst, key...)
	}
	return append(append(dst, byte(PlainName)), a...)
}

// Account implements ledger.Codec.
func (c Codec) Account(key []byte) (ledger.Account, error) { return c.n.accountOfKey(key) }
