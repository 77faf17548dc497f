package report

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// Received writes the answer of a backward trace: how much of what some
// accounts received is stolen, under each policy, with the bounds of what any
// convention could say, and the payments that carry it.
func Received(w io.Writer, r *trace.Received, o Options) error {
	t := r.Trail
	fmt.Fprintf(w, "Received by %s on %s\n", clean(fmt.Sprint(r.Accounts)), clean(string(r.Ledger)))
	if len(r.Assets) == 0 {
		_, err := fmt.Fprintln(w, "nothing: the data shows no payment to them")
		return err
	}
	if o.View != "" && t.View(o.View) < 0 {
		return fmt.Errorf("view %q: %w; there are %s", o.View, ErrNotHere, quoted(viewNames(t)))
	}
	var have []string
	for _, a := range r.Assets {
		have = append(have, a.Asset.Symbol)
		if o.Asset == a.Asset.Symbol || o.Asset == string(a.Asset.ID) {
			have = nil
			break
		}
	}
	if o.Asset != "" && len(have) > 0 {
		return fmt.Errorf("asset %q: %w; there are %s", o.Asset, ErrNotHere, quoted(have))
	}
	for _, a := range r.Assets {
		if o.Asset != "" && o.Asset != a.Asset.Symbol && o.Asset != string(a.Asset.ID) {
			continue
		}
		fmt.Fprintf(w, "\n%s in %s\n", clean(a.Asset.Format(a.Total)), plural(a.Rows, "payment", "payments"))
		for v, view := range t.Views {
			if o.View != "" && o.View != view.Name {
				continue
			}
			receivedView(w, t, a, v)
		}
	}
	for _, warning := range t.Warnings {
		fmt.Fprintf(w, "\nwarning: %s", clean(warning))
	}
	_, err := fmt.Fprintln(w, "\n\nA convention is not the truth: between the bounds, which unit went where is a rule's choice.")
	return err
}

func receivedView(w io.Writer, t *trace.Trail, a trace.ReceivedAsset, v int) {
	name := clean(t.Views[v].Name)
	if a.Stolen == nil {
		fmt.Fprintf(w, "  stolen (%s): none under any convention: no path leads here from the theft\n", name)
		return
	}
	f := a.Stolen[v]
	fmt.Fprintf(w, "  stolen (%s):\n", name)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for i, p := range t.Policies {
		fmt.Fprintf(tw, "    %s\t%s\t%s %%\t\n", p, a.Asset.Format(f.Amounts[i]), money.Percent(f.Amounts[i], a.Total))
	}
	tw.Flush()
	if f.Bound != nil {
		fmt.Fprintf(w, "    under any convention: at least %s, at most %s\n", a.Asset.Format(f.Bound.L), a.Asset.Format(f.Bound.U))
	} else {
		fmt.Fprintf(w, "    one-pass bounds (not tight): %s to %s\n", a.Asset.Format(f.Lower), a.Asset.Format(f.Upper))
	}
	for _, h := range a.Payments {
		stolen := h.Figures[v].Amounts[max(t.Policy(trace.FIFO), 0)]
		when := "time not known"
		if !h.Time.IsZero() {
			when = h.Time.UTC().Format("2006-01-02 15:04:05")
		}
		from := string(h.From)
		if from == "" {
			from = "several accounts together"
		}
		fmt.Fprintf(w, "    %s  %s from %s: %s, of it %s stolen by fifo, %s to %s one-pass\n",
			when, clean(h.Transfer), clean(from), a.Asset.Format(h.Value), a.Asset.Format(stolen), a.Asset.Format(h.Figures[v].Lower), a.Asset.Format(h.Figures[v].Upper))
	}
}
