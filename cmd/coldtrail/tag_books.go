package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/tag/known"
	"github.com/coldtrail/coldtrail/tag/tagdb"
)

// book is a store of tags that answers: an index, or packs read into a set.
type book struct {
	name, sha256 string
	tags         int
	on           func(ledger.ID, ledger.Account) ([]tag.Tag, error)
	anywhere     func(ledger.Account) ([]tag.Tag, error)
	anywhereTx   func(string) ([]tag.Tag, error)
	close        func() error
}

// openBooks opens indexes and reads packs. The caller closes them.
func (a *app) openBooks(ctx context.Context, places []string, listDate string) (books []*book, err error) {
	for _, p := range places {
		var b *book
		if isIndex(p) {
			b, err = indexBook(p)
		} else {
			b, err = a.packBook(ctx, p, listDate)
		}
		if err != nil {
			closeBooks(books)
			return nil, err
		}
		books = append(books, b)
	}
	return books, nil
}

func closeBooks(books []*book) {
	for _, b := range books {
		_ = b.close() // nothing was written
	}
}

func indexBook(path string) (*book, error) {
	d, err := tagdb.Open(path)
	if err != nil {
		return nil, err
	}
	return &book{path, d.ContentSHA256(), d.Len(), d.On, d.Anywhere, d.AnywhereTx, d.Close}, nil
}

func (a *app) packBook(ctx context.Context, place, listDate string) (*book, error) {
	set, sum := &tag.Set{}, sha256.New()
	var all []tag.Tag
	r, err := a.readPacks(ctx, []string{place}, listDate, func(f *tag.File) {
		fmt.Fprintf(sum, "%s %s\n", f.Report.SHA256, f.Report.File)
		if f.Pack != nil {
			all = append(all, f.Pack.Tags...)
		}
	})
	if err == nil && r.read == 0 {
		err = fmt.Errorf("%s: no pack or list could be read", place)
	}
	if err != nil {
		return nil, err
	}
	tag.EndListings(all)
	for _, t := range all {
		if err := set.Add(t); err != nil {
			return nil, err
		}
	}
	return setBook(place, hex.EncodeToString(sum.Sum(nil)), set), nil
}

func setBook(name, sum string, set *tag.Set) *book {
	return &book{name, sum, set.Len(),
		func(l ledger.ID, x ledger.Account) ([]tag.Tag, error) { return set.On(l, x), nil },
		func(x ledger.Account) ([]tag.Tag, error) { return set.Anywhere(x), nil },
		func(x string) ([]tag.Tag, error) { return set.AnywhereTx(x), nil },
		func() error { return nil },
	}
}

// knownBook is the table inside the binary.
func knownBook() (*book, error) {
	f, err := known.File()
	if err != nil {
		return nil, err
	}
	set := &tag.Set{}
	for _, t := range f.Pack.Tags {
		if err := set.Add(t); err != nil {
			return nil, err
		}
	}
	return setBook(known.Name, f.Report.SHA256, set), nil
}

// caseBooks gives a case the books of the command line.
func caseBooks(books []*book) []casefile.Book {
	var out []casefile.Book
	for _, b := range books {
		out = append(out, casefile.Book{Name: b.name, SHA256: b.sha256, On: b.on})
	}
	return out
}

func (a *app) tagStatsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "stats INDEX", Short: "What an index holds, and from which files",
		Args: one("stats takes one index"),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := tagdb.Open(args[0])
			if err != nil {
				return err
			}
			defer d.Close()
			n, err := d.Subjects(c.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%d tags on %d addresses and transactions, from %d files; content %s\n", d.Len(), n, len(d.Packs()), d.ContentSHA256())
			if d.Repeated() > 0 {
				fmt.Fprintf(a.out, "%d claims that stand twice in one pack are kept once\n", d.Repeated())
			}
			for _, by := range []string{"network", "confidence", "concept"} {
				counts, err := d.Stats(c.Context(), by)
				if err != nil {
					return err
				}
				fmt.Fprintf(a.out, "by %s\n", by)
				for _, x := range counts {
					word := x.Word
					if word == "" {
						word = "(none)"
					}
					fmt.Fprintf(a.out, "%10d  %s\n", x.N, printable(word))
				}
			}
			fmt.Fprintln(a.out, "files")
			for _, p := range d.Packs() {
				fmt.Fprintf(a.out, "%10d  %s  %s  %s", p.Tags+p.Actors, printable(p.File), p.Kind, p.SHA256)
				if p.Skipped > 0 {
					fmt.Fprintf(a.out, "  left out %d", p.Skipped)
				}
				fmt.Fprintln(a.out)
			}
			return nil
		},
	}
}
