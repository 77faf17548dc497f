package main

import (
	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/source/iso20022"
	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/source/swift"
)

// ingestBankCommand reads messages of banks: FIN or ISO 20022, by the reader.
func (a *app) ingestBankCommand(o *into, use, short, long, example string, open func([]string, payments.Options) (*payments.Source, error)) *cobra.Command {
	var opt payments.Options
	var settlement bool
	cmd := &cobra.Command{
		Use: use + " DIR|FILE...", Short: short, Long: long, Example: example,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("say which files hold the messages")
			}
			if settlement {
				opt.Layer = payments.Settlement
			}
			src, err := open(args, opt)
			if err != nil {
				return err
			}
			return a.ingest(c.Context(), o, src)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opt.Name, "name", "", "name of the book: the ledger is bank:NAME (default messages)")
	f.BoolVar(&opt.Assume, "assume-credited", false, "take orders that nobody rejected as credited on their value date; it is stamped")
	f.BoolVar(&opt.Overdraft, "overdraft", false, "accounts may go below zero: a credit first pays the debt")
	f.BoolVar(&settlement, "settlement", false, "the legs between banks instead of the payments of customers")
	f.BoolVar(&opt.LeaveOut, "leave-out", false, "count messages that cannot be read instead of failing")
	return cmd
}

func (a *app) ingestSwiftCommand(o *into) *cobra.Command {
	return a.ingestBankCommand(o, "swift", "Messages of banks in FIN (MT101, 103, 202, 9n0, 94n, 950)",
		`swift reads FIN messages from files, one or many in each, with or without
acknowledgements (.fin, .rje), and joins them into payments by UETR and reference.
Only what was credited moves value. docs/bank.md has the rules.`,
		"  coldtrail ingest swift messages/ --name acme --assume-credited --store acme", swift.Open)
}

func (a *app) ingestISOCommand(o *into) *cobra.Command {
	return a.ingestBankCommand(o, "iso20022", "Messages of banks in XML (pacs.002, 004, 008, 009, camt.029, 052 to 056)",
		`iso20022 reads messages of any version, as a stream, and joins them into payments.
Only what was credited moves value. docs/bank.md has the rules.`,
		"  coldtrail ingest iso20022 camt053.xml --name acme --store acme", iso20022.Open)
}
