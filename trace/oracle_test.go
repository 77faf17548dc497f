package trace_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/conformance"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

var (
	oracleN    = flag.Int("oracle.n", 200, "random ledgers of each kind to compare with the reference program")
	oracleSeed = flag.Uint64("oracle.seed", 1, "seed of the first of them")
)

// driver keeps one reference program running for many cases: one case a line
// in, one result a line out.
const driver = `import json, sys
sys.path.insert(0, sys.argv[1])
import run
for line in sys.stdin:
    try:
        out = run.run(json.loads(line))
    except Exception as e:
        out = {"error": "%s: %s" % (type(e).__name__, e)}
    sys.stdout.write(json.dumps(out) + "\n")
    sys.stdout.flush()
`

// oracle is the reference program at work.
type oracle struct {
	in  io.WriteCloser
	out *bufio.Reader
}

// startOracle starts the reference program of the data folder, or skips the
// test and says why.
func startOracle(t *testing.T) *oracle {
	t.Helper()
	data := os.Getenv("COLDTRAIL_DATA")
	if data == "" {
		t.Skip("COLDTRAIL_DATA is not set: not compared with the reference program")
	}
	folder := filepath.Join(data, "oracle")
	if _, err := os.Stat(filepath.Join(folder, "run.py")); err != nil {
		t.Skipf("no reference program in %s: %v", folder, err)
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3: not compared with the reference program")
	}
	cmd := exec.Command(python, "-c", driver, folder)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // the program ends with its input
		_ = cmd.Wait()
	})
	return &oracle{in, bufio.NewReaderSize(out, 1<<20)}
}

// ask gives a case to the reference program.
func (o *oracle) ask(c *conformance.Case) (*conformance.Result, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	if _, err := o.in.Write(append(text, '\n')); err != nil {
		return nil, err
	}
	line, err := o.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the reference program stopped: %w", err)
	}
	var refused struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal(line, &refused); err == nil && refused.Error != "" {
		return nil, fmt.Errorf("the reference program refuses the case: %s", refused.Error)
	}
	return conformance.ReadResult(line)
}

func TestOracleCoins(t *testing.T) {
	differential(t, func(seed uint64) *ledger.Document {
		d := dice(seed)
		o := ledgertest.Coins{
			Txs: d(2, 14), First: d(1, 4), MaxIn: d(1, 4), MaxOut: d(1, 4), Owners: 5, Amount: scale(d(0, 3)), Thefts: d(1, 3),
			Zeros: d(0, 1) == 1, Parts: d(0, 1) == 1, Overlaps: d(0, 3) == 0, Blocks: d(0, 4) == 0,
		}
		o.Later = !o.Overlaps && d(0, 1) == 0 // overlaps in mid-ledger are beyond the reference program
		return o.Make(seed)
	})
}

func TestOracleAccounts(t *testing.T) {
	differential(t, func(seed uint64) *ledger.Document {
		d := dice(seed)
		o := ledgertest.Accounts{
			Events: d(2, 24), Accounts: d(2, 6), Services: d(0, 2), Assets: d(1, 2), Amount: scale(d(0, 3)), Thefts: d(1, 3),
			Fees: d(0, 1) == 1, Odd: d(0, 1) == 1, Swaps: d(0, 2) == 0, Ties: d(0, 2) == 0, Missing: d(0, 1) == 1,
			Overdraft: d(0, 5) == 0,
		}
		o.Marked = !o.Overdraft && d(0, 1) == 1 // so are stolen payments on a book with overdraft
		return o.Make(seed)
	})
}

// dice draws options of one ledger from its seed, without touching the ledger's
// own stream.
func dice(seed uint64) func(low, high int) int {
	n := 0
	return func(low, high int) int {
		n++
		return low + int(hash(seed, fmt.Sprint(n))%uint64(high-low+1))
	}
}

// hash is a number that depends on a seed and a name alone, so that choices
// stay the same while a failing ledger shrinks.
func hash(seed uint64, name string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d/%s", seed, name)
	return h.Sum64() >> 7
}

func scale(k int) money.Amount {
	return []money.Amount{money.Units(6), money.Units(20), money.Units(21e14), money.FromWords(1<<36, 0)}[k]
}

// differential compares random ledgers with the reference program and prints
// the smallest ledger on which they differ.
func differential(t *testing.T, make func(seed uint64) *ledger.Document) {
	o := startOracle(t)
	if testing.Short() {
		*oracleN = min(*oracleN, 20)
	}
	compared, beyond := 0, 0
	for i := range *oracleN {
		seed := *oracleSeed + uint64(i)
		doc := make(seed)
		n, diffs := compare(t, o, doc, seed)
		compared += n
		if n == 0 && len(diffs) == 0 {
			beyond++
		}
		if len(diffs) == 0 {
			continue
		}
		small := ledgertest.Shrink(doc, func(d *ledger.Document) bool {
			_, diffs := compare(t, o, d, seed)
			return len(diffs) > 0
		})
		_, diffs = compare(t, o, small, seed)
		t.Fatalf("seed %d: differs from the reference program:\n%s\non the ledger\n%s%s", seed, strings.Join(diffs, "\n"), small.Text(), describe(small, seed))
	}
	t.Logf("%d ledgers from seed %d, %d figures compared, 0 differences", *oracleN, *oracleSeed, compared)
	if beyond*20 > *oracleN || compared == 0 { // a few have nothing that could be stolen
		t.Errorf("%d of %d ledgers were not compared", beyond, *oracleN)
	}
}

// choices are the parts of a question that stand outside the ledger.
func choices(d *ledger.Document, seed uint64) (boundaries []string, fee string) {
	if d.Ledger.Model == ledger.UTXO {
		return nil, []string{"last", "first", "prorata"}[hash(seed, "fee")%3]
	}
	stolen := map[string]bool{}
	for _, m := range d.Thefts {
		stolen[m.Ref] = true
	}
	robbed, seen := map[ledger.Account]bool{}, map[ledger.Account]bool{}
	for i := range d.Transfers {
		t := &d.Transfers[i]
		robbed[t.To()] = robbed[t.To()] || stolen[t.ID] || t.Conversion != ""
		robbed[t.From()] = robbed[t.From()] || t.Conversion != ""
		seen[t.From()], seen[t.To()] = true, true
	}
	for a := range seen {
		if len(a) == 2 && !robbed[a] && (a[0] == 'x' || hash(seed, string(a))%6 == 0) {
			boundaries = append(boundaries, string(a))
		}
	}
	slices.Sort(boundaries)
	return boundaries, ""
}

func describe(d *ledger.Document, seed uint64) string {
	b, fee := choices(d, seed)
	return fmt.Sprintf("boundaries %v, fee rule %q\n", b, fee)
}

// compare answers the same question here and by the reference program. It
// returns the number of figures compared and the differences.
func compare(t *testing.T, o *oracle, d *ledger.Document, seed uint64) (int, []string) {
	t.Helper()
	boundaries, fee := choices(d, seed)
	c, err := conformance.FromDocument(d, boundaries, fee)
	if err != nil {
		return 0, nil
	}
	if len(d.Thefts) == 0 {
		return 0, nil
	}
	g, err := graph.Build(t.Context(), d)
	if err != nil {
		return 0, []string{err.Error()}
	}
	trail, err := trace.Run(t.Context(), g, c.Question(d))
	if errors.Is(err, trace.ErrSeed) {
		return 0, nil // a mark that shrinking left on nothing
	}
	if err != nil {
		return 0, []string{err.Error()}
	}
	c.Groups = groups(trail, seed)
	want, err := o.ask(&c)
	if err != nil {
		return 0, []string{err.Error()}
	}
	r := c.Trail(want, trail, &conformance.Names{}, d)
	return r.Compared, append(r.Differences, unproved(d, trail, c.Boundaries, c.Groups)...)
}

// groups draws three sets of terminals.
func groups(trail *trace.Trail, seed uint64) map[string][]string {
	out := map[string][]string{}
	for _, g := range []string{"g0", "g1", "g2"} {
		for _, end := range trail.Terminals() {
			if hash(seed, g+end.Name)%3 == 0 && !slices.Contains(out[g], end.Name) {
				out[g] = append(out[g], end.Name)
			}
		}
	}
	return out
}
