package nem

import (
	"errors"
	"strings"
)

// Errors of this package. Every *Error wraps one of them, ledger.ErrCursor where a
// chain moved while it was read, or an error of the file system or the network.
var (
	// ErrAddress marks a malformed address, or one with a wrong checksum.
	ErrAddress = errors.New("not a NEM address")
	// ErrJSON marks bytes that are not an answer of a NIS node.
	ErrJSON = errors.New("not an answer of a NIS node")
	// ErrContradiction marks answers that cannot both be true.
	ErrContradiction = errors.New("answers contradict each other")
	// ErrNetwork marks answers of two networks, or of an unknown one.
	ErrNetwork = errors.New("not this network")
	// ErrNode marks a node that refuses, fails or breaks off, after all retries.
	ErrNode = errors.New("the node does not answer")
	// ErrRepeat marks a node whose pages do not go on.
	ErrRepeat = errors.New("the node repeats a page")
	// ErrEndless marks a node whose list does not come to an end.
	ErrEndless = errors.New("the list does not end")
	// ErrHeight marks a node whose height fell by more than NEM rewrites.
	ErrHeight = errors.New("the node went back in height")
)

// Error is a fault: in which file or answer, at which record, what, and what to do.
type Error struct {
	File   string // or the address asked
	Record string // as in data[3].transaction.fee; may be empty
	Msg    string
	Hint   string // may be empty
	Err    error
}

// Error writes `file: record: what; hint`.
func (e *Error) Error() string {
	var parts []string
	for _, p := range []string{e.File, e.Record, e.Msg} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	s := strings.Join(parts, ": ")
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Unwrap gives the cause to errors.Is.
func (e *Error) Unwrap() error { return e.Err }
