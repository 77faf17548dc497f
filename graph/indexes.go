package graph

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
)

// fewItems is how many items may stand without an index: they are looked
// through one by one.
const fewItems = 1 << 16

// buildIndexes makes the lists of what credits and debits each account for the
// items that have none yet. Lists of smaller ranges next to the new one are
// taken into it, so that there are few, and each item is sorted a logarithmic
// number of times. The old files stay until the next commit.
func (w *Writer) buildIndexes() error {
	if w.coins() {
		var err error
		w.m.Credited, err = w.extend("credited", w.m.Credited, w.outAccount.All())
		return err
	}
	credited, debited := w.m.Credited, w.m.Debited
	done := make(chan error, 1)
	go func() {
		var err error
		w.m.Debited, err = w.extend("debited", debited, w.from.All())
		done <- err
	}()
	var err error
	w.m.Credited, err = w.extend("credited", credited, w.to.All())
	return errors.Join(err, <-done)
}

func (w *Writer) extend(name string, list []disk.IndexInfo, keyOf []uint32) ([]disk.IndexInfo, error) {
	from, to := uint64(0), uint64(len(keyOf))
	if len(list) > 0 {
		from = list[len(list)-1].To
	}
	if to-from < fewItems && (len(list) > 0 || w.transfers() == 0) {
		return list, nil
	}
	kept := append([]disk.IndexInfo(nil), list...)
	for len(kept) > 0 {
		last := kept[len(kept)-1]
		if last.To-last.From > 2*(to-from) && last.To == last.Built {
			break
		}
		from, kept = last.From, kept[:len(kept)-1]
	}
	file := fmt.Sprintf("%s.%d.idx", name, w.m.Commit+1)
	for i := 1; slices.ContainsFunc(kept, func(x disk.IndexInfo) bool { return x.File == file }); i++ {
		file = fmt.Sprintf("%s.%d.%d.idx", name, w.m.Commit+1, i) // its commit failed: it waits for this one
	}
	x, err := disk.BuildIndex(w.dir, file, keyOf, from, to, w.accounts.Len())
	if err != nil {
		return list, err
	}
	return append(kept, x), nil
}

// reopenIndexes opens the indexes of the manifest just committed, and removes
// the files that it no longer names.
func (w *Writer) reopenIndexes() error {
	var err error
	for _, x := range append(w.credited, w.debited...) {
		err = errors.Join(err, x.Close())
	}
	w.credited, w.debited = nil, nil
	named := map[string]bool{}
	for _, x := range append(append([]disk.IndexInfo(nil), w.m.Credited...), w.m.Debited...) {
		named[x.File] = true
	}
	files, e := filepath.Glob(filepath.Join(w.dir, "*.idx"))
	err = errors.Join(err, e)
	for _, f := range files {
		if !named[filepath.Base(f)] {
			err = errors.Join(err, os.Remove(f))
		}
	}
	if err != nil {
		return err
	}
	if w.credited, err = openIndexes(w.dir, w.m.Credited); err != nil {
		return err
	}
	w.debited, err = openIndexes(w.dir, w.m.Debited)
	return err
}
