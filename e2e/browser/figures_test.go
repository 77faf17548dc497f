package browser

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"testing"
)

// record is what this test reads of the command's JSON Lines.
type record struct {
	Record, ID, Asset, Name string
	Ledgers                 []struct {
		Assets []struct {
			ID       string
			Decimals int
		}
	}
	Figures []struct {
		View, Lower, Upper string
		Amounts            map[string]string
	}
	Totals []struct{ View, Asset, Policy, Seeded, Held, Edge, Exits, Fees, Burnt, Converted string }
}

func lines[T any](t *testing.T, out []byte) []T {
	t.Helper()
	var all []T
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var v T
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// decimal writes atomic units as the page does, exactly.
func decimal(atomic string, decimals int) string {
	n, ok := new(big.Int).SetString(atomic, 10)
	if !ok {
		return "?" + atomic
	}
	s := n.String()
	for len(s) <= decimals {
		s = "0" + s
	}
	whole, rest := s[:len(s)-decimals], strings.TrimRight(s[len(s)-decimals:], "0")
	if rest != "" {
		rest = "." + rest
	}
	return grouped(whole) + rest
}

// TestFiguresOfTrails compares every figure of the table of places, whole as it stands
// in the title of each amount, with the command's.
func TestFiguresOfTrails(t *testing.T) {
	said := map[string][]record{}
	for _, x := range []struct{ name, view, asset, policy string }{
		{"bybit-2025", "Bybit cold wallet", ether, "fifo"},
		{"bybit-2025", "Bybit cold wallet", "eip155:1/erc20:0xae7ab96520de3a18e5e111b5eaab095312d7fe84", "lifo"},
		{"bybit-2025", "Bybit cold wallet", "eip155:1/erc20:0xe6829d9a7ee3040e1276fa75293bde931859e8fa", "poison"},
		{"bybit-2025", proceeds, ether, "haircut"},
		{"bybit-2025", proceeds, ether, "taint-first"},
		{"lubian-2020", "LuBian", "bip122:000000000019d6689c085ae165831e93/slip44:0", "clean-first"},
		{"bangladesh-2016", "Bangladesh Bank", "iso4217:USD", "haircut"},
		{"bangladesh-2016", "Bangladesh Bank", "iso4217:USD", "lifo"},
		{"austro-2015", "Banco del Austro", "iso4217:USD", "fifo"},
		{"union-bank-india-2016", "Union Bank of India", "iso4217:USD", "poison"},
		{"coincheck-2018", "Coincheck (as published, unverified on the ledger)", "nem:xem", "taint-first"},
	} {
		if said[x.name] == nil {
			said[x.name] = lines[record](t, command(t, "trace", "--case", x.name, "--json"))
		}
		t.Run(x.name+" "+x.policy, func(t *testing.T) {
			want, decimals := map[string]string{}, 0
			for _, r := range said[x.name] {
				for _, l := range r.Ledgers {
					for _, a := range l.Assets {
						if a.ID == x.asset {
							decimals = a.Decimals
						}
					}
				}
			}
			for _, r := range said[x.name] {
				for _, f := range r.Figures {
					if r.Record == "place" && r.Asset == x.asset && f.View == x.view {
						want[r.Name] = fmt.Sprintf("%s, %s to %s", decimal(f.Amounts[x.policy], decimals), decimal(f.Lower, decimals), decimal(f.Upper, decimals))
					}
				}
			}
			b := open(t, "/trail/"+x.name+"?"+url.Values{"view": {x.view}, "asset": {x.asset}, "policy": {x.policy}}.Encode(), desk)
			b.sees("section.table header", "under "+x.policy)
			b.settled()
			got := map[string]string{}
			for {
				for _, r := range eval[[][]string](b, `[...document.querySelectorAll("[aria-labelledby=places-title] tbody tr")].map((r) => { const name = r.querySelector("th bdi"); return [name.title || name.innerText, ...[...r.querySelectorAll("td.num .num")].slice(0, 3).map((e) => e.title.split(" ")[0])]; })`) {
					got[r[0]] = fmt.Sprintf("%s, %s to %s", r[1], r[2], r[3])
				}
				if !eval[bool](b, `(() => { const e = [...document.querySelectorAll("[aria-labelledby=places-title] .pager button")].find((x) => x.textContent === "Later" && !x.disabled); e?.click(); return Boolean(e); })()`) {
					break
				}
				b.until("the next page", `document.querySelector("[aria-labelledby=places-title] .pager span").textContent.startsWith(`+quote(count(len(got)+1))+`)`)
			}
			if len(got) != len(want) || len(want) == 0 {
				t.Errorf("%d places on the page, %d in the command's JSON", len(got), len(want))
			}
			for name, w := range want {
				if got[name] != w {
					t.Errorf("%s: the page says %q, the command %q", name, got[name], w)
				}
			}
			for _, s := range said[x.name] {
				for _, total := range s.Totals {
					if total.View == x.view && total.Asset == x.asset && total.Policy == x.policy {
						b.equal("stolen", strings.Split(eval[string](b, `document.querySelector(".facts .num").title`), " ")[0], decimal(total.Seeded, decimals))
					}
				}
			}
		})
	}
}

// dollars writes a sum of the study as the page does, whole.
func dollars(usd string) string {
	whole, rest, found := strings.Cut(usd, ".")
	if found {
		rest = "." + rest
	}
	return "$" + grouped(whole) + rest
}

// TestFiguresOfStudies compares the front of a study, and every incident that counts,
// with the command's.
func TestFiguresOfStudies(t *testing.T) {
	policies := ask[struct{ Policies []struct{ ID string } }](t, served.server, "/study").Policies
	if len(policies) < 5 {
		t.Fatalf("%d policies", len(policies))
	}
	for _, p := range policies[:min(len(policies), 6)] {
		t.Run(p.ID, func(t *testing.T) {
			t.Parallel()
			var front struct{ All, With_coincheck, Without_coincheck, With_every_disputed, Without_any_disputed sum }
			rows := map[string]string{}
			for _, l := range lines[struct {
				Type string
				Data json.RawMessage
			}](t, command(t, "study", "--policy", p.ID, "--json")) {
				var row struct {
					Title, Occurred string
					Amounts         []struct {
						Value         struct{ USD, Basis string }
						Known, Stands bool
					}
				}
				switch l.Type {
				case "front":
					if err := json.Unmarshal(l.Data, &front); err != nil {
						t.Fatal(err)
					}
				case "row":
					if err := json.Unmarshal(l.Data, &row); err != nil {
						t.Fatal(err)
					}
					for _, a := range row.Amounts {
						if a.Value.Basis == "left_control" && (a.Known || a.Stands) {
							rows[strings.Join(strings.Fields(row.Title+" "+row.Occurred), " ")] = a.Value.USD
						}
					}
				}
			}
			b := open(t, "/study?policy="+p.ID, desk)
			b.sees("section.table", "The period, in dollars")
			b.settled()
			for i, x := range []sum{front.All, front.With_coincheck, front.Without_coincheck, front.With_every_disputed, front.Without_any_disputed} {
				got := eval[[]string](b, fmt.Sprintf(`(() => { const r = [...document.querySelectorAll("table")].find((t) => t.caption?.textContent === "The period, in dollars").tBodies[0].rows[%d]; return [...[...r.querySelectorAll("td .num [title^='$'], td .num[title^='$']")].map((e) => e.title), r.cells[4].innerText]; })()`, i))
				b.equal(fmt.Sprintf("row %d", i), got, []string{dollars(x.Attempted.USD), dollars(x.Left_control.USD), dollars(x.Net.USD), fmt.Sprint(x.N)})
			}
			b.press("[role=tab]", "Incidents")
			b.sees("section.table", "that count, in dollars")
			shown := eval[[][]string](b, `(() => { const t = [...document.querySelectorAll("table")].find((t) => t.caption?.textContent.includes("that count, in dollars")); const at = [...t.tHead.rows[0].cells].findIndex((c) => c.innerText.startsWith("left control")); return [...t.tBodies[0].rows].map((r) => [(r.querySelector("th bdi").innerText + " " + r.cells[1].innerText).replace(/\s+/g, " ").trim(), r.cells[at].querySelector("[title]")?.title ?? ""]); })()`)
			agree := 0
			for _, r := range shown {
				if usd, there := rows[r[0]]; there {
					if w := dollars(usd); r[1] != w {
						t.Errorf("%s: the page says %s, the command %s", r[0], r[1], w)
					}
					agree++
				}
			}
			if agree < 5 {
				t.Errorf("only %d of %d incidents could be compared", agree, len(shown))
			}
		})
	}
}
