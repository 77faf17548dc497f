package report

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// alike marks, in text and pictures, an address that another address of the
// trail can be mistaken for.
const alike = "≈"

// names shortens the names of a trail for people. Two different names never get
// the same short form, and names made to look alike carry a mark.
type names struct {
	all    []string
	alikes map[string]string   // another name with the same face
	faces  map[string][]string // names by face
	off    map[string]bool     // names of alikes that are not on the trail
	forms  map[formKey]taken
}

// formKey is a short form in a width.
type formKey struct {
	width int
	form  string
}

// taken says whose short form it is.
type taken struct {
	by   string
	more bool
}

// newNames gathers every name that a reader of the trail can meet.
func newNames(t *trace.Trail) *names {
	n := &names{alikes: map[string]string{}, forms: map[formKey]taken{}}
	seen := map[string]bool{}
	add := func(s string) {
		if s != "" && !seen[s] {
			seen[s] = true
			n.all = append(n.all, s)
		}
	}
	for _, p := range t.Places {
		add(p.Name)
		for _, a := range p.Accounts {
			add(string(a))
		}
	}
	for _, h := range t.Hops {
		add(string(h.From))
		add(string(h.To))
	}
	for _, s := range t.Seeds {
		add(string(s.Account))
	}
	for _, u := range t.Unobserved {
		add(string(u.Pool.Account))
	}
	sort.Strings(n.all)
	n.faces = map[string][]string{}
	for _, s := range n.all {
		if f, ok := face(s); ok {
			n.faces[f] = append(n.faces[f], s)
		}
	}
	for _, same := range n.faces {
		for i, s := range same {
			if len(same) > 1 {
				n.alikes[s] = same[(i+1)%len(same)]
			}
		}
	}
	return n
}

// meetMost is up to how many transfers the data is searched for look-alikes.
const meetMost = 50_000

// meet looks for accounts of the data that are not on the trail and look like one
// that is: who wants an address mistaken sends it a worthless payment. Data with
// more than meetMost transfers is not searched, which it reports.
func (n *names) meet(g graph.Graph) (searched bool) {
	if g == nil || g.Info().Transfers > meetMost {
		return false
	}
	n.off = map[string]bool{}
	see := func(a ledger.Account) {
		f, ok := face(string(a))
		if !ok || len(n.faces[f]) == 0 || slices.Contains(n.faces[f], string(a)) {
			return
		}
		for _, s := range n.faces[f] {
			if n.alikes[s] == "" {
				n.alikes[s], n.off[string(a)] = string(a), true
			}
		}
	}
	for id := range graph.ID(g.Info().Transfers) {
		en, err := g.Entry(id)
		if err != nil {
			panic(unread{fmt.Errorf("transfer %d, when look-alikes were sought: %w", id, err)})
		}
		for _, d := range en.Debits {
			see(d.Account)
		}
		for _, c := range en.Credits {
			see(c.Account)
		}
	}
	return true
}

// face is what a hurried reader sees of an address: four characters at either
// end, past a prefix that all addresses share. Addresses are long words; shorter
// names have none.
func face(s string) (string, bool) {
	body := strings.TrimPrefix(strings.ToLower(s), "0x")
	if len(body) < 24 || strings.ContainsAny(body, " \t") {
		return "", false
	}
	return body[:4] + "…" + body[len(body)-4:], true
}

// Alike reports whether two different addresses can be mistaken for each other:
// they share four characters at either end.
func Alike(a, b string) bool {
	x, ok := face(a)
	y, also := face(b)
	return ok && also && x == y && !strings.EqualFold(a, b)
}

// look adds the look-alike mark to a name that needs it.
func (n *names) look(s string) string {
	if n.alikes[s] != "" {
		return alike + clean(s)
	}
	return clean(s)
}

// account names an account in a sentence.
func (n *names) account(a ledger.Account) string {
	switch a {
	case "":
		return "several accounts together"
	case ledger.Outside:
		return "outside the data"
	}
	return n.look(string(a))
}

// short gives the form of a name that fits in a width of characters, by leaving
// out its middle, or the whole name where the short form would be that of
// another name as well.
func (n *names) short(s string, width int) string {
	if utf8.RuneCountInString(n.look(s)) <= width {
		return n.look(s)
	}
	mark := ""
	if n.alikes[s] != "" {
		mark = alike
	}
	width -= utf8.RuneCountInString(mark)
	form := middle(clean(s), width)
	if o, ok := n.holder(width, form); ok && (o.by != s || o.more) {
		return n.look(s)
	}
	return mark + form
}

// holder finds who else has a short form in a width. The forms of a width are made
// once: pictures ask for many.
func (n *names) holder(width int, form string) (taken, bool) {
	if _, made := n.forms[formKey{width, ""}]; !made {
		n.forms[formKey{width, ""}] = taken{}
		for _, o := range n.all {
			if utf8.RuneCountInString(o) <= 3 {
				continue
			}
			k := formKey{width, middle(clean(o), width)}
			if has, ok := n.forms[k]; ok {
				n.forms[k] = taken{has.by, true}
			} else {
				n.forms[k] = taken{by: o}
			}
		}
	}
	t, ok := n.forms[formKey{width, form}]
	return t, ok
}

// label is short for pictures, where a whole name has no room: a short form that
// another name shares is marked as a look-alike instead.
func (n *names) label(s string, width int) string {
	form := n.short(s, width)
	if utf8.RuneCountInString(form) <= width {
		return form
	}
	return alike + middle(clean(s), width-1)
}

// middle cuts the middle out of a text that is wider than width.
func middle(s string, width int) string {
	r := []rune(s)
	if len(r) <= width {
		return s
	}
	if width < 3 {
		width = 3
	}
	head := (width - 1 + 1) / 2
	tail := width - 1 - head
	return string(r[:head]) + "…" + string(r[len(r)-tail:])
}

// clean makes a text from outside fit to be shown: control characters, marks
// that turn the direction of writing, and bytes that are no UTF-8 are written as
// escapes.
func clean(s string) string {
	plain := true
	for _, r := range s {
		if r == utf8.RuneError || r != ' ' && !unicode.IsPrint(r) {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r != ' ' && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// titled is a name with what tags say about its account: "0x47… (thief)".
func (d *Document) titled(l ledger.ID, a ledger.Account) string {
	if d.Tags == nil {
		return ""
	}
	tags := d.Tags(l, a)
	if len(tags) == 0 {
		return ""
	}
	return clean(tags[0].Label)
}

// sortPlaces orders places by two amounts, largest first, then by identity.
func sortPlaces(ps []*trace.Place, by func(*trace.Place) (money.Amount, money.Amount)) {
	sort.SliceStable(ps, func(i, j int) bool {
		a1, a2 := by(ps[i])
		b1, b2 := by(ps[j])
		if a1 != b1 {
			return b1.Less(a1)
		}
		if a2 != b2 {
			return b2.Less(a2)
		}
		return ps[i].ID < ps[j].ID
	})
}

func quoted(words []string) string {
	var out []string
	for _, w := range words {
		out = append(out, fmt.Sprintf("%q", w))
	}
	return strings.Join(out, ", ")
}

func policyList(ps []trace.Policy) string {
	var out []string
	for _, p := range ps {
		out = append(out, string(p))
	}
	return strings.Join(out, ", ")
}
