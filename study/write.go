package study

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table writes rows of amounts whose terms stand in the head. The first value that
// does not fit its column stops everything.
type table struct {
	t   *tabwriter.Writer
	err error
}

func (t *table) line(cells ...string) {
	for n := range cells {
		cells[n] = printable(cells[n])
	}
	fmt.Fprintln(t.t, strings.Join(cells, "\t"))
}

// printable keeps control characters of the register off the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// dollars is a value under the head of terms; a basis of its own is checked too.
func (t *table) dollars(head Terms, b Basis, v Value) string {
	head.Basis = b
	text, err := Column{head}.Cell(v, true)
	if err != nil && t.err == nil {
		t.err = err
	}
	return text
}

func (t *table) total(head Terms, tot Total) []string {
	return []string{t.dollars(head, "attempted", tot.Attempted), t.dollars(head, left, tot.Left), t.dollars(head, Net, tot.Net), fmt.Sprint(tot.N)}
}

// WriteText writes the study for a terminal: the first page, then the tables. It
// errs with ErrUnstated before it prints an amount outside its terms.
func WriteText(w io.Writer, s *Study) error {
	h := s.Header
	now := ""
	if h.Now {
		now = " (the register's last day)"
	}
	fmt.Fprintf(w, "Policy %s: %s\n", h.Policy, printable(h.PolicyTitle))
	fmt.Fprintf(w, "All amounts in US dollars, %s%s; scope %s; %s; attributions of %s, disputed: %s\n",
		h.Terms, now, h.Scope, h.Period(), h.Bar(), h.Disputed)
	fmt.Fprintf(w, "Register of %d incidents and %d claims, sha256 %s\n", h.Incidents, h.Claims, h.RegisterHash)
	if h.ReviewedOnly {
		fmt.Fprintf(w, "Only claims that somebody checked a second time; drafts are left out.\n")
	} else {
		fmt.Fprintf(w, "%d of the %d incidents rest on a draft: a claim nobody has checked a second time (marked d).\n", h.Drafts, len(s.Rows))
	}
	if h.Revalued+h.AsBooked > 0 {
		fmt.Fprintf(w, "Valued from native amounts: %d; in booked dollars for want of a pinned price or of a day: %d.\n", h.Revalued, h.AsBooked)
	}
	t := &table{t: tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)}
	for _, part := range []func(*Study){t.front, t.tops, t.years, t.actors, t.splits, t.grid, t.tornado, t.vintages} {
		fmt.Fprintln(t.t)
		part(s)
		if t.err != nil {
			return t.err
		}
	}
	if err := t.t.Flush(); err != nil {
		return err
	}
	out, blank := s.leftOut()
	fmt.Fprintf(w, "\n%d conflicts between sources, %d incidents left out with reasons, %d of those that count without a dollar amount, %d numbers that can be explained: coldtrail study --json; coldtrail study explain NUMBER-ID\n",
		len(s.Disputes), out, blank, len(s.Numbers))
	return nil
}

// leftOut counts the incidents of Excluded: an incident may have two reasons there, and
// one without a dollar amount counts all the same.
func (s *Study) leftOut() (out, blank int) {
	left := map[string]bool{}
	for _, o := range s.Excluded {
		left[o.ID] = true
	}
	for _, r := range s.Rows {
		if left[r.ID] {
			blank++
		}
	}
	return len(left) - blank, blank
}

// period writes a policy's period; an end that it leaves open is open.
func period(from, to string) string {
	if from == "" && to == "" {
		return "all years"
	}
	return cmp.Or(from, "the beginning") + " to " + cmp.Or(to, "today")
}

// Period is the policy's period in words: "all years", "the beginning to 2018-12-31".
func (h Header) Period() string { return period(h.From, h.To) }

// Bar is the least confidence of an attribution that counts, in words.
func (h Header) Bar() string {
	if h.MinConfidence == "" {
		return "any confidence"
	}
	return h.MinConfidence + " confidence or more"
}

func (t *table) front(s *Study) {
	f, terms := s.Front, s.Header.Terms
	t.line("THE PERIOD", "attempted", "left control", "net", "n", "share", "number", "")
	row := func(name string, tot Total, sh string) {
		t.line(append(append([]string{name}, t.total(terms, tot)...), sh, tot.Number, "")...)
	}
	row("everybody", f.All, "")
	row(f.Actor+", Coincheck counted", f.With, f.ShareWith.String())
	row(f.Actor+", Coincheck not counted", f.Without, f.Share.String())
	row(f.Actor+", every disputed one counted", f.WithAll, "")
	row(f.Actor+", no disputed one counted", f.NoneOf, "")
	iv, b := f.Interval, terms.Basis
	fmt.Fprintln(t.t)
	t.line("INTERVAL ON "+strings.ToUpper(string(b)), "low", "middle", "high", "number", "")
	t.line("hard bounds, and what is counted", t.dollars(terms, b, iv.Low), t.dollars(terms, b, iv.Central), t.dollars(terms, b, iv.High), "total.actor.interval", "")
	t.line(fmt.Sprintf("90 %% of %d runs, seed %d, and their mean", s.Header.Runs, s.Header.Seed), t.dollars(terms, b, iv.P5), t.dollars(terms, b, iv.Mean), t.dollars(terms, b, iv.P95), "total.actor.interval", "")
}

func (t *table) tops(s *Study) {
	head := []string{"THE TEN LARGEST"}
	part := []string{s.Front.Actor + "'s (+); ? disputed; = as left control"}
	for _, top := range s.Tops {
		head = append(head, string(top.Basis))
		part = append(part, fmt.Sprintf("%d; %s", top.Count, top.Share))
	}
	t.line(append(head, "")...)
	for n := range TopN {
		cells := []string{fmt.Sprint(n + 1)}
		for _, top := range s.Tops {
			if n >= len(top.Rows) {
				cells = append(cells, "")
				continue
			}
			r := top.Rows[n]
			cells = append(cells, r.ID+mark(r.Verdict, r.Draft)+" "+map[bool]string{true: "="}[r.Stands]+t.dollars(s.Header.Terms, top.Basis, r.Value))
		}
		t.line(append(cells, "")...)
	}
	t.line(append(part, "")...)
}

func mark(v Verdict, draft bool) string {
	m := ""
	switch v {
	case Counted:
		m = "+"
	case Disputed:
		m = "?"
	}
	if draft {
		m += "d"
	}
	if m != "" {
		m = " " + m
	}
	return m
}

func (t *table) years(s *Study) {
	terms := s.Header.Terms
	t.line("BY YEAR", "attempted", "left control", "net", "n", s.Front.Actor+": attempted", "left control", "net", "n", "low", "high", "share", "by count", "")
	for _, y := range s.Years {
		year := fmt.Sprint(y.Year)
		if y.Year == 0 {
			year = "no date"
		}
		cells := append([]string{year}, t.total(terms, y.All)...)
		cells = append(cells, t.total(terms, y.Actor)...)
		t.line(append(cells, t.dollars(terms, terms.Basis, y.Interval.Low), t.dollars(terms, terms.Basis, y.Interval.High), y.Share.String(), y.ByCount.String(), "")...)
	}
}

func (t *table) actors(s *Study) {
	t.line("ATTRIBUTED TO "+strings.ToUpper(s.Front.Actor), "attempted", "left control", "net", "status", "confidence", "asserted", "verdict", "")
	for _, d := range s.Actors {
		terms := s.Header.Terms
		t.line(d.ID+mark("", d.Draft), t.dollars(terms, "attempted", d.Attempted), t.dollars(terms, left, d.Left), t.dollars(terms, Net, d.Net),
			d.Attribution.Standing, d.Attribution.Confidence, d.Attribution.On, string(d.Attribution.Verdict), "")
	}
}

func (t *table) splits(s *Study) {
	t.line("ALL YEARS, BY", "", "attempted", "left control", "net", "n", "share", s.Front.Actor+": left control", "net", "n", "")
	for _, sp := range s.Splits {
		if sp.Of == "quarter" || sp.Of == "country" {
			continue
		}
		cells := append([]string{sp.Of, blank(sp.Word)}, t.total(s.Header.Terms, sp.All)...)
		t.line(append(append(append(cells, sp.Share.String()), t.total(s.Header.Terms, sp.Actor)[1:]...), "")...)
	}
}

func (t *table) grid(s *Study) {
	t.line("48 WAYS TO COUNT", "as known", "Coincheck", "low+", "moderate+", "high", "")
	for n := 0; n+2 < len(s.Grid); n += 3 {
		c := s.Grid[n]
		cells := []string{c.Basis, c.Known, map[bool]string{true: "yes", false: "no"}[c.Coincheck]}
		for _, c := range s.Grid[n : n+3] {
			cells = append(cells, fmt.Sprintf("%d; %s", c.Count, c.Share))
		}
		t.line(append(cells, "")...)
	}
}

func (t *table) tornado(s *Study) {
	t.line("ONE CHOICE AT A TIME", "the actor's sum moves by", "to", "of ten", "share", "")
	for _, c := range s.Tornado {
		sign := "-"
		switch {
		case c.Up:
			sign = "+"
		case c.By.Cents().IsZero():
			sign = ""
		}
		by, err := Column{c.By.Terms()}.Cell(c.By, true)
		to, err2 := Column{c.After.Terms()}.Cell(c.After, true)
		if t.err == nil && (err != nil || err2 != nil) {
			t.err = ErrUnstated
		}
		t.line(c.What, sign+by, to+" "+string(c.After.Terms().Basis), fmt.Sprint(c.Count), c.Share.String(), "")
	}
}

func (t *table) vintages(s *Study) {
	t.line("PUBLISHED BESIDE OURS", "vintage", "year", "published", "n", "policy", "ours", "n", "residual", "")
	for _, v := range s.Vintages {
		sign := "-"
		if v.Up {
			sign = "+"
		}
		ours, err := Column{v.Ours.Terms()}.Cell(v.Ours, true)
		diff, err2 := Column{v.Residual.Terms()}.Cell(v.Residual, true)
		if t.err == nil && (err != nil || err2 != nil) {
			t.err = ErrUnstated
		}
		t.line(v.Publisher, v.Vintage, fmt.Sprint(v.Year), v.Published, fmt.Sprint(v.N), v.Policy, ours+" "+string(v.Ours.Terms().Basis), fmt.Sprint(v.OursN), sign+diff, "")
	}
}

// WriteLines writes the study as JSON Lines: header, front, then one record a row
// of every table, then summary.
func WriteLines(w io.Writer, s *Study, tool string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	put := func(kind string, v any) error {
		return enc.Encode(struct {
			Type string `json:"type"`
			Data any    `json:"data"`
		}{kind, v})
	}
	head := struct {
		Type   string `json:"type"`
		Schema string `json:"schema"`
		Tool   string `json:"tool"`
		Data   Header `json:"data"`
	}{"header", Schema, tool, s.Header}
	if err := enc.Encode(head); err != nil {
		return err
	}
	if err := put("front", s.Front); err != nil {
		return err
	}
	lists := []func() error{
		each(put, "top", s.Tops), each(put, "year", s.Years), each(put, "actor", s.Actors), each(put, "split", s.Splits), each(put, "lag", s.Lags),
		each(put, "recovery", s.Recovery), each(put, "fall", s.Falls), each(put, "sizes", []Sizes{s.Sizes}), each(put, "evidence", s.Evidence),
		each(put, "dispute", s.Disputes), each(put, "excluded", s.Excluded), each(put, "grid", s.Grid), each(put, "leave_out", s.LeaveOut),
		each(put, "tornado", s.Tornado), each(put, "known", s.Sweep), each(put, "vintage", s.Vintages), each(put, "row", s.Rows), each(put, "number", s.Numbers),
	}
	for _, list := range lists {
		if err := list(); err != nil {
			return err
		}
	}
	return put("summary", map[string]int{"rows": len(s.Rows), "numbers": len(s.Numbers), "excluded": len(s.Excluded)})
}

func each[T any](put func(string, any) error, kind string, all []T) func() error {
	return func() error {
		for _, v := range all {
			if err := put(kind, v); err != nil {
				return err
			}
		}
		return nil
	}
}

// columns of WriteRows, with the Frictionless type and what each means.
var columns = []struct{ name, kind, what string }{
	{"id", "string", "id of the incident in the register"}, {"title", "string", "name"}, {"occurred", "string", "EDTF date"},
	{"year", "integer", "year in which it began"}, {"sector", "string", "kind of victim"}, {"country", "string", "ISO 3166-1 alpha-2; blank: not established"},
	{"scope", "string", "theft, near_miss, ..."}, {"method", "string", "how it was done"}, {"wallet_temperature", "string", "hot, warm, cold, unknown"},
	{"basis", "string", "which of the bases the amount is"}, {"usd", "number", "amount in US dollars; blank: no claim has a number"},
	{"usd_low", "number", "low end of the range"}, {"usd_high", "number", "high end of the range"}, {"valuation", "string", "at whose price"},
	{"as_known_on", "date", "as of which day"}, {"verdict", "string", "how the policy takes the attribution to the study's actor"},
	{"draft", "boolean", "rests on a claim nobody checked a second time"}, {"claims", "string", "ids of the claims, by spaces"},
}

// WriteRows writes one CSV row an incident and basis, so that no amount stands
// without its basis, valuation and day.
func WriteRows(w io.Writer, s *Study) error {
	t := csv.NewWriter(w)
	var head []string
	for _, c := range columns {
		head = append(head, c.name)
	}
	if err := t.Write(head); err != nil {
		return err
	}
	for _, r := range s.Rows {
		for _, a := range r.Amounts {
			terms := a.Value.Terms()
			if err := terms.Check(); err != nil {
				return err
			}
			usd, low, high := "", "", ""
			if a.Known {
				usd, low, high = a.Value.cents.Decimal(2), a.Low.cents.Decimal(2), a.High.cents.Decimal(2)
			}
			if err := t.Write([]string{r.ID, r.Title, r.Occurred, fmt.Sprint(r.Year), r.Sector, r.Country, r.Scope, r.Method, r.Wallet, string(terms.Basis), usd, low, high,
				terms.Valuation, terms.AsKnownOn, string(r.Claimed.Verdict), fmt.Sprint(r.Draft), strings.Join(a.Claims, " ")}); err != nil {
				return err
			}
		}
	}
	t.Flush()
	return t.Error()
}

// WritePackage writes the Frictionless data package of WriteRows's table.
func WritePackage(w io.Writer, s *Study) error {
	type field struct {
		Name        string `json:"name"`
		Type        string `json:"type"`
		Description string `json:"description"`
	}
	var fields []field
	for _, c := range columns {
		fields = append(fields, field{c.name, c.kind, c.what})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{
		"profile": "tabular-data-package", "name": "coldtrail-study", "title": "Heists under policy " + s.Header.Policy, "version": s.Header.RegisterHash,
		"licenses": []map[string]string{{"name": "CC-BY-4.0"}},
		"resources": []map[string]any{{"profile": "tabular-data-resource", "name": "incidents", "path": "incidents.csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
			"schema": map[string]any{"fields": fields, "primaryKey": []string{"id", "basis"}, "missingValues": []string{""}}}},
	})
}
