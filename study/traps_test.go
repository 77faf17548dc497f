package study

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
)

// read gives a shipped incident as the default policy reads it on a day.
func read(t *testing.T, id, known string) (Row, *Reading) {
	t.Helper()
	reg, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	p := *reg.Policy("default")
	p.AsKnownOn = known
	r, err := NewReading(reg, &p, DefaultActor)
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Row(id)
	if err != nil {
		t.Fatal(err)
	}
	return row, r
}

// usd is an amount in whole dollars, "-" when no claim gives it.
func usd(row Row, b Basis) string {
	a := row.On(b)
	if !a.Known || a.Stands {
		return "-"
	}
	text, err := Column{a.Value.Terms()}.Cell(a.Value, true)
	if err != nil {
		return err.Error()
	}
	return text
}

// Traps 1 to 4: what was asked for is not what left, a minted token is no
// proceeds, a refund is no return, gross is not net.
func TestAmountTraps(t *testing.T) {
	for _, c := range []struct {
		trap, id, want string
	}{
		{"attempted printed as stolen", "2018-03-bank-negara-malaysia", "attempted 390,000,000 left_control 0 net 0"},
		{"attempted printed as stolen", "2018-01-bancomext", "attempted 110,000,000 left_control 0 net 0"},
		{"attempted printed as stolen", "2016-07-nigerian-bank", "attempted 100,000,000 left_control 0 net 0"},
		{"attempted printed as stolen", "2016-02-bangladesh-bank", "attempted 951,000,000 executed 101,000,000 left_control 81,000,000"},
		{"attempted printed as stolen", "2016-07-union-bank-of-india", "left_control 171,000,000 net 0"},
		{"attempted printed as stolen", "2022-10-bsc-token-hub", "attempted 570,000,000 left_control 110,000,000"}, // the 127 of the first list was not found again (docs/register.md)
		{"nominal or realised", "2024-02-playdapp", "attempted 290,400,000 proceeds_realised 32,350,000"},          // two mintings at the prices of their days
		{"nominal or realised", "2021-03-paid", "attempted 160,000,000 left_control 27,000,000"},
		{"nominal or realised", "2023-02-bonq", "attempted 120,000,000 left_control -"}, // nobody says what it was worth
		{"nominal or realised", "2022-04-beanstalk", "left_control 182,000,000 proceeds_realised 76,000,000"},
		{"refund booked as return", "2024-05-dmm", "left_control 308,000,000 reimbursed_by_victim 305,000,000 net 308,000,000"},
		{"refund booked as return", "2022-01-crypto-com", "left_control 33,800,000 reimbursed_by_victim 33,800,000 net 33,800,000"},
		{"refund booked as return", "2018-01-coincheck", "left_control 534,000,000 reimbursed_by_victim 426,000,000 net 534,000,000"},
		{"refund booked as return", "2025-02-bybit", "left_control 1,460,000,000 reimbursed_by_victim 1,230,000,000 net 1,460,000,000"},
		{"gross or net", "2020-09-kucoin", "left_control 285,000,000 recovered 239,450,000 net 45,550,000"}, // an aggregator's 45 M is the net; the company's sum; the UN's 281 stands beside it
	} {
		row, _ := read(t, c.id, "now")
		var got []string
		for _, w := range strings.Fields(c.want) {
			for _, b := range bases() {
				if w == string(b) {
					got = append(got, w, usd(row, b))
				}
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %s: %s, want %s", c.trap, c.id, strings.Join(got, " "), c.want)
		}
	}
}

// Trap 5: what a state seized years later is worth what it is worth then; it
// changes neither the loss nor the net, and is no dollars of the theft.
func TestSeizureIsNoLoss(t *testing.T) {
	for id, want := range map[string]string{"2016-08-bitfinex": "72,000,000 72,000,000", "2020-12-lubian": "3,500,000,000 3,500,000,000"} {
		row, _ := read(t, id, "now")
		if got := usd(row, left) + " " + usd(row, Net); got != want {
			t.Errorf("%s: left and net %s, want %s", id, got, want)
		}
	}
	row, r := read(t, "2012-09-silk-road-zhong", "now")
	if row.On("seized").Known {
		t.Errorf("a seizure at the price of its day stands as %s", row.On("seized").Value)
	}
	if cl := r.b.reg.Incident(row.ID).Claim("seized-usd"); cl.Value != "3360000000" || cl.Valuation != "at_seizure" {
		t.Errorf("the seizure is %s, %s", cl.Value, cl.Valuation)
	}
}

// Where claims differ the decision stands in a table, with its
// reason, and nothing is dropped.
func TestConflictsAreShown(t *testing.T) {
	_, s := build(t, "default", nil)
	seen := map[string]Dispute{}
	for _, d := range s.Disputes {
		seen[d.ID+" "+d.Question] = d
		if d.Why == "" || len(d.Others) == 0 || len(d.Others) != len(d.Against) {
			t.Errorf("%+v decides nothing", d)
		}
	}
	if d := seen[coincheck+" attribution"]; len(d.Others) == 0 || d.Others[0] != coincheck+"#attribution-asahi" {
		t.Errorf("Coincheck: %+v", d)
	}
	if _, ok := seen["2016-02-bangladesh-bank correction of amount"]; !ok {
		t.Error("the correction of Bangladesh Bank's recovery is not shown")
	}
}

// Trap 6: primary sources err. Alphapo and CoinsPaid are of 22 July, and the
// decision against the FBI's June stands in the table; Gate.io has the sum of the
// complaint's table, its prose beside it; no misprint makes Harmony APT28's.
func TestPrimarySourcesErr(t *testing.T) {
	_, s := build(t, "default", func(p *heist.Policy) { p.Period = heist.Period{} })
	why := map[string]string{}
	for _, d := range s.Disputes {
		why[d.ID+" "+d.Question] += d.Why
	}
	for _, id := range []string{"2023-07-alphapo", "2023-07-coinspaid"} {
		if row, _ := read(t, id, "now"); !strings.HasPrefix(row.Occurred, "2023-07-22") || !strings.Contains(why[id+" correction of occurred"], "22 June") {
			t.Errorf("%s on %s, because %q", id, row.Occurred, why[id+" correction of occurred"])
		}
	}
	gate, _ := read(t, "2018-04-gate-io", "now")
	if a := gate.On(left); a.Value.Cents() != money.Units(234_337_668_88) || a.High.Cents() != money.Units(250_000_000_00) {
		t.Errorf("Gate.io lost %s, at most %s", a.Value, a.High)
	}
	harmony, r := read(t, "2022-06-harmony", "now")
	if a := harmony.Claimed; a.Verdict != Counted || a.Actor == "apt28" || !r.b.reg.IsOrPartOf(a.Actor, DefaultActor) {
		t.Errorf("Harmony: %+v", a)
	}
}

// Trap 15: a source that gives two totals for one year keeps both, each with where
// it stands.
func TestBothOfOneSource(t *testing.T) {
	_, s := build(t, "default", nil)
	found := map[string]string{}
	for _, v := range s.Vintages {
		if v.Publisher == "tayvano" && v.Year == 2021 {
			found[v.Published] = v.Source
		}
	}
	if !strings.Contains(found["317100000"], "first figure") || !strings.Contains(found["477100000"], "second figure") {
		t.Errorf("%v", found)
	}
}

// Trap 7: near-duplicates are rows of their own. Trap 10: accidents and
// reorganised chains are left out with the reason.
func TestControlRowsStayOut(t *testing.T) {
	_, s := build(t, "default", func(p *heist.Policy) { p.Period = heist.Period{} })
	in, out := map[string]bool{}, map[string]string{}
	for _, r := range s.Rows {
		in[r.ID] = true
	}
	for _, e := range s.Excluded {
		out[e.ID] = e.Reason
	}
	for _, id := range []string{"2018-09-indodax", "2019-11-upbit", "2025-11-upbit", "2023-09-htx", "2023-11-heco-htx", "2023-07-alphapo", "2023-07-coinspaid"} {
		if !in[id] {
			t.Errorf("%s is not a row: %s", id, out[id])
		}
	}
	for _, id := range []string{"2017-11-parity-freeze", "2021-09-compound"} {
		if out[id] != "scope accident is not counted" {
			t.Errorf("%s: %q", id, out[id])
		}
	}
	if out["2018-05-bitcoin-gold"] != "scope double_spend is not counted" {
		t.Errorf("Bitcoin Gold: %q", out["2018-05-bitcoin-gold"])
	}
}

// Trap 9: a dispute is an interval under default, counted under include and left
// out under exclude; it is never silently one of them.
func TestDisputedThreeWays(t *testing.T) {
	sums := map[string]string{}
	for _, how := range []string{"interval", "include", "exclude"} {
		_, s := build(t, "default", func(p *heist.Policy) { p.Attribution.Disputed = how })
		iv := s.Front.Interval
		sums[how] = fmt.Sprint(iv.Central.Cents(), iv.High.Cents())
		if how == "exclude" && iv.High.Cents().Less(iv.Central.Cents()) || s.Front.With.Left.Cents() == s.Front.Without.Left.Cents() {
			t.Errorf("%s: %+v", how, iv)
		}
	}
	if sums["interval"] == sums["include"] || sums["interval"] == sums["exclude"] {
		t.Errorf("%v", sums)
	}
}

// Trap 9: what parties deny or took back is disputed: each such incident of the
// register, also under the policy that asks for least; counted by including only.
// Of Zoth the register has no claim against the DPRK, so it is nobody's.
func TestDeniedIncidents(t *testing.T) {
	for id, want := range map[string]Verdict{"2023-12-orbit": Disputed, "2025-09-swissborg": Disputed, "2024-06-uwu": Disputed, "2025-03-zoth": Nobody} {
		row, r := read(t, id, "now")
		if row.Claimed.Verdict != want || r.Counts(&row) {
			t.Errorf("%s: %+v", id, row.Claimed)
		}
		include := *r.b.pol
		include.Attribution.Disputed = "include"
		with, err := NewReading(r.b.reg, &include, DefaultActor)
		if err != nil {
			t.Fatal(err)
		}
		if with.Counts(&row) != (want == Disputed) {
			t.Errorf("%s: included %t", id, with.Counts(&row))
		}
	}
	if before, _ := read(t, "2025-09-swissborg", "2025-10-01"); before.Claimed.Verdict != Nobody {
		t.Errorf("SwissBorg before anybody said so: %+v", before.Claimed)
	}
}

// A withdrawal is a claim: before it the attribution counts, after it is disputed.
func TestWithdrawn(t *testing.T) {
	reg, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeRegister(t, dir, `  - id: taken-back
    property: attribution
    actor: dprk
    status: assessed
    confidence: high
    parties: [Somebody]
    polarity: withdrawn
    sources: [SOURCE]
    asserted_on: 2024-06-01
    recorded_on: 2026-11-27
    recorded_by: researcher
    grade: B2
`)
	planted, ps, err := heist.LoadDir(dir)
	if err != nil {
		t.Fatal(ps, err)
	}
	for known, want := range map[string]Verdict{"2024-05-01": Counted, "2024-07-01": Disputed} {
		p := *reg.Policy("default")
		p.AsKnownOn = known
		r, err := NewReading(planted, &p, DefaultActor)
		if err != nil {
			t.Fatal(err)
		}
		row, err := r.Row("2024-01-example")
		if err != nil {
			t.Fatal(err)
		}
		if row.Claimed.Verdict != want {
			t.Errorf("on %s: %+v, want %s", known, row.Claimed, want)
		}
	}
}

// Trap 11: days are UTC.
func TestDaysOfUTC(t *testing.T) {
	for id, day := range map[string]string{coincheck: "2018-01-25", "2020-09-kucoin": "2020-09-25", "2019-06-bitrue": "2019-06-26",
		"2019-01-cryptopia": "2019-01-13", "2025-11-upbit": "2025-11-26"} {
		if row, _ := read(t, id, "now"); !strings.HasPrefix(row.Occurred, day) {
			t.Errorf("%s on %s", id, row.Occurred)
		}
	}
}

// Trap 12: an incident found five years later is the largest of the decade now.
func TestFoundLateIsLargest(t *testing.T) {
	_, s := build(t, "default", nil)
	if s.Tops[2].Rows[0].ID != "2020-12-lubian" {
		t.Errorf("the largest is %s", s.Tops[2].Rows[0].ID)
	}
	for _, c := range s.Grid {
		if has := strings.Contains(strings.Join(c.Top, " "), "lubian"); has != (c.Known == "now") {
			t.Errorf("%s: LuBian in the ten: %t", c.Number, has)
		}
	}
}

// Trap 14: Euler lost 196 million and got back coins that were worth more by then:
// the dollars of the returns are those of the theft, and something stayed away.
// Euros that BitGrail's creditors got for coins sold years later lower no net.
func TestReturnsDoNotExceedLosses(t *testing.T) {
	for id, want := range map[string]string{"2023-03-euler": "196,000,000 18,300,000", "2018-02-bitgrail": "170,000,000 170,000,000"} {
		row, _ := read(t, id, "now")
		if got := usd(row, left) + " " + usd(row, Net); got != want {
			t.Errorf("%s: left and net %s, want %s", id, got, want)
		}
	}
}

// Trap 14: what came back is taken off in native units: 60 of 100 coins leave 40 %
// of the loss, whatever dollars the return was given in.
func TestNetInNativeUnits(t *testing.T) {
	dir := t.TempDir()
	reg, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	claim := "  - id: %s\n    property: amount\n    basis: %s\n    asset: %s\n    value: %s\n%s    sources: [SOURCE]\n    asserted_on: 2024-01-05\n    recorded_on: 2026-11-27\n    recorded_by: researcher\n    grade: B2\n"
	writeRegister(t, dir, fmt.Sprintf(claim, "gone-eth", "left_control", "ETH", "100", "")+fmt.Sprintf(claim, "back-eth", "returned_by_attacker", "ETH", "60", "")+
		fmt.Sprintf(claim, "back-usd", "returned_by_attacker", "USD", "240000000", "    valuation: as_booked\n"))
	planted, ps, err := heist.LoadDir(dir)
	if planted == nil {
		t.Fatal(ps, err)
	}
	r, err := NewReading(planted, reg.Policy("default"), DefaultActor)
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Row("2024-01-example")
	if err != nil {
		t.Fatal(err)
	}
	if usd(row, left) != "197,000,000" || usd(row, Net) != "78,800,000" {
		t.Errorf("left %s, net %s", usd(row, left), usd(row, Net))
	}
}

// Totals of the draft by year: dollars and number of all thefts; the actor's at
// low, moderate and high confidence, in millions.
func TestYearsOfTheDraft(t *testing.T) {
	const want = `2011 450/2 0 0 0
2012 5/5 0 0 0
2013 39/4 0 0 0
2014 12/3 0 0 0
2015 19/4 0 0 0
2016 395/9 252 81 81
2017 241/11 159 152 135
2018 1185/17 990 360 265
2019 288/9 192 70 63
2020 3895/9 306 293 12
2021 2039/21 316 0 0
2022 2594/16 752 752 724
2023 1276/19 609 415 239
2024 1273/19 686 641 609
2025 2600/18 1582 1516 1460
2026 577/2 577 577 0
`
	reg := draft(t)
	shipped, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	years := map[string][]Year{}
	for _, c := range GridConfidences {
		p := *shipped.Policy("default")
		p.Attribution = heist.AttributionPolicy{MinConfidence: heist.Confidence(c), MinStatus: "claimed", Disputed: map[bool]string{true: "include", false: "exclude"}[c == "low"]}
		s, err := Build(reg, &p, "")
		if err != nil {
			t.Fatal(err)
		}
		years[c] = s.Years
	}
	whole := func(v Value) uint64 { return (cents64(v.Cents()) + 50_000_000) / 100_000_000 }
	var b strings.Builder
	for n, y := range years["low"] {
		fmt.Fprintf(&b, "%d %d/%d", y.Year, whole(y.All.Left), len(y.All.Rows))
		for _, c := range GridConfidences {
			fmt.Fprintf(&b, " %d", whole(years[c][n].Actor.Left))
		}
		b.WriteString("\n")
	}
	if b.String() != want {
		t.Errorf("%s\nwant\n%s", b.String(), want)
	}
}
