package heist

import "testing"

// The shipped register has no faults.
func TestEmbedded(t *testing.T) {
	reg, ps, err := Load(Files(), "register")
	if err != nil {
		t.Fatal(err)
	}
	if len(reg.Incidents) < 150 || len(reg.Sources) < 100 {
		t.Fatalf("%d incidents, %d sources", len(reg.Incidents), len(reg.Sources))
	}
	t.Logf("%d incidents, %d sources, %d warnings", len(reg.Incidents), len(reg.Sources), ps.Warnings())
}
