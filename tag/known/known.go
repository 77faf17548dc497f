// Package known holds a small table of services whose addresses are public: the
// services that the shipped cases touch. Each row names its public source.
//
// In goes nothing; out come tags. It is a beginning for those who have no packs
// at hand, and never a list of all that a service owns.
package known

import (
	_ "embed"
	"sync"

	"github.com/coldtrail/coldtrail/tag"
)

//go:embed services.yaml
var services []byte

// Name is that of the table in errors and reports.
const Name = "known/services.yaml"

var read = sync.OnceValues(func() (*tag.File, error) {
	p, r, err := tag.ReadTagPack(Name, services, nil)
	return &tag.File{Report: r, Pack: p}, err
})

// File is the table as a TagPack. The caller must not change it.
func File() (*tag.File, error) { return read() }

// Book is the table as a book that answers.
func Book() (*tag.Book, error) { return book() }

var book = sync.OnceValues(func() (*tag.Book, error) {
	f, err := File()
	if err != nil {
		return nil, err
	}
	set := &tag.Set{}
	for _, t := range f.Pack.Tags {
		if err := set.Add(t); err != nil {
			return nil, err
		}
	}
	return set.Book(Name, f.Report.SHA256), nil
})
