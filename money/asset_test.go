package money_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/money"
)

// The symbols under which worthless tokens were sent to the addresses of the
// Bybit theft of February 2025, as the ledger has them (С, Е, Т, Н and so on
// are Cyrillic), and what each is to be taken for.
var imitations = map[string]string{
	"EТH": "ETH", "ЕТН": "ETH", "ЕТН...": "ETH", "ETH": "ETH",
	"stEТH": "STETH", "ѕтETН": "STETH",
}

func TestSkeleton(t *testing.T) {
	for symbol, want := range imitations {
		if got := money.Skeleton(symbol); got != want {
			t.Errorf("%q (% x) looks like %q, want %q", symbol, symbol, got, want)
		}
	}
	for symbol, want := range map[string]string{
		"USDC": "USDC", "usdc": "USDC", "USDС": "USDC", "U.S.D.C": "USDC", "USD\u200bC": "USDC", "ＵＳＤＣ": "USDC",
		"ΒΤ": "BT", "cmETH": "CMETH", "mETH": "METH", "": "", "…": "",
	} {
		if got := money.Skeleton(symbol); got != want {
			t.Errorf("%q looks like %q, want %q", symbol, got, want)
		}
	}
	if money.Skeleton("mETH") == money.Skeleton("cmETH") || money.Skeleton("stETH") == money.Skeleton("ETH") {
		t.Error("genuine symbols look alike")
	}
}

// TestSkeletonIsStable: what a symbol looks like looks like itself, and case
// changes nothing in plain letters.
func TestSkeletonIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := money.Skeleton(s)
		if twice := money.Skeleton(once); twice != once {
			t.Fatalf("%q, %q, %q", s, once, twice)
		}
		plain := rapid.StringMatching(`[a-zA-Z0-9]*`).Draw(t, "plain")
		if got := money.Skeleton(plain); got != strings.ToUpper(plain) {
			t.Fatalf("%q looks like %q", plain, got)
		}
	})
}

func TestScripts(t *testing.T) {
	for s, want := range map[string][]string{
		"ETH": {"Latin"}, "ЕТН": {"Cyrillic"}, "ѕтETН": {"Cyrillic", "Latin"}, "stEТH": {"Latin", "Cyrillic"},
		"Βtc": {"Greek", "Latin"}, "币安": {"Han"}, "123 $.": nil, "": nil, "אב": {"other"},
	} {
		if got := money.Scripts(s); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

func TestSymbolWarnings(t *testing.T) {
	genuine := []money.Asset{
		{ID: "eip155:1/slip44:60", Symbol: "ETH", Known: true},
		{ID: "eip155:1/erc20:0xae7a", Symbol: "stETH", Known: true},
		{ID: "eip155:1/erc20:0xd5f7", Symbol: "mETH", Known: true},
		{ID: "eip155:1/erc20:0xe682", Symbol: "cmETH", Known: true},
	}
	if w := money.SymbolWarnings(genuine); len(w) > 0 {
		t.Errorf("genuine assets: %v", w)
	}
	for symbol, like := range imitations {
		fake := money.Asset{ID: "eip155:1/erc20:0xfake", Symbol: symbol}
		for _, assets := range [][]money.Asset{append(slices.Clone(genuine), fake), append([]money.Asset{fake}, genuine...)} {
			got := money.SymbolWarnings(assets)
			all := strings.Join(got[fake.ID], "\n")
			if len(got) != 1 || !strings.Contains(strings.ToUpper(all), "IMITATES "+like+" (") {
				t.Errorf("%q among the genuine: %v", symbol, got)
			}
			if mixed := len(money.Scripts(symbol)) > 1; mixed != strings.Contains(all, "mixes") {
				t.Errorf("%q: %q", symbol, all)
			}
		}
	}
}

// TestSymbolsShared: without a known asset to imitate, assets that share a
// symbol are all warned of; one alone, or without a symbol, is not.
func TestSymbolsShared(t *testing.T) {
	got := money.SymbolWarnings([]money.Asset{
		{ID: "a", Symbol: "DOGE"}, {ID: "b", Symbol: "D0GE"}, {ID: "c", Symbol: "doge"}, {ID: "d"}, {ID: "e"},
	})
	if len(got) != 2 || got["a"][0] != `symbol "DOGE" is used by 2 assets` || got["c"][0] != `symbol "doge" is used by 2 assets` {
		t.Errorf("%v", got)
	}
	// Two assets that the case vouches for may have one symbol, on two ledgers.
	if got := money.SymbolWarnings([]money.Asset{{ID: "a", Symbol: "USDC", Known: true}, {ID: "b", Symbol: "USDC", Known: true}}); len(got) > 0 {
		t.Errorf("two known assets: %v", got)
	}
}

func TestAssetText(t *testing.T) {
	eth := money.Asset{ID: "eip155:1/slip44:60", Symbol: "ETH", Decimals: 18}
	n, err := money.ParseDecimal("400001.5", 18)
	if err != nil {
		t.Fatal(err)
	}
	if got := eth.Format(n); got != "400,001.5 ETH" {
		t.Errorf("%s", got)
	}
	eth.Symbol = ""
	if got := eth.Format(n); got != "400,001.5 eip155:1/slip44:60" {
		t.Errorf("%s", got)
	}
}
