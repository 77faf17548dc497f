package study

import (
	"strings"
	"testing"
)

// Every number opens the claims that it is computed from, and every claim its
// sources. Only a number over incidents of which no claim gives an amount, or over
// none, has no claim.
func TestEveryNumberOpensItsClaims(t *testing.T) {
	for _, policy := range []string{"default", "strict", "study2021"} {
		reg, s := build(t, policy, nil)
		kinds := map[string]bool{}
		for _, n := range s.Numbers {
			kind, _, _ := strings.Cut(n.ID, ".")
			kinds[kind] = true
			amount := false
			for _, id := range n.Rows {
				for _, cl := range reg.Incident(id).Claims {
					amount = amount || cl.Property == "amount" && cl.Asset == "USD" && cl.Missing == ""
				}
			}
			empty := strings.Contains(n.Text, "USD 0 (") && (!strings.Contains(n.Text, "%") || strings.HasPrefix(n.Text, "central USD 0 (") || strings.HasPrefix(n.ID, "vintage."))
			if len(n.Claims) == 0 && (amount || len(n.Rows) == 0 && !empty) {
				t.Errorf("%s: %s: %q over %v stands on no claim", policy, n.ID, n.Text, n.Rows)
			}
			for _, id := range n.Claims {
				incident, _, _ := strings.Cut(id, "#")
				i := reg.Incident(incident)
				if i == nil || i.Claim(local(id)) == nil {
					t.Fatalf("%s: %s names %q, which is not in the register", policy, n.ID, id)
				}
				if len(i.Claim(local(id)).Sources) == 0 {
					t.Errorf("%s: %s: %s has no source", policy, n.ID, id)
				}
			}
		}
		for _, kind := range []string{"total", "top", "year", "actor", "split", "lag", "recovery", "fall", "size", "sizes", "grid", "leave-out", "tornado", "known", "vintage"} {
			if !kinds[kind] {
				t.Errorf("%s: no number of kind %s", policy, kind)
			}
		}
	}
}

// What was left blank before: shares, the Gini coefficient, one choice at a time and
// the ten known on a day name the claims of the rows they are made of.
func TestDerivedNumbersNameTheirRows(t *testing.T) {
	_, s := build(t, "default", nil)
	byID := map[string]Number{}
	for _, n := range s.Numbers {
		byID[n.ID] = n
	}
	for id, claim := range map[string]string{
		"actor.2016-02-bangladesh-bank":    "2016-02-bangladesh-bank#attempted-usd",
		"top.left_control.share":           coincheck + "#attribution-asahi",
		"total.actor.interval":             coincheck + "#attribution-asahi",
		"recovery.2023-09-htx":             "2023-09-htx#returned-eth",
		"total.actor.share.with-coincheck": coincheck + "#attribution-asahi",
		"year.2018.share":                  coincheck + "#stolen-usd-read",
		"sizes.gini":                       "2025-02-bybit#stolen-usd-read",
		"sizes.top-1":                      "2020-12-lubian#stolen-usd-read",
		"leave-out." + coincheck:           coincheck + "#stolen-usd-read",
		"tornado.without." + coincheck:     coincheck + "#stolen-usd-read",
		"tornado.basis.attempted":          "2018-03-bank-negara-malaysia#attempted-usd",
		"known.2025-12-31.top":             "2020-12-lubian#stolen-usd-read",
		"year.2018.actor":                  "2018-04-gate-io#attribution",
	} {
		n, ok := byID[id]
		found := false
		for _, cl := range n.Claims {
			found = found || strings.HasPrefix(cl, claim)
		}
		if !ok || !found {
			t.Errorf("%s does not name %s: %v %v", id, claim, n.Rows, n.Claims)
		}
	}
}
