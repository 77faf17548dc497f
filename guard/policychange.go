package guard

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// PolicyChange is a proposal to put another policy in force.
type PolicyChange struct {
	From, To string // hashes
	// Loosens lists what the new policy lets pass that the old one did not, as far
	// as can be told; what cannot be told counts as loosening. Empty means that it
	// only tightens.
	Loosens []string
	// Approvers are those whose signature over PolicyMessage verifies.
	Approvers []string
	// From when on it may be in force; zero while approvals are missing.
	Effective time.Time
}

// PolicyMessage is what an approver of a policy signs: from which to which.
func PolicyMessage(from, to string) []byte {
	return []byte("coldtrail guard policy v1\n" + from + "\n" + to + "\n")
}

// ProposeChange judges a change proposed at a time. Tightening is in force at
// once. Loosening needs the approvers of the old policy and waits for its delay;
// where the old policy names no approvers, it cannot be loosened while running.
func ProposeChange(old, next *Policy, consents []Consent, at time.Time) *PolicyChange {
	c := &PolicyChange{From: old.hash, To: next.hash, Loosens: Loosens(old, next)}
	if len(c.Loosens) == 0 {
		c.Effective = at
		return c
	}
	members := old.Groups[old.ChangeApprovers.Group]
	for _, a := range consents {
		if slices.Contains(members, a.By) && !slices.Contains(c.Approvers, a.By) && verifies(a.By, a.Signature, PolicyMessage(old.hash, next.hash)) {
			c.Approvers = append(c.Approvers, a.By)
		}
	}
	slices.Sort(c.Approvers)
	if n := old.ChangeApprovers.N; n >= 2 && len(c.Approvers) >= n {
		c.Effective = at.Add(time.Duration(old.ChangeDelay))
	}
	return c
}

// Loosens lists in what a policy is looser than another, or could be.
func Loosens(old, next *Policy) []string {
	var all []string
	say := func(loose bool, format string, args ...any) {
		if loose {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	say(old.Mode == "enforce" && next.Mode != "enforce", "mode: enforce becomes %s", next.Mode)
	say(old.Default == Hold && next.Default != Hold, "default: hold becomes %s", next.Default)
	say(old.RequireIntent && !next.RequireIntent, "an intent is no longer required")
	say(old.RequireBalance && !next.RequireBalance, "balances are no longer required")
	say(shorter(old.TTL, next.TTL), "ttl: %s becomes %s", time.Duration(old.TTL), time.Duration(next.TTL))
	say(next.DuplicateWindow < old.DuplicateWindow, "duplicate_window: %s becomes %s", time.Duration(old.DuplicateWindow), time.Duration(next.DuplicateWindow))
	say(next.ChangeDelay < old.ChangeDelay, "change_delay: %s becomes %s", time.Duration(old.ChangeDelay), time.Duration(next.ChangeDelay))
	say(next.ChangeApprovers.N < old.ChangeApprovers.N || next.ChangeApprovers.Group != old.ChangeApprovers.Group, "change_approvers differ")
	for _, l := range []struct {
		name       string
		less, more []string
	}{
		{"monitor", next.Monitor, old.Monitor}, {"chains", next.Chains, old.Chains},
		{"delegates", next.Delegates, old.Delegates}, {"freeze_on no longer has", old.FreezeOn, next.FreezeOn},
		{"intent_keys", next.IntentKeys, old.IntentKeys},
	} {
		for _, s := range l.less {
			say(!slices.Contains(l.more, s), "%s: %s", l.name, s)
		}
	}
	say(len(old.IntentKeys) > 0 && len(next.IntentKeys) == 0, "intents of any key count")
	for _, k := range slices.Sorted(maps.Keys(next.book)) {
		was, there := old.book[k]
		say(!there, "address_book: %s is new", next.book[k].Addr)
		say(there && next.book[k].from.Before(was.from), "address_book: %s is ripe sooner", next.book[k].Addr)
	}
	loosensTables(old, next, say)
	return all
}

// shorter reports whether a span that bounds, zero meaning none, is widened.
func shorter(old, next Duration) bool { return old > 0 && (next == 0 || next > old) }

func loosensTables(old, next *Policy, say func(bool, string, ...any)) {
	for _, rule := range slices.Sorted(maps.Keys(old.Severity)) {
		for _, role := range slices.Sorted(maps.Keys(old.Severity[rule])) {
			to, ok := next.Severity[rule][role]
			say(!ok || to < old.Severity[rule][role], "severity of %s (%s) is lower", rule, role)
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(next.Severity)) {
		for _, role := range slices.Sorted(maps.Keys(next.Severity[rule])) {
			to := next.Severity[rule][role]
			_, there := old.Severity[rule][role]
			say(!there && to < High, "severity of %s (%s) is set to %s", rule, role, to)
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(next.Approvals)) {
		was, there := old.Approvals[rule]
		say(!there || next.Approvals[rule].N < was.N || next.Approvals[rule].Group != was.Group, "approvals of %s", rule)
	}
	a, b := old.Thresholds, next.Thresholds
	say(b.DrainHold == 0 && a.DrainHold > 0 || b.DrainHold > a.DrainHold, "drain_hold is higher")
	say(b.DrainDeny == 0 && a.DrainDeny > 0 || b.DrainDeny > a.DrainDeny, "drain_deny is higher")
	a.DrainHold, a.DrainDeny, b.DrainHold, b.DrainDeny = 0, 0, 0, 0
	for _, part := range []struct {
		name      string
		old, next any
	}{
		{"wallets", old.Wallets, next.Wallets}, {"tokens", old.Tokens, next.Tokens}, {"groups", old.Groups, next.Groups},
		{"rules", old.Rules, next.Rules}, {"pairs", old.Pairs, next.Pairs}, {"thresholds", a, b},
	} {
		say(!reflect.DeepEqual(part.old, part.next), "%s differ: whether that is looser cannot be told", part.name)
	}
}
