package graph

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
)

// storeVersion is the version of the files of a store (docs/design/0006-store.md).
const storeVersion = 1

// Errors of a store on disk. They are wrapped with the file.
var (
	// ErrDamaged: stored bytes are not what was written, or are not there.
	ErrDamaged = disk.ErrDamaged
	// ErrLocked: another process writes to the store.
	ErrLocked = disk.ErrLocked
	// ErrVersion: the store is of another version of the format.
	ErrVersion = disk.ErrVersion
	// ErrNoStore: the folder holds no store.
	ErrNoStore = errors.New("no store here")
	// ErrStore: the store cannot take this ledger, or not in this way.
	ErrStore = errors.New("not for this store")
)

// layout is how a store keeps its ledger.
type layout string

const (
	// layoutBlocks: coins that came as blocks: ids of 32 bytes, no records.
	layoutBlocks layout = "blocks"
	// layoutCoins: coins that came as transfers, with a record each.
	layoutCoins layout = "coins"
	// layoutMoves: transfers between accounts, with a record each.
	layoutMoves layout = "moves"
	// layoutFlows: transfers between accounts that came in blocks, no records.
	layoutFlows layout = "flows"
)

// manifest is everything a store says of itself: what is committed, and where.
type manifest struct {
	Layout layout `json:"layout"`
	Codec  string `json:"codec"`
	// Commit counts the commits.
	Commit uint64      `json:"commit"`
	Ledger ledger.Info `json:"ledger"`
	// Elsewhere is the verdict for accounts that the store does not hold, and for
	// all that have none of their own.
	Elsewhere ledger.Completeness `json:"elsewhere"`
	// Verdicts is the generation of the accounts' own verdicts, 0 when all
	// have that of Elsewhere.
	Verdicts int `json:"verdicts"`
	// Cursor is the last transfer, from which a source goes on.
	Cursor ledger.Cursor `json:"cursor"`
	// Done is set when the source was read to its end.
	Done bool `json:"done"`

	Records  int `json:"records"`
	Accounts int `json:"accounts"`
	Strings  int `json:"strings"`

	Extents map[string]disk.Extent `json:"extents"`
	// Names and AccountTable are the generations of the two hash tables.
	Names        int `json:"names"`
	AccountTable int `json:"account_table"`
	// Credited and Debited list what credits and debits each account.
	Credited []disk.IndexInfo `json:"credited"`
	Debited  []disk.IndexInfo `json:"debited"`
}

func readManifest(dir string) (manifest, error) {
	var m manifest
	err := disk.ReadManifest(dir, storeVersion, &m)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s: %w", dir, ErrNoStore)
	}
	return m, err
}
