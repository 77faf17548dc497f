package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// share is how much of the machine's limit a row reaches, in thousandths; 0 for
// none computed.
func (r *benchRow) share() int {
	if r.Limit == 0 || r.Median == 0 {
		return 0
	}
	return int(1000 * r.Limit / r.Median)
}

func (b *benchRun) text(w io.Writer) error {
	m, l := b.machine, b.limits
	info := b.store.Info().Ledgers[0]
	fmt.Fprintf(w, "machine  %s, %d cores, %.1f GiB, %s %s, load %s\n", or(m.Processor, "processor unknown"), m.Cores, float64(m.Memory)/(1<<30), m.Go, m.Platform, or(m.Load, "unknown"))
	fmt.Fprintf(w, "limits   one core: %.1f GB/s in order from a mapped file; random reads %.1f M/s one after the other, %.1f M/s sixteen side by side; SHA-256 %.2f GB/s\n", l.Sequential/1e9, l.Dependent/1e6, l.Interleaved/1e6, l.Hash/1e9)
	fmt.Fprintf(w, "chain    %s, %s, sha256 %s\n\n", b.source, info.ID, info.SHA256)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tmedian\tprocessor\tleast to most\truns\tlimit\tshare\tresult")
	for i := range b.rows {
		r := &b.rows[i]
		limit, share, processor := "-", "-", "-"
		if r.Processor > 0 {
			processor = short(r.Processor)
		}
		if n := r.share(); n > 0 {
			limit, share = short(r.Limit), fmt.Sprintf("%.1f %%", float64(n)/10)
		}
		name := r.Name
		if r.Theft != "" {
			name = r.Theft + " " + name
		}
		var said []string
		if r.Ratio > 0 {
			said = append(said, fmt.Sprintf("%.2f of one copy", float64(r.Ratio)/1000))
		}
		for _, f := range r.Figures {
			said = append(said, fmt.Sprintf("%s %d", f.name, f.value))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s to %s\t%d\t%s\t%s\t%s\n", name, short(r.Median), processor, short(r.Least), short(r.Most), r.Runs, limit, share, strings.Join(said, ", "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	switch n := len(b.want.Figure); {
	case n == 0:
		fmt.Fprintln(w, "\nno figures were expected")
	case len(b.bad) == 0:
		fmt.Fprintf(w, "\nall %d expected figures (%s) came out\n", n, b.want.Name)
	default:
		fmt.Fprintf(w, "\n%d of %d expected figures (%s) did not come out:\n", len(b.bad), n, b.want.Name)
		for _, m := range b.bad {
			fmt.Fprintf(w, "  %s\n", m)
		}
	}
	return nil
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// short writes a time with three digits that count.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", 1e3*d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.2f ms", 1e3*d.Seconds())
	}
	return fmt.Sprintf("%.1f us", 1e6*d.Seconds())
}

func (b *benchRun) json(w io.Writer) error {
	e := json.NewEncoder(w)
	info := b.store.Info().Ledgers[0]
	head := map[string]any{
		"record": "bench", "tool": toolName(), "machine": b.machine, "chain": b.source, "ledger": info.ID, "input": info.Input, "input_sha256": info.SHA256,
		"limits": map[string]float64{
			"sequential_bytes_per_second": b.limits.Sequential, "dependent_reads_per_second": b.limits.Dependent,
			"interleaved_reads_per_second": b.limits.Interleaved, "sha256_bytes_per_second": b.limits.Hash,
		},
	}
	if err := e.Encode(head); err != nil {
		return err
	}
	for i := range b.rows {
		r := &b.rows[i]
		line := map[string]any{
			"record": "row", "what": r.Name, "runs": r.Runs, "median_ns": int64(r.Median), "least_ns": int64(r.Least), "most_ns": int64(r.Most),
		}
		if r.Theft != "" {
			line["theft"] = r.Theft
		}
		if r.Processor > 0 {
			line["processor_ns"] = int64(r.Processor)
		}
		if n := r.share(); n > 0 {
			line["limit_ns"], line["share_permille"] = int64(r.Limit), n
		}
		if r.Ratio > 0 {
			line["ratio_permille"] = r.Ratio
		}
		figures := map[string]uint64{}
		for _, f := range r.Figures {
			figures[f.name] = f.value
		}
		line["figures"] = figures
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	bad := b.bad
	if bad == nil {
		bad = []mismatch{}
	}
	return e.Encode(map[string]any{"record": "checked", "expected": b.want.Name, "figures": len(b.want.Figure), "mismatches": bad, "load_at_end": loadNow()})
}
