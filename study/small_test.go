package study

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/heist"
)

// writeRegister makes a register of one invented incident, attributed to the DPRK
// with high confidence, and adds claims to it; SOURCE is its source's id.
func writeRegister(t *testing.T, dir, more string) {
	t.Helper()
	if err := os.CopyFS(dir, heist.Files()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"incidents", "policies"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	shipped, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	const tail = "    sources: [SOURCE]\n    asserted_on: 2024-01-05\n    recorded_on: 2026-11-27\n    recorded_by: researcher\n    grade: B2\n"
	text := "schema: coldtrail/incident/v1\nid: 2024-01-example\ntitle: Example\nvictim: Example\nsector: exchange\nscope: theft\nstatus: confirmed\nclaims:\n" +
		"  - id: occurred\n    property: occurred\n    value: 2024-01-02\n" + tail +
		"  - id: stolen-usd\n    property: amount\n    basis: left_control\n    asset: USD\n    value: 197000000\n    valuation: as_booked\n" + tail +
		"  - id: by\n    property: attribution\n    actor: dprk\n    status: assessed\n    confidence: high\n    parties: [Somebody]\n" + tail + more
	text = strings.ReplaceAll(text, "SOURCE", shipped.Sources[0].ID)
	if err := os.WriteFile(filepath.Join(dir, "incidents", "2024-01-example.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
