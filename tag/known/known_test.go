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

// TestBook: every row answers on its own network and on no other, and the book is made
// once.
func TestBook(t *testing.T) {
	b, err := Book()
	if err != nil {
		t.Fatal(err)
	}
	f, err := File()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Book(); err != nil || again != b || b.Name != Name || b.SHA256 != f.Report.SHA256 || b.Tags != len(f.Pack.Tags) {
		t.Errorf("%s of %d tags, %v", b.Name, b.Tags, err)
	}
	for _, x := range f.Pack.Tags {
		on, err := b.On(x.Ledger, x.Account)
		if err != nil || len(on) == 0 || on[0].Account != x.Account {
			t.Errorf("%s on %s: %v, %v", x.Account, x.Ledger, on, err)
		}
		if other, err := b.On("eip155:999999", x.Account); err != nil || len(other) > 0 {
			t.Errorf("%s on a network of no tag: %v, %v", x.Account, other, err)
		}
		if any, err := b.Anywhere(x.Account); err != nil || len(any) < len(on) {
			t.Errorf("%s anywhere: %d tags, %d on its network, %v", x.Account, len(any), len(on), err)
		}
	}
	if on, err := b.Anywhere("nobody"); err != nil || len(on) > 0 {
		t.Errorf("nobody: %v, %v", on, err)
	}
}
