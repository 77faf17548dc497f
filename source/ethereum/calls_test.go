package ethereum_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/source/ethereum"
)

// TestCallStatus: a call with status 0 and no error fails with a call above it, as
// ethereum-etl writes it. Where that one stands and did not fail the status is wrong,
// as the producer of the AWS data may write it, which looks the calls above up by
// place in the block and not in the transaction; what moved counts.
func TestCallStatus(t *testing.T) {
	const root, failed, status, middle = ",,1\n", ",Reverted,0\n", ",,0\n", ",,1\n"
	for name, c := range map[string]struct {
		calls []string // place, error, status; each moves one more
		want  string   // what moved inside
		noted int
	}{
		"whole":                 {[]string{root, "0" + middle, "0.0" + middle}, "2 3", 0},
		"below a failure":       {[]string{root, "0" + failed, "0.0" + status}, "", 0},
		"two below a failure":   {[]string{root, "0" + failed, "0.0" + status, "0.0.0" + status}, "", 0},
		"wrong":                 {[]string{root, "0" + status, "1" + middle}, "2 3", 1},
		"wrong, and below it":   {[]string{root, "0" + status, "0.0" + status}, "2 3", 2},
		"wrong beside":          {[]string{root, "0" + failed, "0.0" + status, "1" + status}, "4", 1},
		"its parent is missing": {[]string{root, "0" + middle, "1.0" + status}, "2", 0},
	} {
		for _, errors := range []bool{true, false} {
			want, noted := c.want, c.noted
			if !errors && noted > 0 { // without errors nobody contradicts the status
				continue
			}
			dir, tx := t.TempDir(), fmt.Sprintf("0x%064x", 0xe1)
			calls := "block_number,transaction_hash,transaction_index,from_address,to_address,value,trace_type,call_type,trace_address,error,status\n"
			for i, row := range c.calls {
				path, rest, _ := strings.Cut(row, ",")
				calls += fmt.Sprintf("100,%s,0,%s,%s,%d,call,call,\"%s\",%s", tx, address("aa"), address("bb"), i+1, strings.ReplaceAll(path, ".", ","), rest)
			}
			if !errors {
				calls = strings.ReplaceAll(calls, ",error,", ",else,")
			}
			for file, text := range map[string]string{
				"traces.csv":       calls,
				"transactions.csv": "hash,block_number,transaction_index,from_address,to_address,value,receipt_status\n" + tx + ",100,0," + address("aa") + "," + address("bb") + ",1,1\n",
			} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			s, got := open(t, ethereum.Options{}, dir), []string(nil)
			for _, tr := range all(t, s)[1:] {
				got = append(got, tr.Amount().String())
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s, errors %v: %v, want %q", name, errors, got, want)
			}
			said := strings.Contains(strings.Join(s.Info().Notes, "\n"), fmt.Sprintf("%d calls have status 0 without an error", noted))
			if said != (noted > 0) {
				t.Errorf("%s: notes %q", name, s.Info().Notes)
			}
		}
	}
}

// TestCallStatusAlone: where the table has no errors, the status is all there is.
func TestCallStatusAlone(t *testing.T) {
	dir := destroyed(t, 1710338135, "")
	file := filepath.Join(dir, "traces.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.ReplaceAll(string(text), ",error\n", ",status\n")
	plain = strings.ReplaceAll(plain, ",0,\n", ",0,0\n") // the calls at place 0
	plain = strings.ReplaceAll(plain, "Reverted\n", "0\n")
	if err := os.WriteFile(file, []byte(plain), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tr := range all(t, open(t, ethereum.Options{}, dir)) {
		if strings.HasSuffix(tr.ID, "/suicide/0") {
			t.Errorf("%s moves, with status 0", tr.ID)
		}
	}
}
