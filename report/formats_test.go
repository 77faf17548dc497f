package report

import (
	"encoding/csv"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// TestCSVAddsUp reads the table back: per view, asset and policy the places sum
// to what entered, exactly, and no account is shortened.
func TestCSVAddsUp(t *testing.T) {
	for _, story := range []string{"five", "thefts", "coins", "hundreds"} {
		d := document(t, story)
		rows, err := csv.NewReader(strings.NewReader(render(t, CSV, d, Options{Limit: 1}))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		col := map[string]int{}
		for i, name := range rows[0] {
			col[name] = i
		}
		sums := map[[3]string]money.Amount{}
		for _, r := range rows[1:] {
			for _, p := range d.Trail.Policies {
				asset := assetOf(d, r[col["asset"]])
				n, err := money.ParseDecimal(r[col[string(p)]], asset.Decimals)
				if err != nil {
					t.Fatal(err)
				}
				k := [3]string{r[col["view"]], r[col["asset"]], string(p)}
				sums[k] = sums[k].Add(n)
			}
			if strings.Contains(r[col["accounts"]], "…") || strings.Contains(r[col["name"]], "…") {
				t.Errorf("%s: a name is shortened: %v", story, r)
			}
		}
		scopes, err := d.scopes(Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range scopes {
			for i, p := range d.Trail.Policies {
				if got := sums[[3]string{s.viewName(), string(s.asset().ID), string(p)}]; p.Conserves() && got != s.base(i) {
					t.Errorf("%s: %s of %s by %s: the rows sum to %s, %s entered", story, s.asset().ID, s.viewName(), p, got, s.base(i))
				}
			}
		}
	}
}

func assetOf(d *Document, id string) money.Asset {
	for _, l := range d.Trail.Stamp.Ledgers {
		for _, a := range l.Assets {
			if string(a.ID) == id {
				return a
			}
		}
	}
	return money.Asset{}
}

// graphFile is what a reader of GraphML sees.
type graphFile struct {
	Keys []struct {
		ID   string `xml:"id,attr"`
		For  string `xml:"for,attr"`
		Name string `xml:"attr.name,attr"`
		Type string `xml:"attr.type,attr"`
	} `xml:"key"`
	Nodes []graphNode `xml:"graph>node"`
	Edges []graphNode `xml:"graph>edge"`
}

type graphNode struct {
	ID     string `xml:"id,attr"`
	Source string `xml:"source,attr"`
	Target string `xml:"target,attr"`
	Data   []struct {
		Key  string `xml:"key,attr"`
		Text string `xml:",chardata"`
	} `xml:"data"`
}

func (n graphNode) get(key string) string {
	for _, d := range n.Data {
		if d.Key == key {
			return d.Text
		}
	}
	return ""
}

// TestGraphMLIsAGraph reads the file as Gephi does: each key says for what it is
// and of which type, each edge has its ends, and what leaves the thefts is what
// was stolen.
func TestGraphMLIsAGraph(t *testing.T) {
	for _, story := range []string{"five", "thefts", "coins", "hundreds"} {
		d := document(t, story)
		s, err := d.lead(Options{})
		if err != nil {
			t.Fatal(err)
		}
		var g graphFile
		if err := xml.Unmarshal([]byte(render(t, GraphML, d, Options{Asset: s.asset().Name()})), &g); err != nil {
			t.Fatal(err)
		}
		for _, k := range g.Keys {
			if k.For == "" || k.Name == "" || k.Type == "" || k.ID == "d3" || k.ID == "d7" {
				t.Errorf("%s: a reader will not take the key %+v", story, k)
			}
		}
		kind, degree := map[string]string{}, map[string]int{}
		for _, n := range g.Nodes {
			kind[n.ID] = n.get("n_kind")
			if n.get("n_label") == "" {
				t.Errorf("%s: node %s has no label", story, n.ID)
			}
		}
		var stolen, ended money.Amount
		for _, e := range g.Edges {
			degree[e.Source]++
			degree[e.Target]++
			if kind[e.Source] == "" || kind[e.Target] == "" {
				t.Errorf("%s: edge %s has no end", story, e.ID)
			}
			w, err := money.ParseDecimal(e.get("e_weight"), s.asset().Decimals)
			if err != nil {
				t.Errorf("%s: edge %s: %v", story, e.ID, err)
			}
			if kind[e.Source] == "theft" {
				stolen = stolen.Add(w)
			}
			if kind[e.Target] == "place" {
				ended = ended.Add(w)
			}
		}
		if k := s.base(s.policy); stolen != k || ended != k {
			t.Errorf("%s: %s leaves the thefts, %s reaches places, %s was stolen", story, stolen, ended, k)
		}
		for id := range kind {
			if degree[id] == 0 {
				t.Errorf("%s: node %s stands alone", story, id)
			}
		}
	}
}

func TestHTMLParts(t *testing.T) {
	d := document(t, "thefts")
	p, err := newPage(d, Options{Theme: "dark"})
	if err != nil {
		t.Fatal(err)
	}
	if p.OK != 1 || p.Bad != 1 || p.Notes != 1 || p.Theme != "dark" || len(p.Scopes) != 5 || len(p.Unobserved) != 1 || len(p.Seeds) != 3 {
		t.Errorf("parts of the page: %d %d %d %q, %d scopes, %d unobserved, %d seeds", p.OK, p.Bad, p.Notes, p.Theme, len(p.Scopes), len(p.Unobserved), len(p.Seeds))
	}
	for _, s := range p.Scopes {
		for _, r := range append(append([]pageRow(nil), s.Places...), s.Groups...) {
			if len(r.Cells) != len(d.Trail.Policies) || len(r.Shares) != len(d.Trail.Policies) || r.L == "" || r.U == "" || r.Bar == "" {
				t.Errorf("%s: row %s is not whole: %+v", s.Title, r.Name, r)
			}
		}
		rows := map[string]bool{}
		for _, r := range s.Totals {
			rows[r.Name] = true
		}
		for _, name := range []string{"seeded", "exits", "converted", "held", "edge of data", "fees", "unobserved"} {
			if !rows[name] {
				t.Errorf("%s: the row %s is hidden", s.Title, name)
			}
		}
	}
	if p, err = newPage(d, Options{Limit: 2}); err != nil {
		t.Fatal(err)
	}
	if rest := p.Scopes[0].Rest; rest == nil || rest.Name != "4 more places" || len(p.Scopes[0].Places) != 2 {
		t.Errorf("the rest of a long table is counted and summed: %+v", rest)
	}
	if p, _ = newPage(d, Options{Theme: `"><script>`}); p.Theme != "" {
		t.Errorf("an unknown theme is %q", p.Theme)
	}
}

// TestHTMLTooManyPictures checks that a page beyond its budget draws the leading
// policy and says where there is no picture.
func TestHTMLTooManyPictures(t *testing.T) {
	d := document(t, "thefts")
	s, err := d.lead(Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := newNames(d.Trail)
	drawn := 0
	for _, pic := range s.pictures(n, Options{}, 0, true) {
		if (pic.Sankey == "") != (pic.Timeline == "") {
			t.Errorf("%s has one picture of two", pic.Policy)
		}
		if pic.Sankey != "" {
			drawn++
			if !strings.Contains(pic.Policy, string(s.t.Policies[s.policy])) {
				t.Errorf("the picture of %s is drawn, not the leading policy's", pic.Policy)
			}
		}
	}
	if all := len(s.pictures(n, Options{}, 0, false)); drawn != 1 || all < 3 {
		t.Errorf("%d of %d pictures are drawn beyond the budget, want 1", drawn, all)
	}
}

func TestFindingStatusUnknown(t *testing.T) {
	ok, bad, notes := tally([]Finding{{Status: "ok"}, {Status: "mismatch"}, {Status: "mismatch"}, {Status: "what"}, {}})
	if ok != 1 || bad != 2 || notes != 2 {
		t.Errorf("%d ok, %d mismatches, %d notes", ok, bad, notes)
	}
}

func TestShareOfWhatDoesNotConserve(t *testing.T) {
	d := document(t, "thefts")
	s, err := d.lead(Options{Policy: trace.Poison})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.share(s.policy, s.base(s.policy)); got != notThere {
		t.Errorf("poison has a share of %s: it can exceed what entered", got)
	}
	if svg := render(t, Sankey, d, Options{Policy: trace.Poison}); !strings.Contains(svg, "poison does not conserve") {
		t.Error("the picture does not say that poison does not conserve")
	}
}
