package report

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

//go:embed picture.css
var pictureStyle string

// picture is an SVG drawing being written. Texts go through its escapes only.
type picture struct {
	b      strings.Builder
	prefix string // of ids, so that pictures can share a page
}

// at writes a length of thousandths of a pixel.
func at(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	if n%px == 0 {
		return fmt.Sprintf("%s%d", sign, n/px)
	}
	return sign + strings.TrimRight(fmt.Sprintf("%d.%03d", n/px, n%px), "0")
}

// esc makes a text from outside fit for SVG.
func esc(s string) string {
	out, _ := xmlText(clean(s))
	return out
}

// open begins the drawing: size, theme, style, title and description for those
// who cannot see it.
func (p *picture) open(width, height int, o Options, style bool, title, desc string) {
	theme := ""
	if o.Theme == "light" || o.Theme == "dark" {
		theme = ` data-theme="` + o.Theme + `"`
	}
	fmt.Fprintf(&p.b, `<svg xmlns="http://www.w3.org/2000/svg" class="ct-pic"%s viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="%st %sd">`+"\n",
		theme, at(width), at(height), at(width), at(height), p.prefix, p.prefix)
	fmt.Fprintf(&p.b, "<title id=\"%st\">%s</title>\n<desc id=\"%sd\">%s</desc>\n", p.prefix, esc(title), p.prefix, esc(desc))
	if style {
		p.b.WriteString("<style>\n" + pictureStyle + "</style>\n")
	}
	fmt.Fprintf(&p.b, `<defs><pattern id="%sh" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-back" width="6" height="6"/><path class="hatch-line" d="M0 0V6"/></pattern></defs>`+"\n", p.prefix)
	fmt.Fprintf(&p.b, `<rect class="page" width="%s" height="%s"/>`+"\n", at(width), at(height))
}

func (p *picture) close() string {
	p.b.WriteString("</svg>\n")
	return p.b.String()
}

// text writes one line. class is ours, s is from outside.
func (p *picture) text(x, y int, class, s string) {
	fmt.Fprintf(&p.b, `<text x="%s" y="%s" class="%s">%s</text>`+"\n", at(x), at(y), class, esc(s))
}

// rect draws a bar in the colour of a kind; the edge of the data is hatched.
func (p *picture) rect(x, y, w, h int, class string, title string) {
	fill := ""
	if strings.Contains(class, "k-edge") {
		fill = fmt.Sprintf(` style="fill:url(#%sh)"`, p.prefix)
	}
	fmt.Fprintf(&p.b, `<rect x="%s" y="%s" width="%s" height="%s" class="%s"%s>`, at(x), at(y), at(w), at(h), class, fill)
	if title != "" {
		fmt.Fprintf(&p.b, "<title>%s</title>", esc(title))
	}
	p.b.WriteString("</rect>\n")
}

func (p *picture) line(x1, y1, x2, y2 int, class string) {
	fmt.Fprintf(&p.b, `<path d="M%s %sL%s %s" class="%s"/>`+"\n", at(x1), at(y1), at(x2), at(y2), class)
}

// gauge draws a bound as a bracket on a scale from nothing to most, with a mark
// where the leading policy stands.
func (p *picture) gauge(x, y, w int, b interval, amount, most money.Amount, title string) {
	pos := func(a money.Amount) int {
		if most.IsZero() {
			return x
		}
		q, _ := a.Min(most).MulDiv(money.Units(uint64(w)), most)
		_, lo := q.Words()
		return x + int(lo)
	}
	class := "bracket"
	if !b.Tight {
		class += " loose"
	}
	l, u := pos(b.L), pos(b.U)
	fmt.Fprintf(&p.b, "<g><title>%s</title>\n", esc(title))
	p.line(x, y, x+w, y, "track")
	p.line(l, y, u, y, class)
	p.line(l, y-7*px, l, y+7*px, class+" end")
	p.line(u, y-7*px, u, y+7*px, class+" end")
	fmt.Fprintf(&p.b, `<circle cx="%s" cy="%s" r="3" class="mark"/></g>`+"\n", at(pos(amount)), at(y))
}

// glance writes an amount for a picture, with fewer digits the larger it is.
// Digits are cut off.
func glance(asset money.Asset, a money.Amount) string {
	whole, _, _ := strings.Cut(a.Decimal(asset.Decimals), ".")
	d := digits{asset: asset, shown: 4}
	switch {
	case len(whole) > 5:
		d.shown = 0
	case len(whole) > 2:
		d.shown = 2
	}
	s := d.format(a)
	if strings.Contains(s, ".") && s[0] != '<' {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// span writes an interval for a picture.
func span(asset money.Asset, b interval) string {
	mark := ""
	if !b.Tight {
		mark = "~"
	}
	return fmt.Sprintf("%s[%s, %s]", mark, glance(asset, b.L), glance(asset, b.U))
}

// kindClass is the class that colours a kind of place.
func kindClass(k trace.Kind) string {
	if k == "" {
		return "k-account"
	}
	return "k-" + string(k)
}
