package iso20022

import (
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/coldtrail/coldtrail/source/payments"
)

// Open reads XML files, or all files of folders, as a ledger. A file is not read
// behind its first fault; where faults are left out, the fault says so.
func Open(paths []string, opt payments.Options) (*payments.Source, error) {
	if opt.LeaveOut {
		return payments.Open(paths, upToFault, opt)
	}
	return payments.Open(paths, Read, opt)
}

// upToFault is Read whose error says what else is lost.
func upToFault(file string, r io.Reader) iter.Seq2[payments.Message, error] {
	return func(yield func(payments.Message, error) bool) {
		for m, err := range Read(file, r) {
			if e := (*payments.Error)(nil); errors.As(err, &e) {
				more := *e
				more.Hint = strings.TrimPrefix(e.Hint+"; the rest of the file is not read", "; ")
				err = &more
			}
			if !yield(m, err) {
				return
			}
		}
	}
}
