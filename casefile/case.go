package casefile

import (
	"io/fs"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/table"
	"github.com/coldtrail/coldtrail/tag"
)

// Version is the first line of every case file: "version: coldtrail/case/v1".
const Version = "coldtrail/case/v1"

// Case is a question as it is written. Names, assets and amounts are words with
// the line they stand on; Load gives them their meaning.
type Case struct {
	// File is the name that stands in errors.
	File string
	// SHA256 is that of the case file itself, in hex.
	SHA256 string
	// Data is the folder in which the paths of the case are looked up: that of
	// the case file, unless another is given.
	Data fs.FS

	Title   string
	Summary string
	// Sources are what the case rests on.
	Sources     []Source
	Ledgers     []Ledger
	Thefts      []Theft
	Boundaries  []Boundary
	Conversions []Conversion
	// Swaps says which conversions within a transaction count: Named, or also
	// those that are Recognised.
	Swaps string
	Tags  []Tag
	// TagPacks are files of tags: TagPacks, ActorPacks and sanctions lists.
	TagPacks []TagPack
	Groups   []Group
	// Policies are names as on the command line; none means the default.
	Policies []Word
	// FeeRule is "last", "first" or "prorata"; FeeFate "sink", "fees-first" or
	// "subsidy-first"; empty for the default.
	FeeRule, FeeFate string
	// IgnoreGas leaves the fees of account ledgers out ("gas: ignore").
	IgnoreGas bool
	// Until ends the trace; zero is the end of the data.
	Until time.Time
	// Through names boundaries to go on through; the result is speculative.
	Through []Word
	Expect  []Expect

	// Books are further tags, of the command line: Load looks up in them the
	// accounts that occur in the ledgers.
	Books []Book

	bytes int
	used  used
}

// What Case.Swaps may be; empty is Named.
const (
	// Named: the conversions that the case or the ledger states.
	Named = "named"
	// Recognise: these, and those that package swap recognises.
	Recognise = "recognise"
)

// Word is a value as written, with its line.
type Word struct {
	Text string
	Line int
}

// Source is a document the case rests on.
type Source struct {
	URL  string
	What string // who, when, and what was taken from it
}

// Ledger is one ledger of the case and how to read it.
type Ledger struct {
	Line   int
	ID     ledger.ID
	Path   string
	SHA256 string // checked when stated
	// Format is "text", "table", "swift" or "iso20022".
	Format string
	// Mapping says how to read a table; nil for the other forms.
	Mapping *table.Mapping
	// Complete lists the accounts whose history the data has; every other
	// account is the edge of the data. Empty: what the format itself says.
	Complete []Complete
}

// Complete says what the data holds of some accounts.
type Complete struct {
	Accounts []Word
	File     *File
	Verdict  ledger.Completeness
	Why      string
}

// File is a list of accounts in a CSV file with a header.
type File struct {
	Line   int
	Path   string
	SHA256 string // checked when stated
	Column string // of the account
	// Where keeps the rows whose columns have these values.
	Where map[string]string
}

// Theft is one theft, in its own colour.
type Theft struct {
	Line      int
	Name      string
	Continues string // another theft, behind a conversion the data does not show
	Why       string
	Seeds     []Seed
}

// Seed is where stolen value enters. Exactly one of Mark, Where and Inject is
// set.
type Seed struct {
	Line int
	Why  string
	// Mark is a transfer, a transaction or a coin tx:vout that is stolen.
	Mark Word
	// Offset and Length narrow a marked coin to some of its units.
	Offset, Length *Amount
	// Where marks every credit it selects; Count and Sum state how many and
	// how much.
	Where *Where
	Count int
	Sum   *Amount
	// Inject adds value at Account which the ledger lacks: just before a
	// transaction, just before the first transfer of a filter, or before all.
	Inject      *Amount
	Account     Word
	Ledger      Word
	Before      Word
	BeforeFirst *Where
}

// Boundary is where tracing stops.
type Boundary struct {
	Line     int
	Ledger   Word // empty with one ledger
	Accounts []Word
	File     *File
	// Invert makes every account that is not in File a boundary.
	Invert bool
	Kind   string // "service", "mixer", "bridge", "swap", "unlisted"
	Name   string
	Why    string
}

// Conversion is a swap the case knows of: either one transaction, whose two
// legs are joined, or contracts into which value goes to come out as another
// asset that the data does not show.
type Conversion struct {
	Line   int
	Ledger Word
	Name   string
	Why    string
	// Tx, Account, In and Out name the legs; without Out the far leg was not
	// observed.
	Tx, Account, In, Out Word
	// Accounts are contracts; value into them ends at "swap:<name>".
	Accounts []Word
}

// Tag is a claim about accounts.
type Tag struct {
	Line     int
	Ledger   Word
	Accounts []Word
	File     *File
	// LabelColumn takes the label from a column of File instead of Label.
	Label, LabelColumn string
	Entity             string
	Concepts           []string
	Confidence         string
	Source             string
}

// TagPack is a file of tags.
type TagPack struct {
	Line   int
	Path   string
	SHA256 string // checked when stated
	// ListDate is the state of a sanctions list that does not state it.
	ListDate string
}

// Book is a store of tags: an index, or packs read into a set.
type Book struct {
	Name   string // as the command line gives it
	SHA256 string // of its content
	Bytes  int
	On     func(ledger.ID, ledger.Account) ([]tag.Tag, error)
}

// Group is a set of places to bound together. A place is in it when it fits
// every part that is set; of each part one word is enough.
type Group struct {
	Line     int
	Name     string
	Ledger   Word
	Kinds    []Word // of places: exit, held, edge, fee, burn, converted, debt, elsewhere
	Assets   []Word
	Entities []string
	Labels   []string
	Concepts []string
	Accounts []Word
	File     *File
}

// Where selects transfers that moved value. All parts that are set must hold;
// of a list one is enough.
type Where struct {
	Line             int
	Ledger           Word
	Tx               Word
	From, To, Assets []Word
	// Since and Until enclose the time: Since <= time < Until.
	Since, Until time.Time
	Attrs        map[string]string
	// Min and Max enclose the amount, both included.
	Min, Max *Amount
	// Step and Rest keep amounts that leave Rest when divided by Step.
	Step, Rest *Amount
}

// Amount is an amount as written: "400001 ETH" in whole units of an asset, or
// "5 wei", "5 sat" and {atomic: "5", asset: ETH} in atomic units.
type Amount struct {
	Line   int
	Digits string
	Unit   string // symbol or id of an asset
	Atomic bool
}
