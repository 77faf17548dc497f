package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/parquet"
)

func (a *app) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write tables in the form of other tools",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown form %q; see coldtrail export --help", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(a.exportParquetCommand())
	return cmd
}

func (a *app) exportParquetCommand() *cobra.Command {
	var out, layout string
	cmd := &cobra.Command{
		Use: "parquet FILE...", Short: "Tables of ethereum-etl as Parquet",
		Long: `parquet writes each file of ethereum-etl, CSV or JSON lines, as one Parquet file. The
layout etl is exact. In the layout aws amounts are doubles, as in the public data of
AWS: those that a double does not hold are counted and told (docs/parquet.md).`,
		Example: "  coldtrail export parquet transactions.csv.gz traces.csv --out tables",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 || out == "" {
				return usagef("say which files, and where to: export parquet FILE... --out FOLDER")
			}
			l := parquet.Layout(layout)
			if l != parquet.ETL && l != parquet.AWS {
				return usagef("--layout %q: want etl or aws", layout)
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return err
			}
			for _, path := range args {
				if err := a.exportParquet(path, out, l); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "out", "o", "", "folder of the files to write; made if it is not there")
	f.StringVar(&layout, "layout", string(parquet.ETL), "etl (exact) or aws (amounts as doubles)")
	return cmd
}

// exportParquet writes one table. A file appears whole or not at all, and never
// replaces another.
func (a *app) exportParquet(path, out string, l parquet.Layout) error {
	rows, err := ethereum.OpenRows(path)
	if err != nil {
		return err
	}
	defer rows.Close()
	name := filepath.Base(path)
	for _, end := range []string{".gz", ".csv", ".json", ".jsonl", ".ndjson"} {
		name = strings.TrimSuffix(name, end)
	}
	target := filepath.Join(out, name+".parquet")
	if _, err := os.Lstat(target); err == nil {
		return fmt.Errorf("%s is there already: %w", target, os.ErrExist)
	}
	f, err := os.CreateTemp(out, name+".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	w, err := parquet.Write(f, l, rows)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), target); err != nil {
		return err
	}
	if len(w.Left) > 0 {
		a.say("note: %s: columns not written: %s", target, strings.Join(w.Left, ", "))
	}
	if w.Rounded > 0 {
		a.say("note: %s: %d amounts are not what their doubles say", target, w.Rounded)
	}
	_, err = fmt.Fprintf(a.out, "%s: %d rows\n", target, w.Rows)
	return err
}
