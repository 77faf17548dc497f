package swift

import (
	"strings"

	"github.com/coldtrail/coldtrail/source/payments"
)

// party reads a customer of field 50 or 59 in any option: A (BIC), F (numbered
// lines), K or none (free lines).
func (d *decoder) party(f Field, option string) payments.Party {
	p, rest := account(f.Value)
	switch option {
	case "A", "C", "G":
		p.BIC = d.bic(f, firstLine(rest))
	case "F":
		if p.Account == "" && strings.IndexByte(rest, '/') == 4 {
			// A paper's or a customer's number is no account: it keeps its code.
			p.Account, rest = firstLine(rest), restLines(rest)
		}
		p.Name = numbered(rest)
	default:
		p.Name = firstLine(rest)
		if rest == "" {
			d.odd(f, "a party without a name")
		}
	}
	return p
}

// agent reads a bank of fields 51 to 58: A (BIC), B (location), C (account), D
// (name and address).
func (d *decoder) agent(f Field, option string) payments.Party {
	p, rest := account(f.Value)
	switch option {
	case "A", "":
		p.BIC = d.bic(f, firstLine(rest))
	case "B", "D":
		p.Name = firstLine(rest)
	}
	return p
}

// account takes the account lines off the front of a party: "/12345",
// "//CH123456", "/C/12345".
func account(value string) (payments.Party, string) {
	var p payments.Party
	if !strings.HasPrefix(value, "/") {
		return p, value
	}
	line, rest := firstLine(value), restLines(value)
	switch {
	case strings.HasPrefix(line, "//"):
		p.Account = line[2:]
	case len(line) > 2 && line[2] == '/' && (line[1] == 'C' || line[1] == 'D'):
		p.Account = strings.TrimPrefix(line[3:], "/")
	default:
		p.Account = line[1:]
	}
	p.Account = strings.TrimSpace(p.Account)
	return p, rest
}

func firstLine(s string) string {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return s[:i]
	}
	return s
}

func restLines(s string) string {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return s[i+1:]
	}
	return ""
}

// numbered joins the name lines ("1/…") of option F.
func numbered(s string) string {
	name := ""
	for line := range strings.SplitSeq(s, "\n") {
		if strings.HasPrefix(line, "1/") {
			name = strings.TrimSpace(name + " " + line[2:])
		}
	}
	if name == "" {
		return firstLine(s)
	}
	return name
}

// bic reads a BIC leniently: lower case and a wrong length are kept and
// reported.
func (d *decoder) bic(f Field, s string) string {
	up := s
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			up = strings.ToUpper(strings.TrimSpace(s))
			d.odd(f, "BIC "+s+" is not upper-case letters and digits")
			break
		}
	}
	if len(up) != 8 && len(up) != 11 {
		d.odd(f, "BIC "+up+" has neither 8 nor 11 characters")
	}
	return up
}
