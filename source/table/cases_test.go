package table_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/table"
)

// The tests of this file read the tables of real cases, which are not in the
// repository. The figures are those of the cases' own descriptions.

func readCase(t *testing.T, path string, m table.Mapping) ([]ledger.Transfer, ledger.Info) {
	t.Helper()
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set: it names the folder that holds data/cases")
	}
	s, err := table.Open(filepath.Join(root, "data", "cases", filepath.FromSlash(path)), m)
	if err != nil {
		t.Fatal(err)
	}
	ts, err := collect(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range ts {
		if err := x.Validate(ledger.Accounts); err != nil {
			t.Fatalf("%s: %v", x.Evidence, err)
		}
	}
	return ts, s.Info()
}

// A tally is what some transfers add up to.
type tally struct {
	rows, senders, receivers int
	sum                      string // whole units
}

func add(ts []ledger.Transfer, decimals int, keep func(*ledger.Transfer) bool) tally {
	from, to := map[ledger.Account]bool{}, map[ledger.Account]bool{}
	var sum money.Amount
	var rows int
	for i := range ts {
		if x := &ts[i]; x.Kind == ledger.Value && !x.Failed && keep(x) {
			rows++
			sum = sum.Add(x.Amount())
			from[x.From()], to[x.To()] = true, true
		}
	}
	return tally{rows, len(from), len(to), sum.Decimal(decimals)}
}

var bybit = table.Mapping{
	Ledger: "eip155:1", Unit: "decimal", Decimals: new(18),
	Columns: table.Columns{
		Tx: "transaction_hash", From: "from_address", To: "to_address", Amount: table.Words{"amount"},
		Asset: "symbol", Contract: "token_address", Time: "block_timestamp",
	},
	Time: table.TimeForm{Format: "unix"}, Order: []string{"block_number"},
	Assets: []table.Asset{
		{Contract: "0xae7ab96520de3a18e5e111b5eaab095312d7fe84", Symbol: "stETH", Decimals: new(18)},
		{Contract: "0xd5f7838f5c461feff7fe49ea5ebaf7728bb0adfa", Symbol: "mETH", Decimals: new(18)},
		{Contract: "0xe6829d9a7ee3040e1276fa75293bde931859e8fa", Symbol: "cmETH", Decimals: new(18)},
	},
}

func TestBybitSums(t *testing.T) {
	ts, info := readCase(t, "bybit-2025/transfers.csv", bybit)
	if len(ts) != 204 {
		t.Errorf("%d transfers, want 204", len(ts))
	}
	const (
		thief = "0x47666fab8bd0ac7003bce3f5c3585383f09486e2"
		swaps = "0xa4b2fd68593b6f34e51cb9edb66e71c1b4ab449e"
		heir  = "0xdd90071d52f20e85c89802e5dc1ec0a7b6475f92"
		late  = "0xf302572594a68aa8f951fae64ed3ae7da41c72be"
	)
	symbols := map[string]money.AssetID{}
	for _, a := range info.Assets {
		if a.Known {
			symbols[a.Symbol] = a.ID
		}
	}
	for _, c := range []struct {
		from, symbol string
		want         tally
	}{
		{thief, "ETH", tally{41, 1, 41, "400001"}},
		{thief, "stETH", tally{3, 1, 1, "90375.54791768"}},
		{thief, "mETH", tally{1, 1, 1, "8000"}},
		{thief, "cmETH", tally{1, 1, 1, "15000"}},
		{swaps, "stETH", tally{9, 1, 2, "90375.54791768"}},
		{swaps, "mETH", tally{3, 1, 1, "8000"}},
		{swaps, "ETH", tally{4, 1, 2, "98048.8948"}},
		{heir, "ETH", tally{54, 1, 39, "98055.3621285125807993"}},
		{late, "ETH", tally{74, 1, 58, "10062.358226033052619"}},
	} {
		got := add(ts, 18, func(x *ledger.Transfer) bool {
			return x.From() == ledger.Account(c.from) && x.Asset == symbols[c.symbol]
		})
		if got != c.want {
			t.Errorf("%s of %s: %+v, want %+v", c.symbol, c.from, got, c.want)
		}
	}
}

// TestBybitImitations: 173 native rows, 17 of genuine tokens, 14 of tokens that
// imitate them; each of the 14 is warned of, and no other.
func TestBybitImitations(t *testing.T) {
	ts, info := readCase(t, "bybit-2025/transfers.csv", bybit)
	rows := map[money.AssetID]int{}
	for _, x := range ts {
		rows[x.Asset]++
	}
	if n := rows["eip155:1/slip44:60"]; n != 173 {
		t.Errorf("%d native rows", n)
	}
	warned := regexp.MustCompile(`^(\S+) \((\d+) rows?\): symbol "`)
	flagged := map[money.AssetID]int{}
	for _, n := range info.Notes {
		if m := warned.FindStringSubmatch(n); m != nil {
			flagged[money.AssetID(m[1])], _ = strconv.Atoi(m[2])
		}
	}
	var genuine, imitating int
	for _, a := range info.Assets {
		switch {
		case a.Known && flagged[a.ID] > 0:
			t.Errorf("%s is genuine, and warned of", a.Symbol)
		case a.Known && a.ID != info.Native:
			genuine += rows[a.ID]
		case !a.Known:
			imitating += rows[a.ID]
			if flagged[a.ID] != rows[a.ID] {
				t.Errorf("%s (%s): %d rows, %d warned of", a.Symbol, a.ID, rows[a.ID], flagged[a.ID])
			}
		}
	}
	if genuine != 17 || imitating != 14 || len(flagged) != 7 {
		t.Errorf("%d genuine and %d imitating rows, %d assets warned of", genuine, imitating, len(flagged))
	}
}

func TestLuBianPhases(t *testing.T) {
	ts, info := readCase(t, "lubian-2020/transfers.csv", table.Mapping{
		Ledger: "bip122:000000000019d6689c085ae165831e93", Unit: "atomic",
		Columns: table.Columns{Tx: "txid", From: "from_address", To: "to_address", Amount: table.Words{"amount_sat"}, Time: "time_utc", Precision: "precision_sat"},
		Time:    table.TimeForm{Format: "rfc3339"}, Keep: []string{"phase"},
	})
	for phase, want := range map[string]tally{
		"theft":     {374, 25, 372, "127269.96512929"},
		"pool_own":  {3, 3, 1, "5289"},
		"move_2024": {373, 372, 372, "127270.86232794"},
	} {
		got := add(ts, 8, func(x *ledger.Transfer) bool { return x.Attrs["phase"] == phase })
		if got != want {
			t.Errorf("%s: %+v, want %+v", phase, got, want)
		}
	}
	// 371 amounts have a coarser unit; half of those units are 4,465 satoshi.
	if !strings.Contains(strings.Join(info.Notes, "\n"), "371 of 750 amounts of BTC are cut to a coarser unit, at most 0.00004465 BTC in sum") {
		t.Errorf("notes: %q", info.Notes)
	}
}

func TestRoninDeposits(t *testing.T) {
	ts, info := readCase(t, "ronin-2022/transactions.csv.gz", table.Mapping{Preset: "ethereum-etl/transactions", Ledger: "eip155:1"})
	if len(ts) != 2528 {
		t.Errorf("%d transfers", len(ts))
	}
	const tornado = "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b"
	if got, want := add(ts, 18, func(x *ledger.Transfer) bool { return x.To() == tornado }), (tally{1751, 48, 1, "175100"}); got != want {
		t.Errorf("into Tornado Cash: %+v, want %+v", got, want)
	}
	var fees, all money.Amount
	failed := 0
	for _, x := range ts {
		fees = fees.Add(x.Fee)
		all = all.Add(x.Amount())
		if x.Failed {
			failed++
			// gas_price 31189987685 * receipt_gas_used 285406
			if len(x.Credits) > 0 || x.Fee.String() != "8901809625225110" || x.Debits[0].Amount != x.Fee {
				t.Errorf("failed: %+v", x)
			}
		}
	}
	// The sums over the columns, taken with another program.
	if fees.String() != "97813251012549969829" || all.String() != "526787519086270665164901" || failed != 1 {
		t.Errorf("fees %s, moved %s, %d failed", fees, all, failed)
	}
	if info.SHA256 != "35d5d30ac4abb2c460966099b4e1e0a2f3b39158554ccc4931d2233a5831ab45" {
		t.Errorf("SHA-256 %s is not that of the file", info.SHA256)
	}
}

func TestCryptopiaSweeps(t *testing.T) {
	ts, _ := readCase(t, "cryptopia-2019-drain/transactions.csv.gz", table.Mapping{Preset: "ethereum-etl/transactions", Ledger: "eip155:1"})
	for to, want := range map[ledger.Account]tally{
		"0xc8b759860149542a98a3eb57c14aadf59d6d89b9": {9994, 9988, 1, "22234.821576466690251064"},
		"0x3b46c790ff408e987928169bd1904b6d71c00305": {10000, 10000, 1, "1399.294131178738914313"},
		"0xaa923cd02364bb8a4c3d6f894178d2e12231655c": {23, 11, 1, "30789.63917325939691203"},
	} {
		if got := add(ts, 18, func(x *ledger.Transfer) bool { return x.To() == to }); got != want {
			t.Errorf("into %s: %+v, want %+v", to, got, want)
		}
	}
	if first := ts[0]; len(ts) != 20017 || first.Amount().Decimal(18) != "19390.66318614898972218" {
		t.Errorf("%d transfers, the earliest %s", len(ts), first.Amount().Decimal(18))
	}
}
