package heist

import (
	"github.com/coldtrail/coldtrail/money"
)

// Form names of the files. A file's first line names its form.
const (
	IncidentForm = "coldtrail/incident/v1"
	SourcesForm  = "coldtrail/sources/v1"
	ActorForm    = "coldtrail/actor/v1"
	PolicyForm   = "coldtrail/policy/v1"
	AssetsForm   = "coldtrail/assets/v1"
)

// Place is where an entry was read.
type Place struct {
	File  string // as the loader was given it
	Line  int    // from 1
	lines map[string]int
}

func (p *Place) setPlace(file string, line int, lines map[string]int) {
	p.File, p.Line, p.lines = file, line, lines
}

// LineOf is the line of a key, or of the entry when the key is not there.
func (p *Place) LineOf(key string) int {
	if n := p.lines[key]; n > 0 {
		return n
	}
	return p.Line
}

// Has reports whether the entry has the key.
func (p *Place) Has(key string) bool { return p.lines[key] > 0 }

// Incident is one file of incidents/. Its head classifies; whatever a source can
// be right or wrong about is a claim.
type Incident struct {
	Schema      string   `yaml:"schema"`
	ID          string   `yaml:"id"` // YYYY[-MM]-slug, never used again
	Title       string   `yaml:"title"`
	Victim      string   `yaml:"victim"`
	Aliases     []string `yaml:"aliases"` // other names of the victim
	Sector      Sector   `yaml:"sector"`
	Scope       Scope    `yaml:"scope"`
	Status      Status   `yaml:"status"`
	Campaign    string   `yaml:"campaign"`     // several incidents of one operation
	DuplicateOf string   `yaml:"duplicate_of"` // stays in the register, leaves the totals
	Related     []string `yaml:"related"`      // near-duplicates that are not, and kin
	Notes       string   `yaml:"notes"`
	Import      *Import  `yaml:"import"`
	Claims      []*Claim `yaml:"claims"`

	Place `yaml:"-"`
	byID  map[string]*Claim
}

// Import is what the claims of a draft's row share: the row names its sources
// and its grade once, not per cell. Only claims with `imported: true` stand on it.
type Import struct {
	RecordedOn Date       `yaml:"recorded_on"`
	RecordedBy string     `yaml:"recorded_by"`
	Confidence Confidence `yaml:"row_confidence"` // that the row is right, not the actor
	Grade      Grade      `yaml:"grade"`
	Sources    []string   `yaml:"sources"` // which of them says what is not recorded
}

// Claim is what a source says about one property of an incident. It is never
// changed: a correction is a new claim that supersedes it.
type Claim struct {
	ID       string   `yaml:"id"` // unique in the file
	Property Property `yaml:"property"`

	// Amounts, and what else has a value.
	Basis     Basis     `yaml:"basis"`
	Asset     string    `yaml:"asset"`  // code of assets.yaml, of an amount
	Assets    []string  `yaml:"assets"` // codes, of property asset
	Value     string    `yaml:"value"`  // decimal, date, code or word, by property
	Low       string    `yaml:"low"`    // the source's own range
	High      string    `yaml:"high"`
	Missing   Missing   `yaml:"missing"`
	Valuation Valuation `yaml:"valuation"` // of a fiat amount that stands for another asset
	Price     string    `yaml:"price"`     // the pinned price it was derived with
	On        Date      `yaml:"on"`        // when that which the claim tells happened

	// Attributions.
	Actor      string            `yaml:"actor"` // id of actors/
	Standing   AttributionStatus `yaml:"status"`
	Likelihood Likelihood        `yaml:"likelihood"`
	Confidence Confidence        `yaml:"confidence"`
	Grounds    []Ground          `yaml:"grounds"`
	Parties    []string          `yaml:"parties"` // who says so
	Polarity   Polarity          `yaml:"polarity"`
	LegalRef   string            `yaml:"legal_ref"`

	// Text is the wording that the value was read from where the value says less.
	// It is ours or a cell of a draft, never a passage of a source.
	Text string `yaml:"text"`

	// Where it stands and who recorded it.
	Sources    []string `yaml:"sources"`
	Locator    string   `yaml:"locator"`        // page, paragraph, table, transaction, block
	Passage    string   `yaml:"passage_sha256"` // hash of the passage, not the passage
	AssertedBy string   `yaml:"asserted_by"`
	AssertedOn Date     `yaml:"asserted_on"` // when the source said it
	RecordedOn Date     `yaml:"recorded_on"` // when we wrote it down
	RecordedBy string   `yaml:"recorded_by"`
	ReviewedOn Date     `yaml:"reviewed_on"` // when it was checked against the source again
	ReviewedBy Role     `yaml:"reviewed_by"`
	Grade      Grade    `yaml:"grade"`
	Rank       Rank     `yaml:"rank"` // blank is normal
	Supersedes string   `yaml:"supersedes"`
	Reason     string   `yaml:"reason"` // of superseding, deprecating or preferring
	Imported   bool     `yaml:"imported"`
	Note       string   `yaml:"note"`

	Place `yaml:"-"`

	incident         *Incident
	amount, lo, hi   money.Amount
	hasAmount        bool
	hasLow, hasHigh  bool
	date             Date // of the date properties
	supersededBy     *Claim
	inheritedSources bool
}

// Source is one document that claims stand on.
type Source struct {
	ID          string     `yaml:"id"`
	URL         string     `yaml:"url"`
	ArchivedURL string     `yaml:"archived_url"`
	SHA256      string     `yaml:"sha256"` // of the bytes consulted; blank: not kept
	Publisher   string     `yaml:"publisher"`
	Title       string     `yaml:"title"`
	Lang        string     `yaml:"lang"` // BCP 47
	PublishedOn Date       `yaml:"published_on"`
	RetrievedOn Date       `yaml:"retrieved_on"`
	Kind        SourceKind `yaml:"kind"`
	DerivedFrom []string   `yaml:"derived_from"` // what it repeats; a copy corroborates nothing
	Reliability string     `yaml:"reliability"`  // default A to F
	Licence     string     `yaml:"licence"`      // SPDX or words; decides what may be repeated
	Note        string     `yaml:"note"`

	Place `yaml:"-"`
}

// sourcesFile is a file of sources/: any number of sources under any name.
type sourcesFile struct {
	Schema  string    `yaml:"schema"`
	Sources []*Source `yaml:"sources"`
}

// Actor is whom an attribution names: one file of actors/.
type Actor struct {
	Schema    string    `yaml:"schema"`
	ID        string    `yaml:"id"`
	Name      string    `yaml:"name"`
	Kind      ActorKind `yaml:"kind"`
	Aliases   []string  `yaml:"aliases"`
	PartOf    string    `yaml:"part_of"` // id of the actor it belongs to
	MITRE     string    `yaml:"mitre"`   // ATT&CK group
	MISP      string    `yaml:"misp"`    // galaxy uuid
	ValidFrom Date      `yaml:"valid_from"`
	ValidTo   Date      `yaml:"valid_to"`
	Sources   []string  `yaml:"sources"`
	Note      string    `yaml:"note"`

	Place `yaml:"-"`
}

// Asset is a row of assets.yaml: what an amount can be counted in.
type Asset struct {
	Code     string    `yaml:"code"` // what claims write
	Kind     AssetKind `yaml:"kind"`
	Name     string    `yaml:"name"`
	Decimals string    `yaml:"decimals"` // 0 to 18
	CAIP     string    `yaml:"caip"`     // CAIP-19 id, blank where there is none or none was checked
	Note     string    `yaml:"note"`

	Place    `yaml:"-"`
	decimals int
}

// assetsFile is assets.yaml.
type assetsFile struct {
	Schema string   `yaml:"schema"`
	Assets []*Asset `yaml:"assets"`
}

// Money gives the asset in the words of package money.
func (a *Asset) Money() money.Asset {
	id := money.AssetID(a.CAIP)
	switch {
	case a.Kind == "fiat":
		id = money.AssetID("iso4217:" + a.Code)
	case id == "":
		id = money.AssetID("register:" + a.Code)
	}
	return money.Asset{ID: id, Symbol: a.Code, Decimals: a.decimals, Known: true}
}

// Policy is one file of policies/: how a study reads the register. The register
// checks its words; the study gives them their meaning.
type Policy struct {
	Schema       string            `yaml:"schema"`
	ID           string            `yaml:"id"`
	Title        string            `yaml:"title"`
	Basis        string            `yaml:"basis"` // a basis, net, or mixed
	Mixed        []MixedBasis      `yaml:"mixed"` // of basis mixed: incidents read on another basis
	Valuation    string            `yaml:"valuation"`
	Prices       string            `yaml:"prices"`
	AsKnownOn    string            `yaml:"as_known_on"` // a date, or now
	Scope        []Scope           `yaml:"scope"`
	Sectors      []Sector          `yaml:"sectors"` // blank: all
	Period       Period            `yaml:"period"`
	Attribution  AttributionPolicy `yaml:"attribution"`
	Reviewed     bool              `yaml:"reviewed_only"`
	Adjudication string            `yaml:"adjudication"`
	Independence string            `yaml:"independence"`
	MinGrade     Grade             `yaml:"min_grade"`
	TieBreak     []string          `yaml:"tie_break"`
	Currency     string            `yaml:"currency"`
	Interval     IntervalPolicy    `yaml:"interval"`
	Exclude      []Exclusion       `yaml:"exclude"`
	Note         string            `yaml:"note"`

	Place `yaml:"-"`
}

// MixedBasis reads one incident on a basis of its own, or by a claim that is not the
// best one.
type MixedBasis struct {
	Incident string `yaml:"incident"`
	Basis    string `yaml:"basis"`
	Claim    string `yaml:"claim"` // id of a dollar amount on the basis; blank: the best
	Reason   string `yaml:"reason"`
}

// Period bounds the incidents of a policy by when they began.
type Period struct {
	From Date   `yaml:"from"`
	To   Date   `yaml:"to"`
	By   string `yaml:"by"` // occurred_start
}

// AttributionPolicy says which attributions count.
type AttributionPolicy struct {
	MinConfidence Confidence        `yaml:"min_confidence"`
	MinStatus     AttributionStatus `yaml:"min_status"`
	Disputed      string            `yaml:"disputed"` // include, exclude or interval
}

// IntervalPolicy says how ranges become intervals.
type IntervalPolicy struct {
	Amounts     string `yaml:"amounts"`
	Attribution string `yaml:"attribution"`
	Runs        string `yaml:"runs"`
	Seed        string `yaml:"seed"`
}

// Exclusion leaves an incident out, with the reason that is printed.
type Exclusion struct {
	Incident string `yaml:"incident"`
	Reason   string `yaml:"reason"`
}
