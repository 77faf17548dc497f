package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/coldtrail/coldtrail/inquiry"
)

// How coldtrail talks: data goes to standard output and nothing else does; talk
// goes to standard error with the name in front, in lower case and without a
// full stop; an error is followed by a hint where there is one; progress is
// drawn only on a terminal, after a second, and leaves nothing behind.

// watched is standard output. Not every verb looks whether its lines were written;
// the first that was not is remembered, and makes the run a failed one.
type watched struct {
	io.Writer
	err error
}

func (w *watched) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.Writer.Write(p)
	w.err = err
	return n, err
}

// say writes a line of talk.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.err, "coldtrail: "+format+"\n", args...)
	}
}

// hinted is an error of the command with what to try.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// fail writes an error and its hint.
func (a *app) fail(err error) {
	fmt.Fprintf(a.err, "coldtrail: %v\n", err)
	h := inquiry.Hint(err)
	if own, ok := errors.AsType[hinted](err); ok {
		h = own.hint
	}
	if h != "" {
		fmt.Fprintf(a.err, "coldtrail: hint: %s\n", h)
	}
}

// width is the width of the terminal on standard output, or 100.
func (a *app) width() int {
	out := a.out
	if w, ok := out.(*watched); ok {
		out = w.Writer
	}
	if f, ok := out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w >= 60 {
			return w
		}
	}
	return 100
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress draws one line on a terminal when work takes longer than a second:
// stage, share, rate and time left. It is only talk: results never depend on
// the clock.
type progress struct {
	a       *app
	stage   string
	began   time.Time
	drawn   time.Time
	visible bool
	first   int // place where counted work began
}

func (a *app) progress() *progress { return &progress{a: a, began: time.Now()} }

// step is a trace.Question's Progress.
func (p *progress) step(stage string, done, total int) {
	if p.a.quiet || !terminal(p.a.err) {
		return
	}
	now := time.Now()
	if stage != p.stage {
		p.stage, p.began = stage, now
	}
	spent := now.Sub(p.began)
	if spent < time.Second || now.Sub(p.drawn) < 200*time.Millisecond || done == 0 {
		return
	}
	p.drawn, p.visible = now, true
	rate := float64(done) / spent.Seconds()
	left := time.Duration(float64(total-done) / rate * float64(time.Second)).Round(time.Second)
	fmt.Fprintf(p.a.err, "\r\033[K%s: %d of %d (%d %%), %.0f/s, about %s left", stage, done, total, done*100/max(total, 1), rate, left)
}

// count draws a line of work that is counted in transfers and lies between the
// first and the last of some places; with no last one, the time left is unknown.
func (p *progress) count(done, place, last int, where string) {
	if p.a.quiet || !terminal(p.a.err) {
		return
	}
	now := time.Now()
	if p.visible = p.visible || now.Sub(p.began) >= time.Second; p.first == 0 {
		p.first = place
	}
	spent := now.Sub(p.began)
	if spent < time.Second || now.Sub(p.drawn) < 200*time.Millisecond {
		return
	}
	p.drawn = now
	left := ""
	if last > place && place > p.first {
		l := spent * time.Duration(last-place) / time.Duration(place-p.first)
		left = fmt.Sprintf(", about %s left", l.Round(time.Second))
	}
	fmt.Fprintf(p.a.err, "\r\033[K%d transfers, %.0f/s, %s%s", done, float64(done)/spent.Seconds(), where, left)
}

// end removes the line.
func (p *progress) end() {
	if p.visible {
		fmt.Fprint(p.a.err, "\r\033[K")
	}
}
