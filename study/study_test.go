package study

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
)

func build(t testing.TB, policy string, edit func(*heist.Policy)) (*heist.Register, *Study) {
	t.Helper()
	reg, err := heist.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	p := *reg.Policy(policy)
	if edit != nil {
		edit(&p)
	}
	s, err := Build(reg, &p, "")
	if err != nil {
		t.Fatal(err)
	}
	return reg, s
}

// An amount whose terms are not complete reaches no reader: not by a verb of fmt,
// not as text, not as JSON, not in a column.
func TestUnstatedAmountsAreRefused(t *testing.T) {
	whole := Terms{left, "as_booked", "2026-01-01"}
	for _, terms := range []Terms{{}, {Valuation: "as_booked", AsKnownOn: "2026-01-01"}, {Basis: left, AsKnownOn: "2026-01-01"}, {Basis: left, Valuation: "as_booked"}} {
		if _, err := NewValue(money.Units(53400), terms); !errors.Is(err, ErrUnstated) {
			t.Errorf("%+v: %v", terms, err)
		}
		v := Value{cents: money.Units(53400), terms: terms}
		if _, err := v.Text(); !errors.Is(err, ErrUnstated) {
			t.Errorf("%+v: text: %v", terms, err)
		}
		for _, verb := range []string{"%v", "%d", "%x", "%s", "%+v", "%#v", "%q"} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "534") || !strings.Contains(text, "not printed") {
				t.Errorf("%s of %+v prints %q", verb, terms, text)
			}
		}
		if data, err := json.Marshal(v); !errors.Is(err, ErrUnstated) {
			t.Errorf("%+v: JSON %s: %v", terms, data, err)
		}
		if text, err := (Column{whole}).Cell(v, true); !errors.Is(err, ErrUnstated) {
			t.Errorf("%+v: cell %q: %v", terms, text, err)
		}
		if _, err := (Column{terms}).Cell(v, true); !errors.Is(err, ErrUnstated) {
			t.Errorf("a column without terms took a value: %v", err)
		}
	}
	v, err := NewValue(money.Units(53450), whole)
	if err != nil || v.String() != "USD 534.5 (left_control, as_booked, as known on 2026-01-01)" {
		t.Errorf("%s, %v", v, err)
	}
	if text, err := (Column{whole}).Cell(v, true); text != "535" || err != nil {
		t.Errorf("half a dollar rounds up: %q, %v", text, err)
	}
}

// Totals hold: the parts add up, net is at most what left, and what left is at
// most what was asked for.
func TestTotalsHold(t *testing.T) {
	for _, policy := range []string{"default", "strict", "press", "study2021", "chainalysis-like", "un-like"} {
		_, s := build(t, policy, nil)
		var sum money.Amount
		n := 0
		dated := s.Years
		if dated[0].Year == 0 {
			dated = dated[1:] // incidents without a date
		}
		if first, last := dated[0].Year, dated[len(dated)-1].Year; first < 2010 || last > 2030 || len(dated) != last-first+1 {
			t.Errorf("%s: %d years from %d to %d", policy, len(dated), first, last)
		}
		for _, y := range s.Years {
			sum, n = sum.Add(y.All.Left.cents), n+y.All.N
			for _, tot := range []Total{y.All, y.Actor} {
				if tot.Left.cents.Less(tot.Net.cents) || tot.Attempted.cents.Less(tot.Left.cents) {
					t.Errorf("%s: %d: %v", policy, y.Year, tot)
				}
			}
			iv := y.Interval
			if iv.Central.cents.Less(iv.Low.cents) || iv.High.cents.Less(iv.Central.cents) || iv.P95.cents.Less(iv.P5.cents) || iv.High.cents.Less(iv.P95.cents) {
				t.Errorf("%s: %d: interval %+v", policy, y.Year, iv)
			}
		}
		if fall := s.Falls[0].Steps[2]; fall.Basis != left || fall.Value.cents != sum {
			t.Errorf("%s: the years add up to %s, the waterfall says %v", policy, sum, fall.Value)
		}
		f := s.Front
		if f.With.Left.cents.Less(f.Without.Left.cents) || f.WithAll.Left.cents.Less(f.NoneOf.Left.cents) {
			t.Errorf("%s: front %+v", policy, f)
		}
		ids := map[string]bool{}
		for _, num := range s.Numbers {
			if ids[num.ID] {
				t.Errorf("%s: number %s stands twice", policy, num.ID)
			}
			ids[num.ID] = true
		}
	}
}

// The first page shows the total both with and without Coincheck, and the
// difference is Coincheck.
func TestCoincheckBothWays(t *testing.T) {
	_, s := build(t, "default", nil)
	f := s.Front
	var alone money.Amount
	for _, r := range s.Rows {
		if r.ID == coincheck {
			alone = r.On(left).Value.cents
		}
	}
	if alone.IsZero() || f.With.Left.cents != f.Without.Left.cents.Add(alone) {
		t.Errorf("with %s, without %s, Coincheck %s cents", f.With.Left, f.Without.Left, alone)
	}
}

// Policy study2021 gives the ranks that were reported of the study of April 2021:
// CoinBene at the lower of two counts, Bangladesh Bank at what left control.
func TestRanksOfApril2021(t *testing.T) {
	_, s := build(t, "study2021", nil)
	want := []string{coincheck, "2011-mt-gox", "2018-03-bank-negara-malaysia", "2020-09-kucoin", "2016-07-union-bank-of-india", "2018-02-bitgrail",
		"2018-01-bancomext", "2016-07-nigerian-bank", "2016-02-bangladesh-bank", "2017-12-nicehash"}
	top := s.Tops[len(s.Tops)-1]
	for n, id := range want {
		if top.Basis != Mixed || top.Rows[n].ID != id {
			t.Errorf("%s: rank %d is %s, want %s", top.Basis, n+1, top.Rows[n].ID, id)
		}
	}
	for _, r := range s.Sizes.Values {
		if text, err := (Column{r.Value.Terms()}).Cell(r.Value, true); r.ID == "2019-03-coinbene" && (text != "45,000,000" || err != nil) {
			t.Errorf("CoinBene at %s, %v", text, err)
		}
	}
}

// A study is a function of register and policy alone: another process, folder,
// time zone and map seed give the same bytes.
func TestSameBytes(t *testing.T) {
	if os.Getenv("STUDY_CHILD") != "" {
		_, s := build(t, "default", nil)
		if dir := os.Getenv("STUDY_CHILD"); dir != "-" {
			reg, _, err := heist.LoadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			if s, err = Build(reg, reg.Policy("default"), ""); err != nil {
				t.Fatal(err)
			}
		}
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile(os.Getenv("STUDY_OUT"), data, 0o600)
		return
	}
	copied := t.TempDir() + "/elsewhere"
	if err := os.CopyFS(copied, heist.Files()); err != nil {
		t.Fatal(err)
	}
	var first []byte
	for n, zone := range []string{"UTC", "Asia/Tokyo", "America/Lima"} {
		out := t.TempDir() + "/study.json"
		cmd := exec.Command(os.Args[0], "-test.run=^TestSameBytes$")
		cmd.Env = append(os.Environ(), "TZ="+zone, "STUDY_OUT="+out, "STUDY_CHILD="+[]string{"-", copied, copied}[n])
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Errorf("in %s the study differs", zone)
		}
	}
}

// The study of the embedded register; the bar is a second.
func BenchmarkStudy(b *testing.B) {
	reg, err := heist.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Build(reg, reg.Policy("default"), ""); err != nil {
			b.Fatal(err)
		}
	}
}
