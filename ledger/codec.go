package ledger

// Codec turns the name of an account into a short key of bytes and back, so
// that stores keep 21 bytes where a name has 42. Two names have one key only if
// they are one account.
type Codec interface {
	// Name is what a store writes down to find the codec again, as in
	// "bitcoin/mainnet".
	Name() string
	// AppendKey appends the key of an account. Every account has one: a name
	// that the codec does not know is kept as it is, marked so.
	AppendKey(dst []byte, a Account) []byte
	// Account is the name that a key stands for. A key that no account has is
	// an error.
	Account(key []byte) (Account, error)
}

// Plain is the codec that keeps names as they are.
type Plain struct{}

// Name implements Codec.
func (Plain) Name() string { return "plain" }

// AppendKey implements Codec.
func (Plain) AppendKey(dst []byte, a Account) []byte { return append(dst, a...) }

// Account implements Codec.
func (Plain) Account(key []byte) (Account, error) { return Account(key), nil }
