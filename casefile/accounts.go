package casefile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
)

// accounts gives a list in the case or in a file its meaning, in order, each
// account once.
func (l *Loaded) accounts(words []Word, f *File) ([]ledger.Account, error) {
	var out []ledger.Account
	seen := map[ledger.Account]bool{}
	for _, w := range words {
		a, err := l.Account(w)
		if err != nil {
			return nil, err
		}
		if !seen[a] {
			out = append(out, a)
		}
		seen[a] = true
	}
	if f == nil {
		return out, nil
	}
	rows, err := l.list(f, "")
	for _, r := range rows {
		if !seen[r.account] {
			out = append(out, r.account)
		}
		seen[r.account] = true
	}
	return out, err
}

type listed struct {
	account ledger.Account
	extra   string // of one further column
}

// list reads the rows of a CSV file that a File selects.
func (l *Loaded) list(f *File, extra string) ([]listed, error) {
	data, err := l.read(f.Path, f.SHA256, f.Line)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	header, err := r.Read()
	if err != nil {
		return nil, l.fail(f.Line, "want a CSV file with a header", err, "%s has no header", f.Path)
	}
	at, err := l.columns(f, header, extra)
	if err != nil {
		return nil, err
	}
	var rows []listed
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, l.fail(f.Line, "", err, "%s", f.Path)
		}
		keep := true
		for c, v := range f.Where {
			keep = keep && rec[at[c]] == v
		}
		if !keep {
			continue
		}
		line, _ := r.FieldPos(at[f.Column])
		name := strings.TrimSpace(rec[at[f.Column]])
		if name == "" {
			return nil, l.fail(f.Line, "", ErrData, "%s:%d has no account", f.Path, line)
		}
		a, err := l.Account(Word{name, f.Line})
		if err != nil {
			return nil, l.fail(f.Line, "", err, "%s:%d", f.Path, line)
		}
		row := listed{account: a}
		if extra != "" {
			row.extra = strings.TrimSpace(rec[at[extra]])
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, l.fail(f.Line, "look at column and where", ErrData, "%s: no row is selected", f.Path)
	}
	return rows, nil
}

// columns finds the columns a File names.
func (l *Loaded) columns(f *File, header []string, extra string) (map[string]int, error) {
	at := map[string]int{}
	for i, h := range header {
		at[strings.TrimSpace(h)] = i
	}
	wanted := []string{f.Column}
	for c := range f.Where {
		wanted = append(wanted, c)
	}
	if extra != "" {
		wanted = append(wanted, extra)
	}
	sort.Strings(wanted)
	for _, c := range wanted {
		if _, ok := at[c]; !ok {
			return nil, l.fail(f.Line, nearest(c, header), ErrData, "%s has no column %q", f.Path, c)
		}
	}
	return at, nil
}
