package bitcoin

import (
	"errors"
	"fmt"
	"strings"
)

// Errors of this package. Every *Error wraps one of them or an error of the
// file system.
var (
	// ErrNetwork marks an unknown network or magic, or a chain of another coin.
	ErrNetwork = errors.New("not this network")
	// ErrFrame marks bytes that are not a record of a block file.
	ErrFrame = errors.New("not a record of a block file")
	// ErrBlock marks a block that does not parse or contradicts its header.
	ErrBlock = errors.New("not a block")
	// ErrTx marks a transaction that does not parse.
	ErrTx = errors.New("not a transaction")
	// ErrAddress marks a malformed address or one with a wrong checksum.
	ErrAddress = errors.New("not an address")
	// ErrGap marks a block without its parent, or an input without its coin.
	ErrGap = errors.New("part of the chain is missing")
	// ErrRow marks a record of an export that cannot be read.
	ErrRow = errors.New("not a record of this export")
	// ErrNode marks a node that refuses, fails or breaks off, after all retries.
	ErrNode = errors.New("the node does not answer")
	// ErrLie marks a node whose answers contradict each other.
	ErrLie = errors.New("the node contradicts itself")
)

// Error is a fault of a file: where, what, and what to do.
type Error struct {
	File   string
	Offset int64 // bytes from the start of the file; -1 where Line counts
	Line   int   // of an export, from 1
	Msg    string
	Hint   string // may be empty
	Err    error
}

// Error writes `file: at byte N: what; hint`.
func (e *Error) Error() string {
	var b strings.Builder
	switch {
	case e.File != "" && e.Line > 0:
		fmt.Fprintf(&b, "%s:%d: ", e.File, e.Line)
	case e.File != "" && e.Offset >= 0:
		fmt.Fprintf(&b, "%s: at byte %d: ", e.File, e.Offset)
	case e.File != "":
		b.WriteString(e.File + ": ")
	}
	b.WriteString(e.Msg)
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is.
func (e *Error) Unwrap() error { return e.Err }
