package tag

import (
	"strings"
	"unicode"

	"github.com/coldtrail/coldtrail/ledger"
)

// What a tag means for a trace and for screening. All of it is decided by the
// concepts first. Labels are read too, and only ever against a boundary: packs
// of the public corpus put the concept exchange on addresses of thieves.

// boundaryConcepts are services: value going in is delivered, and what comes
// out has another identity (docs/methods.md). hosted_wallet is our own word for
// a wallet that a service holds for others; TagPack has none.
var boundaryConcepts = map[string]bool{
	"exchange": true, "mixing_service": true, "defi_bridge": true, "gambling": true,
	"payment_processor": true, "market": true, "hosted_wallet": true,
}

// BoundaryLevel is the least confidence level at which a service tag stops a
// trace.
const BoundaryLevel = 20

// Service reports whether the tag bears the concept of a service at which
// tracing stops, however sure it is.
func (t Tag) Service() bool {
	for _, c := range t.Concepts {
		if boundaryConcepts[c] {
			return true
		}
	}
	return false
}

// theftWords are words of a label that say theft; they must stand alone, so
// that a token called Hacken is not meant.
var theftWords = map[string]bool{
	"hack": true, "hacks": true, "hacked": true, "hacker": true, "hackers": true, "exploit": true, "exploiter": true,
	"heist": true, "theft": true, "thief": true, "stolen": true, "seized": true, "seizure": true, "phishing": true, "phish": true,
}

// Theft reports whether the tag says that its address had part in a theft: by
// the concept hacking or one narrower, perpetrator, or the words theft, hack
// and seizure used as concepts; or by such a word in its label.
func (t Tag) Theft() bool {
	for _, c := range t.Concepts {
		if IsA(c, "hacking") || c == "perpetrator" || c == "theft" || c == "hack" || c == "seizure" {
			return true
		}
	}
	return saysTheft(t.Label)
}

func saysTheft(text string) bool { return says(text, theftWords) }

func says(text string, words map[string]bool) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if words[w] {
			return true
		}
	}
	return false
}

// Boundary reports whether the tag, taken alone, makes its account a place
// where tracing stops: a service with confidence level BoundaryLevel or more,
// unless the tag says theft or its pack is about thefts. Such tags stand on the
// thief's own addresses. Sanctions neither make a boundary nor unmake one: a
// sanctioned mixer is a mixer.
func (t Tag) Boundary() bool {
	return t.Tx == "" && Confidence[t.Confidence] >= BoundaryLevel && t.Service() && !t.Theft() && !t.AboutTheft
}

// Stop picks from the tags of one account the surest that makes it a boundary.
// Where any tag of the account says theft there is none: a trace that stops at a
// thief's own address loses the trail, and one that goes on through a service
// says so with its bounds. Disputed is then true when a service tag was passed over.
func Stop(tags []Tag) (stop Tag, ok, disputed bool) {
	theft := false
	for _, t := range tags {
		theft = theft || t.Theft()
		if t.Boundary() && (!ok || Confidence[t.Confidence] > Confidence[stop.Confidence]) {
			stop, ok = t, true
		}
	}
	if theft {
		return Tag{}, false, ok
	}
	return stop, ok, false
}

// listWords are words of a label that say sanction.
var listWords = map[string]bool{"ofac": true, "sanction": true, "sanctions": true, "sanctioned": true, "blacklisted": true, "blacklist": true}

// Alarm reports whether a screening must show the tag, and why: it is on a
// sanctions list, bears the concept abuse or a narrower one, is about a theft,
// or says sanction in its label.
func (t Tag) Alarm() (why string, ok bool) {
	if t.Listed != nil {
		return t.Listed.String(), true
	}
	for _, c := range t.Concepts {
		if IsA(c, "abuse") || c == "perpetrator" || c == "theft" || c == "hack" || c == "seizure" {
			return "concept " + c, true
		}
	}
	switch {
	case t.Theft(), says(t.Label, listWords):
		return "words of the label", true
	case t.AboutTheft:
		return "a pack about thefts", true
	}
	return "", false
}

// Screen gives the tags on an address, of any network, for which a screening
// must stop: addresses are compared by form, never by ticker, so that an EVM
// address listed for ETH is found on every EVM network.
func (s *Set) Screen(address string) []Tag {
	var out []Tag
	for _, t := range s.Anywhere(Canonical(address)) {
		if _, ok := t.Alarm(); ok {
			out = append(out, t)
		}
	}
	return out
}

// Canonical writes an address as its family compares it: EVM addresses in lower
// case, bech32 in lower case (BIP 173 gives case no meaning), all others as they
// stand.
func Canonical(address string) ledger.Account {
	a := strings.TrimSpace(address)
	if isEVM(a) || isUpperBech32(a) {
		return ledger.Account(strings.ToLower(a))
	}
	return ledger.Account(a)
}

func isEVM(a string) bool {
	if len(a) != 42 || a[0] != '0' || a[1] != 'x' && a[1] != 'X' {
		return false
	}
	for i := 2; i < len(a); i++ {
		if !hexDigit(a[i]) {
			return false
		}
	}
	return true
}

func hexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isUpperBech32(a string) bool {
	return strings.ToUpper(a) == a && (strings.HasPrefix(a, "BC1") || strings.HasPrefix(a, "LTC1") || strings.HasPrefix(a, "TB1"))
}
