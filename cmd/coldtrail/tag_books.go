package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/tag/tagdb"
)

// openBooks opens indexes and reads packs. The caller closes them.
func (a *app) openBooks(ctx context.Context, places []string, listDate string) (books []*tag.Book, err error) {
	for _, p := range places {
		var b *tag.Book
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

func closeBooks(books []*tag.Book) {
	for _, b := range books {
		_ = b.Close() // nothing was written
	}
}

func indexBook(path string) (*tag.Book, error) {
	d, err := tagdb.Open(path)
	if err != nil {
		return nil, err
	}
	return &tag.Book{Name: path, SHA256: d.ContentSHA256(), Tags: d.Len(), On: d.On, Anywhere: d.Anywhere, AnywhereTx: d.AnywhereTx, Close: d.Close}, nil
}

func (a *app) packBook(ctx context.Context, place, listDate string) (*tag.Book, error) {
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
	return set.Book(place, hex.EncodeToString(sum.Sum(nil))), nil
}

// caseBooks gives a case the books of the command line.
func caseBooks(books []*tag.Book) []casefile.Book {
	var out []casefile.Book
	for _, b := range books {
		out = append(out, casefile.Book{Name: b.Name, SHA256: b.SHA256, On: b.On})
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
