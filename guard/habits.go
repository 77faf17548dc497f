package guard

import (
	"fmt"
	"slices"
	"time"

	"github.com/holiman/uint256"
)

// habit is G10, G11 and G13: what differs from the wallet's own past. They warn.
func (c *check) habit() {
	for i := range c.v.Decoded.Effects {
		e := &c.v.Decoded.Effects[i]
		if e.pays() && !e.Delegate && !e.Amount.IsZero() && e.Type != NFTTransfer {
			c.grid(e)
		}
	}
	if slices.ContainsFunc(c.v.Decoded.Effects, func(e Effect) bool { return e.pays() && !e.Delegate }) {
		c.cadence()
	}
	for name, value := range c.params {
		last := c.past.Params[name]
		if len(last) < 10 || c.past.Seen[name][value] > 0 {
			continue
		}
		count := map[string]int{}
		usual := last[len(last)-1]
		for _, v := range last[len(last)-10:] {
			if count[v]++; count[v] > count[usual] {
				usual = v
			}
		}
		if n := count[usual]; n >= 8 {
			c.fire("G13", Warn, fmt.Sprintf("%s is %s; it never was, and %d of the last 10 times it was %s", name, value, n, usual), map[string]string{"parameter": name, "value": value, "usual": usual})
		}
	}
}

// grid is G10: the largest power of ten of which nine in ten past amounts are
// multiples is the grid.
func (c *check) grid(e *Effect) {
	all := c.past.amounts(e.Asset)
	if len(all) < 10 {
		return
	}
	median := all[len(all)/2]
	step := uint256.NewInt(1)
	for range 77 {
		next := new(uint256.Int).Mul(step, uint256.NewInt(10))
		n := 0
		for i := range all {
			if new(uint256.Int).Mod(&all[i], next).IsZero() {
				n++
			}
		}
		if n*10 < len(all)*9 {
			break
		}
		step = next
	}
	if e.Amount.Gt(&median) && !new(uint256.Int).Mod(&e.Amount, step).IsZero() {
		c.fire("G10", Warn, fmt.Sprintf("%s is not a multiple of %s, as nine in ten amounts of this wallet are", c.policy.human(e.Amount, e.Asset), c.policy.human(*step, e.Asset)), nil)
	}
}

// cadence is G11: sooner after the sitting before than in 99 of 100 cases. Two
// payments in one sitting are no sign; the hour of the week is compared only
// where the past could fill every one of the 168.
func (c *check) cadence() {
	gaps, last := c.past.gaps()
	if c.past.Rows < 20 || len(gaps) < 20 || last.IsZero() {
		return
	}
	gap := c.asOf.Sub(last)
	if p1 := gaps[len(gaps)/100]; gap >= sitting && gap < p1 {
		c.fire("G11", Warn, fmt.Sprintf("only %s after the payment before; the shortest usual time is %s", gap.Round(time.Minute), p1.Round(time.Minute)), nil)
	}
	if len(c.past.Outflows) < 3*168 {
		return
	}
	for i := range c.past.Outflows {
		if hourOfWeek(c.past.Outflows[i].At) == hourOfWeek(c.asOf) {
			return
		}
	}
	c.fire("G11", Warn, fmt.Sprintf("this wallet never paid on a %s at %02d:00 UTC", c.asOf.Weekday(), c.asOf.Hour()), nil)
}

func hourOfWeek(t time.Time) int { return int(t.UTC().Weekday())*24 + t.UTC().Hour() }

// executor is G12. With no account in the past there is nothing to compare with.
func (c *check) executor() {
	if who := c.req.Executor; who != "" && len(c.past.Executors) > 0 && c.past.Executors[key(who)] == 0 {
		c.fire("G12", Warn, fmt.Sprintf("%s never submitted a transaction of this wallet before", who), map[string]string{"executor": who})
	}
	if c.req.Executor != "" && c.req.Proposer == "" && c.past.ProposerSeen && c.req.Kind == SafeTx {
		c.fire("G12", Warn, "proposer_missing: executed without ever having been proposed", nil)
	}
}

// duplicate is G20.
func (c *check) duplicate() {
	if c.policy.DuplicateWindow == 0 {
		return
	}
	c.g.mu.RLock()
	defer c.g.mu.RUnlock()
	if n := c.facts["nonce"]; n != "" && len(c.claimed) > 0 {
		if before := c.g.seen[c.req.Wallet+"/"+n]; before != "" && before != c.claimed[0] {
			c.fire("G20", High, fmt.Sprintf("nonce %s was checked before with other bytes (%s)", n, before), map[string]string{"before": before})
		}
	}
	for _, k := range c.payments() {
		if a, ok := c.g.asked[k]; ok && a.digest != c.identity() && c.at.Sub(a.at) <= time.Duration(c.policy.DuplicateWindow) {
			c.fire("G20", High, fmt.Sprintf("the same amount to the same place was checked at %s", a.at.Format("15:04:05 UTC on 2 Jan")), nil)
		}
	}
}

// expired is G21.
func (c *check) expired() {
	if until := c.req.ValidUntil; until != nil && c.at.After(*until) {
		c.fire("G21", High, fmt.Sprintf("it was valid until %s", until.UTC().Format(time.RFC3339)), nil)
	}
	if c.policy.TTL > 0 && c.req.AsOf == nil {
		c.notes = append(c.notes, "G21 expired: as_of was not given, so the proposal's age is not known")
	}
	if ttl := time.Duration(c.policy.TTL); ttl > 0 && c.at.Sub(c.asOf) > ttl {
		c.fire("G21", High, fmt.Sprintf("it was proposed %s ago; the policy lets %s pass", c.at.Sub(c.asOf).Round(time.Minute), ttl), nil)
	}
	if c.asOf.Sub(c.at) > 5*time.Minute {
		c.fire("G21", High, fmt.Sprintf("it was proposed at %s, which is in the future: a clock is wrong", c.asOf.Format(time.RFC3339)), nil)
	}
}
