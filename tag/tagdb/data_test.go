package tagdb

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/tag"
)

// TestPacksOfOthers: over the 29 packs and the lists of the data folder, the
// index gives for every address exactly the claims that the packs hold, and on
// each network those of that network alone.
func TestPacksOfOthers(t *testing.T) {
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set: the packs and lists of others are not read")
	}
	dir, names, _, err := tag.Open(filepath.Join(root, "data", "tags"))
	if err != nil {
		t.Fatal(err)
	}
	var all []tag.Tag
	path := filepath.Join(t.TempDir(), "x.tags")
	err = Build(context.Background(), path, func(b *Builder) error {
		for _, n := range names {
			f, err := tag.ReadFile(dir, n, "2024-09-27")
			if err != nil {
				return err
			}
			b.Add(f)
			if f.Pack != nil {
				all = append(all, f.Pack.Tags...)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	tag.EndListings(all)
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	set := &tag.Set{}
	for _, x := range all {
		if err := set.Add(x); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range all {
		on, err := d.On(x.Ledger, x.Account)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := lines(on), lines(set.On(x.Ledger, x.Account)); got != want {
			t.Fatalf("%s on %s\ngot\n%s\nwant\n%s", x.Account, x.Ledger, got, want)
		}
	}
	if d.Len()+d.Repeated() != len(all) || len(d.Packs()) != len(names) {
		t.Errorf("%d tags and %d repeated of %d, %d packs of %d", d.Len(), d.Repeated(), len(all), len(d.Packs()), len(names))
	}
}

// lines writes tags one a line, sorted, each once; entities left out, which the
// index takes from the ActorPack.
func lines(tags []tag.Tag) string {
	seen := map[string]bool{}
	var out []string
	for _, x := range tags {
		listed := ""
		if x.Listed != nil {
			listed = fmt.Sprint(*x.Listed)
			x.Listed = nil
		}
		x.Entity = ""
		at := x.Line
		x.Line = 0 // of two equal claims of one pack either line will do
		if s := fmt.Sprintf("%+v %s", x, listed); at > 0 && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}
