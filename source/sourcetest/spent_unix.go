//go:build unix

package sourcetest

import (
	"syscall"
	"testing"
	"time"
)

// Spent is the processor time that the program has taken, collection of garbage
// included: on a machine that works for others too, the clock says little.
func Spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ReportRows gives rows a second of processor time since a moment of Spent, of a
// benchmark whose every round reads so many rows.
func ReportRows(b *testing.B, rows int, since time.Duration) {
	b.Helper()
	b.ReportMetric(float64(rows)*float64(b.N)/(Spent(b)-since).Seconds(), "rows/cpu-s")
}
