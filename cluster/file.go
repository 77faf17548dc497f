package cluster

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// A clustering on disk is one file, replaced whole:
//
//	magic   "coldtrail clusters 1\n"
//	head    u32 length, then JSON: parameters, marks, and the counts of what follows
//	labels  u32 each: the smallest account of each account's cluster
//	edges   3 * u32 each: transaction, account, account
//	keys    3 * u32 each: 0xffffffff, account, account
//	out     2 * u32 each: transaction, place of the rule
//	sums    u32, u32, u64 each: smallest account, size, balance
//	check   u32: CRC-32C of all before it
//
// Numbers are little-endian.
const fileMagic = "coldtrail clusters 1\n"

// Errors of clusterings on disk, wrapped with the file.
var (
	// ErrFile: not a clustering, or one that was changed.
	ErrFile = errors.New("damaged clustering")
	// ErrVersion: a clustering of another version of the format or the rules.
	ErrVersion = errors.New("clustering of another version")
)

// fileHead is the JSON of a file.
type fileHead struct {
	Params   Params `json:"parameters"`
	Marks    []Mark `json:"marks"`
	Accounts uint32 `json:"accounts"`
	Edges    uint32 `json:"edges"`
	Keys     uint32 `json:"key_edges"`
	Excluded uint32 `json:"excluded"`
	Clusters uint32 `json:"clusters"`
}

// The bytes of a record of each section.
const labelSize, edgeSize, outSize, sumSize = 4, 12, 8, 16

// FileOf is where the clustering of a store is kept: beside its folder.
func FileOf(store string) string { return filepath.Clean(store) + ".clusters" }

// Write keeps the clustering in a file, atomically and durably.
func (r *Result) Write(path string) error {
	temp := path + ".new"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	err = r.encode(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(temp))
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a renaming last.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (r *Result) encode(to io.Writer) error {
	head, err := json.Marshal(fileHead{
		r.Params, r.Marks, uint32(len(r.Labels)), uint32(len(r.Edges)), uint32(len(r.KeyEdges)), uint32(len(r.Excluded)), uint32(len(r.Clusters)),
	})
	if err != nil {
		return err
	}
	sum := crc32.New(castagnoli)
	w := bufio.NewWriterSize(io.MultiWriter(to, sum), 1<<20)
	w.WriteString(fileMagic) // errors of a bufio.Writer stay until Flush
	w.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(head))))
	w.Write(head)
	var b []byte
	for _, l := range r.Labels {
		b = binary.LittleEndian.AppendUint32(b[:0], l)
		w.Write(b)
	}
	for _, list := range [][]Edge{r.Edges, r.KeyEdges} {
		for _, e := range list {
			b = binary.LittleEndian.AppendUint32(b[:0], e.Tx)
			b = binary.LittleEndian.AppendUint32(b, e.A)
			w.Write(binary.LittleEndian.AppendUint32(b, e.B))
		}
	}
	for _, x := range r.Excluded {
		b = binary.LittleEndian.AppendUint32(b[:0], x.Tx)
		w.Write(binary.LittleEndian.AppendUint32(b, x.Rule))
	}
	for _, c := range r.Clusters {
		b = binary.LittleEndian.AppendUint32(b[:0], c.Root)
		b = binary.LittleEndian.AppendUint32(b, c.Size)
		w.Write(binary.LittleEndian.AppendUint64(b, c.Balance))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = to.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Read reads a clustering that Write kept. It fails with ErrFile or ErrVersion,
// or with fs.ErrNotExist when there is none.
func Read(path string) (*Result, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func damaged(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, ErrFile)...)
}

func decode(b []byte) (*Result, error) {
	rest, ok := bytes.CutPrefix(b, []byte(fileMagic))
	if !ok {
		if bytes.HasPrefix(b, []byte("coldtrail clusters ")) {
			return nil, fmt.Errorf("not format 1: %w", ErrVersion)
		}
		return nil, damaged("offset 0: not a clustering")
	}
	if len(rest) < 8 || crc32.Checksum(b[:len(b)-4], castagnoli) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, damaged("%d bytes whose checksum is wrong", len(b))
	}
	n := uint64(binary.LittleEndian.Uint32(rest))
	if rest = rest[4 : len(rest)-4]; n > uint64(len(rest)) {
		return nil, damaged("offset %d: a head of %d bytes", len(fileMagic), n)
	}
	var h fileHead
	if err := json.Unmarshal(rest[:n], &h); err != nil {
		return nil, damaged("offset %d: %v", len(fileMagic)+4, err)
	}
	rest = rest[n:]
	if want := labelSize*uint64(h.Accounts) + edgeSize*(uint64(h.Edges)+uint64(h.Keys)) + outSize*uint64(h.Excluded) + sumSize*uint64(h.Clusters); want != uint64(len(rest)) {
		return nil, damaged("%d bytes of sections where the head says %d", len(rest), want)
	}
	if h.Params.RulesVersion != RulesVersion {
		return nil, fmt.Errorf("made by version %d of the rules, this is %d: %w", h.Params.RulesVersion, RulesVersion, ErrVersion)
	}
	r := &Result{Params: h.Params, Marks: h.Marks}
	r.sections(rest, h)
	return r, r.sound()
}

// sections reads what comes after the head, whose counts fit.
func (r *Result) sections(b []byte, h fileHead) {
	next := func() uint32 {
		v := binary.LittleEndian.Uint32(b)
		b = b[4:]
		return v
	}
	r.Labels = make(Forest, h.Accounts)
	for i := range r.Labels {
		r.Labels[i] = next()
	}
	r.Edges, r.KeyEdges = make([]Edge, h.Edges), make([]Edge, h.Keys)
	for _, list := range [][]Edge{r.Edges, r.KeyEdges} {
		for i := range list {
			list[i] = Edge{next(), next(), next()}
		}
	}
	r.Excluded = make([]Exclusion, h.Excluded)
	for i := range r.Excluded {
		r.Excluded[i] = Exclusion{next(), next()}
	}
	r.Clusters = make([]Summary, h.Clusters)
	for i := range r.Clusters {
		r.Clusters[i] = Summary{next(), next(), uint64(next()) | uint64(next())<<32}
	}
}

// sound holds that numbers lead somewhere, so that a lying file cannot make a
// reader fall.
func (r *Result) sound() error {
	if _, err := namedRules(r.Params.Rules); err != nil {
		return fmt.Errorf("%w: %w", err, ErrVersion)
	}
	txs := uint32(0)
	for i, m := range r.Marks {
		if m.Txs <= txs {
			return damaged("mark %d at transaction %d", i, m.Txs)
		}
		txs = m.Txs
	}
	for a, l := range r.Labels {
		if int(l) > a || r.Labels[l] != l {
			return damaged("account number %d is in cluster %d", a, l)
		}
	}
	last := uint32(0)
	for i, e := range r.Edges {
		if e.Tx < last || e.Tx >= txs || !r.together(e) {
			return damaged("edge %d: transaction %d joins %d and %d", i, e.Tx, e.A, e.B)
		}
		last = e.Tx
	}
	for i, e := range r.KeyEdges {
		if e.Tx != NoTx || !r.together(e) {
			return damaged("key edge %d: %d and %d", i, e.A, e.B)
		}
	}
	for i, x := range r.Excluded {
		if x.Tx >= txs || int(x.Rule) >= len(r.Params.Rules) || i > 0 && x.Tx <= r.Excluded[i-1].Tx {
			return damaged("exclusion %d: transaction %d by rule %d", i, x.Tx, x.Rule)
		}
	}
	return r.counted()
}

// counted holds that the clusters are those of the labels, each with its size.
func (r *Result) counted() error {
	sizes := make([]uint32, len(r.Labels))
	for _, l := range r.Labels {
		sizes[l]++
	}
	for i, c := range r.Clusters {
		if int(c.Root) >= len(r.Labels) || i > 0 && c.Root <= r.Clusters[i-1].Root || c.Size == 0 || c.Size != sizes[c.Root] {
			return damaged("cluster %d: account number %d, %d accounts", i, c.Root, c.Size)
		}
	}
	if n := r.Labels.Count(); n != len(r.Clusters) {
		return damaged("%d clusters, the labels make %d", len(r.Clusters), n)
	}
	return nil
}

func (r *Result) together(e Edge) bool {
	n := uint32(len(r.Labels))
	return e.A < n && e.B < n && r.Labels[e.A] == r.Labels[e.B]
}
