package casefile

import (
	"fmt"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
)

// The checks of who paid whom: shapes, repeats, convergence, dormancy, labels.

func (l *Loaded) checkShape(c *Comparison, t Shape) error {
	f, err := l.figures(t.Where)
	if err != nil {
		return err
	}
	if f.count == 0 {
		c.Text("", t.Shape, "no rows")
		return nil
	}
	c.Text(fmt.Sprintf("senders %d, receivers %d, rows %d:", len(f.senders), len(f.receivers), f.count), t.Shape, f.shape())
	return nil
}

func (l *Loaded) checkRepeat(c *Comparison, t RepeatReceivers) error {
	f, err := l.figures(t.Where)
	if err != nil {
		return err
	}
	again := map[ledger.Account]bool{}
	for a := range f.receivers {
		if t.BySenders && len(f.sendersOf[a]) > 1 || !t.BySenders && f.rowsTo[a] > 1 {
			again[a] = true
		}
	}
	c.Count("receivers", t.Count, len(again))
	return l.compareAccounts(c, t.Accounts, again)
}

func (l *Loaded) checkCommon(c *Comparison, t CommonReceivers) error {
	f, err := l.figures(t.Where)
	if err != nil {
		return err
	}
	senders, err := l.accountSet(t.Senders)
	if err != nil {
		return err
	}
	common := map[ledger.Account]bool{}
	for a := range f.receivers {
		common[a] = true
		for s := range senders {
			if !f.sendersOf[a][s] {
				delete(common, a)
			}
		}
	}
	c.Count("receivers", t.Count, len(common))
	return l.compareAccounts(c, t.Accounts, common)
}

// compareAccounts compares a list of accounts with a set, if the case lists any.
func (l *Loaded) compareAccounts(c *Comparison, words []Word, got map[ledger.Account]bool) error {
	if len(words) == 0 {
		return nil
	}
	want, err := l.accountSet(words)
	if err != nil {
		return err
	}
	c.Text("", names(want), names(got))
	return nil
}

func names(set map[ledger.Account]bool) string {
	if len(set) == 0 {
		return "none"
	}
	var b strings.Builder
	for i, a := range sorted(set) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(a))
	}
	return b.String()
}

func (l *Loaded) checkDormancy(c *Comparison, t Dormancy) error {
	in, err := l.figures(t.In)
	if err != nil {
		return err
	}
	out, err := l.figures(t.Out)
	if err != nil {
		return err
	}
	accounts, still, least, most := 0, 0, -1, -1
	for a, credited := range in.lastCredit {
		debited, ok := out.firstDebit[a]
		if !ok {
			still++
			continue
		}
		accounts++
		if debited.Before(credited) {
			c.Wrong(string(a) + " pays before it was last paid")
			continue
		}
		days := int(debited.Sub(credited) / (24 * time.Hour))
		if least < 0 || days < least {
			least = days
		}
		most = max(most, days)
	}
	c.Count("accounts", t.Accounts, accounts)
	c.Count("not moved", t.Still, still)
	c.Count("least days", t.MinDays, least)
	c.Count("most days", t.MaxDays, most)
	return nil
}

func (l *Loaded) checkTagged(c *Comparison, t Tagged) error {
	f, err := l.figures(t.Where)
	if err != nil {
		return err
	}
	people, side := f.receivers, "receivers"
	if t.Senders {
		people, side = f.senders, "senders"
	}
	info, err := l.Ledger(t.Where.Ledger)
	if err != nil {
		return err
	}
	n := 0
	for a := range people {
		if l.Carries(info.ID, a, t.Label, t.Concept) {
			n++
		}
	}
	c.Count(side, t.Of, len(people))
	c.Count("tagged", t.Count, n)
	return nil
}
