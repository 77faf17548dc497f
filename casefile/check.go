package casefile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Check checks an expect line that needs only the ledger. It returns false for
// one that needs a trail.
func (l *Loaded) Check(e Expect) (Verdict, bool) {
	var c Comparison
	var err error
	switch t := e.Test.(type) {
	case Rows:
		err = l.checkRows(&c, t)
	case ByTime:
		err = l.checkByTime(&c, t)
	case Shape:
		err = l.checkShape(&c, t)
	case RepeatReceivers:
		err = l.checkRepeat(&c, t)
	case CommonReceivers:
		err = l.checkCommon(&c, t)
	case Dormancy:
		err = l.checkDormancy(&c, t)
	case SumDifference:
		err = l.checkSumDifference(&c, t)
	case Claim:
		err = l.checkClaim(&c, t)
	case Tagged:
		err = l.checkTagged(&c, t)
	case Note:
		v := c.Verdict(e)
		v.Status = Noted
		return v, true
	default:
		return Verdict{}, false
	}
	if err != nil {
		c.NoAnswer(err)
	}
	return c.Verdict(e), true
}

func (l *Loaded) figures(w Where) (figures, error) {
	rows, err := l.rows(w)
	if err != nil {
		return figures{}, err
	}
	return l.add(rows)
}

// one refuses to sum several assets.
func (f *figures) one() error {
	if len(f.assets) > 1 {
		return fmt.Errorf("the selection holds %d assets, which are not added: %w", len(f.assets), ErrValue)
	}
	return nil
}

func (l *Loaded) checkRows(c *Comparison, t Rows) error {
	rows, err := l.rows(t.Where)
	if err != nil {
		return err
	}
	f, err := l.add(rows)
	if err != nil {
		return err
	}
	c.Count("rows", t.Count, f.count)
	if err := l.compareSums(c, "", f, t.Sum, t.Smallest, t.Largest); err != nil {
		return err
	}
	c.Count("senders", t.Senders, len(f.senders))
	c.Count("receivers", t.Receivers, len(f.receivers))
	c.Count("times", t.Times, len(f.times))
	c.Count("days", t.Days, len(f.days))
	c.Count("assets", t.Assets, len(f.assets))
	c.Count("assets nobody vouches for", t.Unknown, l.strangers(f.assets))
	if t.NewReceivers >= 0 {
		got, err := l.newReceivers(rows, f)
		if err != nil {
			return err
		}
		c.Count("receivers not seen before", t.NewReceivers, got)
	}
	for _, p := range t.Prefixes {
		got := 0
		for a := range f.receivers {
			if strings.HasPrefix(string(a), p.Prefix) {
				got++
			}
		}
		c.Count("receivers starting with "+p.Prefix, p.Count, got)
	}
	compareTime(c, "first", t.First, f.first)
	compareTime(c, "last", t.Last, f.last)
	if t.Span >= 0 {
		c.Text("from first to last", t.Span.String(), f.last.Sub(f.first).String())
	}
	return l.checkShare(c, t, f)
}

func (l *Loaded) checkShare(c *Comparison, t Rows, f figures) error {
	if t.ShareOf == nil {
		return nil
	}
	whole, err := l.figures(*t.ShareOf)
	if err == nil {
		err = whole.one()
	}
	if err == nil {
		err = f.one()
	}
	if err != nil {
		return err
	}
	if f.asset.ID != whole.asset.ID || whole.sum.Less(f.sum) {
		return fmt.Errorf("the selection is no part of share_of: %w", ErrValue)
	}
	c.Text("share", t.Share+" %", money.Percent(f.sum, whole.sum)+" %")
	return nil
}

// compare compares an amount of a selection if the case states it. An amount of
// another asset than the rows have is an error, not a difference.
func (l *Loaded) compare(c *Comparison, name string, f figures, want *Amount, got money.Amount, within *Amount) error {
	if want == nil {
		return nil
	}
	n, asset, err := l.Amount(*want)
	if err != nil {
		return err
	}
	if f.count > 0 && asset.ID != f.asset.ID {
		return fmt.Errorf("the rows are of %s, the amount stated is of %s: %w", f.asset.Name(), asset.Name(), ErrValue)
	}
	var slack money.Amount
	if within != nil {
		if slack, _, err = l.Amount(*within); err != nil {
			return err
		}
	}
	c.Amount(name, asset, n, got, slack)
	return nil
}

// compareSums compares what a case states of sum, smallest and largest amount.
func (l *Loaded) compareSums(c *Comparison, prefix string, f figures, sum, smallest, largest *Amount) error {
	if sum == nil && smallest == nil && largest == nil {
		return nil
	}
	if err := f.one(); err != nil {
		return err
	}
	if err := l.compare(c, prefix+"sum", f, sum, f.sum, nil); err != nil {
		return err
	}
	if err := l.compare(c, prefix+"smallest", f, smallest, f.smallest, nil); err != nil {
		return err
	}
	return l.compare(c, prefix+"largest", f, largest, f.largest, nil)
}

func compareTime(c *Comparison, name string, want, got time.Time) {
	if !want.IsZero() {
		c.Text(name, want.Format(time.RFC3339), got.Format(time.RFC3339))
	}
}

// strangers counts the assets whose symbol nobody vouches for.
func (l *Loaded) strangers(assets map[money.AssetID]bool) int {
	n := 0
	for id := range assets {
		if !l.Graph.Info().Asset(id).Known {
			n++
		}
	}
	return n
}

// newReceivers counts the receivers that no transfer before the first row of
// the selection touches.
func (l *Loaded) newReceivers(rows []row, f figures) (int, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	old := map[ledger.Account]bool{}
	for id := range rows[0].id {
		e, err := l.Graph.Entry(id)
		if err != nil {
			return 0, err
		}
		for _, d := range e.Debits {
			old[d.Account] = true
		}
		for _, c := range e.Credits {
			old[c.Account] = true
		}
	}
	n := 0
	for a := range f.receivers {
		if !old[a] {
			n++
		}
	}
	return n, nil
}

func (l *Loaded) checkByTime(c *Comparison, t ByTime) error {
	rows, err := l.rows(t.Where)
	if err != nil {
		return err
	}
	layout, step := time.RFC3339, time.Nanosecond
	if t.Day {
		layout, step = time.DateOnly, 24*time.Hour
	}
	by := map[time.Time][]row{}
	for _, r := range rows {
		at := r.t.Time.Truncate(step)
		by[at] = append(by[at], r)
	}
	for _, want := range t.Rows {
		f, err := l.add(by[want.At])
		if err != nil {
			return err
		}
		delete(by, want.At)
		at := want.At.Format(layout)
		c.Count(at+" rows", want.Count, f.count)
		if err := l.compareSums(c, at+" ", f, want.Sum, want.Smallest, want.Largest); err != nil {
			return err
		}
	}
	var rest []time.Time
	for at := range by {
		rest = append(rest, at)
	}
	slices.SortFunc(rest, time.Time.Compare)
	for _, at := range rest {
		c.Wrong(fmt.Sprintf("%s rows %d, which the case does not list", at.Format(layout), len(by[at])))
	}
	return nil
}

func (l *Loaded) checkSumDifference(c *Comparison, t SumDifference) error {
	more, err := l.figures(t.More)
	if err == nil {
		err = more.one()
	}
	if err != nil {
		return err
	}
	less, err := l.figures(t.Less)
	if err == nil {
		err = less.one()
	}
	if err != nil {
		return err
	}
	if more.count > 0 && less.count > 0 && more.asset.ID != less.asset.ID {
		return fmt.Errorf("more is of %s and less of %s: %w", more.asset.Name(), less.asset.Name(), ErrValue)
	}
	if more.sum.Less(less.sum) {
		return fmt.Errorf("more is %s and less is %s: %w", more.asset.Format(more.sum), less.asset.Format(less.sum), ErrValue)
	}
	name := fmt.Sprintf("%s less %s is", more.asset.Format(more.sum), less.asset.Format(less.sum))
	return l.compare(c, name, more, t.Difference, more.sum.Sub(less.sum), t.Within)
}

// checkClaim: the arithmetic decides between agreement and not; which word the
// case uses for a difference is its own judgement and is repeated as such.
func (l *Loaded) checkClaim(c *Comparison, t Claim) error {
	f, err := l.figures(t.Where)
	if err == nil {
		err = f.one()
	}
	if err != nil {
		return err
	}
	figure, asset, err := l.Amount(t.Figure)
	if err != nil {
		return err
	}
	if f.count > 0 && asset.ID != f.asset.ID {
		return fmt.Errorf("the rows are of %s, the figure is of %s: %w", f.asset.Name(), asset.Name(), ErrValue)
	}
	within, err := l.optional(t.Within)
	if err != nil {
		return err
	}
	apart := figure.Monus(f.sum)
	if figure.Less(f.sum) {
		apart = f.sum.Sub(figure)
	}
	agrees := apart.IsZero() || within != nil && !within.Less(apart)
	got := "agrees"
	if !agrees {
		got = "contradicted"
		if t.Verdict == "not explained" {
			got = t.Verdict
		}
	}
	c.Text(fmt.Sprintf("%s says %s, the rows make %s:", t.Who, asset.Format(figure), asset.Format(f.sum)), t.Verdict, got)
	return l.compare(c, "apart by", f, t.Difference, apart, nil)
}
