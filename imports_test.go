package coldtrail

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// order is the architecture: a package may import only from lines above its own
// (docs/design/0001-rooms.md). Do not change it to fix a build. Tests are not
// held to it: they use the synthetic ledgers and whatever is built on them.
const order = `
docs money guard/evm guard/receipt
ledger guard/eip712
source/payments
ledger/ledgertest source/table source/bitcoin source/ethereum graph tag heist guard/safe source/swift source/iso20022 source/nem
swap
graph/graphtest source/sourcetest casefile guard/cases tag/tagdb tag/known guard/psbt cluster study source/parquet
trace guard study/claims
guard/replay guard/serve
report
inquiry
api web
cmd/coldtrail
`

const module = "github.com/coldtrail/coldtrail"

func TestImportOrder(t *testing.T) {
	rank := map[string]int{}
	for i, line := range strings.Split(strings.TrimSpace(order), "\n") {
		for _, room := range strings.Fields(line) {
			rank[module+"/"+room] = i
		}
	}
	for _, p := range packages(t) {
		if p.ImportPath == module || p.ImportPath == module+"/conformance" {
			if len(p.Imports) > 0 && p.ImportPath == module {
				t.Errorf("the root package holds only the map of the rooms, and imports %v", p.Imports)
			}
			continue
		}
		mine, ok := rank[p.ImportPath]
		if !ok && !strings.Contains(p.ImportPath, "/internal/") {
			t.Errorf("%s has no place in the order", p.ImportPath)
			continue
		}
		for _, i := range p.Imports {
			if !strings.HasPrefix(i, module+"/") || strings.HasPrefix(i, p.ImportPath+"/internal/") {
				continue // a room's bytes on disk are its own
			}
			if theirs, ok := rank[i]; !ok || theirs >= mine {
				t.Errorf("%s imports %s: against the order", p.ImportPath, i)
			}
			if strings.HasPrefix(i, module+"/ledger/ledgertest") && p.ImportPath != module+"/graph/graphtest" && p.ImportPath != module+"/cmd/coldtrail" {
				t.Errorf("%s imports %s outside tests", p.ImportPath, i)
			}
		}
	}
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
