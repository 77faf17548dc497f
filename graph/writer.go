package graph

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
)

// dirtyName is the file that is there while a writer is at work: after a crash
// it tells the next one to clear what was not committed.
const dirtyName = "DIRTY"

// Writer adds to a store. There is one at a time, in one goroutine. What it has
// added is seen by others, and safe from a crash, after Commit.
type Writer struct {
	*Store
	release  func() error
	interned map[string]uint64
	created  bool // nothing is committed yet
	marked   bool // the folder says that this writer is at work
	torn     bool // the last commit failed over the manifest: either may stand
	last     ledger.Transfer
	share    float64 // of the source that has been read, 0 when unknown
	buf, key []byte
	resolved []uint32
	// Of the block in work: hashes of the ids that its inputs name and of its
	// account keys, what the ids may be, the outputs' owners, and sums that keep
	// the reads alive.
	hashes, keyHashes []uint64
	near, owners      []uint32
	read, readKeys    uint64
	retired           []*disk.Table // of tables made anew, until the commit
	outdated          []string      // files of columns made anew, until the commit
}

// OpenWriter opens a store for writing, or makes one when the folder is empty
// or not there. It fails with ErrLocked while another process writes to it.
// What a crash left behind of uncommitted work is taken back.
func OpenWriter(dir string, codecs ...ledger.Codec) (*Writer, error) {
	if err := disk.MakeDir(dir); err != nil {
		return nil, err
	}
	if _, err := readManifest(dir); errors.Is(err, ErrNoStore) {
		if err := onlyOurs(dir); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	release, err := disk.Lock(filepath.Join(dir, "LOCK"))
	if err != nil {
		return nil, err
	}
	// Whether there is a store is asked once nobody else can make one: whoever had the
	// lock until now may have.
	w := &Writer{Store: &Store{dir: dir}, release: release}
	if _, err := readManifest(dir); errors.Is(err, ErrNoStore) {
		w.created = true
		return w, nil
	}
	if err := w.reopen(codecs); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// onlyOurs refuses a folder with files that are not a store's.
func onlyOurs(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch filepath.Ext(e.Name()) {
		case ".col", ".crc", ".tab", ".idx", ".new":
		default:
			if e.Name() != "LOCK" && e.Name() != dirtyName {
				return fmt.Errorf("%s holds %s, which is not of a store: give an empty folder or a store: %w", dir, e.Name(), ErrNoStore)
			}
		}
	}
	return nil
}

// reopen reads the manifest again, now that nobody else can write, and clears
// what was not committed.
func (w *Writer) reopen(codecs []ledger.Codec) error {
	var err error
	if w.m, err = readManifest(w.dir); err != nil {
		return err
	}
	if err := w.open(codecs, true); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(w.dir, dirtyName)); err == nil {
		w.names.Recount()
		w.byKey.Recount()
		if w.coins() {
			w.clearLinks()
		}
	}
	if err := w.markDirty(); err != nil {
		return err
	}
	w.interned = map[string]uint64{}
	for i := range w.strings.Len() {
		w.interned[w.str(uint64(i))] = uint64(i)
	}
	return w.recallLast()
}

func (w *Writer) markDirty() error {
	if err := disk.Mark(w.dir, dirtyName); err != nil {
		return err
	}
	w.marked = true
	return nil
}

// clearLinks takes back spender links of transactions that are not there.
func (w *Writer) clearLinks() {
	n := uint32(w.transfers())
	for i, by := range w.outSpent.All() {
		if by >= n {
			w.outSpent.Set(i, 0)
		}
	}
}

// recallLast finds the last transfer's place in the order.
func (w *Writer) recallLast() error {
	w.last = ledger.Transfer{}
	if n := w.transfers(); n > 0 && !w.inBlocks() {
		e, err := w.Entry(ID(n - 1))
		if err != nil {
			return err
		}
		w.last = *e.Transfer
	}
	return nil
}

// begin makes the columns of a new store.
func (w *Writer) begin(l layout, info ledger.Info, codec ledger.Codec) error {
	if old := w.m.Ledger; !w.created {
		if w.m.Layout != l || old.ID != info.ID || old.Model != info.Model || w.m.Codec != codec.Name() {
			return fmt.Errorf("%s holds the ledger %s (%s, %s), not %s (%s, %s): %w", w.dir, old.ID, w.m.Layout, w.m.Codec, info.ID, l, codec.Name(), ErrStore)
		}
		return nil
	}
	if w.columns != nil {
		return nil
	}
	if err := w.markDirty(); err != nil {
		return err
	}
	w.m = manifest{Layout: l, Codec: codec.Name(), Ledger: info, Extents: map[string]disk.Extent{}}
	w.codec, w.interned = codec, map[string]uint64{}
	if err := w.makeFiles(); err != nil {
		return errors.Join(err, w.Store.Close()) // nothing half made: begin can be tried again
	}
	return nil
}

func (w *Writer) makeFiles() (err error) {
	if w.columns, err = openColumns(w.dir, &w.m, true); err != nil {
		return err
	}
	if w.names, err = disk.NewTable(w.dir, "names", 0, 0); err != nil {
		return err
	}
	w.byKey, err = disk.NewTable(w.dir, "accounts", 0, 0)
	return err
}

// intern gives the number of a string that recurs.
func (w *Writer) intern(s string) (uint64, error) {
	if n, ok := w.interned[s]; ok {
		return n, nil
	}
	n := uint64(w.strings.Len())
	if err := w.strings.Append([]byte(s)); err != nil {
		return 0, err // and no number: the next string gets it
	}
	w.interned[s] = n
	return n, nil
}

// accountOf gives the number of an account, a new one where it has none. The
// table has room: see room.
func (w *Writer) accountOf(key []byte, hash uint64) (uint32, error) {
	p := w.byKey.Seek(hash)
	for {
		n, ok := p.Next()
		if !ok {
			break
		}
		if int(n) < w.accounts.Len() && bytes.Equal(w.accounts.At(int(n)), key) {
			return uint32(n), nil
		}
	}
	n := w.accounts.Len()
	if uint32(n) == noAccount {
		return 0, fmt.Errorf("%s: 2^32-1 accounts: %w", w.dir, disk.ErrFull)
	}
	if err := w.accounts.Append(key); err != nil {
		return 0, err
	}
	w.byKey.Put(&p, hash, uint64(n))
	return uint32(n), nil
}

// room makes the tables anew, larger, when so many more names and accounts would
// fill them. The old files stay until the commit that names the new ones.
func (w *Writer) room(names, accounts int) error {
	if w.names.Used()+uint64(names) >= w.names.Slots()/5*4 {
		t, err := disk.NewTable(w.dir, "names", w.names.Generation()+1, w.larger(w.names.Used(), uint64(names)))
		if err != nil {
			return err
		}
		w.retired, w.names = append(w.retired, w.names), t
		if err := w.refillNames(); err != nil {
			return err
		}
	}
	if w.byKey.Used()+uint64(accounts) >= w.byKey.Slots()/5*4 {
		t, err := disk.NewTable(w.dir, "accounts", w.byKey.Generation()+1, w.larger(w.byKey.Used(), uint64(accounts)))
		if err != nil {
			return err
		}
		w.retired, w.byKey = append(w.retired, w.byKey), t
		t.Fill(w.accounts.Len(), func(i int) uint64 { return disk.Hash(w.accounts.At(i)) })
	}
	return nil
}

// larger is for how many ids a table is made that holds some and needs more: what
// the whole ledger will need, by how much of it has been read, between two and
// four times what there is.
func (w *Writer) larger(used, more uint64) uint64 {
	least := 2 * max(used, more)
	if w.share <= 0 {
		return least
	}
	whole := uint64(float64(used+more) / w.share * 1.1)
	return min(max(whole, least), 2*least)
}

func (w *Writer) refillNames() error {
	if w.inBlocks() {
		ids := w.txID.All()
		w.names.Fill(len(ids), func(i int) uint64 { return txHash(&ids[i]) })
		return nil
	}
	for i := range w.transfers() {
		if err := w.insertNames(i); err != nil {
			return err
		}
	}
	return nil
}

// insertNames puts the names of a stored transfer that has a record into the
// table.
func (w *Writer) insertNames(i int) error {
	r := recordReader{b: w.rec.At(i)}
	bits, tx, id := r.readNames()
	if r.bad {
		return fmt.Errorf("%s: record %d: %w", w.dir, i, ErrDamaged)
	}
	before := ""
	if i > 0 {
		before, _ = w.namesOf(i - 1)
	}
	conversion := ""
	if bits&hasConversion != 0 {
		t, _, err := readRecord(w.rec.At(i), "", w.str)
		if err != nil {
			return err
		}
		conversion = t.Conversion
	}
	w.insertNamed(i, id, tx, before, conversion)
	return nil
}

// insertNamed enters a transfer under its id, under its transaction where it is
// the first of a run, and under its conversion.
func (w *Writer) insertNamed(i int, id, tx, before, conversion string) {
	w.names.Insert(disk.Hash([]byte(id)), uint64(i))
	if tx != id && (i == 0 || tx != before) {
		w.names.Insert(disk.Hash([]byte(tx)), uint64(i))
	}
	if conversion != "" {
		w.names.Insert(disk.Hash(conversionName(conversion)), uint64(i))
	}
}

// Commit makes everything added so far durable and visible. Info is what the
// source says of itself now; done, that it has ended.
func (w *Writer) Commit(info ledger.Info, done bool) error {
	if w.columns == nil {
		return fmt.Errorf("%s: nothing to commit: %w", w.dir, ErrStore)
	}
	m := w.m
	m.Commit++
	m.Ledger, m.Done = info, done
	if w.rec != nil {
		m.Records = w.rec.Len()
	}
	m.Accounts, m.Strings = w.accounts.Len(), w.strings.Len()
	m.Names, m.AccountTable = w.names.Generation(), w.byKey.Generation()
	if w.transfers() > 0 && !w.inBlocks() {
		m.Cursor = ledger.At(&w.last)
	}
	var err error
	if m.Extents, err = w.commitFiles(); err != nil {
		return err
	}
	w.torn = true
	if err := disk.WriteManifest(w.dir, storeVersion, m); err != nil {
		return err
	}
	w.m, w.created, w.torn = m, false, false
	w.describe()
	for _, t := range w.retired {
		err = errors.Join(err, t.Remove())
	}
	for _, f := range w.outdated {
		if e := os.Remove(filepath.Join(w.dir, f)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	w.retired, w.outdated = nil, nil
	return err
}

// commitFiles makes columns and tables durable, side by side: each waits for the
// disk, and the disk takes what waits together at once.
func (w *Writer) commitFiles() (map[string]disk.Extent, error) {
	extents := make([]disk.Extent, len(w.stored))
	faults := make([]error, len(w.stored)+2)
	var all sync.WaitGroup
	for i, s := range w.stored {
		all.Go(func() { extents[i], faults[i] = s.Commit() })
	}
	all.Go(func() { faults[len(w.stored)] = w.names.Commit() })
	all.Go(func() { faults[len(w.stored)+1] = w.byKey.Commit() })
	all.Wait()
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	byName := map[string]disk.Extent{}
	for i, s := range w.stored {
		byName[s.Name()] = extents[i]
	}
	return byName, nil
}

// setVerdicts puts a new column of verdicts in the place of the old one, whose
// files stay until the commit.
func (w *Writer) setVerdicts(all []uint8) error {
	old := w.known
	w.m.Verdicts++
	name := verdictsName(w.m.Verdicts)
	for _, f := range []string{name + ".col", name + ".crc"} {
		if err := os.Remove(filepath.Join(w.dir, f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	c, err := disk.OpenColumn[uint8](w.dir, name, disk.Extent{}, true, false)
	if err != nil {
		return err
	}
	for i, s := range w.stored {
		if s == disk.Stored(old) {
			w.stored[i] = c
		}
	}
	w.known = c
	w.outdated = append(w.outdated, old.Name()+".col", old.Name()+".crc")
	for _, v := range all {
		if err := c.Append(v); err != nil {
			return err
		}
	}
	return old.Close()
}

// stands reports whether the manifest in the folder is the last that was
// committed, and not that of a commit that failed when it had replaced it.
func (w *Writer) stands() bool {
	m, err := readManifest(w.dir)
	if w.created {
		return errors.Is(err, ErrNoStore)
	}
	return err == nil && m.Commit == w.m.Commit
}

// Close gives the store back. What was not committed is lost. Where a commit
// failed and its manifest is there all the same, files are left as a crash would
// leave them, for the next writer to clear.
func (w *Writer) Close() error {
	var err error
	for _, t := range w.retired {
		err = errors.Join(err, t.Close())
	}
	torn := w.torn && !w.stands()
	if w.columns != nil && !w.created && !torn {
		w.cutToCommitted()
		if w.coins() {
			// No manifest tells links that were taken back: before the mark goes
			// that has them cleared, they must be on the disk.
			_, e := w.outSpent.Commit()
			err = errors.Join(err, e)
		}
	}
	err = errors.Join(err, w.Store.Close())
	if err == nil && w.marked && !torn {
		w.marked = false
		if e := os.Remove(filepath.Join(w.dir, dirtyName)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = e
		}
	}
	return errors.Join(err, w.release())
}

// cutToCommitted takes back what was added after the last commit. Hash tables
// keep slots of ids that are no longer there: they are passed over.
func (w *Writer) cutToCommitted() {
	count := func(name string, width uint64) int { return int(w.m.Extents[name].Bytes / width) }
	w.accounts.Cut(w.m.Accounts)
	w.strings.Cut(w.m.Strings)
	if w.coins() {
		w.rewind(mark{count("tx.out", 4), count("out.value", 8), count("in.coin", 4), count("block.tx", 4), w.m.Accounts})
	} else {
		w.cutMoves(count("from", 4))
		w.cutFlows(count("tx.move", 4), count("block.tx", 4))
	}
}
