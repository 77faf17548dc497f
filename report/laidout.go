package report

import (
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// LaidOut is a flow picture as data: bars and ribbons, each with its place on the
// page, from the thefts at the left to where value ended at the right. Lengths are
// whole thousandths of a pixel.
//
// All policies stand in it at once: every list "by policy" follows Policies. A
// change of policy changes the heights of bars and the ends of ribbons, never where
// a bar stands: its slot has room for the largest.
type LaidOut struct {
	View  string       `json:"view" doc:"the theft, or \"any\" for the union"`
	Asset PictureAsset `json:"asset"`
	// Policies are those that exist on the ledger of the asset.
	Policies []string `json:"policies" doc:"lists by policy follow this one"`
	// Conserves is false for a policy under which amounts are reach, not shares.
	Conserves []bool `json:"conserves" doc:"by policy: false where amounts say how far stolen units can reach, and do not add up"`
	// Entered is what the thefts and conversions brought in: the places shown and
	// Hidden add up to it.
	Entered []money.Amount `json:"entered" doc:"by policy: what was stolen and converted into the asset, in atomic units; for policies that conserve, the nodes with an end kind and hidden add up to it"`
	// Scale is what a length of 100 px stands for. Policies that conserve share
	// theirs.
	Scale []money.Amount `json:"scale" doc:"by policy: the amount that a height of 100000 (100 px) stands for"`
	// Most is the end of a common scale of bounds.
	Most money.Amount `json:"most" doc:"the largest upper bound or amount of a place that is shown, for a common scale of bounds"`

	Width  int `json:"width" doc:"thousandths of a pixel"`
	Height int `json:"height" doc:"thousandths of a pixel"`
	// Right is where the bars of the last column end: what is right of it is room
	// for the names and bounds of places.
	Right   int             `json:"right" doc:"x where the last column ends; right of it is room for names and bounds"`
	Columns []PictureColumn `json:"columns" doc:"left to right"`

	Nodes []PictureNode `json:"nodes"`
	Links []PictureLink `json:"links"`
	// Folds counts what is folded, by reason.
	Folds []PictureFold `json:"folds"`
	// Hidden is what filters leave out.
	Hidden PictureHidden `json:"hidden"`
	// Within is what moved inside bars: it is counted, not drawn.
	Within PictureWithin `json:"within"`
	// Until and From are the first and last known times of the movements of the
	// scope, filters or not: the ends of a time brush.
	From  *time.Time `json:"from,omitempty" doc:"first movement of the view and asset, whatever the filters"`
	Until *time.Time `json:"until,omitempty" doc:"last movement of the view and asset, whatever the filters"`
	// Bounded is false where no exact bound exists; Why says why.
	Bounded bool   `json:"bounded"`
	Why     string `json:"why,omitempty"`
	// Searched is false where look-alikes were sought on the trail only.
	Searched bool `json:"searched" doc:"the whole data was searched for look-alikes; false above 50,000 transfers: then only the trail was"`
}

// PictureAsset is the asset of a picture.
type PictureAsset struct {
	ID       string `json:"id" doc:"CAIP-19 or ISO 4217"`
	Symbol   string `json:"symbol,omitempty"`
	Decimals int    `json:"decimals" doc:"an atomic unit is 10^-decimals"`
	Known    bool   `json:"known" doc:"a case, a preset or the ledger vouches for the symbol"`
	// Imposter is the known symbol that this one imitates.
	Imposter string `json:"imposter,omitempty" doc:"the known symbol that the symbol of this asset imitates"`
}

// PictureColumn is a column of bars.
type PictureColumn struct {
	X     int        `json:"x"`
	Nodes int        `json:"nodes" doc:"bars that stand in it"`
	First *time.Time `json:"first,omitempty" doc:"first movement into it"`
	Last  *time.Time `json:"last,omitempty" doc:"last movement into it"`
}

// PictureNode is a bar: an account, a place, or several folded into one.
type PictureNode struct {
	// ID is made from what the bar stands for, so it is the same under every
	// policy, filter and limit.
	ID string `json:"id" doc:"the same under every policy, filter and limit"`
	// Kind is that of a place where value ended; or theft, account, entity, or
	// mixed: a transaction that spends coins of several accounts.
	Kind  string `json:"kind" enum:"theft,account,entity,mixed,exit,held,edge,fee,burn,converted,debt,elsewhere"`
	Ends  bool   `json:"ends" doc:"value stays here: the amounts of these nodes add up"`
	Label string `json:"label" doc:"the whole name or address"`
	Short string `json:"short" doc:"a short form that no other name of the trail has, or marked as look-alike"`
	Place string `json:"place,omitempty" doc:"id of the place, where value ended"`
	// Ledger is that of the accounts.
	Ledger       string         `json:"ledger,omitempty"`
	Accounts     []string       `json:"accounts" doc:"the first few"`
	MoreAccounts int            `json:"more_accounts" doc:"accounts that are not listed"`
	Folded       *PictureFolded `json:"folded,omitempty" doc:"absent when the node is one account, entity or place"`

	Column int        `json:"column"`
	First  *time.Time `json:"first,omitempty" doc:"first movement into it, or out of a theft"`
	Last   *time.Time `json:"last,omitempty"`
	Hop    int        `json:"hop" doc:"least number of ribbons from a theft; that to what stays on an account counts"`

	X    int   `json:"x"`
	Y    int   `json:"y" doc:"top of its slot"`
	W    int   `json:"w"`
	Slot int   `json:"slot" doc:"height kept free for it: that of the largest policy, or room for its label"`
	H    []int `json:"h" doc:"height by policy; at least 1000 where there is any amount"`
	Top  []int `json:"top" doc:"top of the bar by policy: it stands in the middle of its slot"`

	Amounts []money.Amount `json:"amounts" doc:"by policy: what ended here, or passed through"`
	Lower   *money.Amount  `json:"lower,omitempty" doc:"of a place: at least so much under every convention"`
	Upper   *money.Amount  `json:"upper,omitempty" doc:"of a place: at most so much"`
	Tight   bool           `json:"tight" doc:"the bounds are exact, not from one pass"`

	Tags int    `json:"tags" doc:"number of tags of its accounts"`
	Tag  string `json:"tag,omitempty" doc:"the label of the first"`
	// Alike is another address with the same beginning and end.
	Alike string `json:"alike,omitempty" doc:"an address of the data that this one can be mistaken for"`
	// AlikeOff: that address is in the data, and not on the trail.
	AlikeOff bool   `json:"alike_off" doc:"that address is in the data, but not on the trail"`
	Imposter string `json:"imposter,omitempty" doc:"the known symbol that an asset it was swapped into imitates"`
}

// PictureFolded says what a folded bar holds.
type PictureFolded struct {
	N   int    `json:"n" doc:"accounts or places in it"`
	Why string `json:"why" enum:"peel,service,dust,others" doc:"peel: a chain that passes nearly all on; service: exits of one entity; dust: below the dust share; others: beyond the limit"`
}

// PictureLink is a ribbon: all movements from one bar to another.
type PictureLink struct {
	ID   string `json:"id"`
	From string `json:"from" doc:"id of a node"`
	To   string `json:"to" doc:"id of a node"`
	// N is 0 for what stays: the part of an account that is still there.
	N       int            `json:"n" doc:"movements; 0 for what stays on the account"`
	First   *time.Time     `json:"first,omitempty"`
	Last    *time.Time     `json:"last,omitempty"`
	Amounts []money.Amount `json:"amounts" doc:"by policy"`
	H       []int          `json:"h" doc:"thickness by policy"`
	Y0      []int          `json:"y0" doc:"by policy: top at the bar it leaves"`
	Y1      []int          `json:"y1" doc:"by policy: top at the bar it reaches"`
	Back    bool           `json:"back" doc:"leads back to an earlier column, or stays in one"`
	Fee     bool           `json:"fee" doc:"a fee"`
	// Conversion: a leg of a swap.
	Conversion bool `json:"conversion" doc:"a leg of a swap into another asset"`
}

// PictureFold counts what is folded for one reason.
type PictureFold struct {
	Why     string         `json:"why" enum:"peel,service,dust,others"`
	Nodes   int            `json:"nodes" doc:"folded bars"`
	N       int            `json:"n" doc:"accounts and places in them"`
	Amounts []money.Amount `json:"amounts" doc:"by policy: what ended in them"`
}

// PictureHidden counts what filters leave out. Amounts are those of the places:
// what is shown and what is hidden add up to what entered.
type PictureHidden struct {
	Places  int            `json:"places" doc:"places that are not shown; of services that are opened, accounts"`
	Nodes   int            `json:"nodes" doc:"accounts that are not shown"`
	Flows   int            `json:"flows" doc:"movements that are not shown"`
	Amounts []money.Amount `json:"amounts" doc:"by policy: what ended in the places that are not shown"`
}

// PictureWithin counts the movements inside bars.
type PictureWithin struct {
	Flows   int            `json:"flows"`
	Amounts []money.Amount `json:"amounts" doc:"by policy: their sum; value that moved twice counts twice"`
}

// LaidOutGraph is every account and place of a view in one asset, by column, so
// that tens of thousands stay small. Lists of nodes have one entry a node, lists
// of edges one an edge; amounts are by policy, then by node or edge.
type LaidOutGraph struct {
	View      string        `json:"view"`
	Asset     PictureAsset  `json:"asset"`
	Policies  []string      `json:"policies"`
	Conserves []bool        `json:"conserves"`
	Width     int           `json:"width" doc:"thousandths of a pixel"`
	Height    int           `json:"height" doc:"thousandths of a pixel"`
	Nodes     GraphNodes    `json:"nodes"`
	Edges     GraphEdges    `json:"edges"`
	Hidden    PictureHidden `json:"hidden"`
	// Bounded is false where no exact bound exists; Why says why.
	Bounded bool   `json:"bounded"`
	Why     string `json:"why,omitempty"`
	// Searched is false where look-alikes were sought on the trail only.
	Searched bool `json:"searched" doc:"the whole data was searched for look-alikes; false above 50,000 transfers: then only the trail was"`
}

// GraphNodes are the nodes of a LaidOutGraph.
type GraphNodes struct {
	ID      []string         `json:"id" doc:"as in the flow picture"`
	Label   []string         `json:"label"`
	Kind    []string         `json:"kind"`
	X       []int            `json:"x"`
	Y       []int            `json:"y"`
	Place   []string         `json:"place" doc:"id of the place, or empty"`
	Amounts [][]money.Amount `json:"amounts" doc:"by policy, then by node"`
	Hop     []int            `json:"hop" doc:"least number of ribbons from a theft; that to what stays on an account counts"`
	Alike   []int            `json:"alike" doc:"numbers of the nodes that look like another"`
	// Bounded, Lower, Upper and Tight have one entry for each place with bounds.
	Bounded []int          `json:"bounded" doc:"numbers of the nodes that are a place with bounds"`
	Lower   []money.Amount `json:"lower" doc:"of those nodes: at least so much under every convention"`
	Upper   []money.Amount `json:"upper" doc:"of those nodes: at most so much"`
	Tight   []bool         `json:"tight" doc:"of those nodes: the bounds are exact, not from one pass"`
}

// GraphEdges are the edges of a LaidOutGraph.
type GraphEdges struct {
	From    []int            `json:"from" doc:"number of a node"`
	To      []int            `json:"to" doc:"number of a node"`
	N       []int            `json:"n" doc:"movements"`
	Amounts [][]money.Amount `json:"amounts" doc:"by policy, then by edge"`
}

// PictureOptions say what a flow picture shows. The zero value shows the union of
// all thefts in the leading asset, with the usual limit and everything folded.
type PictureOptions struct {
	View, Asset string
	// Limit is how many bars there are at most; 0 is 60, and 300 the most. A bar
	// that sums up the rest of its column or kind is beyond the limit.
	Limit int
	// From (inclusive) and Until (exclusive) leave out movements at other times,
	// and those whose time is not known. Zero: no limit.
	From, Until time.Time
	// Min leaves out ribbons and places that carry less under every policy that
	// conserves.
	Min money.Amount
	// Kinds are the kinds of place to show; none: all.
	Kinds []string
	// Hops leaves out what lies more than so many ribbons from a theft; 0: no
	// limit.
	Hops int
	// Around shows one account, place or bar, by name or identifier, and what lies so
	// many Steps before and behind it; 0 is one. "": everything.
	Around string
	Steps  int
	// Unfold names the reasons for which nothing is folded: peel, service, dust. An
	// unfolded service is shown by account.
	Unfold []string
	// Open are ids of folded nodes to show one by one, and of services to show by
	// account; of what is beyond the limit, as many more as the limit.
	Open []string
	// Dust is the number of which a place below one part of what entered is dust;
	// 0 is a million.
	Dust uint64
}
