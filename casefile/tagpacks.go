package casefile

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/tag"
)

// addPacks reads the packs of the case, looks in them and in the books for the
// accounts that occur in the ledgers, and keeps those tags beside the case's
// own. Tags on other accounts have no say in the question, so they are neither
// kept nor in the digest of the boundaries.
func (l *Loaded) addPacks() error {
	books := l.Case.Books
	if len(l.Case.TagPacks) > 0 {
		set := &tag.Set{}
		for _, p := range l.Case.TagPacks {
			if err := l.addPack(set, p); err != nil {
				return err
			}
		}
		own := Book{On: func(id ledger.ID, a ledger.Account) ([]tag.Tag, error) { return set.On(id, a), nil }}
		books = append([]Book{own}, books...)
	}
	for _, b := range books {
		if b.Name != "" {
			l.Inputs = append(l.Inputs, Input{b.Name, b.SHA256, b.Bytes})
		}
	}
	if len(books) == 0 {
		return nil
	}
	places, err := placesOf(l.Graph)
	if err != nil {
		return err
	}
	for _, b := range books {
		for _, k := range places {
			on, err := b.On(k.ledger, k.account)
			if err != nil {
				return l.fail(0, "", err, "tags of %s", k.account)
			}
			for _, t := range on {
				t.Ledger = k.ledger
				if err := l.Tags.Add(t); err != nil {
					return l.fail(0, "", err, "tag refused")
				}
				l.tagged = append(l.tagged, t)
			}
		}
	}
	return nil
}

// addPack reads one file of tags.
func (l *Loaded) addPack(set *tag.Set, p TagPack) error {
	if _, err := l.read(p.Path, p.SHA256, p.Line); err != nil {
		return err
	}
	f, err := tag.ReadFile(hashed{l.Case.Data, l, p.Line}, p.Path, p.ListDate)
	if err != nil {
		return l.fail(p.Line, "", err, "tagpack %s", p.Path)
	}
	if f.Report.Skipped > 0 {
		l.Skipped += f.Report.Skipped
		l.Notes = append(l.Notes, fmt.Sprintf("%s: %d records left out, the first: %v", p.Path, f.Report.Skipped, f.Report.Faults[0]))
	}
	for _, b := range f.Report.Bent {
		l.Notes = append(l.Notes, fmt.Sprintf("%s: %s (%d)", p.Path, b.What, b.Count))
	}
	if f.Pack == nil {
		return nil
	}
	for _, t := range f.Pack.Tags {
		if err := set.Add(t); err != nil {
			return l.fail(p.Line, "", err, "tagpack %s", p.Path)
		}
	}
	return nil
}

// hashed is the folder of the case; what is read there becomes an input, also
// what a pack includes.
type hashed struct {
	fs.FS
	l    *Loaded
	line int
}

// ReadFile is of fs.ReadFileFS.
func (h hashed) ReadFile(name string) ([]byte, error) { return h.l.read(path.Clean(name), "", h.line) }

// placesOf lists the accounts that occur in a graph, each once per ledger, in
// the order in which they first occur.
func placesOf(g graph.Graph) ([]stopKey, error) {
	var out []stopKey
	seen := map[stopKey]bool{}
	for id := range graph.ID(g.Info().Transfers) {
		en, err := g.Entry(id)
		if err != nil {
			return nil, fmt.Errorf("transfer %d: %w", id, err)
		}
		keep := func(a ledger.Account) {
			k := stopKey{en.Ledger, a}
			if a != "" && a != ledger.Outside && !seen[k] {
				seen[k] = true
				out = append(out, k)
			}
		}
		for _, d := range en.Debits {
			keep(d.Account)
		}
		for _, c := range en.Credits {
			keep(c.Account)
		}
	}
	return out, nil
}
