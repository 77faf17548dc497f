package ethereum_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

type object = map[string]any

// stubNode answers as a node does, from a chain made by hand: each block has one
// transaction of 7 from aa to bb, whose code hands 3 on to cc.
type stubNode struct {
	chain  []object
	id     string // of the chain; Ethereum's where it is empty
	salt   int
	absent map[string]bool // methods that it lacks
	asked  map[string]int
	// fault, when set, may answer a whole request in its place.
	fault func(w http.ResponseWriter, body []byte) bool
	// bend, when set, may change an answer.
	bend func(method string, result any) any
}

func word(prefix string, n int) string { return fmt.Sprintf("0x%s%060x", prefix, n) }
func address(tail string) string       { return "0x" + strings.Repeat("0", 40-len(tail)) + tail }

func newStub(blocks int) *stubNode {
	s := &stubNode{absent: map[string]bool{}, asked: map[string]int{}}
	s.mine(blocks)
	return s
}

func (s *stubNode) mine(blocks int) {
	for range blocks {
		s.salt++
		parent, number := word("00ff", 0), len(s.chain)
		if number > 0 {
			parent = s.chain[number-1]["hash"].(string)
		}
		s.chain = append(s.chain, object{"number": fmt.Sprintf("0x%x", number), "hash": word("00bb", s.salt), "parentHash": parent, "miner": address("99"),
			"timestamp": fmt.Sprintf("0x%x", 1_700_000_000+12*number), "transactions": []object{{"hash": word("00aa", s.salt), "from": address("aa"), "to": address("bb"),
				"transactionIndex": "0x0", "value": "0x7", "nonce": "0x1", "gasPrice": "0x2"}}})
	}
}

func (s *stubNode) tx(b object) string { return b["transactions"].([]object)[0]["hash"].(string) }

func (s *stubNode) block(ref any) object {
	switch ref {
	case "latest", "safe", "finalized":
		return s.chain[len(s.chain)-1]
	}
	for _, b := range s.chain {
		if b["number"] == ref || b["hash"] == ref {
			return b
		}
	}
	return nil
}

func (s *stubNode) result(method string, params []any) any {
	switch method {
	case "eth_chainId":
		return cmp.Or(s.id, "0x1")
	case "eth_subscribe":
		return "0xcd"
	}
	if method == "eth_getTransactionReceipt" {
		for _, b := range s.chain {
			if s.tx(b) == params[0] {
				return s.receipt(b)
			}
		}
		return nil
	}
	b := s.block(params[0])
	if b == nil {
		return nil
	}
	from, to, cc := address("aa"), address("bb"), address("cc")
	switch method {
	case "eth_getBlockByNumber":
		return b
	case "eth_getBlockReceipts":
		return []any{s.receipt(b)}
	case "trace_block":
		call := func(path []int, from, to, value string) object {
			return object{"type": "call", "action": object{"callType": "call", "from": from, "to": to, "value": value}, "blockHash": b["hash"], "transactionHash": s.tx(b), "transactionPosition": 0, "traceAddress": path}
		}
		return []object{call([]int{}, from, to, "0x7"), call([]int{0}, to, cc, "0x3")}
	case "debug_traceBlockByNumber", "debug_traceBlockByHash":
		inner := object{"type": "CALL", "from": to, "to": cc, "value": "0x3"}
		return []object{{"txHash": s.tx(b), "result": object{"type": "CALL", "from": from, "to": to, "value": "0x7", "calls": []object{inner}}}}
	}
	panic(method)
}

func (s *stubNode) receipt(b object) object {
	return object{"transactionHash": s.tx(b), "blockHash": b["hash"], "status": "0x1", "gasUsed": "0x5", "effectiveGasPrice": "0x2", "logs": []object{}}
}

func (s *stubNode) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	if s.fault != nil && s.fault(w, body) {
		return
	}
	w.Write(s.reply(body))
}

// reply answers a request whole.
func (s *stubNode) reply(body []byte) []byte {
	batch := body[0] == '['
	if !batch {
		body = []byte("[" + string(body) + "]")
	}
	var qs []struct {
		ID     uint64
		Method string
		Params []any
	}
	if err := json.Unmarshal(body, &qs); err != nil {
		panic(err)
	}
	var as []any
	for i := range qs {
		q := &qs[len(qs)-1-i] // in another order: ids say what belongs where
		s.asked[q.Method]++
		a := object{"jsonrpc": "2.0", "id": q.ID}
		if s.absent[q.Method] {
			a["error"] = object{"code": -32601, "message": "the method does not exist"}
		} else if a["result"] = s.result(q.Method, q.Params); s.bend != nil {
			a["result"] = s.bend(q.Method, a["result"])
		}
		as = append(as, a)
	}
	var out any = as
	if !batch {
		out = as[0]
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return text
}

// node opens the stub and, after that, lets its faults loose.
func (s *stubNode) node(t *testing.T, opt ethereum.NodeOptions) *ethereum.Node {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	if opt.Tries == 0 {
		opt.Tries = 3
	}
	if opt.Timeout == 0 {
		opt.Timeout = 10 * time.Second // a busy machine is not a node's trouble
	}
	if opt.Sleep == nil {
		opt.Sleep = func(context.Context, time.Duration) error { return nil }
	}
	if opt.Batch == 0 {
		opt.Batch = 4
	}
	fault, bend := s.fault, s.bend
	s.fault, s.bend = nil, nil
	n, err := ethereum.OpenNode(t.Context(), srv.URL+"/v3/secret", opt)
	if err != nil {
		t.Fatal(err)
	}
	s.fault, s.bend = fault, bend
	return n
}

func TestNodeSuite(t *testing.T) {
	n := newStub(9).node(t, ethereum.NodeOptions{})
	sourcetest.Run(t, func(*testing.T) ledger.Source { return n })
}

// TestNodeWays: whatever way the node has to say it, the transfers are the same; and
// without traces it is said what is missing.
func TestNodeWays(t *testing.T) {
	s := newStub(9)
	want := lines(all(t, s.node(t, ethereum.NodeOptions{})))
	if !strings.Contains(want, "bb>") || s.asked["trace_block"] != 9+1 || s.asked["eth_getBlockReceipts"] != 9 {
		t.Fatalf("%v\n%s", s.asked, want)
	}
	s.absent["trace_block"], s.absent["eth_getBlockReceipts"] = true, true
	n := s.node(t, ethereum.NodeOptions{Batch: 1})
	if got := lines(all(t, n)); got != want || n.Traces() != ethereum.ByGeth || s.asked["eth_getTransactionReceipt"] != 9 {
		t.Errorf("by callTracer and single receipts, %v:\n%s", s.asked, got)
	}
	s.fault = func(w http.ResponseWriter, body []byte) bool {
		if body[0] == '[' {
			fmt.Fprint(w, `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches"}}`)
		}
		return body[0] == '['
	}
	if got := lines(all(t, s.node(t, ethereum.NodeOptions{}))); got != want {
		t.Errorf("without batches:\n%s", got)
	}
	s.fault = func(w http.ResponseWriter, body []byte) bool {
		if bytes.Count(body, []byte("method")) > 2 {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return true
		}
		return false
	}
	if got := lines(all(t, s.node(t, ethereum.NodeOptions{}))); got != want {
		t.Errorf("with small batches:\n%s", got)
	}
	n = s.node(t, ethereum.NodeOptions{Traces: ethereum.NoTraces, From: 3, To: 5})
	if got := all(t, n); len(got) != 3 || n.Completeness("x").Internal != ledger.Gap || !strings.Contains(strings.Join(n.Info().Notes, "\n"), "no internal transfers") {
		t.Errorf("without traces: %d transfers, %v, %v", len(got), n.Completeness("x"), n.Info().Notes)
	}
}

// TestNodeSilent: what a self-destruction moved and an old geth does not say is
// counted, and internal transfers are not said to be complete.
func TestNodeSilent(t *testing.T) {
	s := newStub(3)
	s.absent["trace_block"] = true
	n := s.node(t, ethereum.NodeOptions{})
	if all(t, n); n.Completeness("x").Internal != ledger.Complete {
		t.Errorf("all is said, and internal transfers are %s", n.Completeness("x").Internal)
	}
	s.bend = func(method string, result any) any {
		if method == "debug_traceBlockByHash" {
			root := result.([]object)[0]["result"].(object)
			root["calls"] = []object{{"type": "SELFDESTRUCT"}}
		}
		return result
	}
	all(t, n)
	notes := strings.Join(n.Info().Notes, "\n")
	if n.Completeness("x").Internal != ledger.Unknown || !strings.Contains(notes, "3 self-destructions") {
		t.Errorf("internal transfers are %s, notes %s", n.Completeness("x").Internal, notes)
	}
}

// TestNodeTroubles: what passes is waited for, and nothing is lost or doubled.
func TestNodeTroubles(t *testing.T) {
	want := lines(all(t, newStub(6).node(t, ethereum.NodeOptions{})))
	for name, trouble := range map[string]func(w http.ResponseWriter){
		"rate limit": func(w http.ResponseWriter) { w.Header().Set("Retry-After", "7"); w.WriteHeader(429) },
		"rate limit in JSON": func(w http.ResponseWriter) {
			fmt.Fprint(w, `{"id":null,"error":{"code":-32005,"message":"slow down"}}`)
		},
		"full queue":         func(w http.ResponseWriter) { w.WriteHeader(503) },
		"dropped connection": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"half JSON":          func(w http.ResponseWriter) { fmt.Fprint(w, `[{"id":1,"result":{"num`) },
		"answers missing":    func(w http.ResponseWriter) { fmt.Fprint(w, `[]`) },
		"late":               func(http.ResponseWriter) { time.Sleep(130 * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			s, slept := newStub(6), time.Duration(0)
			var done atomic.Int32 // an answer given too late runs beside the next
			s.fault = func(w http.ResponseWriter, body []byte) bool {
				if !bytes.Contains(body, []byte("Receipts")) || done.Load() == 2 {
					return false
				}
				done.Add(1)
				trouble(w)
				return true
			}
			opt := ethereum.NodeOptions{Sleep: func(_ context.Context, d time.Duration) error { slept += d; return nil }}
			if name == "late" {
				opt.Timeout, opt.Tries = 100*time.Millisecond, 10 // a busy machine is late by itself
			}
			n := s.node(t, opt)
			if got := lines(all(t, n)); got != want || done.Load() != 2 {
				t.Errorf("after %d troubles:\n%s", done.Load(), got)
			}
			if name == "rate limit" && slept != 14*time.Second {
				t.Errorf("waited %s, the node asked for 14s", slept)
			}
		})
	}
}

// TestNodeFaults: what does not pass is an error that says what the node did, and
// never the address, which may hold a key.
func TestNodeFaults(t *testing.T) {
	on := func(method string, change func(any) any) func(string, any) any {
		return func(m string, result any) any {
			if m == method && result != nil {
				return change(result)
			}
			return result
		}
	}
	with := func(key string, value any) func(any) any {
		return func(r any) any {
			out := object{}
			for k, v := range r.(object) {
				out[k] = v
			}
			out[key] = value
			return out
		}
	}
	raw := func(text string) func(http.ResponseWriter, []byte) bool {
		return func(w http.ResponseWriter, body []byte) bool {
			if bytes.Contains(body, []byte("Receipts")) {
				fmt.Fprint(w, text)
				return true
			}
			return false
		}
	}
	for name, f := range map[string]struct {
		fault func(http.ResponseWriter, []byte) bool
		bend  func(string, any) any
		want  error
		says  string
	}{
		"wrong id":             {fault: raw(`[{"id":999999,"result":[]}]`), want: ethereum.ErrLie, says: "999999"},
		"hollow answer":        {fault: raw(`{"id":1,"result":[` + strings.Repeat("null,", 1<<20) + `null]}`), want: ethereum.ErrLie, says: "empty objects"},
		"two answers":          {fault: raw(`{"id":1,"result":[]}{"id":1,"result":[]}`), want: ethereum.ErrLie, says: "two answers"},
		"another form":         {fault: raw(`"yes"`), want: ethereum.ErrLie, says: "another form"},
		"stays down":           {fault: func(w http.ResponseWriter, _ []byte) bool { w.WriteHeader(503); return true }, want: ethereum.ErrNode, says: "after 3 tries"},
		"refuses":              {fault: func(w http.ResponseWriter, _ []byte) bool { w.WriteHeader(403); return true }, want: ethereum.ErrNode, says: "refuses"},
		"another block":        {bend: on("eth_getBlockByNumber", with("number", "0x77")), want: ethereum.ErrLie, says: "block 119 came"},
		"a parent of its own":  {bend: on("eth_getBlockByNumber", with("parentHash", word("00dd", 1))), want: ethereum.ErrMoved, says: "does not follow"},
		"a wrong hash":         {bend: on("eth_getBlockByNumber", with("hash", "0x12")), want: ethereum.ErrLie, says: "neither an address nor a hash"},
		"a wrong number":       {bend: on("eth_getBlockByNumber", with("timestamp", "-1")), want: ethereum.ErrLie, says: "no quantity"},
		"no receipts":          {bend: on("eth_getBlockReceipts", func(any) any { return nil }), want: ethereum.ErrNode, says: "eth_getBlockReceipts"},
		"too few receipts":     {bend: on("eth_getBlockReceipts", func(any) any { return []any{} }), want: ethereum.ErrLie, says: "0 receipts of 1"},
		"receipts of others":   {bend: on("eth_getBlockReceipts", func(any) any { return []any{newStub(50).receipt(newStub(50).chain[40])} }), want: ethereum.ErrLie, says: "receipt 0 is of"},
		"no traces of a block": {bend: on("trace_block", func(any) any { return []any{} }), want: ethereum.ErrLie, says: "has no trace"},
		"traces of others": {bend: on("trace_block", func(r any) any {
			other := newStub(50).result("trace_block", []any{"0x28"}).([]object)[0]
			delete(other, "blockHash")
			return append(r.([]object), other)
		}), want: ethereum.ErrLie, says: "not in the block"},
		"a log taken back": {bend: on("eth_getBlockReceipts", func(r any) any {
			one := r.([]any)[0].(object)
			one["logs"] = []object{{"address": address("d1"), "transactionHash": one["transactionHash"], "logIndex": "0x0", "topics": []string{word("00ee", 1)}, "data": "0x", "removed": true}}
			return r
		}), want: ethereum.ErrLie, says: "log 0 is removed"},
		"a price beyond 128 bits": {bend: on("eth_getBlockReceipts", func(r any) any {
			r.([]any)[0].(object)["effectiveGasPrice"] = "0x1" + strings.Repeat("0", 32)
			return r
		}), want: ethereum.ErrLie, says: "beyond 128 bits"},
		"traces that differ": {bend: on("trace_block", func(r any) any {
			r.([]object)[0]["action"].(object)["value"] = "0x8"
			return r
		}), want: ethereum.ErrContradiction, says: "root trace"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub(6)
			s.fault, s.bend = f.fault, f.bend
			var last error
			for _, last = range s.node(t, ethereum.NodeOptions{}).All(t.Context()) {
			}
			if !errors.Is(last, f.want) || !strings.Contains(last.Error(), f.says) || strings.Contains(last.Error(), "secret") {
				t.Errorf("got %v, want %q", last, f.says)
			}
		})
	}
}

// TestNodeReorganisations: a store is brought to the node's chain again and again
// while that grows, is replaced and falls back; in the end it is the store that a
// fresh ingest makes.
func TestNodeReorganisations(t *testing.T) {
	s := newStub(8)
	n := s.node(t, ethereum.NodeOptions{})
	dir := filepath.Join(t.TempDir(), "live")
	ingest := func(dir string, undo bool) (graph.Ingested, error) {
		w, err := graph.OpenWriter(dir, ethereum.Codec{})
		if err != nil {
			t.Fatal(err)
		}
		at, err := graph.Ingest(t.Context(), w, n, graph.IngestOptions{Undo: undo})
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return at, err
	}
	must := func(undo bool, undone, added int) {
		t.Helper()
		at, err := ingest(dir, undo)
		if err != nil || at.Undone != undone || at.Added != added {
			t.Fatalf("%d undone, %d added, %v; want %d, %d", at.Undone, at.Added, err, undone, added)
		}
	}
	must(false, 0, 16)
	must(false, 0, 0) // the same head again
	s.mine(3)         // heads are missed
	must(false, 0, 6)
	kept := s.chain
	s.chain = s.chain[:6] // the node goes back in height: it is waited for
	must(true, 0, 0)
	s.chain = append(kept[:7:7], kept[0])[:7]
	s.mine(2) // a shorter chain
	if _, err := ingest(dir, false); !errors.Is(err, graph.ErrStore) || !strings.Contains(err.Error(), "left after block 6") {
		t.Fatalf("without undo: %v", err)
	}
	must(true, 4, 4)
	s.chain = s.chain[:2:2]
	s.mine(20)
	must(true, 7, 40)
	fresh := filepath.Join(t.TempDir(), "fresh")
	if _, err := ingest(fresh, false); err != nil {
		t.Fatal(err)
	}
	if a, b := digest(t, dir), digest(t, fresh); a != b {
		t.Errorf("followed %s, fresh %s", a, b)
	}
	s.chain = nil
	s.salt += 1000
	s.mine(5)
	if _, err := ingest(dir, true); !errors.Is(err, graph.ErrStore) || !strings.Contains(err.Error(), "another chain") {
		t.Errorf("another chain: %v", err)
	}
}

func digest(t *testing.T, dir string) string {
	t.Helper()
	s, err := graph.OpenStore(dir, ethereum.Codec{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d, err := s.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// direct asks a handler without a network.
type direct struct{ to http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.to.ServeHTTP(w, r)
	return w.Result(), nil
}

// fuzzed are the questions of which FuzzNodeAnswer answers one.
var fuzzed = []string{"eth_chainId", "eth_getBlockByNumber", "eth_getBlockReceipts", "eth_getTransactionReceipt", "trace_block", "debug_traceBlockByNumber", "debug_traceBlockByHash"}

// FuzzNodeAnswer: no bytes that a node answers make the client panic, fail without
// a file and a cause, or give a transfer that is none.
func FuzzNodeAnswer(f *testing.F) {
	s := newStub(2)
	for i, m := range fuzzed {
		param := s.chain[0]["number"]
		switch m {
		case "eth_getTransactionReceipt":
			param = s.tx(s.chain[0])
		case "debug_traceBlockByHash":
			param = s.chain[0]["hash"]
		}
		one := object{"id": "ID", "result": s.result(m, []any{param})}
		for _, shape := range []any{one, []any{one, one}} {
			text, err := json.Marshal(shape)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text, uint8(i), uint8(i))
		}
	}
	f.Add([]byte(`{"id":"ID","error":{"code":-32601,"message":"no"}}`), uint8(4), uint8(1))
	f.Add([]byte(`{"error":{"code":-32005,"message":"slower"}}`), uint8(1), uint8(0))
	f.Add([]byte(`[{"id":"ID","result":{`), uint8(2), uint8(2))
	f.Fuzz(func(t *testing.T, body []byte, which, how uint8) {
		s, method := newStub(2), fuzzed[int(which)%len(fuzzed)]
		if method == "eth_getTransactionReceipt" {
			s.absent["eth_getBlockReceipts"] = true
		}
		s.fault = func(w http.ResponseWriter, q []byte) bool {
			if !bytes.Contains(q, []byte(`"method":"`+method+`"`)) {
				return false
			}
			w.Write(numbered(body, q))
			return true
		}
		n, err := ethereum.OpenNode(t.Context(), "http://stub", ethereum.NodeOptions{Tries: 2, Traces: []string{"", ethereum.ByParity, ethereum.ByGeth}[how%3], AssumeSuccess: true,
			HTTP: &http.Client{Transport: direct{s}}, Sleep: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			toldWell(t, err)
			return
		}
		for tr, err := range n.All(t.Context()) {
			if err != nil {
				toldWell(t, err)
				return
			}
			if err := tr.Validate(ledger.Accounts); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// numbered puts the numbers of the questions into the answers, in turn.
func numbered(answers, questions []byte) []byte {
	for _, id := range regexp.MustCompile(`"id":([0-9]+)`).FindAllSubmatch(questions, -1) {
		answers = bytes.Replace(answers, []byte(`"ID"`), id[1], 1)
	}
	return answers
}

func toldWell(t *testing.T, err error) {
	t.Helper()
	var e *ethereum.Error
	if !errors.As(err, &e) || e.File == "" || e.Err == nil {
		t.Fatalf("an error without file and cause: %v", err)
	}
}

// TestNodeOddTransfers: an event Transfer in no known form is a record left out, which
// gives exit code 4, and each reading counts its own.
func TestNodeOddTransfers(t *testing.T) {
	const transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
	s := newStub(3)
	s.bend = func(method string, result any) any {
		if method != "eth_getBlockReceipts" {
			return result
		}
		r := result.([]any)[0].(object)
		var logs []object
		for _, l := range []struct {
			topics []string
			data   string
		}{
			{[]string{transfer, word("0000", 1), word("0000", 2)}, word("0000", 5)},
			{[]string{transfer, word("0000", 1), word("0000", 2)}, "0x01"},
			{[]string{transfer, word("0000", 1), word("0000", 2), word("0000", 3)}, "0x"},
			{[]string{transfer, word("0000", 1), word("0000", 2), word("0000", 3)}, "0x01"},
		} {
			logs = append(logs, object{"address": address("d1"), "transactionHash": r["transactionHash"], "logIndex": fmt.Sprintf("0x%x", len(logs)), "topics": l.topics, "data": l.data})
		}
		r["logs"] = logs
		return result
	}
	n := s.node(t, ethereum.NodeOptions{})
	for range 2 {
		ts := all(t, n)
		tokens := 0
		for i := range ts {
			if ts[i].Asset != "eip155:1/slip44:60" {
				tokens++
			}
		}
		notes := strings.Join(n.Info().Notes, "\n")
		if n.Info().Skipped != 6 || tokens != 6 || !strings.Contains(notes, "\n3 events Transfer that are neither") || !strings.Contains(notes, "\n3 events Transfer with the four topics") {
			t.Errorf("%d left out, %d tokens moved; want 6 and 6\n%s", n.Info().Skipped, tokens, notes)
		}
	}
}

// TestNodeWrappedByChain: the address of wrapped ether on Ethereum is nothing known on
// another chain; its events are counted there and not read.
func TestNodeWrappedByChain(t *testing.T) {
	const weth = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"
	const deposit, withdrawal = "0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c", "0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65"
	for id, want := range map[string]struct {
		moved []string
		note  string
	}{
		"0x1": {[]string{"*>aa 5", "aa>* 4"}, "2 events Deposit or Withdrawal are not read, since they are of other contracts than wrapped ether (" + weth + ")"},
		// anvil; PulseChain, a fork of Ethereum with all its contracts and another coin
		"0x7a69": {nil, "4 events Deposit or Withdrawal are not read, since which contract wraps ether on eip155:31337 is not known here"},
		"0x171":  {nil, "4 events Deposit or Withdrawal are not read, since which contract wraps ether on eip155:369 is not known here"},
	} {
		s := newStub(1)
		s.id = id
		s.bend = func(method string, result any) any {
			if method == "eth_getBlockReceipts" {
				r := result.([]any)[0].(object)
				var logs []object
				for _, contract := range []string{weth, address("d1")} {
					for i, topic := range []string{deposit, withdrawal} {
						logs = append(logs, object{"address": contract, "transactionHash": r["transactionHash"], "logIndex": fmt.Sprintf("0x%x", len(logs)),
							"topics": []string{topic, word("0000", 0xaa)}, "data": word("0000", 5-i)})
					}
				}
				r["logs"] = logs
			}
			return result
		}
		n := s.node(t, ethereum.NodeOptions{})
		var moved []string
		for _, tr := range all(t, n) {
			if tr.Asset != n.Info().Native {
				moved = append(moved, strings.ReplaceAll(fmt.Sprintf("%s>%s %s", tr.From(), tr.To(), tr.Amount()), address("aa"), "aa"))
			}
		}
		if !slices.Equal(moved, want.moved) || !slices.ContainsFunc(n.Info().Notes, func(note string) bool { return strings.HasPrefix(note, want.note) }) {
			t.Errorf("chain %s: %q\n%s", id, moved, strings.Join(n.Info().Notes, "\n"))
		}
	}
}
