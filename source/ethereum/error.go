package ethereum

import (
	"errors"
	"fmt"
)

// Errors of an export or a node. Every *Error wraps one of them, an error of package
// money, or that of the file system or of gzip.
var (
	// ErrTable marks a file that is none of the tables, or lacks a column.
	ErrTable = errors.New("not a table of ethereum-etl")
	// ErrFormat marks bytes that are not CSV or JSON lines.
	ErrFormat = errors.New("not in this form")
	// ErrValue marks a field that its column does not allow.
	ErrValue = errors.New("value not allowed here")
	// ErrOrder marks rows whose blocks fall.
	ErrOrder = errors.New("rows out of order")
	// ErrContradiction marks two rows that cannot both be true.
	ErrContradiction = errors.New("rows contradict each other")
	// ErrStatus marks a transaction of which nobody says whether it failed.
	ErrStatus = errors.New("success not known")
	// ErrNode marks a node that refuses, fails or breaks off, after all retries.
	ErrNode = errors.New("the node does not answer")
	// ErrLie marks a node whose answers contradict each other.
	ErrLie = errors.New("the node contradicts itself")
	// ErrMoved marks a chain that left a block while it was read: read again.
	ErrMoved = errors.New("the chain has moved")
)

// Error is a fault of an export: where, what, and what to do.
type Error struct {
	File   string
	Line   int    // 0: the file as a whole
	Column string // empty: the row as a whole
	Msg    string
	Hint   string // may be empty
	Err    error
}

// Error writes `file:line: column "name": what: cause (hint)`.
func (e *Error) Error() string {
	s := e.File
	if e.Line > 0 {
		s += fmt.Sprintf(":%d", e.Line)
	}
	if e.Column != "" {
		s += fmt.Sprintf(": column %q", e.Column)
	}
	s += ": " + e.Msg
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// clip is a field as an error quotes it.
func clip(b []byte) string {
	if len(b) > 60 {
		return string(b[:57]) + "..."
	}
	return string(b)
}
