package payments

import (
	"strings"
	"unicode"

	"github.com/coldtrail/coldtrail/ledger"
)

// BIC8 is the institution of a BIC: its first eight characters, upper case.
func BIC8(bic string) string {
	bic = strings.ToUpper(strings.TrimSpace(bic))
	if len(bic) > 8 {
		return bic[:8]
	}
	return bic
}

// AccountOf names a party's account at the bank of a BIC.
func AccountOf(p Party, agent string) (a ledger.Account, weak bool) {
	return AccountAt(p, Party{BIC: agent})
}

// bankOf names a bank: the institution of its BIC, else its clearing code or account,
// else its name. Two banks without a BIC are two banks.
func bankOf(p Party) string {
	for _, s := range [...]string{BIC8(p.BIC), compact(p.Account), NormalName(p.Name)} {
		if s != "" {
			return s
		}
	}
	return "?"
}

// AccountAt names a party's account at its agent: "iban:…", else
// "acct:BIC8:number", else "name:BIC8:normalised name", which is weak: two
// people can share it. weak is true there. An agent without a BIC gives its clearing
// code or name.
func AccountAt(p, agent Party) (a ledger.Account, weak bool) {
	number := compact(p.Account)
	if IsIBAN(number) {
		return ledger.Account("iban:" + number), false
	}
	bank := bankOf(agent)
	if number != "" {
		return ledger.Account("acct:" + bank + ":" + number), false
	}
	name := NormalName(p.Name)
	if name == "" {
		name = strings.ToLower(BIC8(p.BIC))
	}
	if name == "" {
		name = "unnamed"
	}
	return ledger.Account("name:" + bank + ":" + name), true
}

// Nostro names the account that owner keeps with servicer.
func Nostro(owner Party, servicer, currency string) ledger.Account {
	return ledger.Account("nostro:" + bankOf(owner) + "@" + BIC8(servicer) + "/" + currency)
}

// compact drops the spaces and dashes of an account number and raises letters.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// IsIBAN checks form and check digits (ISO 13616, mod 97 = 1).
func IsIBAN(s string) bool {
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	rest := 0
	for i := 0; i < len(s); i++ {
		c := s[(i+4)%len(s)]
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	letter := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	return rest == 1 && letter(s[0]) && letter(s[1]) && digit(s[2]) && digit(s[3])
}

// NormalName is a name for comparison: lower case, letters and digits in any
// script, one space between words.
func NormalName(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, " ")
}
