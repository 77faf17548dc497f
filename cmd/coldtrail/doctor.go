package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/trace"
)

// doctorCommand checks that this binary, on this machine, gives the answers its
// own cases expect.
func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check this binary against its own cases, and the folder it would write to", Args: noArgs,
		Long: `doctor loads every case inside the binary, traces it, checks conservation, every
certificate and every line the case expects, and tries to write to the current
folder. It exits 1 when something is wrong.`,
		RunE: func(c *cobra.Command, _ []string) error {
			bad := 0
			check := func(name string, err error, good string) {
				if err != nil {
					bad++
					fmt.Fprintf(a.out, "wrong  %-24s %v\n", name, err)
					return
				}
				fmt.Fprintf(a.out, "good   %-24s %s\n", name, good)
			}
			for _, name := range casefile.Names() {
				said, err := checkCase(c.Context(), name)
				check("case "+name, err, said)
			}
			check("write here", tryWrite("."), "the current folder can be written to")
			if v := a.env("COLDTRAIL_DATA"); v != "" {
				_, err := os.Stat(filepath.Join(v, "data"))
				check("COLDTRAIL_DATA", err, v)
			}
			if bad > 0 {
				return fmt.Errorf("doctor found %d faults", bad)
			}
			return nil
		},
	}
}

// checkCase traces an embedded case and counts its expectations.
func checkCase(ctx context.Context, name string) (string, error) {
	c, err := casefile.Embedded(name)
	if err != nil {
		return "", err
	}
	l, err := casefile.Load(ctx, c)
	if err != nil {
		return "", err
	}
	if inquiry.OnlyOrders(l) {
		return fmt.Sprintf("%d payments, none credited", len(l.Payments)), nil
	}
	q, err := trace.FromCase(l)
	if err != nil {
		return "", err
	}
	t, err := trace.Run(ctx, l.Graph, q)
	if err != nil {
		return "", err
	}
	ok, bad := 0, 0
	for _, v := range trace.Check(l, t) {
		switch v.Status {
		case "ok":
			ok++
		case "mismatch":
			bad++
		}
	}
	if bad > 0 {
		return "", fmt.Errorf("%d of %d expected lines do not come out; see coldtrail trace --case %s", bad, ok+bad, name)
	}
	return fmt.Sprintf("%d transfers, %d places, %d expected lines come out", t.Stamp.Graph, len(t.Places), ok), nil
}

func tryWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".coldtrail-*")
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}
