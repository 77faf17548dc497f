package inquiry

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/table"
	"github.com/coldtrail/coldtrail/trace"
)

// Hint says what to try after an error, or "". Errors of a case file or a table
// bring their own in their text.
func Hint(err error) string {
	var at *ledger.TextError
	var row *table.Error
	var in *casefile.Error
	switch {
	case errors.As(err, &in), errors.As(err, &row):
		return ""
	case errors.As(err, &at):
		return "the text form is described in docs/text-form.md"
	case errors.Is(err, fs.ErrNotExist):
		return "paths are taken from the folder you stand in; data of a case from --data or the case file's folder"
	case errors.Is(err, graph.ErrLocked):
		return "wait for it, or stop it; readers need not wait"
	case errors.Is(err, graph.ErrVersion):
		return "use the version of coldtrail that wrote the store, or ingest anew into an empty folder"
	case errors.Is(err, graph.ErrDamaged):
		return "coldtrail graph check lists what is wrong; ingest anew into an empty folder, from the same files"
	case errors.Is(err, graph.ErrNoStore):
		return "coldtrail ingest makes a store"
	case errors.Is(err, cluster.ErrFile), errors.Is(err, cluster.ErrVersion):
		return "delete the file and build the clustering again; cuts are lost with it"
	case errors.Is(err, cluster.ErrReplaced):
		return "coldtrail cluster build follows the store"
	case errors.Is(err, syscall.ENOSPC):
		return "make room and do it again; an ingest goes on where its store ends"
	case errors.Is(err, trace.ErrConservation):
		return "this is a defect of coldtrail, not of your data: please report it with the ledger (coldtrail trace --dump prints it in the text form)"
	case errors.Is(err, trace.ErrSeed):
		return "a seed marks exactly one credit, or a filter that states its count and sum; an injection adds what the ledger lacks"
	case errors.Is(err, graph.ErrUnresolved):
		return "every input must spend a coin of the ledger: give coins from before the data as coin lines"
	}
	return ""
}
