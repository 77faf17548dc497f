package receipt

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/mod/sumdb/note"
)

// ErrClosed marks a log that takes nothing more: it was closed, or a write failed.
var ErrClosed = errors.New("the log of receipts is closed")

// maxLine bounds one receipt: a verdict of 1,000 effects fits many times.
const maxLine = 16 << 20

// Log is an append-only file of receipts, one a line. Append returns only when
// the receipt is on the disk; receipts that wait at the same time share one flush.
type Log struct {
	key  note.Signer
	file *os.File

	// Owned by the writer.
	seq  uint64
	prev string

	queue chan *pending
	done  chan struct{}
	mu    sync.RWMutex // held for reading while queue is sent to
	shut  bool
	// NoSync is for measurements of what the flush costs: receipts may be lost.
	NoSync bool
}

type pending struct {
	body  []byte
	made  *Receipt
	err   error
	ready chan struct{}
}

// Open opens a log or makes it. The whole chain is checked with the key's verifier
// before anything is appended. A last line without its end was never answered: it
// is cut off, and torn is its length.
func Open(file string, key note.Signer, verifier note.Verifier) (l *Log, torn int64, err error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("receipt log: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	if err := lock(f); err != nil {
		return nil, 0, fmt.Errorf("receipt log %s: another process writes it: %w", file, err)
	}
	s, err := Check(f, verifier)
	if err != nil {
		return nil, 0, err
	}
	if torn = s.Torn; torn > 0 {
		if err := f.Truncate(s.Whole); err != nil {
			return nil, 0, fmt.Errorf("receipt log: %w", err)
		}
	}
	if _, err := f.Seek(s.Whole, io.SeekStart); err != nil {
		return nil, 0, fmt.Errorf("receipt log: %w", err)
	}
	l = &Log{key: key, file: f, seq: s.Receipts, prev: s.Last, queue: make(chan *pending, 4096), done: make(chan struct{})}
	go l.write()
	return l, torn, nil
}

// Append signs a body into the chain and returns when it is on the disk.
func (l *Log) Append(body []byte) (*Receipt, error) {
	p := &pending{body: body, ready: make(chan struct{})}
	l.mu.RLock()
	if l.shut {
		l.mu.RUnlock()
		return nil, ErrClosed
	}
	l.queue <- p
	l.mu.RUnlock()
	<-p.ready
	return p.made, p.err
}

// Close writes what waits, and closes the file.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.shut {
		l.mu.Unlock()
		return nil
	}
	l.shut = true
	close(l.queue)
	l.mu.Unlock()
	<-l.done
	return l.file.Close()
}

// write takes all that waits, writes it, flushes once, and answers. After a fault
// of the disk it answers nothing but errors: a chain with a hole is worth nothing.
func (l *Log) write() {
	defer close(l.done)
	var broken error
	for first := range l.queue {
		batch := []*pending{first}
		for more := true; more && len(batch) < 1024; {
			select {
			case p, ok := <-l.queue:
				if ok {
					batch = append(batch, p)
				} else {
					more = false
				}
			default:
				more = false
			}
		}
		if broken == nil {
			broken = l.writeBatch(batch)
		}
		for _, p := range batch {
			if broken != nil && p.err == nil {
				p.made, p.err = nil, fmt.Errorf("%w: %w", ErrClosed, broken)
			}
			close(p.ready)
		}
	}
}

func (l *Log) writeBatch(batch []*pending) error {
	var out bytes.Buffer
	for _, p := range batch {
		if p.made, p.err = Make(l.seq+1, l.prev, p.body, l.key); p.err != nil {
			continue // the body is at fault, not the log
		}
		line, err := p.made.Line()
		if err == nil && len(line) > maxLine {
			err = fmt.Errorf("%w: it would take %d bytes, a log has lines of %d", ErrReceipt, len(line), maxLine) // nobody could open it again
		}
		if err != nil {
			p.made, p.err = nil, err
			continue
		}
		out.Write(line)
		l.seq, l.prev = p.made.Seq, p.made.ID()
	}
	if _, err := l.file.Write(out.Bytes()); err != nil {
		return err
	}
	if l.NoSync {
		return nil
	}
	return l.file.Sync()
}

// State is what a check of a log found.
type State struct {
	Receipts uint64
	// Last is the hash of the last receipt, Zero where there is none.
	Last string
	// Whole is the length in bytes of the whole lines, Torn of a last one without
	// its end.
	Whole, Torn int64
}

// Check reads a log from its beginning and checks every receipt and the chain.
// The error wraps ErrChain or ErrReceipt and names the line.
func Check(r io.Reader, key note.Verifier) (State, error) { return Walk(r, key, nil) }

// Walk is Check, and hands out every receipt that passed.
func Walk(r io.Reader, key note.Verifier, each func(*Receipt)) (State, error) {
	s := State{Last: Zero}
	in := bufio.NewReaderSize(r, 1<<16)
	for {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			s.Torn = int64(len(line))
			return s, nil
		}
		if err != nil {
			return s, fmt.Errorf("receipt log: line %d: %w", s.Receipts+1, err)
		}
		one, err := Parse(line)
		if err != nil {
			return s, fmt.Errorf("line %d: %w", s.Receipts+1, err)
		}
		if one.Seq != s.Receipts+1 || one.Prev != s.Last {
			return s, fmt.Errorf("%w: line %d: it is number %d after %s; number %d after %s belongs here", ErrChain, s.Receipts+1, one.Seq, one.Prev, s.Receipts+1, s.Last)
		}
		if err := one.Verify(key); err != nil {
			return s, fmt.Errorf("line %d: %w", s.Receipts+1, err)
		}
		if each != nil {
			each(one)
		}
		s.Receipts, s.Last, s.Whole = one.Seq, one.ID(), s.Whole+int64(len(line))
	}
}

func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return line, fmt.Errorf("%w: a line longer than %d bytes", ErrReceipt, maxLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
