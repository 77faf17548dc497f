package heist

import (
	"errors"
	"strings"
	"testing"
)

// A policy from outside the register is held to the same rules, with file and line.
func TestReadPolicy(t *testing.T) {
	reg, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	const good = "schema: coldtrail/policy/v1\nid: mine\nbasis: net\nexclude:\n  - incident: 2018-01-coincheck\n    reason: disputed\n"
	if p, err := reg.ReadPolicy("some/where/mine.yaml", []byte(good)); err != nil || p.Basis != "net" || p.Exclude[0].Incident != "2018-01-coincheck" {
		t.Errorf("%+v, %v", p, err)
	}
	for _, c := range [][2]string{{"basis: net", "basis: gross"}, {"id: mine", "id: other"}, {"coincheck", "coinchek"}, {"exclude:", "exlude:"}, {"    reason: disputed\n", ""}, {good, ""}} {
		_, err := reg.ReadPolicy("some/where/mine.yaml", []byte(strings.Replace(good, c[0], c[1], 1)))
		if !errors.Is(err, ErrRegister) || !strings.Contains(err.Error(), "mine.yaml:") {
			t.Errorf("%q for %q: %v", c[1], c[0], err)
		}
	}
}

// A policy promises nothing that a study does not do: each key takes what has an
// effect, or is refused with its line.
func TestPoliciesPromiseNothing(t *testing.T) {
	reg, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	const head = "schema: coldtrail/policy/v1\nid: mine\nbasis: mixed\n"
	const mixed = "mixed:\n  - incident: 2019-03-coinbene\n    basis: left_control\n    reason: a lower count\n"
	for _, good := range []string{"tie_break: [value desc, occurred asc, id asc]\n", "valuation: as_of:2026-01-01\n", "interval: {runs: \"500\", seed: \"7\"}\n", mixed + "    claim: stolen-usd-rekts\n"} {
		if _, err := reg.ReadPolicy("mine.yaml", []byte(head+good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, c := range []struct{ text, says string }{
		{"tie_break: [id asc]\n", "tie_break"}, {"tie_break: [value asc, occurred asc, id asc]\n", "tie_break"}, {"independence: count_all\n", "count_roots"},
		{"prices: mine\n", "embedded"}, {"currency: EUR\n", "USD"}, {"period: {by: disclosed}\n", "occurred_start"}, {"adjudication: latest\n", "preferred_then_grade"},
		{"interval: {amounts: uniform}\n", "triangular"}, {"interval: {attribution: all}\n", "bernoulli_icd203_mid"}, {"interval: {runs: many}\n", "write 1 to"},
		{"interval: {runs: \"0\"}\n", "write 1 to"}, {"interval: {runs: \"2000000\"}\n", "write 1 to"}, {"interval: {seed: x}\n", "whole number"},
		{"valuation: at_seizure\n", "at_theft"}, {"valuation: at_disclosure\n", "at_theft"}, {mixed + "    claim: no-such\n", "dollar value"},
		{mixed + "    claim: occurred\n", "dollar value"}, {"mixed:\n  - {incident: 2019-03-coinbene, basis: mixed, reason: x}\n", "mixes"},
	} {
		_, err := reg.ReadPolicy("mine.yaml", []byte(head+c.text))
		if !errors.Is(err, ErrRegister) || !strings.Contains(err.Error(), "mine.yaml:4") || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want one that says %q", c.text, err, c.says)
		}
	}
	if _, err := reg.ReadPolicy("mine.yaml", []byte(strings.Replace(head, "mixed", "net", 1)+mixed)); err == nil {
		t.Error("a list of mixed bases without the basis mixed has no effect")
	}
}
