package ethereum

import (
	"encoding/hex"
	"testing"

	"golang.org/x/crypto/sha3"
)

// TestTopics: the topics by which logs are told are the Keccak of the events'
// signatures.
func TestTopics(t *testing.T) {
	for topic, event := range map[string]string{
		topicTransfer: "Transfer(address,address,uint256)", topicWrap: "Deposit(address,uint256)", topicUnwrap: "Withdrawal(address,uint256)",
	} {
		h := sha3.NewLegacyKeccak256()
		h.Write([]byte(event))
		if want := "0x" + hex.EncodeToString(h.Sum(nil)); topic != want {
			t.Errorf("%s: %s, want %s", event, topic, want)
		}
	}
}
