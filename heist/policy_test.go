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
