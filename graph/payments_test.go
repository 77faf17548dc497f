//go:build unix

package graph_test

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

var (
	payments       = flag.Int("payments.n", 0, "how many synthetic payments TestPaymentsAtSize stores, durably; 0 skips it")
	paymentsDir    = flag.String("payments.dir", "", "where it stores them; a temporary folder if empty")
	paymentsHashed = flag.Bool("payments.ids", false, "whether their transactions have ids of 32 bytes")
)

// TestPaymentsAtSize is the measurement of docs/benchmarks.md: it stores
// payments, opens the store, follows the planted trail and expands random
// frontiers of 100,000 accounts.
func TestPaymentsAtSize(t *testing.T) {
	if *payments == 0 {
		t.Skip("-payments.n says how many")
	}
	dir := *paymentsDir
	if dir == "" {
		dir = t.TempDir()
	}
	disk.NoSync = false
	defer func() { disk.NoSync = true }()
	src := ledgertest.Payments{Seed: 1, Transfers: *payments, Hops: 100, Hashed: *paymentsHashed}

	begin, cpu := time.Now(), cpuTime()
	n := 0
	for b, err := range src.MoveBlocks(t.Context(), ledger.BlockRef{}) {
		if err != nil {
			t.Fatal(err)
		}
		n += len(b.Moves)
	}
	report(t, "generate alone", begin, cpu, n)

	most := watchPrivate()
	begin, cpu = time.Now(), cpuTime()
	ingest(t, dir, src, graph.IngestOptions{Every: 20_000_000})
	report(t, "build", begin, cpu, n)
	t.Logf("private memory at most %d MiB", most()>>10)

	begin = time.Now()
	s, err := graph.OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	t.Logf("open: %v", time.Since(begin))
	st, err := s.Stats()
	if err != nil || st.Transfers != n {
		t.Fatal(st, err)
	}
	bytes := int64(0)
	for _, f := range st.Files {
		bytes += f.Bytes
	}
	t.Logf("%d transfers, %d accounts, %d bytes in files", st.Transfers, st.Accounts, bytes)
	followTrail(t, s, src)
	for _, most := range []uint32{10_000, 0} {
		expandRandom(t, s, st.Accounts, most)
	}
}

// expandRandom expands frontiers of 100,000 accounts drawn without regard to
// degree, and reads who is at the other end of each edge.
func expandRandom(t *testing.T, s *graph.Store, accounts int, most uint32) {
	c, _ := s.MoveColumns()
	r := rand.New(rand.NewPCG(7, uint64(most)))
	for _, ends := range []bool{false, true} {
		edges, hubs, sum := 0, 0, uint64(0)
		var spent time.Duration
		cpu := cpuTime()
		for range 10 {
			frontier := make([]uint32, 100_000)
			for i := range frontier {
				frontier[i] = r.Uint32N(uint32(accounts))
			}
			begin := time.Now()
			h, err := s.Expand(frontier, true, most, func(_ uint32, items []uint32) {
				edges += len(items)
				for _, i := range items {
					if ends {
						sum += uint64(c.To[i])
					} else {
						sum += uint64(i)
					}
				}
			})
			spent += time.Since(begin)
			if err != nil {
				t.Fatal(err)
			}
			hubs += len(h)
		}
		t.Logf("ten random frontiers of 100,000, hubs beyond %d, other ends read %v: %d edges in %v (CPU %v): %.1f M edges/s, %d hubs (sum %d)",
			most, ends, edges, spent, cpuTime()-cpu, float64(edges)/spent.Seconds()/1e6, hubs, sum)
	}
}

func report(t *testing.T, what string, begin time.Time, cpu time.Duration, n int) {
	load, _ := os.ReadFile("/proc/loadavg")
	t.Logf("%s: %d transfers in %v, CPU %v, load %s", what, n, time.Since(begin).Round(time.Millisecond), cpuTime()-cpu, strings.TrimSpace(string(load)))
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchPrivate samples the private memory of the process, in KiB, until asked
// for the most it saw: /proc/self/status, RssAnon.
func watchPrivate() func() int {
	stop, most := make(chan chan int), 0
	go func() {
		for tick := time.NewTicker(50 * time.Millisecond); ; {
			select {
			case answer := <-stop:
				answer <- most
				return
			case <-tick.C:
				most = max(most, private())
			}
		}
	}()
	return func() int {
		answer := make(chan int)
		stop <- answer
		return <-answer
	}
}

func private() int {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "RssAnon:"); ok {
			n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			if err != nil {
				panic(fmt.Sprint("RssAnon: ", err))
			}
			return n
		}
	}
	return 0
}
