package trace_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/source/bitcoin"
	"github.com/coldtrail/coldtrail/trace"
)

var writeDigests = flag.Bool("sweep.digests", false, "TestSweepDigests writes what it finds")

// chainStore is the store of the chain of five million transactions of
// docs/benchmarks.md, in COLDTRAIL_CHAIN_STORE, and its columns.
func chainStore(t testing.TB) (*graph.Store, graph.CoinColumns) {
	t.Helper()
	dir := os.Getenv("COLDTRAIL_CHAIN_STORE")
	if dir == "" {
		t.Skip("COLDTRAIL_CHAIN_STORE is not set: the store of chaingen -txs 5000000 -mix")
	}
	s, err := graph.OpenStore(dir, bitcoin.NewCodec(bitcoin.Regtest))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c, ok := s.CoinColumns()
	if !ok {
		t.Fatal("no columns of coins")
	}
	return s, c
}

// chainThefts are its heists of a long, a middling and a short trail, by the
// transaction whose first output was stolen.
var chainThefts = []struct {
	name string
	tx   uint32
}{{"big", 1256311}, {"mid", 3400165}, {"small", 4409229}}

// sweptPolicies are all that a sweep knows.
func sweptPolicies() []trace.Policy {
	return append([]trace.Policy{trace.Poison, trace.Haircut, trace.HaircutTruncated, trace.OnePass}, trace.Orders()...)
}

// TestSweepDigests: every end of every policy on the large chain is what it was
// when the figures were first held against the oracle's, whatever was done for
// speed since.
func TestSweepDigests(t *testing.T) {
	_, c := chainStore(t)
	file := filepath.Join("testdata", "sweep_digests.txt")
	want := map[string]string{}
	if !*writeDigests {
		want = readDigests(t, file)
	}
	var lines []string
	for _, h := range chainThefts {
		out, _ := c.Outs(h.tx)
		swept, err := trace.SweepAll(t.Context(), c, []uint32{out}, nil, sweptPolicies(), 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range swept {
			name, got := fmt.Sprint(h.name, " ", r.Policy), digestOfSweep(r)
			if lines = append(lines, name+" "+got); !*writeDigests && want[name] != got {
				t.Errorf("%s: %s, want %s", name, got, want[name])
			}
		}
	}
	if *writeDigests {
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func digestOfSweep(r trace.Swept) string {
	h := sha256.New()
	for _, e := range r.Ends {
		var b [20]byte
		binary.BigEndian.PutUint32(b[:], e.Out)
		binary.BigEndian.PutUint64(b[4:], e.Amount)
		binary.BigEndian.PutUint64(b[12:], e.Lower)
		h.Write(b[:])
	}
	return fmt.Sprintf("%d %d %d %d %v %d %d %x", r.Txs, len(r.Ends), r.Fees, r.Sum, r.Over, r.Moved, r.Largest, h.Sum(nil)[:12])
}

func readDigests(t *testing.T, file string) map[string]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		w := strings.SplitN(s.Text(), " ", 3)
		all[w[0]+" "+w[1]] = w[2]
	}
	return all
}

// BenchmarkSweeps times each policy on the large chain, and several together, in a working memory that is kept.
func BenchmarkSweeps(b *testing.B) {
	_, c := chainStore(b)
	scalars := []trace.Policy{trace.Poison, trace.Haircut, "tiho", "cifo", trace.OnePass}
	for _, h := range chainThefts {
		out, _ := c.Outs(h.tx)
		s, err := trace.NewSweep(c, []uint32{out}, nil)
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range sweptPolicies() {
			b.Run(fmt.Sprint(h.name, "/", p), func(b *testing.B) { benchSweep(b, s, []trace.Policy{p}) })
		}
		b.Run(h.name+"/scalars", func(b *testing.B) { benchSweep(b, s, scalars) })
		b.Run(h.name+"/seven", func(b *testing.B) { benchSweep(b, s, append(scalars, "fifo", "lifo")) })
	}
}

func benchSweep(b *testing.B, s *trace.Sweep, policies []trace.Policy) {
	run := func() {
		if _, err := s.RunAll(b.Context(), policies); err != nil {
			b.Fatal(err)
		}
	}
	run() // brings its memory in
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := onProcessor()
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64(onProcessor()-before)/float64(b.N), "cpu-ns/op")
}

// onProcessor is for how many nanoseconds this thread has had a processor, as
// Linux says it: what other programs take of the machine is not in it.
func onProcessor() (ns int64) {
	if b, err := os.ReadFile("/proc/thread-self/schedstat"); err == nil {
		fmt.Sscan(string(b), &ns)
	}
	return ns
}
