package report

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/trace"
)

// TestGolden holds every format of every story. Read the difference, then write
// it with -update.
func TestGolden(t *testing.T) {
	type writer func(io.Writer, *Document, Options) error
	for _, story := range []string{"five", "thefts", "coins", "edge"} {
		d := document(t, story)
		for _, c := range []struct {
			file  string
			write writer
			o     Options
		}{
			{"txt", Text, Options{}},
			{"wide.txt", Text, Options{Width: 160}},
			{"jsonl", JSONL, Options{}},
			{"csv", CSV, Options{}},
			{"graphml", GraphML, Options{}},
			{"sankey.svg", Sankey, Options{}},
			{"haircut.svg", Sankey, Options{Policy: trace.Haircut, Theme: "dark"}},
			{"timeline.svg", Timeline, Options{}},
			{"freeze.txt", Freeze, Options{}},
			{"explain.txt", func(w io.Writer, d *Document, o Options) error {
				if err := Explain(w, d, d.Trail.Places[0].ID, o); err != nil {
					return err
				}
				if err := Explain(w, d, "exits", o); !errors.Is(err, ErrNotHere) {
					return err
				}
				return nil
			}, Options{}},
		} {
			t.Run(story+"/"+c.file, func(t *testing.T) {
				golden(t, story+"."+c.file, render(t, c.write, d, c.o))
			})
		}
	}
	d := document(t, "hundreds")
	golden(t, "hundreds.txt", render(t, Text, d, Options{}))
	golden(t, "hundreds.sankey.svg", render(t, Sankey, d, Options{}))
	golden(t, "hundreds.timeline.svg", render(t, Timeline, d, Options{}))
}

func render(t testing.TB, write func(io.Writer, *Document, Options) error, d *Document, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, d, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// everyWriter is each format by name.
var everyWriter = map[string]func(io.Writer, *Document, Options) error{
	"text": Text, "jsonl": JSONL, "csv": CSV, "graphml": GraphML, "sankey": Sankey, "timeline": Timeline, "html": HTML, "freeze": Freeze,
	"explain": func(w io.Writer, d *Document, o Options) error { return Explain(w, d, d.Trail.Places[0].ID, o) },
}

func TestSameBytesTwice(t *testing.T) {
	for name, write := range everyWriter {
		a, b := render(t, write, document(t, "thefts"), Options{}), render(t, write, document(t, "thefts"), Options{})
		if a != b || a == "" {
			t.Errorf("%s: two runs of one story differ (%d and %d bytes)", name, len(a), len(b))
		}
	}
}

func TestOptionsNotHere(t *testing.T) {
	d := document(t, "thefts")
	for name, write := range everyWriter {
		for _, o := range []Options{{View: "Gamma"}, {Asset: "DOGE"}, {Policy: "tiho"}} {
			if o.Policy != "" && name == "jsonl" {
				continue // has every policy at once
			}
			err := write(io.Discard, d, o)
			if err == nil || !strings.Contains(err.Error(), ErrNotHere.Error()) {
				t.Errorf("%s with %+v: got %v, want an error that says what there is", name, o, err)
			}
		}
	}
	if err := Explain(io.Discard, d, "nobody", Options{}); err == nil {
		t.Error("explaining a place that is not there must fail")
	}
}

func TestEmptyTrail(t *testing.T) {
	d := &Document{Title: "Nothing", Trail: &trace.Trail{Policies: []trace.Policy{trace.FIFO}, Views: []trace.View{{Name: "A"}}}}
	for _, name := range []string{"text", "jsonl", "csv", "html", "freeze"} {
		if out := render(t, everyWriter[name], d, Options{}); out == "" {
			t.Errorf("%s of an empty trail is empty", name)
		}
	}
	for _, name := range []string{"graphml", "sankey", "timeline"} {
		if err := everyWriter[name](io.Discard, d, Options{}); err == nil {
			t.Errorf("%s of an empty trail must say that there is nothing to draw", name)
		}
	}
}

func BenchmarkHTML200Places(b *testing.B) {
	d := document(b, "hundreds")
	for b.Loop() {
		if err := HTML(io.Discard, d, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(d.Trail.Places)), "places")
}

func BenchmarkText200Places(b *testing.B) {
	d := document(b, "hundreds")
	for b.Loop() {
		if err := Text(io.Discard, d, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
