package ethereum

import (
	"encoding/hex"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/sha3"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// TestBurningIsWritten: the document names the number of each chain whose fees are
// split, and the source has a public document for each.
func TestBurningIsWritten(t *testing.T) {
	text, err := os.ReadFile("../../docs/ethereum.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rule, _ := strings.Cut(string(text), "**Burnt and tipped**")
	rule, _, _ = strings.Cut(rule, "- **Failed**")
	var named []ledger.ID
	for _, id := range regexp.MustCompile(`eip155:\d+`).FindAllString(rule, -1) {
		named = append(named, ledger.ID(id))
	}
	slices.Sort(named)
	if want := slices.Sorted(maps.Keys(burning)); !slices.Equal(named, want) {
		t.Errorf("the document names %v, the rule holds for %v", named, want)
	}
	for id, source := range burning {
		if !regexp.MustCompile(`[\w-]+(/[\w-]+)+\.(json|go|rs|ts)\b`).MatchString(source) {
			t.Errorf("%s: %q names no file", id, source)
		}
	}
}

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

// TestLogsLeftOut: events that look like transfers and are not read are counted, those
// in the form of a collectible apart.
func TestLogsLeftOut(t *testing.T) {
	word := "0x" + strings.Repeat("0", 64)
	w := hexText(word)
	o := newWrote("host", "eip155:1", 1)
	for i, l := range []logAnswer{
		{Topics: []hexText{topicTransfer, w, w}, Data: word + word[2:]}, // a word too many
		{Topics: []hexText{topicTransfer, w, w}, Data: word + "00"},     // a byte too many
		{Topics: []hexText{topicTransfer, w, w}, Data: "0x"},            // no amount
		{Topics: []hexText{topicTransfer}, Data: "0x"},                  // nothing
		{Topics: []hexText{topicTransfer, w, w, w}, Data: word},         // a collectible and a word
		{Topics: []hexText{topicTransfer, w, w, w}, Data: "0x00"},       // and a byte
		{Topics: []hexText{topicWrap, w}, Data: word},
		{Topics: []hexText{topicWrap}, Data: "0x"}, // in no known form
		{Topics: []hexText{w}, Data: word},
	} {
		l.Address, l.TransactionHash, l.LogIndex = "0x"+hexText(strings.Repeat("1", 40)), w, quantity{n: money.Units(uint64(i)), set: true}
		if err := o.log(&l); err != nil {
			t.Fatal(err)
		}
	}
	if o.odd.amounts != 4 || o.odd.things != 2 || o.unwrapped != 2 || len(o.rows) != 0 {
		t.Errorf("odd %+v, unwrapped %d, rows %v; want 4 and 2, 2 and none", o.odd, o.unwrapped, o.rows)
	}
	var sum oddEvents
	sum.add(o.odd)
	sum.add(o.odd)
	if got := sum.notes(); len(got) != 3 || !strings.HasPrefix(got[0], "8 ") || !strings.HasPrefix(got[1], "4 ") || !strings.HasSuffix(got[2], "the first: "+word+"/0, "+word+"/1, "+word+"/2, "+word+"/3, "+word+"/4") {
		t.Errorf("%q", got)
	}
}

// TestAskedAgain: an answer to a question that is asked again has nothing left of the
// first one.
func TestAskedAgain(t *testing.T) {
	var out struct {
		Hash  string
		To    hexText
		Calls []struct{ To string }
	}
	c := &rpc{host: "host"}
	q := &question{method: "m", out: &out}
	for _, text := range []string{`{"Hash":"a","To":"0x1111111111111111111111111111111111111111","Calls":[{"To":"y"}]}`, `{"Hash":"b","To":null}`} {
		if err := c.take(&answer{Result: []byte(text)}, q); err != nil {
			t.Fatal(err)
		}
	}
	if out.Hash != "b" || out.To != "" || out.Calls != nil {
		t.Errorf("%+v", out)
	}
}
