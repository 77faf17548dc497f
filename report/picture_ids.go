package report

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/coldtrail/coldtrail/trace"
)

// Identifiers of bars and ribbons are the first 60 bits of a SHA-256 over what they
// stand for: the same whatever else is shown.

var idText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// digestID makes an identifier of parts, which are kept apart by a zero byte.
func digestID(letter string, parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return letter + idText.EncodeToString(h[:8])[:12]
}

// id identifies a node of a mesh.
func (n *meshNode) id() string {
	switch {
	case n.fold != nil:
		return n.fold.id
	case n.node.kind == aPart:
		return digestID("p", n.place.ID, n.name)
	case n.place != nil:
		return placeID(n.place)
	}
	return digestID([...]string{"a", "x", "t", "p", "b", "e", "f"}[n.node.kind], string(n.ledger), n.name)
}

// foldID identifies a folded node by its reason and what it is a fold of.
func foldID(why, of string) string { return digestID("f", why, of) }

func placeID(p *trace.Place) string { return digestID("p", p.ID) }
