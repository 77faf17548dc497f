package ethereum

import (
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
)

// TestCreatedAddresses: the addresses of contracts that one sender made with its
// first nonces, as published with the rule (ethereum.stackexchange.com/a/761).
func TestCreatedAddresses(t *testing.T) {
	const sender = "0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0"
	for nonce, want := range []ledger.Account{
		"0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d",
		"0x343c43a37d37dff08ae8c4a11544c718abb4fcf8",
		"0xf778b86fa74e846c4f0a1fbd1335fe81c00a0c91",
		"0xfffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c",
	} {
		if got := created(sender, uint64(nonce)); got != want {
			t.Errorf("nonce %d: %s, want %s", nonce, got, want)
		}
	}
}

func TestCodec(t *testing.T) {
	for _, a := range []ledger.Account{"0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", "0x6AC7ea33f8831ea9dcc53393aaa88b25a785dbf0", "*", "", "swap:x", "0x12"} {
		got, err := (Codec{}).Account(Codec{}.AppendKey(nil, a))
		if err != nil || got != a {
			t.Errorf("%q comes back as %q, %v", a, got, err)
		}
	}
	if _, err := (Codec{}).Account([]byte{keyAddress, 1}); err == nil {
		t.Error("a cut key was read")
	}
}
