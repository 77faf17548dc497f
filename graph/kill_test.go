package graph_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

var (
	kills    = flag.Int("kill.n", 8, "how often to kill an ingest")
	killSeed = flag.Uint64("kill.seed", 1, "when to kill it")
	killSize = flag.Int("kill.blocks", 400, "blocks of the chain that is ingested, of some 50 transactions")
	killDir  = flag.String("kill.dir", "", "a folder of block files to ingest instead")
)

// childEnv names the store that a child of this test ingests into.
const childEnv = "COLDTRAIL_TEST_KILL"

func TestMain(m *testing.M) {
	if dir, ok := os.LookupEnv(childEnv); ok {
		dir, files, _ := strings.Cut(dir, "|")
		if err := killed(dir, files); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// coded is a source of blocks of either kind.
type coded interface {
	ledger.Source
	Codec() ledger.Codec
}

// killSource is what is ingested: a number of synthetic blocks, or the block
// files of a folder, or a number of synthetic payments.
func killSource(files string) (coded, error) {
	if n, ok := strings.CutPrefix(files, "payments:"); ok {
		n, err := strconv.Atoi(n)
		return ledgertest.Payments{Seed: 11, Transfers: n, PerBlock: 200, Hashed: true}, err
	}
	if n, err := strconv.Atoi(files); err == nil {
		return ledgertest.Chain{Seed: 11, Length: n, PerBlock: 50}, nil
	}
	return bitcoin.Open(files, bitcoin.Options{})
}

// killFiles names the source for the process that is killed.
func killFiles() string {
	if *killDir != "" {
		return *killDir
	}
	return strconv.Itoa(*killSize)
}

// killed is the process that is killed: it ingests to the end if it may.
func killed(dir, files string) error {
	src, err := killSource(files)
	if err != nil {
		return err
	}
	w, err := graph.OpenWriter(dir, src.Codec())
	if err != nil {
		return err
	}
	if _, err := graph.Ingest(context.Background(), w, src, graph.IngestOptions{Every: 300}); err != nil {
		return err
	}
	return w.Close()
}

// TestKills: an ingest killed at random instants, and begun again each time,
// never leaves a store that opens wrong, and ends with the digest of one that
// was left alone. The long run is in docs/testing.md.
func TestKills(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for some seconds")
	}
	t.Run("coins", func(t *testing.T) { killTo(t, killFiles(), *kills) })
	t.Run("payments", func(t *testing.T) { killTo(t, fmt.Sprint("payments:", 250**killSize), *kills) })
}

// killTo kills ingests of a source so often.
func killTo(t *testing.T, files string, kills int) {
	whole := t.TempDir()
	if err := killed(whole, files); err != nil {
		t.Fatal(err)
	}
	want := digestOf(t, whole, killCodecs(t, files)...)
	begin := time.Now()
	if err := killed(t.TempDir(), files); err != nil {
		t.Fatal(err)
	}
	alone := time.Since(begin)

	r := rand.New(rand.NewPCG(*killSeed, 0))
	dir := t.TempDir()
	died, finished := 0, 0
	for died < kills {
		if killOnce(t, dir, files, time.Duration(r.Int64N(int64(alone)))) {
			died++
			opens(t, dir, files)
			continue
		}
		finished++
		if got := digestOf(t, dir, killCodecs(t, files)...); got != want {
			t.Fatalf("after %d kills: digest %s, want %s", died, got, want)
		}
		dir = t.TempDir()
	}
	if err := killed(dir, files); err != nil {
		t.Fatal(err)
	}
	if got := digestOf(t, dir, killCodecs(t, files)...); got != want {
		t.Errorf("after %d kills: digest %s, want %s", died, got, want)
	}
	t.Logf("%d kills within an ingest of %v, %d ingests ended before theirs", died, alone, finished)
}

func killCodecs(t *testing.T, files string) []ledger.Codec {
	t.Helper()
	src, err := killSource(files)
	if err != nil {
		t.Fatal(err)
	}
	return []ledger.Codec{src.Codec()}
}

// killOnce starts an ingest and kills it after a while; false when it ended
// before.
func killOnce(t *testing.T, dir, files string, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir+"|"+files)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	timer.Stop()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled():
		return true
	}
	t.Fatalf("the ingest failed: %v\n%s", err, said.String())
	return false
}

// opens opens what a kill left: nothing yet, or a whole store.
func opens(t *testing.T, dir, files string) {
	t.Helper()
	s, err := graph.OpenStore(dir, killCodecs(t, files)...)
	if errors.Is(err, graph.ErrNoStore) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, f := range s.Check(t.Context()) {
		t.Error(f)
	}
}
