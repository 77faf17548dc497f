package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/tag/tagdb"
)

func (a *app) tagCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tag",
		Short: "Who stands behind an address: says who, and how sure",
		Long: `tag reads TagPacks, ActorPacks and OFAC's lists into an index, and looks addresses
up in it. A tag is a claim with a source and a confidence. All claims on an
address are shown, surest first; a label of one network never shows on another.
The forms that are read and what is bent to read them stand in docs/tags.md.`,
		Example: `  coldtrail tag import packs/ sdn_advanced.xml --tags my.tags
  coldtrail tag lookup 0xd90e2f925da726b50c4ed8d0fb90ad053324f31b --tags my.tags
  coldtrail tag lookup 0x098b716b8aaf21512996dc57eb0615e2383e2f96 --screen --tags my.tags
  coldtrail tag stats my.tags
  coldtrail trace --case ronin.yaml --tags my.tags`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown verb %q of tag; there are import, check, export, lookup and stats", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(a.tagImportCommand(), a.tagCheckCommand(), a.tagExportCommand(), a.tagLookupCommand(), a.tagStatsCommand())
	return cmd
}

func some(msg string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usageError{msg}
		}
		return nil
	}
}

// packFlags are those of the verbs that read packs.
type packFlags struct {
	listDate string
	asJSON   bool
}

func (k *packFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&k.listDate, "list-date", "", "state of sanctions lists that do not state it (2024-09-27)")
	cmd.Flags().BoolVar(&k.asJSON, "json", false, "write the report as JSON Lines")
}

func (a *app) tagImportCommand() *cobra.Command {
	k, index := &packFlags{}, ""
	cmd := &cobra.Command{
		Use: "import DIR|FILE...", Short: "Read packs and lists into an index",
		Long: `import reads TagPacks, ActorPacks and OFAC's lists (sanctioned_addresses_ASSET.txt,
sdn.csv, sdn.xml, sdn_advanced.xml), each plain or gzipped, and makes an index of
them. The index is built anew and replaces the old one whole. A file that cannot
be read, or a record that lacks what a claim needs, is listed and left out.`,
		Args: some("import takes files and folders to read"),
		RunE: func(c *cobra.Command, args []string) error {
			if index == "" {
				return usagef("say with --tags which index to write")
			}
			if err := k.check(); err != nil {
				return err
			}
			var r *packRun
			err := tagdb.Build(c.Context(), index, func(b *tagdb.Builder) (err error) {
				if r, err = a.readPacks(c.Context(), args, k.listDate, b.Add); err == nil && r.read == 0 {
					err = errors.New("none of the files could be read; the index is as it was")
				}
				return err
			})
			if err != nil {
				return err
			}
			a.say("written to %s", index)
			return a.reportPacks(r, k.asJSON)
		},
	}
	cmd.Flags().StringVar(&index, "tags", "", "index to write")
	k.add(cmd)
	return cmd
}

func (a *app) tagCheckCommand() *cobra.Command {
	k, strict := &packFlags{}, false
	cmd := &cobra.Command{
		Use: "check DIR|FILE...", Short: "Read packs and lists and say what is bent in them",
		Long: `check reads as import does and writes nothing but the report: each departure from
the form with the line of the first, each record refused. With --strict a
departure exits 3.`,
		Args: some("check takes files and folders to read"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := k.check(); err != nil {
				return err
			}
			r, err := a.readPacks(c.Context(), args, k.listDate, func(*tag.File) {})
			if err != nil {
				return err
			}
			if err := a.reportPacks(r, k.asJSON); err != nil {
				return err
			}
			if r.read == 0 {
				return errors.New("none of the files could be read")
			}
			if strict && r.bent > 0 && a.code == exitDone {
				a.code = exitFound
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "exit 3 when anything departs from the form")
	k.add(cmd)
	return cmd
}

func (a *app) tagExportCommand() *cobra.Command {
	k, out := &packFlags{}, ""
	cmd := &cobra.Command{
		Use: "export FILE", Short: "Write a pack or a list as a strict TagPack",
		Long: `export reads one TagPack or list and writes it as a TagPack that holds to the form:
every field of every tag written out, concepts in place of category and abuse. The
same input gives the same bytes. What the form does not allow is an error.`,
		Args: one("export takes one file"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := k.check(); err != nil {
				return err
			}
			dir, names, _, err := tag.Open(args[0])
			if err != nil {
				return err
			}
			if len(names) != 1 {
				return usagef("export takes one file, and %s is a folder", args[0])
			}
			f, err := tag.ReadFile(dir, names[0], k.listDate)
			locate(err, f.Report, args[0], names[0])
			if err != nil {
				return err
			}
			if f.Pack == nil {
				return usagef("%s holds actors, not tags", args[0])
			}
			if f.Report.Skipped > 0 {
				a.tellFaults(f.Report)
				a.code = exitSkipped
			}
			return a.write(&show{out: out}, func(w io.Writer) error { return tag.WriteTagPack(w, f.Pack) })
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "write to this file instead of standard output (-)")
	cmd.Flags().StringVar(&k.listDate, "list-date", "", "state of a sanctions list that does not state it")
	return cmd
}

func (k *packFlags) check() error {
	if k.listDate != "" && !tag.ValidDate(k.listDate) {
		return usagef("--list-date %q: want 2024-09-27", k.listDate)
	}
	return nil
}

// packRun is what became of the files of a run.
type packRun struct {
	reports             []*tag.Report
	failed              []error
	read, tags, actors  int
	bent, skipped, pass int
}

// readPacks reads files and folders in order. A file that cannot be read is
// said and counted, and the rest go on.
func (a *app) readPacks(ctx context.Context, places []string, listDate string, take func(*tag.File)) (*packRun, error) {
	r := &packRun{}
	p := a.progress()
	defer p.end()
	for _, place := range places {
		dir, names, passed, err := tag.Open(place)
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("%s holds no pack and no list (%d other files)", place, len(passed))
		}
		if len(passed) > 0 {
			r.pass += len(passed)
			a.say("%s: %d files passed over, which by their names are no packs or lists: %s", place, len(passed), first(passed, 3))
		}
		for i, name := range names {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			p.step("reading packs", i, len(names))
			f, err := tag.ReadFile(dir, name, listDate)
			locate(err, f.Report, place, name)
			if err != nil {
				p.end()
				a.fail(err)
				r.failed = append(r.failed, err)
				continue
			}
			r.add(f.Report)
			if f.Report.Skipped > 0 {
				a.tellFaults(f.Report)
			}
			take(f)
		}
	}
	if r.skipped > 0 || len(r.failed) > 0 {
		a.code = exitSkipped
	}
	return r, nil
}

// locate writes into faults where the file is, as the user gave it. The names in
// an index stay those inside the folder, so that the folder's place on a disk
// does not change the index.
func locate(err error, r *tag.Report, place, name string) {
	full := place
	if filepath.Base(place) != name {
		full = filepath.Join(place, filepath.FromSlash(name))
	}
	faults := r.Faults
	var one *tag.Fault
	if errors.As(err, &one) {
		faults = append(slices.Clone(faults), one)
	}
	for _, f := range faults {
		if f.File == name {
			f.File = full
		}
	}
}

func (r *packRun) add(f *tag.Report) {
	r.read++
	r.reports = append(r.reports, f)
	r.tags, r.actors, r.skipped = r.tags+f.Tags, r.actors+f.Actors, r.skipped+f.Skipped
	for _, b := range f.Bent {
		r.bent += b.Count
	}
}

func first(words []string, n int) string {
	s := ""
	for i, w := range words {
		if i == n {
			return s + ", ..."
		}
		if i > 0 {
			s += ", "
		}
		s += w
	}
	return s
}

// tellFaults lists the records of a file that were refused.
func (a *app) tellFaults(r *tag.Report) {
	for _, f := range r.Faults {
		a.say("%v", f)
	}
	if more := r.Skipped - len(r.Faults); more > 0 {
		a.say("%s: and %d more records left out", r.File, more)
	}
}

// reportPacks writes the report of a run.
func (a *app) reportPacks(r *packRun, asJSON bool) error {
	if asJSON {
		return a.reportJSON(r)
	}
	for _, f := range r.reports {
		what := fmt.Sprintf("%d tags", f.Tags)
		if f.Kind == "actorpack" {
			what = fmt.Sprintf("%d actors", f.Actors)
		}
		fmt.Fprintf(a.out, "%s  %s, %s", f.File, f.Kind, what)
		if f.Skipped > 0 {
			fmt.Fprintf(a.out, ", %d left out", f.Skipped)
		}
		fmt.Fprintln(a.out)
		for _, b := range f.Bent {
			at := ""
			if b.Line > 0 {
				at = fmt.Sprintf(", first on line %d", b.Line)
			}
			if b.Example != "" {
				at += ": " + printable(b.Example)
			}
			fmt.Fprintf(a.out, "    %d: %s%s\n", b.Count, b.What, at)
		}
	}
	fmt.Fprintf(a.out, "%d files, %d tags, %d actors; bent %d, left out %d records and %d files\n", r.read, r.tags, r.actors, r.bent, r.skipped, len(r.failed))
	return nil
}

type bentJSON struct {
	What    string `json:"what"`
	Count   int    `json:"count"`
	Line    int    `json:"line,omitempty"`
	Example string `json:"example,omitempty"`
}

func (a *app) reportJSON(r *packRun) error {
	w := json.NewEncoder(a.out)
	w.SetEscapeHTML(false)
	records := []any{map[string]any{"record": "header", "schema": tagsSchema, "tool": toolName()}}
	for _, f := range r.reports {
		bent := []bentJSON{}
		for _, b := range f.Bent {
			bent = append(bent, bentJSON(b))
		}
		records = append(records, map[string]any{"record": "file", "file": f.File, "kind": f.Kind, "title": f.Title, "sha256": f.SHA256,
			"tags": f.Tags, "actors": f.Actors, "skipped": f.Skipped, "bent": bent})
		for _, x := range f.Faults {
			records = append(records, map[string]any{"record": "fault", "file": x.File, "line": x.Line, "message": x.Error()})
		}
	}
	for _, err := range r.failed {
		records = append(records, map[string]any{"record": "fault", "message": err.Error()})
	}
	records = append(records, map[string]any{"record": "summary", "files": r.read, "failed": len(r.failed), "tags": r.tags, "actors": r.actors, "bent": r.bent, "skipped": r.skipped})
	for _, x := range records {
		if err := w.Encode(x); err != nil {
			return err
		}
	}
	return nil
}

// tagsSchema names the JSON Lines of this verb; fields are only ever added.
const tagsSchema = "coldtrail/tags/v1"

// isIndex tells an index from packs by its first bytes.
func isIndex(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 15)
	n, _ := io.ReadFull(f, head)
	return string(head[:n]) == "SQLite format 3"
}
