package iso20022

import "github.com/coldtrail/coldtrail/source/payments"

// Open reads XML files, or all files of folders, as a ledger.
func Open(paths []string, opt payments.Options) (*payments.Source, error) {
	return payments.Open(paths, Read, opt)
}
