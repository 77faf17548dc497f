package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/coldtrail/coldtrail/study"
)

// widths of a study's figures: on a page, and on a telephone.
const (
	wideFigure   = 1040 * px
	narrowFigure = 358 * px
)

// drawing is a figure as plain series, ready to be drawn at any width.
type drawing interface {
	draw(sheetOptions) (string, error)
}

// studyFigure is one figure of a study.
type studyFigure struct {
	name  string
	title string // of its section
	table string // the table that holds its numbers
	bind  func(*binder) drawing
}

// studyFigures are the figures in the order of the page.
var studyFigures = []studyFigure{
	{"coincheck", "With and without Coincheck", "front", (*binder).front},
	{"years", "Each year", "years", (*binder).years},
	{"share", "The part attributed, by value and by count", "years", (*binder).share},
	{"waterfall", "From attempted to net", "waterfall", (*binder).waterfall},
	{"ranks", "The ten largest on each basis", "tops", (*binder).ranks},
	{"curve", "48 ways of counting", "grid", (*binder).curve},
	{"tornado", "One choice at a time", "tornado", (*binder).tornado},
	{"vintages", "Published totals beside ours", "vintages", (*binder).vintages},
	{"splits", "Kind of victim, method, wallet", "splits", (*binder).splits},
	{"quarters", "Each quarter", "quarters", (*binder).quarters},
	{"sizes", "How large heists are", "sizes", (*binder).sizes},
	{"lag", "From theft to attribution", "lag", (*binder).lag},
	{"recovery", "What came back", "recovery", (*binder).recovery},
	{"evidence", "How good the evidence is", "evidence", (*binder).evidence},
	{"countries", "The victim's country", "countries", (*binder).countries},
	{"known", "What was known when", "known", (*binder).known},
}

// StudyFigures lists the names of the figures that StudyFigure draws.
func StudyFigures() []string {
	var out []string
	for _, f := range studyFigures {
		out = append(out, f.name)
	}
	return out
}

// StudyFigure draws one figure of a study as an SVG that needs nothing but
// itself: 1040 pixels wide, or 358 when narrow. It prints its title, unit, basis,
// valuation, as-known-on date and policy, and refuses when one of them is
// missing: errors wrap ErrUnlabelled or study.ErrUnstated. A name that is no
// figure gives an error that wraps ErrNotHere.
func StudyFigure(w io.Writer, name string, st *study.Study, narrow bool, o Options) error {
	for _, f := range studyFigures {
		if f.name != name {
			continue
		}
		so := sheetOptions{Options: o, width: wideFigure, prefix: "ct-", style: true}
		if narrow {
			so.width = narrowFigure
		}
		svg, err := f.svg(st, so)
		if err == nil {
			_, err = io.WriteString(w, svg)
		}
		return err
	}
	return fmt.Errorf("%w: no figure %q; there are %s", ErrNotHere, name, strings.Join(StudyFigures(), ", "))
}

func (f studyFigure) svg(st *study.Study, o sheetOptions) (string, error) {
	b := &binder{st: st}
	d := f.bind(b)
	if b.err != nil {
		return "", fmt.Errorf("figure %s: %w", f.name, b.err)
	}
	svg, err := d.draw(o)
	if err != nil {
		return "", fmt.Errorf("figure %s: %w", f.name, err)
	}
	return svg, nil
}

// binder turns a study into series. The first error is kept: an amount whose
// terms are not those of its figure spoils the figure.
type binder struct {
	st  *study.Study
	err error
}

func (b *binder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// cents is the place of an amount on an axis.
func (b *binder) cents(v study.Value) int64 {
	hi, lo := v.Cents().Words()
	if hi != 0 || lo > 1<<62 {
		b.fail(fmt.Errorf("an amount of %s cents does not fit on an axis", v.Cents()))
		return 0
	}
	return int64(lo)
}

// on gives the study's terms on a basis.
func (b *binder) on(basis study.Basis) study.Terms {
	t := b.st.Header.Terms
	t.Basis = basis
	return t
}

// number binds an amount whose terms must be t.
func (b *binder) number(id string, v study.Value, t study.Terms, what string) number {
	if _, err := (study.Column{Terms: t}).Cell(v, true); err != nil {
		b.fail(err)
	}
	text, err := v.Text()
	if err != nil {
		b.fail(err)
	}
	return number{ID: id, Value: b.cents(v), Text: what + ": " + text}
}

// short writes an amount of terms t for a label of three digits: "534 M".
func (b *binder) short(v study.Value, t study.Terms) string {
	if _, err := (study.Column{Terms: t}).Cell(v, true); err != nil {
		b.fail(err)
		return ""
	}
	return shortMoney(b.cents(v))
}

// shortMoney writes cents as US dollars with three digits, half up.
func shortMoney(cents int64) string {
	if cents == 0 {
		return "0"
	}
	for _, u := range []struct {
		name string
		size int64
	}{{" bn", 1e11}, {" M", 1e8}, {" k", 1e5}} {
		if cents < u.size-u.size/2000 {
			continue
		}
		switch {
		case cents >= 100*u.size-u.size/20:
			return fmt.Sprintf("%d%s", (cents+u.size/2)/u.size, u.name)
		case cents >= 10*u.size-u.size/200:
			n := (cents + u.size/20) / (u.size / 10)
			return fmt.Sprintf("%d.%d%s", n/10, n%10, u.name)
		}
		n := (cents + u.size/200) / (u.size / 100)
		return fmt.Sprintf("%d.%02d%s", n/100, n%100, u.name)
	}
	return fmt.Sprintf("%d", (cents+50)/100)
}

// tickMoney writes a round number of cents for an axis.
func tickMoney(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	s := shortMoney(cents)
	if digits, unit, ok := strings.Cut(s, " "); ok {
		if strings.Contains(digits, ".") {
			digits = strings.TrimRight(strings.TrimRight(digits, "0"), ".")
		}
		s = digits + " " + unit
	}
	return sign + s
}

func tickPermille(v int64) string { return fmt.Sprintf("%d %%", v/10) }

func tickPlain(v int64) string { return fmt.Sprint(v) }

// basisNames are how a figure writes a basis.
var basisNames = map[study.Basis]string{
	"attempted": "attempted", "executed": "executed", "left_control": "left control (gross)", "proceeds_realised": "proceeds realised",
	"frozen": "frozen", "seized": "seized by a state", "returned_by_attacker": "returned by the thief", "recovered": "recovered",
	"reimbursed_by_victim": "reimbursed, other money", "destroyed": "destroyed", study.Net: "net of what came back", study.Mixed: "mixed, as a list was published",
}

func basisName(b study.Basis) string {
	if s := basisNames[b]; s != "" {
		return s
	}
	return string(b)
}

// words writes a word of a vocabulary: "left_control" as "left control".
func words(s string) string { return strings.ReplaceAll(s, "_", " ") }

// caption is that of a figure of the study's own basis.
func (b *binder) caption(title, unit, desc string, notes ...string) caption {
	h := b.st.Header
	basis := basisName(h.Terms.Basis)
	if h.Terms.Basis == "" {
		basis = ""
	}
	policy := h.Policy
	if h.From != "" || h.To != "" {
		policy += fmt.Sprintf(" (%s to %s)", orWord(h.From, "the beginning"), orWord(h.To, "today"))
	}
	if policy != "" && h.Drafts > 0 {
		notes = append(notes, fmt.Sprintf("%s on claims that nobody has checked a second time (drafts).", plural(h.Drafts, "row rests", "rows rest")))
	}
	hash := h.RegisterHash
	if len(hash) > 12 {
		hash = hash[:12]
	}
	return caption{Title: title, Unit: unit, Desc: desc, Basis: basis, Valuation: words(h.Terms.Valuation), AsKnownOn: h.Terms.AsKnownOn, Policy: policy, Register: hash, Notes: notes}
}

// ever makes a caption that of a figure of every year, not of the policy's period.
func (c caption) ever(st *study.Study) caption {
	if c.Policy != "" {
		c.Policy = st.Header.Policy + " (every year)"
	}
	return c
}

// of makes a caption that of amounts with terms of their own and another policy.
// What the study itself leaves unsaid stays unsaid, so that the figure is refused.
func (c caption) of(t study.Terms, policy string) caption {
	if c.check() == nil {
		c.Basis, c.Valuation, c.AsKnownOn, c.Policy = basisName(t.Basis), words(t.Valuation), t.AsKnownOn, policy
	}
	return c
}

// sums makes a caption that of totals, which have three bases only.
func (c caption) sums(b *binder) caption {
	if c.Basis != "" {
		c.Basis = basisName(b.sumTerms().Basis)
	}
	return c
}

// sumTerms are the terms on which totals are drawn: the policy's where a total has
// its basis, else what left control.
func (b *binder) sumTerms() study.Terms {
	switch t := b.st.Header.Terms; t.Basis {
	case "attempted", study.Net:
		return t
	}
	return b.on("left_control")
}

// each makes a caption that of a figure whose marks each name their basis.
func (c caption) each() caption {
	if c.Basis != "" {
		c.Basis = "as each row says"
	}
	return c
}

func orWord(s, word string) string {
	if s == "" {
		return word
	}
	return s
}
