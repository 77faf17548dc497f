package heist

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// ImportOptions says how a draft is taken in.
type ImportOptions struct {
	RecordedOn Date
	RecordedBy string    // default "import"
	Base       *Register // actors, assets and sources to use; default the embedded ones
	LeaveOut   []string  // ids of rows that are not to be taken
}

// importer turns rows into incidents and addresses into sources.
type importer struct {
	reader
	opt   ImportOptions
	base  *Register
	out   *Register
	byURL map[string]*Source
	ids   map[string]bool
	line  int
}

// ImportCSV reads a draft of 26 columns (docs/register.md): every filled cell
// becomes one claim, with the cell's text beside it where the value says less, so
// that ExportCSV gives every cell back. Faults of rows are problems at their line;
// the register that comes back has been checked.
func ImportCSV(in io.Reader, name string, opt ImportOptions) (*Register, Problems, error) {
	if opt.RecordedBy == "" {
		opt.RecordedBy = "import"
	}
	if opt.Base == nil {
		base, err := Embedded()
		if err != nil {
			return nil, nil, err
		}
		opt.Base = base
	}
	m := &importer{reader: reader{file: name}, opt: opt, base: opt.Base, byURL: map[string]*Source{}, ids: map[string]bool{}}
	m.out = &Register{Actors: m.base.Actors, Assets: m.base.Assets}
	for _, s := range m.base.Sources {
		m.byURL[s.URL] = s
		m.ids[s.ID] = true
	}
	if err := m.rows(in); err != nil {
		return nil, nil, err
	}
	used := map[string]bool{}
	for _, i := range m.out.Incidents {
		for _, id := range i.Import.Sources {
			used[id] = true
		}
	}
	for _, a := range m.out.Actors {
		for _, id := range a.Sources {
			used[id] = true
		}
	}
	m.out.Sources = withRoots(slices.Concat(m.base.Sources, m.out.Sources), used)
	ps := append(m.problems, m.out.index()...)
	ps = append(ps, m.out.check()...)
	ps.sort()
	return m.out, ps, ps.Err()
}

// withRoots keeps the sources that are used and those they repeat.
func withRoots(all []*Source, used map[string]bool) []*Source {
	for n := -1; n != len(used); {
		n = len(used)
		for _, s := range all {
			if used[s.ID] {
				for _, up := range s.DerivedFrom {
					used[up] = true
				}
			}
		}
	}
	return slices.DeleteFunc(all, func(s *Source) bool { return !used[s.ID] })
}

func (m *importer) rows(in io.Reader) error {
	cr := csv.NewReader(in)
	cr.FieldsPerRecord = -1
	head, err := cr.Read()
	if err != nil {
		return fmt.Errorf("%s: not a draft: %w", m.file, err)
	}
	if !slices.Equal(head, draftColumns) {
		return fmt.Errorf("%s:1: %w: not a draft: the columns must be %s", m.file, ErrRegister, strings.Join(draftColumns, ","))
	}
	left := slices.Clone(m.opt.LeaveOut)
	for {
		cells, err := cr.Read()
		if errors.Is(err, io.EOF) {
			if len(left) > 0 {
				return fmt.Errorf("%s: %w: no row has the id %q that is to be left out", m.file, ErrRegister, left[0])
			}
			return nil
		}
		if err != nil {
			var at *csv.ParseError
			if !errors.As(err, &at) {
				return fmt.Errorf("%s: %w", m.file, err)
			}
			m.fault(at.StartLine, "csv", "quote cells that hold commas or quotes", "%v", at.Err)
			return nil
		}
		m.line, _ = cr.FieldPos(0)
		if len(cells) != len(draftColumns) {
			m.fault(m.line, "csv", "quote cells that hold commas", "%d cells where the head has %d", len(cells), len(draftColumns))
			continue
		}
		row := draftRow{}
		for i, name := range draftColumns {
			row[name] = cells[i]
		}
		left = slices.DeleteFunc(left, func(id string) bool { return id == row["id"] })
		if !contains(m.opt.LeaveOut, row["id"]) {
			m.out.Incidents = append(m.out.Incidents, m.incident(row))
		}
	}
}

// incident makes the claims of a row.
func (m *importer) incident(row draftRow) *Incident {
	i := &Incident{
		Schema: IncidentForm, ID: row["id"], Title: row["victim"], Victim: row["victim"], Notes: row["notes"],
		Sector: draftWord(draftSectors, row["victim_type"]), Scope: draftWord(draftScopes, row["scope"]), Status: "confirmed",
	}
	switch i.Scope {
	case NearMiss:
		i.Status = "near_miss"
	case "insider":
		i.Status = "suspected"
	}
	i.Import = &Import{RecordedOn: m.opt.RecordedOn, RecordedBy: m.opt.RecordedBy, Confidence: Confidence(row["row_confidence"])}
	if row["row_confidence"] == "medium" {
		i.Import.Confidence = "moderate"
	}
	i.setPlace(m.file, m.line, nil)
	m.word(row, "victim_type", string(i.Sector), Words[Sector]())
	m.word(row, "scope", string(i.Scope), Words[Scope]())
	m.word(row, "row_confidence", string(i.Import.Confidence), Words[Confidence]())
	grades := m.grades(row["admiralty"])
	i.Import.Grade = grades[0]
	for _, cite := range strings.Split(row["source_urls"], " ; ") {
		if cite != "" {
			i.Import.Sources = append(i.Import.Sources, m.source(cite))
		}
	}
	m.add(i, Claim{ID: "occurred", Property: PropOccurred, Value: row["date"]})
	m.country(i, row["country"])
	m.assets(i, row["ledger_asset"])
	m.dollars(i, row, grades[1])
	m.natives(i, row, grades[1])
	m.attribution(i, row, grades[2])
	if v := row["method"]; v != "" {
		m.add(i, Claim{ID: "method", Property: PropMethod, Value: string(methodOf(v)), Text: v})
	}
	if v := row["stolen_from"]; v != "n/a" {
		m.add(i, Claim{ID: "wallet", Property: PropTemperature, Value: v})
	}
	if d, err := ParseDate(row["date"]); err == nil && d.Precision() != row["date_precision"] {
		m.fault(m.line, "value", "write "+d.Precision(), "date_precision %q does not fit date %s", row["date_precision"], d)
	}
	return i
}

func draftWord[V ~string](as map[string]V, cell string) V {
	if v, ok := as[cell]; ok {
		return v
	}
	return V(cell)
}

func (m *importer) word(row draftRow, column, v string, all []string) {
	if !slices.Contains(all, v) {
		m.fault(m.line, "word", nearest(v, all), "%s: %q is not a word of the draft", column, row[column])
	}
}

// add appends a claim that stands on the row.
func (m *importer) add(i *Incident, cl Claim) {
	cl.Imported = true
	cl.setPlace(m.file, m.line, nil)
	if cl.Grade == i.Import.Grade {
		cl.Grade = ""
	}
	i.Claims = append(i.Claims, &cl)
}

var twoGrades = regexp.MustCompile(`^([A-F][1-6]) \(event\) / ([A-F][1-6]) \((actor|amount)\)$`)

// grades reads "B2" or "A1 (event) / C4 (actor)": of the event, the amounts, the
// actor.
func (m *importer) grades(cell string) [3]Grade {
	if t := twoGrades.FindStringSubmatch(cell); t != nil {
		all := [3]Grade{Grade(t[1]), Grade(t[1]), Grade(t[1])}
		if t[3] == "amount" {
			all[1] = Grade(t[2])
		} else {
			all[2] = Grade(t[2])
		}
		return all
	}
	g, err := ParseGrade(cell)
	if err != nil {
		m.fault(m.line, "value", "", "admiralty: %v", err)
	}
	return [3]Grade{g, g, g}
}

func (m *importer) country(i *Incident, cell string) {
	if cell == "" {
		return
	}
	name, _, _ := strings.Cut(cell, " (")
	code, ok := draftCountries[name]
	if !ok {
		m.fault(m.line, "country", "write the English name, a remark in brackets behind it", "country %q is not known to the importer", cell)
		return
	}
	cl := Claim{ID: "country", Property: PropCountry, Value: code}
	if draftCountryName(code) != cell {
		cl.Text = cell
	}
	m.add(i, cl)
}

// draftCountryName is how a draft writes a country; of several the shortest.
func draftCountryName(code string) string {
	best := ""
	for name, c := range draftCountries {
		if c == code && (best == "" || len(name) < len(best)) {
			best = name
		}
	}
	return best
}

var assetWord = regexp.MustCompile(`[A-Za-z0-9]+`)

// assets lists the assets that the cell names by their codes; the cell says more.
func (m *importer) assets(i *Incident, cell string) {
	if cell == "" {
		return
	}
	cl := Claim{ID: "asset", Property: PropAsset, Text: cell}
	for _, w := range assetWord.FindAllString(cell, -1) {
		if m.assetOf(w) != nil && !contains(cl.Assets, w) {
			cl.Assets = append(cl.Assets, w)
		}
	}
	if renderAssets(cl.Assets) == cell {
		cl.Text = ""
	}
	m.add(i, cl)
}

func renderAssets(codes []string) string { return strings.Join(codes, ", ") }

func (m *importer) assetOf(code string) *Asset {
	for _, a := range m.base.Assets {
		if a.Code == code {
			return a
		}
	}
	return nil
}

func (m *importer) dollars(i *Incident, row draftRow, g Grade) {
	for _, b := range draftBases {
		if row[b.column] == "" {
			continue
		}
		cl := Claim{ID: b.id, Property: PropAmount, Basis: b.basis, Asset: "USD", Value: row[b.column], Valuation: AsBooked, Grade: g}
		switch {
		case b.basis == LeftCtrl:
			cl.Low, cl.High = row["usd_stolen_low"], row["usd_stolen_high"]
		case b.basis == Recovered && cl.Value != "0":
			cl.Note = "The draft adds up frozen, seized, returned and reversed; to be split."
		}
		m.add(i, cl)
	}
	if row["usd_stolen"] == "" && row["usd_stolen_low"]+row["usd_stolen_high"] != "" {
		m.add(i, Claim{ID: "stolen-usd", Property: PropAmount, Basis: LeftCtrl, Asset: "USD", Low: row["usd_stolen_low"], High: row["usd_stolen_high"], Valuation: AsBooked, Grade: g})
	}
}

var (
	coinPart = regexp.MustCompile(`^([0-9][0-9,]*(?:\.[0-9]+)?) ([A-Za-z]+)$`)
	fiatPart = regexp.MustCompile(`^([A-Z]{3}) ([0-9]+)(?:\.([0-9]+))?(M|bn)$`)
)

// natives reads "469 BTC; 5,800 ETH" and "JPY 1.4bn" as amounts. What it cannot
// read whole stays text, to be split by a person.
func (m *importer) natives(i *Incident, row draftRow, g Grade) {
	cell := row["native_amount"]
	if cell == "" {
		return
	}
	basis := LeftCtrl
	if i.Scope == NearMiss || i.Scope == "accident" {
		basis = Attempted
	}
	var claims []Claim
	for _, part := range strings.Split(cell, "; ") {
		cl, ok := m.native(part)
		if !ok {
			m.add(i, Claim{ID: "amount-text", Property: PropAmountText, Text: cell, Grade: g})
			return
		}
		cl.Basis, cl.Grade = basis, g
		cl.ID = basisWord(basis) + "-" + strings.ToLower(cl.Asset)
		claims = append(claims, cl)
	}
	for _, cl := range claims {
		m.add(i, cl)
	}
	if rendered := renderNatives(i.Claims); rendered != cell {
		m.add(i, Claim{ID: "amount-text", Property: PropAmountText, Text: cell, Grade: g})
	}
}

func basisWord(b Basis) string {
	if b == LeftCtrl {
		return "stolen"
	}
	return strings.ReplaceAll(string(b), "_", "-")
}

func (m *importer) native(part string) (Claim, bool) {
	cl := Claim{Property: PropAmount}
	if t := coinPart.FindStringSubmatch(part); t != nil && t[2] != "USD" && m.assetOf(t[2]) != nil {
		cl.Asset, cl.Value = t[2], strings.ReplaceAll(t[1], ",", "")
		return cl, true
	}
	t := fiatPart.FindStringSubmatch(part)
	if t == nil || t[1] == "USD" || m.assetOf(t[1]) == nil || len(t[3]) > 6 {
		return cl, false
	}
	zeros := map[string]int{"M": 6, "bn": 9}[t[4]]
	cl.Asset, cl.Valuation = t[1], AsBooked
	cl.Value = strings.TrimLeft(t[2]+t[3]+strings.Repeat("0", zeros-len(t[3])), "0")
	return cl, cl.Value != ""
}
