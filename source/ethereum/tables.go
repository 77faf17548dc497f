package ethereum

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// table is one kind of table, in one file or several that follow each other.
type table struct {
	kind   kind
	paths  []string
	forms  map[string]Form
	sort   bool
	sorted []row // with sort: all rows
	at     int

	in      *input
	reader  rowReader
	block   []row // the rows of the block in work, and the one that was read ahead
	ahead   bool  // one was
	last    uint64
	digests map[string]string
	said    map[string][]string // notes of files
}

// find sorts files and the files of folders by the table they hold. Empty files
// are tables without rows.
func find(paths []string, forms map[string]Form) (tables map[kind]*table, notes []string, err error) {
	var files []string
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil {
			return nil, nil, err
		}
		if !st.IsDir() {
			files = append(files, p)
			continue
		}
		err = filepath.WalkDir(p, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() && isTable(path, forms) {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return nil, nil, err
		}
	}
	slices.Sort(files)
	tables = map[kind]*table{}
	for _, path := range slices.Compact(files) {
		k, empty, err := kindOf(path, forms)
		switch {
		case err != nil:
			return nil, nil, err
		case empty:
			notes = append(notes, filepath.Base(path)+" is empty: a table without rows")
			continue
		case k == unknown:
			return nil, nil, &Error{File: path, Line: 1, Msg: "its columns are of none of the tables", Hint: "give the files of ethereum-etl: blocks, transactions, receipts, token_transfers, traces, contracts, tokens; with their header", Err: ErrTable}
		case k == logTable:
			notes = append(notes, filepath.Base(path)+" not read: token transfers come from the table token_transfers")
			continue
		}
		if tables[k] == nil {
			tables[k] = &table{kind: k, forms: forms, digests: map[string]string{}, said: map[string][]string{}}
		}
		tables[k].paths = append(tables[k].paths, path)
	}
	if len(tables) == 0 {
		return nil, nil, &Error{File: strings.Join(paths, ", "), Msg: "no rows in any table", Hint: "give a folder or files of ethereum-etl", Err: ErrTable}
	}
	return tables, notes, nil
}

// isTable picks the files of a folder by their names.
func isTable(path string, forms map[string]Form) bool {
	if formOf(path, forms) != nil {
		return true
	}
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".gz")
	switch filepath.Ext(name) {
	case ".csv", ".json", ".jsonl", ".ndjson":
		return true
	}
	return false
}

func kindOf(path string, forms map[string]Form) (k kind, empty bool, err error) {
	in, err := openInput(path, forms)
	if err != nil {
		return unknown, false, err
	}
	defer in.close()
	if in.csv {
		return tableOf(in), false, nil
	}
	err = in.next()
	if errors.Is(err, io.EOF) {
		return unknown, true, nil
	}
	return tableOf(in), false, err
}

// rewind begins again.
func (t *table) rewind() error {
	t.close()
	t.at, t.block, t.ahead, t.last = 0, t.block[:0], false, 0
	if t.sort && t.sorted == nil {
		return t.loadSorted()
	}
	return nil
}

func (t *table) close() {
	if t.in != nil {
		t.in.close()
		t.in = nil
	}
}

// loadSorted reads all rows and puts them in the order of blocks; rows of one
// block stay as they stood.
func (t *table) loadSorted() error {
	t.sort = false
	for {
		var w row
		ok, err := t.read(&w)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		t.sorted = append(t.sorted, w)
	}
	t.sort = true
	sort.SliceStable(t.sorted, func(i, j int) bool { return t.sorted[i].block < t.sorted[j].block })
	t.at = 0
	return nil
}

// read reads the next row; false after the last.
func (t *table) read(w *row) (bool, error) {
	if t.sort {
		if t.at == len(t.sorted) {
			return false, nil
		}
		t.at++
		*w = t.sorted[t.at-1]
		return true, nil
	}
	for {
		if t.in == nil {
			if t.at == len(t.paths) {
				return false, nil
			}
			in, err := openInput(t.paths[t.at], t.forms)
			if err != nil {
				return false, err
			}
			t.at++
			t.in = in
			if got := tableOf(in); in.csv && got != t.kind {
				return false, in.fault("", "", ErrTable, "no longer the table it was")
			}
		}
		err := t.in.next()
		if errors.Is(err, io.EOF) {
			if err := t.finish(); err != nil {
				return false, err
			}
			continue
		}
		if err != nil {
			return false, err
		}
		if !t.in.csv && tableOf(t.in) != t.kind {
			return false, t.in.fault("", "a table a file", ErrTable, "an object that is not of the table "+kindNames[t.kind])
		}
		t.reader.in = t.in
		return true, t.reader.read(t.kind, w)
	}
}

// finish ends a file that was read whole.
func (t *table) finish() error {
	digest, notes, err := t.in.end()
	if err != nil {
		return err
	}
	t.digests[t.in.name], t.said[t.in.name] = digest, notes
	t.close()
	return nil
}

// peek gives the block of the next row; false after the last.
func (t *table) peek() (block uint64, ok bool, err error) {
	n := len(t.block)
	if t.ahead {
		return t.block[n-1].block, true, nil
	}
	if n < cap(t.block) {
		t.block = t.block[:n+1]
	} else {
		t.block = append(t.block, row{})
	}
	w := &t.block[n]
	if t.ahead, err = t.read(w); err != nil || !t.ahead {
		t.block = t.block[:n]
		return 0, false, err
	}
	if w.block < t.last {
		return 0, false, &Error{File: w.file, Line: w.line, Msg: fmt.Sprintf("block %d after block %d", w.block, t.last), Hint: "--sort sorts in memory; or sort the file by block", Err: ErrOrder}
	}
	t.last = w.block
	return w.block, true, nil
}

// rowsOf gives the rows of a block, of which the first was read ahead. They are
// valid until the next call.
func (t *table) rowsOf(block uint64) ([]row, error) {
	if n := len(t.block); t.ahead {
		t.block[0] = t.block[n-1]
		t.block = t.block[:1]
	} else {
		t.block = t.block[:0]
	}
	for {
		b, ok, err := t.peek()
		if err != nil || !ok {
			return t.block, err
		}
		if b != block {
			n := len(t.block) - 1
			return t.block[:n:n], nil
		}
		t.ahead = false
	}
}
