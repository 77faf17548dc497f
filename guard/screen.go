package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Screen writes a verdict for a person under stress: the decision first, then
// why, then what the bytes do, then the digests in groups for the eye to compare
// with a hardware wallet. Lines are at most width columns.
func (v *Verdict) Screen(p *Policy, intent *Intent, width int) string {
	s := &screen{width: max(60, min(width, 100)), p: p}
	s.banner(v)
	s.reasons(v)
	s.effects(v, intent)
	s.signers(v)
	s.digests(v)
	s.foot(v)
	return s.b.String()
}

// Order says what a decision asks of the person.
func (d Decision) Order() string { return orders[d] }

type screen struct {
	b     strings.Builder
	width int
	p     *Policy
}

// plain takes out what could move a terminal's cursor or turn the order of
// letters: control and format characters become a visible dot.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar) {
			return '·'
		}
		return r
	}, text)
}

// wrap writes a text with an indent, broken at blanks.
func (s *screen) wrap(indent, text string) {
	hang := strings.Repeat(" ", len(indent))
	line, empty := indent, true
	for _, word := range strings.Fields(plain(text)) {
		for len([]rune(word)) > s.width-len(indent) { // longer than a line: cut
			cut := []rune(word)[:s.width-len(indent)]
			if !empty {
				s.b.WriteString(line + "\n")
			}
			s.b.WriteString(hang + string(cut) + "\n")
			line, empty = hang, true
			word = string([]rune(word)[len(cut):])
		}
		if !empty && len([]rune(line))+1+len([]rune(word)) > s.width {
			s.b.WriteString(line + "\n")
			line, empty = hang, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	s.b.WriteString(line + "\n")
}

func (s *screen) head(text string) { s.b.WriteString("\n" + text + "\n") }

// orders are what the decision asks of the person.
var orders = map[Decision]string{
	Deny:  "DENY: DO NOT SIGN. Stop, and call your second person by telephone.",
	Hold:  "HOLD: DO NOT SIGN YET. A person must settle the points below first.",
	Allow: "ALLOW: nothing speaks against it. Compare the digests, then sign.",
}

func (s *screen) banner(v *Verdict) {
	rule := strings.Repeat("#", s.width)
	s.b.WriteString(rule + "\n")
	s.wrap("##  ", v.Decision.Order())
	s.b.WriteString(rule + "\n")
	what := string(v.Kind)
	if v.RequestID != "" {
		what += ", request " + v.RequestID
	}
	s.wrap("", fmt.Sprintf("wallet %s  (%s)", v.Wallet, what))
	s.headlines(v)
	if v.Mode == "monitor" {
		s.wrap("", "MONITOR MODE: this policy only watches; it stops nothing.")
	}
}

// headlines say in one sentence what each rule means to somebody who has never
// seen it, the most telling rule first.
var headlines = []struct{ rule, text string }{
	{"G04", "These bytes hand the whole wallet to foreign code."},
	{"G03", "A signature that is here was made over OTHER bytes than these."},
	{"G07", "The recipient imitates an address that you know."},
	{"G16", "The recipient is on a list of thieves or sanctions."},
	{"G02", "These bytes do something else than was meant."},
	{"G05", "They change who commands the wallet."},
	{"G18", "The amounts or the fee are false or not proven."},
	{"G08", "They take a large part of the wallet."},
	{"G01", "Some of these bytes cannot be understood."},
	{"G15", "They let somebody take money later."},
	{"G14", "They only look like a transfer of tokens."},
	{"G06", "The recipient was never paid before."},
	{"G17", "They can still be changed after signing."},
	{"G19", "Money that should come back may not."},
	{"G20", "Something like this was asked before, or the wallet is frozen."},
	{"G21", "They are out of date."},
}

// Headlines are up to three of the rules that decided, in words for somebody who has
// never seen them; none for an allow.
func (v *Verdict) Headlines() []string {
	worst := map[Decision]Severity{Hold: High, Deny: Critical}[v.Decision]
	var out []string
	for _, h := range headlines {
		decided := func(r Reason) bool { return r.Rule == h.rule && r.Severity == worst && !r.Monitor }
		if v.Decision != Allow && len(out) < 3 && slices.ContainsFunc(v.Reasons, decided) {
			out = append(out, h.text)
		}
	}
	return out
}

func (s *screen) headlines(v *Verdict) {
	if v.Decision == Allow {
		return
	}
	s.b.WriteString("\n")
	for _, text := range v.Headlines() {
		s.wrap("  >> ", text)
	}
}

// marks are the words for severities on the screen.
var marks = map[Severity]string{Critical: "DENY", High: "HOLD", Warn: "look", Info: "note"}

func (s *screen) reasons(v *Verdict) {
	if len(v.Reasons) == 0 {
		return
	}
	s.head("WHY")
	for i, r := range v.Reasons {
		if i == 12 {
			s.wrap("        ", fmt.Sprintf("and %d more; --json shows all", len(v.Reasons)-i))
			break
		}
		mark := marks[r.Severity]
		if r.Monitor {
			mark = "(" + mark + ")"
		}
		text := r.Text
		if len(r.Approved) > 0 {
			text += fmt.Sprintf(" (approved by %d people)", len(r.Approved))
		}
		s.wrap(fmt.Sprintf("  %-6s", mark), fmt.Sprintf("%s  [%s %s]", text, r.Rule, r.Name))
	}
}

func (s *screen) effects(v *Verdict, intent *Intent) {
	s.head("WHAT THESE BYTES DO")
	if len(v.Decoded.Effects) == 0 {
		s.wrap("  ", "nothing that could be read")
	}
	for i := range v.Decoded.Effects {
		if i == 10 {
			s.wrap("     ", fmt.Sprintf("and %d more; --json shows all", len(v.Decoded.Effects)-i))
			break
		}
		s.wrap(fmt.Sprintf("  %d. ", i+1), s.p.Describe(&v.Decoded.Effects[i]))
	}
	for i, u := range v.Decoded.Undecoded {
		if i == 3 {
			s.wrap("  ?  ", fmt.Sprintf("and %d more parts without a meaning", len(v.Decoded.Undecoded)-i))
			break
		}
		s.wrap("  ?  ", "not understood: "+u.Reason)
	}
	if intent == nil {
		return
	}
	s.head("WHAT WAS MEANT")
	meant := intent.Sentences()
	if more := len(meant) - len(intent.AllowEffects) - 10; more > 0 {
		meant = slices.Concat(meant[:10], []string{"and more"}, meant[10+more:])
	}
	for _, m := range meant {
		s.wrap("  ", m)
	}
}

// Sentences say what was meant: a transfer each, then the effects that are meant
// beside them.
func (in *Intent) Sentences() []string {
	var out []string
	for _, m := range in.transfers() {
		out = append(out, fmt.Sprintf("send %s %s to %s", m.Amount, unitText(m), m.To))
	}
	for _, t := range in.AllowEffects {
		out = append(out, "and: "+string(t))
	}
	return out
}

func (s *screen) signers(v *Verdict) {
	if len(v.Decoded.Signers) == 0 {
		return
	}
	s.head("WHO SIGNED THESE BYTES")
	for i, one := range v.Decoded.Signers {
		if i == 10 {
			s.wrap("  ", fmt.Sprintf("and %d more", len(v.Decoded.Signers)-i))
			break
		}
		s.wrap("  ", fmt.Sprintf("%s  %s", one.Who, one.Standing()))
	}
}

// Standing says what a signature is worth, in words.
func (s Signer) Standing() string {
	switch {
	case s.Fault != "":
		return "NOT VALID: " + s.Fault
	case !s.Owner:
		return "NOBODY you know: made over other bytes"
	case s.NeedsNode:
		return "an owner, if the chain agrees"
	}
	return "an owner"
}

// digestWords name the digests as devices do.
var digestWords = map[string]string{
	"safe_tx_hash": "safeTxHash", "domain_separator": "domain hash", "message_hash": "message hash",
	"data_hash": "data hash", "signing_hash": "signing hash", "digest": "digest",
}

func (s *screen) digests(v *Verdict) {
	if len(v.Digests) == 0 {
		return
	}
	if v.Decision == Deny {
		s.head("DIGESTS OF THESE BYTES, FOR THE RECORD")
	} else {
		s.head("COMPARE WITH YOUR DEVICE'S SCREEN, EVERY GROUP")
	}
	for _, name := range slices.Sorted(maps.Keys(v.Digests)) {
		word := digestWords[name]
		if word == "" {
			word = name
		}
		groups := Groups(v.Digests[name])
		for i, line := range groups {
			if i > 0 {
				word = ""
			}
			s.b.WriteString(fmt.Sprintf("  %-22s %s", word, line) + "\n")
		}
	}
}

// Groups writes a digest in upper case, in groups of four digits, eight a line:
// the form in which devices show it.
func Groups(digest string) []string {
	d := strings.ToUpper(strings.TrimPrefix(strings.TrimPrefix(digest, "sha256:"), "0x"))
	var lines []string
	for len(d) > 0 {
		var groups []string
		for range 8 {
			n := min(4, len(d))
			if n == 0 {
				break
			}
			groups, d = append(groups, d[:n]), d[n:]
		}
		lines = append(lines, strings.Join(groups, " "))
	}
	return lines
}

func (s *screen) foot(v *Verdict) {
	s.b.WriteString("\n")
	for _, n := range v.NotEvaluated {
		s.wrap("note: ", n)
	}
	if len(v.Lists) == 0 {
		s.wrap("note: ", "no sanctions or heist list was screened")
	}
	s.wrap("", fmt.Sprintf("policy %s %s; checked %s; valid until %s", v.Policy, short(v.PolicyVersion), v.At.Format(time.RFC3339), v.ExpiresAt.Format(time.RFC3339)))
}

func short(hash string) string {
	h := strings.TrimPrefix(hash, "sha256:")
	return h[:min(12, len(h))]
}
