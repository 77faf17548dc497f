package known

import (
	"bytes"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/tag"
)

// TestTable: the table is a strict TagPack, written as coldtrail writes one;
// every row has a public source and a good checksum, names a service, and
// nothing of it says theft.
func TestTable(t *testing.T) {
	f, err := File()
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Report.Bent) != 0 || f.Report.Skipped != 0 {
		t.Errorf("bent: %v, refused: %v", f.Report.Bent, f.Report.Faults)
	}
	if n := len(f.Pack.Tags); n < 20 || n > 60 {
		t.Errorf("%d rows, want 20 to 60", n)
	}
	for _, x := range f.Pack.Tags {
		if !strings.HasPrefix(x.Source, "https://") || !strings.Contains(x.Context, "graphsense-tagpacks: ") {
			t.Errorf("%s: source %q, found in %s", x.Account, x.Source, x.Context)
		}
		if !x.Boundary() || x.Theft() {
			t.Errorf("%s %q: boundary %v, theft %v", x.Account, x.Label, x.Boundary(), x.Theft())
		}
		if _, err := tag.Check(x.Ledger, string(x.Account)); err != nil {
			t.Errorf("%s: %v", x.Account, err)
		}
	}
	var b bytes.Buffer
	if err := tag.WriteTagPack(&b, f.Pack); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), services) {
		t.Error("the table is not written as WriteTagPack writes it")
	}
}
