package swift

import (
	"io"
	"iter"

	"github.com/coldtrail/coldtrail/source/payments"
)

// Messages decodes the messages of a stream. After an error about one message
// it goes on with the next.
func Messages(file string, r io.Reader) iter.Seq2[payments.Message, error] {
	return func(yield func(payments.Message, error) bool) {
		data, err := io.ReadAll(r)
		if err != nil {
			yield(payments.Message{}, &payments.Error{File: file, Msg: "cannot read: " + err.Error(), Err: err})
			return
		}
		for m, err := range Scan(file, data) {
			var list []payments.Message
			if err == nil {
				list, err = m.Decode()
			}
			if err != nil {
				if !yield(payments.Message{}, err) {
					return
				}
				continue
			}
			for _, p := range list {
				if !yield(p, nil) {
					return
				}
			}
		}
	}
}

// Open reads FIN and RJE files, or all files of folders, as a ledger.
func Open(paths []string, opt payments.Options) (*payments.Source, error) {
	return payments.Open(paths, Messages, opt)
}
