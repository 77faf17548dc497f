package bitcoin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"sync"

	"github.com/coldtrail/coldtrail/ledger"
)

// slot holds one block on its way: bytes, parser and outcome. There are two for
// each worker, which bounds the memory.
type slot struct {
	parser
	raw   []byte
	block *ledger.CoinBlock
	err   error
	done  chan struct{}
}

// blocks parses the blocks from a height on, several at once, and yields them
// in order.
func (s *Source) blocks(ctx context.Context, from int) iter.Seq2[*ledger.CoinBlock, error] {
	return func(yield func(*ledger.CoinBlock, error) bool) {
		workers := s.opt.Workers
		if workers <= 0 {
			workers = runtime.GOMAXPROCS(0)
		}
		slots := make([]slot, 2*workers)
		for i := range slots {
			slots[i].done = make(chan struct{}, 1)
			slots[i].check, slots[i].sink.program = !s.opt.SkipMerkle, s.dir.net.HRP != ""
		}
		todo := make(chan int, len(slots))
		var wg sync.WaitGroup
		defer wg.Wait()
		defer close(todo)
		for range workers {
			wg.Go(func() { s.work(todo, slots) })
		}
		next := from
		for ; next < len(s.chain.order) && next < from+len(slots); next++ {
			todo <- next
		}
		for h := from; h < len(s.chain.order); h++ {
			sl := &slots[h%len(slots)]
			select {
			case <-sl.done:
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			}
			if sl.err != nil {
				yield(nil, sl.err)
				return
			}
			if !yield(sl.block, nil) {
				return
			}
			if next < len(s.chain.order) {
				todo <- next
				next++
			}
		}
	}
}

// work parses the blocks of the heights it is given, each into its slot, and
// keeps the last file open.
func (s *Source) work(todo <-chan int, slots []slot) {
	var f *os.File
	open := int32(-1)
	defer func() {
		if f != nil {
			f.Close()
		}
	}()
	for h := range todo {
		sl := &slots[h%len(slots)]
		r := &s.records[s.chain.order[h]]
		sl.err = nil
		if r.file != open {
			if f != nil {
				f.Close()
			}
			f, sl.err = os.Open(s.dir.files[r.file])
			open = r.file
			if sl.err != nil {
				f, open = nil, -1
			}
		}
		if sl.err == nil {
			sl.read(s, f, r, uint64(h))
		}
		sl.done <- struct{}{}
	}
}

// read fills the slot with one block.
func (sl *slot) read(s *Source, f *os.File, r *record, height uint64) {
	if cap(sl.raw) < int(r.size) {
		sl.raw = make([]byte, r.size+r.size/4)
	}
	sl.raw = sl.raw[:r.size]
	path := s.dir.files[r.file]
	if _, err := f.ReadAt(sl.raw, r.offset); err != nil {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("the file became shorter while it was read: %w", io.ErrUnexpectedEOF)
		}
		sl.err = &Error{File: path, Offset: r.offset, Msg: err.Error(), Err: err}
		return
	}
	s.dir.clear(sl.raw, r.offset)
	cb, bad := sl.parser.block(sl.raw)
	if bad == nil && cb.Hash != r.hash {
		bad = &txFault{0, "the header changed while it was read"}
	}
	if bad != nil {
		sl.err = &Error{File: path, Offset: r.offset + int64(bad.at), Msg: fmt.Sprintf("block %s: %s", r.hash, bad.msg), Hint: "the file is damaged: copy it again from the node", Err: ErrBlock}
		return
	}
	cb.Height, cb.Subsidy = height, s.dir.net.SubsidyAt(height)
	cb.File, cb.Offset = path, r.offset
	sl.block = cb
}
