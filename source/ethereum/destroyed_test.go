package ethereum_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// destroyed is a block in which contracts destroy themselves in their own favour: f1
// in the transaction that makes it, f2 later, and f3 where the transaction makes
// another contract and f3 in a call that fails. echoes are rows of token transfers.
func destroyed(t *testing.T, seconds int, echoes string) string {
	t.Helper()
	hash := func(n int) string { return fmt.Sprintf("0x%064x", n) }
	from, f1, f2, f3, f4 := address("aa"), address("f1"), address("f2"), address("f3"), address("f4")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"blocks.csv": "number,hash,miner,timestamp,transaction_count\n" + fmt.Sprintf("100,%s,%s,%d,3\n", hash(0xb100), address("fe"), seconds),
		"transactions.csv": "hash,block_number,transaction_index,from_address,to_address,value,receipt_status\n" +
			hash(0xe1) + ",100,0," + from + ",,17,1\n" + hash(0xe2) + ",100,1," + from + "," + f2 + ",18,1\n" + hash(0xe3) + ",100,2," + from + "," + f3 + ",19,1\n",
		"traces.csv": "block_number,transaction_hash,transaction_index,from_address,to_address,value,trace_type,call_type,trace_address,error\n" +
			"100," + hash(0xe1) + ",0," + from + "," + f1 + ",17,create,,,\n" + "100," + hash(0xe1) + ",0," + f1 + "," + f1 + ",17,suicide,,0,\n" +
			"100," + hash(0xe2) + ",1," + from + "," + f2 + ",18,call,call,,\n" + "100," + hash(0xe2) + ",1," + f2 + "," + f2 + ",18,suicide,,0,\n" +
			"100," + hash(0xe3) + ",2," + from + "," + f3 + ",19,call,call,,\n" + "100," + hash(0xe3) + ",2," + f3 + "," + f4 + ",0,create,,0,\n" +
			"100," + hash(0xe3) + ",2," + f3 + "," + f3 + ",0,create,,1,Reverted\n" + "100," + hash(0xe3) + ",2," + f3 + "," + f3 + ",19,suicide,,2,\n",
		"token_transfers.csv": "token_address,from_address,to_address,value,transaction_hash,log_index,block_number\n" + echoes,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestDestroyed: who destroys itself in its own favour burns what it has, always
// before Cancun, then where it was made in the same transaction, and never where the
// chain logs the ether that moves. On chains whose Cancun is not known it has come.
func TestDestroyed(t *testing.T) {
	const last = 1710338135 - 1 // before Cancun on Ethereum
	system, coin := "0x"+strings.Repeat("f", 39)+"e", address("d1")
	row := func(token string, log int) string {
		return fmt.Sprintf("%s,%s,%s,17,0x%064x,%d,100\n", token, address("aa"), address("f1"), 0xe1, log)
	}
	for _, c := range []struct {
		seconds int
		id      ledger.ID
		echoes  string
		want    string // who burns, then how many tokens moved
		note    string
	}{
		{1681338454, "", "", "f1 f2 f3 0", "3 contracts destroyed themselves in their own favour"},
		{last, "", "", "f1 f2 f3 0", "3 contracts destroyed themselves in their own favour"},
		{last + 1, "", "", "f1 0", "1 contracts destroyed"},
		{last, "eip155:11155111", "", "f1 0", "1 contracts destroyed"},
		{last, "eip155:137", "", "f1 0", "1 contracts destroyed"},
		{last + 1, "", row(coin, 1), "f1 1", "1 contracts destroyed"},
		{last + 1, "", row(coin, 1) + row(system, 2) + row(system, 3), "1", "2 events of the protocol about ether that moved (EIP-7708) are left out"},
		{last + 1, "", row(system, 0), "0", "1 events of the protocol"},
	} {
		s := open(t, ethereum.Options{Ledger: c.id}, destroyed(t, c.seconds, c.echoes))
		got, tokens := "", 0
		for _, tr := range all(t, s) {
			switch {
			case strings.Contains(string(tr.Asset), "/erc20:"):
				tokens++
			case strings.Contains(tr.ID, "/suicide/") && tr.To() == ledger.Outside:
				got += string(tr.From())[40:] + " "
			}
			if err := tr.Validate(ledger.Accounts); err != nil {
				t.Error(err)
			}
		}
		if got += fmt.Sprint(tokens); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
		if n := s.Info().Notes; slices.Contains(n, "1 blocks of a table without withdrawals: what they paid from the consensus layer is not in the data") != (c.seconds >= 1681338455 && c.id != "eip155:137") {
			t.Errorf("%+v: notes:\n%s", c, n)
		}
		if n := strings.Join(s.Info().Notes, "\n"); !strings.Contains(n, c.note) {
			t.Errorf("%+v: notes:\n%s", c, n)
		}
	}
}
