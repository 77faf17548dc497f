package study

import "github.com/coldtrail/coldtrail/money"

// Study is everything that is computed from a register under a policy. Slices are
// in the order in which they are shown.
type Study struct {
	Header   Header    `json:"header"`
	Front    Front     `json:"front"`
	Tops     []Top     `json:"tops"`  // one a basis, of the policy's period
	Years    []Year    `json:"years"` // every year of the register
	Actors   []Deed    `json:"actors"`
	Splits   []Split   `json:"splits"`
	Lags     []Lag     `json:"lags"`
	Recovery []Back    `json:"recovery"`
	Falls    []Fall    `json:"falls"` // waterfall: attempted to net, banks and crypto
	Sizes    Sizes     `json:"sizes"`
	Evidence []Grades  `json:"evidence"`
	Disputes []Dispute `json:"disputes"` // source conflicts and how they were decided
	Excluded []Out     `json:"excluded"`

	Grid     []Cell    `json:"grid"`      // the 48 policies, in grid order
	Curve    []Cell    `json:"curve"`     // the same by share: the specification curve
	LeaveOut []Change  `json:"leave_out"` // by size of the change
	Tornado  []Change  `json:"tornado"`   // one choice at a time
	Sweep    []Known   `json:"sweep"`     // as known on the last day of each year
	Vintages []Vintage `json:"vintages"`

	Rows    []Row    `json:"rows"`    // the incidents that count, largest first
	Numbers []Number `json:"numbers"` // every number shown, by id
}

// Header says what the study is a function of.
type Header struct {
	Schema        string `json:"schema"`
	Policy        string `json:"policy"`
	PolicyTitle   string `json:"policy_title"`
	RegisterHash  string `json:"register_sha256"` // of every claim, in order
	Incidents     int    `json:"incidents"`
	Claims        int    `json:"claims"`
	Terms         Terms  `json:"terms"`
	Now           bool   `json:"now"` // the day is the register's last, not one asked for
	Scope         string `json:"scope"`
	Sectors       string `json:"sectors"`
	From          string `json:"from"`
	To            string `json:"to"`
	MinConfidence string `json:"min_confidence"`
	MinStatus     string `json:"min_status"`
	Disputed      string `json:"disputed"`
	MinGrade      string `json:"min_grade"`
	TieBreak      string `json:"tie_break"`
	Independence  string `json:"independence"`
	Prices        string `json:"prices"`
	Runs          int    `json:"runs"`
	Seed          uint64 `json:"seed"`
	ReviewedOnly  bool   `json:"reviewed_only"`
	Drafts        int    `json:"drafts"`    // rows that rest on an unreviewed claim
	Revalued      int    `json:"revalued"`  // rows valued from native amounts
	AsBooked      int    `json:"as_booked"` // rows that kept the booked dollars for want of a price or of a day
}

// Front is the first page: the actor's total with and without each disputed
// incident, Coincheck named.
type Front struct {
	Actor     string   `json:"actor"`
	All       Total    `json:"all"`
	With      Total    `json:"with_coincheck"`
	Without   Total    `json:"without_coincheck"`
	WithAll   Total    `json:"with_every_disputed"`
	NoneOf    Total    `json:"without_any_disputed"`
	Interval  Interval `json:"interval"`
	ShareWith Share    `json:"share_with_coincheck"`
	Share     Share    `json:"share_without_coincheck"`
	Disputed  []string `json:"disputed"` // ids
}

// Interval is an amount with hard bounds and the result of the seeded runs.
type Interval struct {
	Central Value `json:"central"`
	Low     Value `json:"low"`  // sum of lows, disputed out
	High    Value `json:"high"` // sum of highs, disputed in
	Mean    Value `json:"mean"` // of the runs
	P5      Value `json:"p5"`
	P95     Value `json:"p95"`
}

// Row is one incident as the policy reads it.
type Row struct {
	ID       string      `json:"id"`
	Title    string      `json:"title"`
	Occurred string      `json:"occurred"`
	Year     int         `json:"year"`
	Sector   string      `json:"sector"`
	Country  string      `json:"country"` // blank: not established
	Scope    string      `json:"scope"`
	Method   string      `json:"method"`
	Wallet   string      `json:"wallet_temperature"`
	Draft    bool        `json:"draft"` // rests on a claim nobody has checked again
	Roots    int         `json:"independent_sources"`
	Amounts  []Amount    `json:"amounts"` // attempted, executed, left_control, ... , net
	Claimed  Attribution `json:"attribution"`
}

// Amount is a row's amount on one basis.
type Amount struct {
	Value  Value    `json:"value"`
	Low    Value    `json:"low"`
	High   Value    `json:"high"`
	Known  bool     `json:"known"`  // false: no claim has a number; the value counts as zero in sums
	Stands bool     `json:"stands"` // attempted or executed stands for left_control where no claim gives it
	Priced bool     `json:"priced"` // from native units at a pinned price, not booked dollars
	Claims []string `json:"claims"`
}

// Verdict says whether a policy counts an attribution.
type Verdict string

// The verdicts of an attribution.
const (
	Counted  Verdict = "counted"
	Disputed Verdict = "disputed"
	TooWeak  Verdict = "below_threshold"
	Nobody   Verdict = "not_attributed"
)

// Attribution is how a policy reads who did it, of the study's actor.
type Attribution struct {
	Verdict    Verdict  `json:"verdict" enum:"counted,disputed,below_threshold,not_attributed"`
	Actor      string   `json:"actor"` // as the best claim names it
	Standing   string   `json:"status"`
	Confidence string   `json:"confidence"`
	Parties    []string `json:"parties"`
	On         string   `json:"asserted_on"`
	Permille   int      `json:"probability_permille"` // of the seeded runs
	Claims     []string `json:"claims"`               // for
	Against    []string `json:"against"`              // against or withdrawn
}

// Top is the N largest on one basis.
type Top struct {
	Basis  Basis  `json:"basis"`
	Rows   []Rank `json:"rows"`
	Count  int    `json:"actor_count"`
	Share  Share  `json:"actor_share"`
	Sum    Value  `json:"sum"`
	Number string `json:"number"`
}

// Rank is one place of a ranking.
type Rank struct {
	Rank    int     `json:"rank"`
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Value   Value   `json:"value"`
	Verdict Verdict `json:"verdict" enum:"counted,disputed,below_threshold,not_attributed"`
	Draft   bool    `json:"draft"`
	Stands  bool    `json:"stands"` // no claim on this basis: the amount is what left control
	Number  string  `json:"number"`
}

// Year is one year, by the day an incident began.
type Year struct {
	Year     int      `json:"year"`
	All      Total    `json:"all"`
	Actor    Total    `json:"actor"`    // counted, disputed as the policy says
	Disputed Total    `json:"disputed"` // of them or beside them
	Median   Value    `json:"median"`
	Mean     Value    `json:"mean"`
	Interval Interval `json:"interval"` // of the actor's total, policy's basis
	Share    Share    `json:"share_by_value"`
	ByCount  Share    `json:"share_by_count"`
}

// Deed is a row of the actor list.
type Deed struct {
	ID          string      `json:"id"`
	Title       string      `json:"title"`
	Occurred    string      `json:"occurred"`
	Attempted   Value       `json:"attempted"`
	Left        Value       `json:"left_control"`
	Net         Value       `json:"net"`
	Attribution Attribution `json:"attribution"`
	Draft       bool        `json:"draft"`
	Number      string      `json:"number"`
}

// Split is the total by one property of the incidents.
type Split struct {
	Of    string `json:"of"`   // method, wallet_temperature, sector, country, quarter
	Word  string `json:"word"` // blank: nobody looked
	All   Total  `json:"all"`
	Actor Total  `json:"actor"`
	Share Share  `json:"share"` // of everything, by value, policy's basis
}

// Lag is the time from a theft to its first attribution to the actor.
type Lag struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	From    string `json:"from"`
	To      string `json:"to"`
	Days    int    `json:"days"`
	About   bool   `json:"about"` // one of the dates is no day
	ClaimID string `json:"claim"`
	Number  string `json:"number"`
}

// Back is what came back of one incident, and what is held or was paid from
// other money: four things that are never added up.
type Back struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Left       Value  `json:"left_control"`
	Returned   Value  `json:"returned_by_attacker"`
	Recovered  Value  `json:"recovered"`
	Frozen     Value  `json:"frozen"`
	Seized     Value  `json:"seized"`
	Reimbursed Value  `json:"reimbursed_by_victim"`
	Net        Value  `json:"net"`
	Share      Share  `json:"share_back"` // of what left control
	Number     string `json:"number"`
}

// Fall is one waterfall: the sums of a group of victims on each basis.
type Fall struct {
	Group string `json:"group"` // all, banks, crypto
	N     int    `json:"n"`
	Steps []Step `json:"steps"` // attempted, executed, left_control, proceeds_realised, frozen, seized, returned_by_attacker, recovered, destroyed, net
}

// Step is one bar of a waterfall.
type Step struct {
	Basis  Basis  `json:"basis"`
	Value  Value  `json:"value"`
	N      int    `json:"n"` // rows with a claim of their own on it
	Number string `json:"number"`
}

// Sizes is how concentrated losses are, on the policy's basis over the policy's
// period.
type Sizes struct {
	Values []Rank `json:"values"` // every row with an amount above zero, largest first: the CCDF
	Top1   Share  `json:"top_1"`
	Top5   Share  `json:"top_5"`
	Top10  Share  `json:"top_10"`
	Median Value  `json:"median"`
	Gini   Share  `json:"gini"`
}

// Grades is the evidence of one incident: the grade of the claim chosen for each
// question, blank where there is none.
type Grades struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Amount   string `json:"amount"`
	Date     string `json:"date"`
	Actor    string `json:"actor"`
	Method   string `json:"method"`
	Sources  int    `json:"independent_sources"`
	Reviewed bool   `json:"reviewed"`
}

// Dispute is a conflict between claims and how the policy decided it.
type Dispute struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Question string   `json:"question"` // "left_control USD", "attribution", "occurred", ...
	Chosen   string   `json:"chosen"`   // claim id
	Others   []string `json:"others"`   // claim ids
	Says     string   `json:"says"`     // the chosen value
	Against  []string `json:"against"`  // the other values
	Why      string   `json:"why"`
}

// Out is an incident that the policy leaves out, and why.
type Out struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

// Cell is one policy of the 48-policy grid.
type Cell struct {
	Index      int      `json:"index"` // in grid order, from 0
	Basis      string   `json:"basis"` // attempted, stolen, net, mixed
	Known      string   `json:"known"` // 2021-04, now
	Coincheck  bool     `json:"coincheck"`
	Confidence string   `json:"min_confidence"`
	Count      int      `json:"count"` // of ten
	Share      Share    `json:"share"`
	Top        []string `json:"top"`   // ids, largest first
	Actor      []string `json:"actor"` // of them
	Sum        Value    `json:"sum"`   // of the actor, 2011-2020, all rows
	Number     string   `json:"number"`

	summed []string       // ids in Sum
	worth  []money.Amount // cents of each of Top
}

// Change is what one choice does to the actor's total and its top-ten count.
type Change struct {
	What   string `json:"what"`
	Before Value  `json:"before"`
	After  Value  `json:"after"`
	Up     bool   `json:"up"`
	By     Value  `json:"by"`
	Count  int    `json:"count_after"`
	Share  Share  `json:"share_after"` // of the value of the top ten
	Number string `json:"number"`

	rows, claims []string // behind both cells
}

// Known is the study as known on a day.
type Known struct {
	On     string `json:"on"`
	All    Total  `json:"all"`
	Actor  Total  `json:"actor"`
	Count  int    `json:"count"`
	Share  Share  `json:"share"`
	First  string `json:"first"` // the largest incident known
	Number string `json:"number"`
}

// Vintage is a published total of one year beside ours under the policy nearest
// to the publisher's. All amounts are of the DPRK.
type Vintage struct {
	Publisher string `json:"publisher"`
	Vintage   string `json:"vintage"` // when it was published
	Year      int    `json:"year"`
	Published string `json:"published_usd"` // as printed, whole dollars
	N         int    `json:"n"`             // 0: not given
	Policy    string `json:"policy"`        // ours
	Ours      Value  `json:"ours"`
	OursN     int    `json:"ours_n"`
	Up        bool   `json:"up"` // ours is larger
	Residual  Value  `json:"residual"`
	Source    string `json:"source"`
	Number    string `json:"number"`
}

// Number is one number of the study, by a stable id, with the claims it stands on.
type Number struct {
	ID     string   `json:"id"`
	What   string   `json:"what"`
	Text   string   `json:"text"` // the number with its terms
	Rows   []string `json:"rows"`
	Claims []string `json:"claims"`
}
