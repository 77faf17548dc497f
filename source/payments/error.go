package payments

import (
	"errors"
	"fmt"
)

// Errors of the rooms that read bank messages. Every *Error wraps one of them.
var (
	// ErrFrame marks bytes that are not a message, or one that is cut.
	ErrFrame = errors.New("not a whole message")
	// ErrField marks a field that is missing or malformed.
	ErrField = errors.New("not a valid field")
	// ErrAmount marks an amount that is not exactly one of its currency.
	ErrAmount = errors.New("not an amount")
	// ErrCurrency marks a code that ISO 4217 does not list.
	ErrCurrency = errors.New("not a currency")
	// ErrUnsafe marks XML with a document type, entities or too deep a nesting.
	ErrUnsafe = errors.New("refused for safety")
	// ErrType marks a message type that is not read.
	ErrType = errors.New("message type is not read")
)

// Error is a fault of a message: where, what, and what to do.
type Error struct {
	File   string
	Offset int64 // bytes from the start of the file
	Field  string
	Msg    string
	Hint   string // may be empty
	Err    error
}

// Error writes `file: at byte N: field: what; hint`.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s: at byte %d: ", e.File, e.Offset)
	if e.Field != "" {
		s += e.Field + ": "
	}
	s += e.Msg
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Unwrap gives the cause to errors.Is.
func (e *Error) Unwrap() error { return e.Err }
