package tag

import "github.com/coldtrail/coldtrail/ledger"

// Book is a store of tags that answers, whatever keeps it: an index on disk, or
// packs read into a Set. Its functions may be called by several goroutines.
type Book struct {
	Name   string // the file, for headers
	SHA256 string // of what it was made from, in hex
	Tags   int
	// On gives the tags on an account of a ledger, surest first; Anywhere those on an
	// address of any ledger, AnywhereTx those on a transaction's hash.
	On         func(ledger.ID, ledger.Account) ([]Tag, error)
	Anywhere   func(ledger.Account) ([]Tag, error)
	AnywhereTx func(string) ([]Tag, error)
	Close      func() error
}

// Book makes the set a book.
func (s *Set) Book(name, sha256 string) *Book {
	return &Book{name, sha256, s.Len(),
		func(l ledger.ID, a ledger.Account) ([]Tag, error) { return s.On(l, a), nil },
		func(a ledger.Account) ([]Tag, error) { return s.Anywhere(a), nil },
		func(tx string) ([]Tag, error) { return s.AnywhereTx(tx), nil },
		func() error { return nil },
	}
}
