package ethereum_test

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// moving is a stub's chain as the suite of live sources moves it.
type moving struct {
	s   *stubNode
	top []object // what is hidden
	// drops counts down answers whose connection breaks.
	drops *atomic.Int32
}

func (m moving) Mine(n int) { m.s.mine(n) }
func (m moving) Cut(n int)  { m.s.chain = m.s.chain[: len(m.s.chain)-n : len(m.s.chain)-n] }
func (m moving) Drop(n int) { m.drops.Store(int32(n)) }

func (m *moving) Hide(n int) {
	m.s.chain = append(m.s.chain[:len(m.s.chain):len(m.s.chain)], m.top...)
	at := len(m.s.chain) - n
	m.s.chain, m.top = m.s.chain[:at:at], m.s.chain[at:]
}

func (m moving) Chain() (out []ledger.BlockRef) {
	for i, b := range m.s.chain {
		out = append(out, ledger.BlockRef{Height: uint64(i), Hash: hashOf(b["hash"].(string))})
	}
	return out
}

func hashOf(text string) (h ledger.Hash) {
	if _, err := hex.Decode(h[:], []byte(strings.TrimPrefix(text, "0x"))); err != nil {
		panic(err)
	}
	return h
}

// blockNamed is the hash in a transfer's evidence, host#hash:number.
func blockNamed(t *ledger.Transfer) ledger.Hash {
	_, hash, _ := strings.Cut(strings.TrimSuffix(t.Evidence, ":"+strconv.FormatUint(t.Key.Block, 10)), "#")
	return hashOf(hash)
}

// TestLive runs the suite of live sources on a node asked over HTTP.
func TestLive(t *testing.T) {
	sourcetest.RunLiveTransfers(t, func(t *testing.T, blocks int) (ledger.Live, sourcetest.LiveNode, func(*ledger.Transfer) ledger.Hash) {
		s, drops := newStub(blocks), new(atomic.Int32)
		n := s.node(t, ethereum.NodeOptions{})
		s.fault = func(http.ResponseWriter, []byte) bool {
			if drops.Add(-1) >= 0 {
				panic(http.ErrAbortHandler)
			}
			return false
		}
		return n, &moving{s: s, drops: drops}, blockNamed
	})
}

// TestSocketLive runs it on a node asked over WebSocket.
func TestSocketLive(t *testing.T) {
	sourcetest.RunLiveTransfers(t, func(t *testing.T, blocks int) (ledger.Live, sourcetest.LiveNode, func(*ledger.Transfer) ledger.Hash) {
		s, drops := &wire{stubNode: newStub(blocks)}, new(atomic.Int32)
		s.trouble = func(*websocket.Conn, []byte) (bool, bool) { return false, drops.Add(-1) >= 0 }
		return s.open(t, ethereum.NodeOptions{}), &moving{s: s.stubNode, drops: drops}, blockNamed
	})
}
