package report

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/study"
)

// studyTable is one table of a study: what the page, the text and the CSV show.
type studyTable struct {
	Name, Title string
	Terms       string // under which its amounts hold
	Heads       []studyHead
	Rows        [][]studyCell
}

// studyHead heads a column.
type studyHead struct {
	Text string
	Num  bool
}

// studyCell is a text with the number it can be looked up by.
type studyCell struct {
	Text   string
	Number string // id in the study; blank: none
}

// tabler fills a table.
type tabler struct {
	*binder
	t studyTable
}

// heads writes the heads of a table; a "#" in front marks a column of numbers.
func (b *binder) table(name, title, terms string, heads ...string) *tabler {
	t := &tabler{b, studyTable{Name: name, Title: title, Terms: terms}}
	for _, h := range heads {
		text, num := strings.CutPrefix(h, "#")
		t.t.Heads = append(t.t.Heads, studyHead{text, num})
	}
	return t
}

func (t *tabler) row(cells ...studyCell) {
	if len(cells) != len(t.t.Heads) {
		t.fail(fmt.Errorf("table %s: %d cells under %d heads", t.t.Name, len(cells), len(t.t.Heads)))
	}
	t.t.Rows = append(t.t.Rows, cells)
}

// says is a cell of words.
func says(s string) studyCell { return studyCell{Text: clean(s)} }

func count(n int, id string) studyCell { return studyCell{fmt.Sprint(n), id} }

// money is a cell of whole dollars in a column of terms.
func (t *tabler) money(v study.Value, terms study.Terms, id string) studyCell {
	s, err := (study.Column{Terms: terms}).Cell(v, true)
	if err != nil {
		t.fail(fmt.Errorf("table %s: %w", t.t.Name, err))
	}
	return studyCell{s, id}
}

// total is three cells: attempted, left control, net.
func (t *tabler) total(x study.Total) []studyCell {
	var out []studyCell
	for _, basis := range totalBases {
		terms := x.On(basis).Terms()
		if terms.Basis != basis {
			t.fail(fmt.Errorf("%w: a total's %s is %q", study.ErrUnstated, basis, terms))
		}
		out = append(out, t.money(x.On(basis), terms, x.Number))
	}
	return out
}

// under says under which terms a table's dollars hold, without their basis.
func (b *binder) under(basis string) string {
	t := b.st.Header.Terms
	if err := t.Check(); err != nil {
		b.fail(err)
	}
	return fmt.Sprintf("US dollars. Basis: %s. Valuation: %s. As known on %s. Policy: %s.", basis, words(t.Valuation), t.AsKnownOn, b.st.Header.Policy)
}

const threeBases = "as each column says: attempted, left control, net"

// studyTables lays out every table of a study.
func studyTables(st *study.Study) ([]studyTable, error) {
	b := &binder{st: st}
	var out []studyTable
	for _, make := range []func(*binder) *tabler{
		(*binder).frontTable, (*binder).yearTable, (*binder).fallTable, (*binder).topTable, (*binder).gridTable, (*binder).tornadoTable, (*binder).leaveOutTable,
		(*binder).vintageTable, (*binder).splitTable, (*binder).quarterTable, (*binder).sizeTable, (*binder).lagTable, (*binder).recoveryTable,
		(*binder).evidenceTable, (*binder).countryTable, (*binder).knownTable, (*binder).deedTable, (*binder).disputeTable, (*binder).excludedTable,
	} {
		t := make(b)
		if b.err != nil {
			return nil, fmt.Errorf("table %s: %w", t.t.Name, b.err)
		}
		out = append(out, t.t)
	}
	return out, nil
}

func (b *binder) frontTable() *tabler {
	f := b.st.Front
	t := b.table("front", "Totals of the period, with and without Coincheck", b.under(threeBases), "what is counted", "#attempted", "#left control", "#net", "#incidents", "#of them drafts")
	for _, r := range []struct {
		name string
		x    study.Total
	}{
		{"all incidents of the period", f.All}, {b.actorName() + ", with Coincheck", f.With}, {b.actorName() + ", without Coincheck", f.Without},
		{b.actorName() + ", with every disputed attribution", f.WithAll}, {b.actorName() + ", without any disputed attribution", f.NoneOf},
	} {
		t.totals(says(r.name), r.x, count(r.x.Drafts, r.x.Number))
	}
	return t
}

// totals writes a row: a name, the three sums, the count, and what else.
func (t *tabler) totals(name studyCell, x study.Total, more ...studyCell) {
	cells := append([]studyCell{name}, t.total(x)...)
	cells = append(cells, count(x.N, x.Number))
	t.row(append(cells, more...)...)
}

func (b *binder) yearTable() *tabler {
	t := b.table("years", "Each year", b.under(threeBases+"; median, mean and bounds on "+basisName(b.st.Header.Terms.Basis)),
		"year", "#attempted", "#left control", "#net", "#incidents", "#median", "#mean", "#"+b.actorName()+" attempted", "#left control", "#net", "#incidents", "#at least", "#at most", "#5 % of runs", "#95 % of runs", "#by value", "#by count")
	own := b.st.Header.Terms
	for _, y := range b.st.Years {
		cells := append([]studyCell{says(yearColumn(y.Year).Label)}, t.total(y.All)...)
		cells = append(cells, count(y.All.N, y.All.Number), t.money(y.Median, own, y.All.Number), t.money(y.Mean, own, y.All.Number))
		cells = append(cells, t.total(y.Actor)...)
		cells = append(cells, count(y.Actor.N, y.Actor.Number))
		for _, v := range []study.Value{y.Interval.Low, y.Interval.High, y.Interval.P5, y.Interval.P95} {
			cells = append(cells, t.money(v, own, b.sibling(y.Actor.Number, "interval")))
		}
		t.row(append(cells, studyCell{y.Share.String(), b.sibling(y.Actor.Number, "share")}, studyCell{y.ByCount.String(), b.sibling(y.Actor.Number, "share")})...)
	}
	return t
}

func (b *binder) fallTable() *tabler {
	t := b.table("waterfall", "From attempted to net", b.under("as each row says"), "group", "basis", "#sum", "#with a claim of their own", "#incidents")
	for _, f := range b.st.Falls {
		for _, s := range f.Steps {
			t.row(says(words(f.Group)), says(basisName(s.Basis)), t.money(s.Value, b.on(s.Basis), s.Number), count(s.N, s.Number), count(f.N, s.Number))
		}
	}
	return t
}

func (b *binder) topTable() *tabler {
	t := b.table("tops", "The ten largest on each basis", b.under("as each row says"), "basis", "#place", "incident", "#amount", "attribution to the "+b.actorName(), "standing")
	for _, top := range b.st.Tops {
		for _, r := range top.Rows {
			draft := "reviewed"
			if r.Draft {
				draft = "draft"
			}
			t.row(says(basisName(top.Basis)), count(r.Rank, r.Number), says(r.Title), t.money(r.Value, r.Value.Terms(), r.Number), says(words(string(r.Verdict))), says(draft))
		}
		t.row(says(basisName(top.Basis)), says(""), says(fmt.Sprintf("of the ten, %d attributed: %s of the value", top.Count, top.Share)), t.money(top.Sum, top.Sum.Terms(), top.Number), says(""), says(""))
	}
	return t
}

func (b *binder) gridTable() *tabler {
	t := b.table("grid", "48 ways of counting the ten largest of 2011-2020", "US dollars. Basis and as-known-on date: as each row says. Valuation: "+words(b.st.Header.Terms.Valuation)+".",
		"basis", "as known", "Coincheck", "minimum confidence", "#of ten", "#share of the ten", "#"+b.actorName()+", all rows", "as known on")
	for _, c := range b.st.Grid {
		coin := "not counted"
		if c.Coincheck {
			coin = "counted"
		}
		t.row(says(c.Basis), says(c.Known), says(coin), says(c.Confidence), count(c.Count, c.Number), studyCell{c.Share.String(), c.Number}, t.money(c.Sum, c.Sum.Terms(), c.Number), says(c.Sum.Terms().AsKnownOn))
	}
	return t
}

func (b *binder) changes(name, title string, list []study.Change) *tabler {
	t := b.table(name, title, "US dollars. Before and after: gross (left control), as known now, moderate confidence or more, Coincheck counted, 2011-2020, but for the one choice; terms as each row says. Valuation: "+words(b.st.Header.Terms.Valuation)+".", "choice", "#before", "#after", "#change", "basis after", "as known on", "#of ten", "#share of the ten")
	for _, c := range list {
		by := t.money(c.By, c.By.Terms(), c.Number)
		if !c.By.Cents().IsZero() {
			by.Text = map[bool]string{true: "+", false: "-"}[c.Up] + by.Text
		}
		after := c.After.Terms()
		t.row(says(c.What), t.money(c.Before, c.Before.Terms(), c.Number), t.money(c.After, after, c.Number), by, says(basisName(after.Basis)), says(after.AsKnownOn), count(c.Count, c.Number), studyCell{c.Share.String(), c.Number})
	}
	return t
}

func (b *binder) tornadoTable() *tabler {
	return b.changes("tornado", "One choice at a time", b.st.Tornado)
}

func (b *binder) leaveOutTable() *tabler {
	return b.changes("leave-one-out", "Each incident left out", b.st.LeaveOut)
}
