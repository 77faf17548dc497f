package ethereum

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// maxReply bounds one reply: the traces of a batch of full blocks.
const maxReply = 256 << 20

// question is one call of a batch and what became of it.
type question struct {
	method string
	params []any
	out    any // filled by the answer
	null   bool
	said   *rpcError // the node's own error, nil when it answered
}

// rpcError is an error of the node's own.
type rpcError struct {
	Code    int64  `json:"code"`
	Message string `json:"message"`
}

func (e *rpcError) Error() string {
	return fmt.Sprintf("the node says: %.200s (%d)", e.Message, e.Code)
}

// Codes of JSON-RPC 2.0 and EIP-1474.
const (
	codeNoMethod     = -32601
	codeNotSupported = -32004
	codeLimit        = -32005
)

// absent reports whether the node lacks the method, as against failing at it.
func (e *rpcError) absent() bool {
	return e != nil && (e.Code == codeNoMethod || e.Code == codeNotSupported)
}

// rpc is a client of Ethereum's JSON-RPC over HTTP or WebSocket. It only reads. The
// address may hold a key, so that errors and evidence name the host alone.
type rpc struct {
	url, host string
	opt       NodeOptions
	last      uint64  // the last id given to a question
	alone     bool    // the node takes no batches
	socket    bool    // it is asked over WebSocket,
	sock      *socket // by this connection, nil when there is none,
	deaf      bool    // and hints at no new heads
}

func newRPC(base string, opt NodeOptions) (*rpc, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && !isSocket(u.Scheme) {
		return nil, &Error{File: "--node", Msg: "not the address of a node", Hint: "as in http://localhost:8545 or ws://localhost:8546", Err: ErrNode}
	}
	return &rpc{url: base, host: u.Host, opt: opt, socket: isSocket(u.Scheme)}, nil
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// again marks what is worth asking again, and how long the node wants to be left
// alone.
type again struct {
	err   error
	after time.Duration
}

func (e *again) Error() string { return e.err.Error() }

// errLarge marks a batch that is too large for the node, or its reply for us.
var errLarge = errors.New("too much in one answer")

// ask puts questions, in batches where the node takes them, until each has its
// answer or the tries are used up.
func (c *rpc) ask(ctx context.Context, qs ...*question) error {
	if c.alone && len(qs) > 1 {
		for _, q := range qs {
			if err := c.ask(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}
	pause := c.opt.Wait
	for n := 1; ; n++ {
		err := c.once(ctx, qs)
		if errors.Is(err, errLarge) && len(qs) > 1 {
			half := len(qs) / 2
			if err := c.ask(ctx, qs[:half]...); err != nil {
				return err
			}
			return c.ask(ctx, qs[half:]...)
		}
		if c.alone && len(qs) > 1 && err == nil {
			return c.ask(ctx, qs...)
		}
		var a *again
		if !errors.As(err, &a) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if n >= c.opt.Tries {
			return c.fault("is the node up, and its HTTP or WebSocket interface open?", errors.Join(ErrNode, a.err), "%s: given up after %d tries", qs[0].method, n)
		}
		if err := c.opt.Sleep(ctx, max(pause, min(a.after, 5*time.Minute))); err != nil {
			return err
		}
		pause = min(2*pause, time.Minute)
	}
}

func (c *rpc) fault(hint string, err error, format string, args ...any) error {
	return &Error{File: c.host, Msg: fmt.Sprintf(format, args...), Hint: hint, Err: err}
}

// once asks once. Broken connections, late and cut answers and rate limits are
// worth another try; what the node refuses is not.
func (c *rpc) once(ctx context.Context, qs []*question) error {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	first := c.last + 1
	body, err := c.body(qs)
	if err != nil {
		return err
	}
	if c.socket {
		return c.bySocket(ctx, body, qs, first)
	}
	return c.byHTTP(ctx, body, qs, first)
}

func (c *rpc) byHTTP(ctx context.Context, body []byte, qs []*question, first uint64) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.opt.HTTP.Do(req)
	if err != nil {
		return &again{err: c.unkeyed(err)}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil {
		return &again{err: err}
	}
	if err := c.status(resp, len(text), qs[0].method); err != nil {
		return err
	}
	err = c.answers(text, qs, first)
	var a *again
	if errors.As(err, &a) && resp.StatusCode >= 400 && resp.StatusCode < 500 {
		return c.fault("", ErrNode, "%s: the node refuses: %s", qs[0].method, resp.Status)
	}
	return err
}

func (c *rpc) body(qs []*question) ([]byte, error) {
	var all []map[string]any
	for _, q := range qs {
		c.last++
		if q.params == nil {
			q.params = []any{}
		}
		all = append(all, map[string]any{"jsonrpc": "2.0", "id": c.last, "method": q.method, "params": q.params})
	}
	if len(all) == 1 {
		return json.Marshal(all[0])
	}
	return json.Marshal(all)
}

// status judges what HTTP says, before the answer is read.
func (c *rpc) status(resp *http.Response, size int, method string) error {
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return c.fault("the key in the address, or what it allows", ErrNode, "%s: the node refuses: %s", method, resp.Status)
	case code == http.StatusRequestEntityTooLarge || size > maxReply:
		return c.fault("", errors.Join(ErrNode, errLarge), "%s: an answer of more than %d bytes, or %s", method, maxReply, resp.Status)
	case code == http.StatusTooManyRequests || code == http.StatusBadGateway || code == http.StatusServiceUnavailable || code == http.StatusGatewayTimeout:
		return &again{fmt.Errorf("status %s", resp.Status), retryAfter(resp)}
	}
	return nil
}

// retryAfter reads the header of that name: seconds, or a date (RFC 9110, 10.2.3).
func retryAfter(resp *http.Response) time.Duration {
	text := strings.TrimSpace(resp.Header.Get("Retry-After"))
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	until, err := http.ParseTime(text)
	sent, err2 := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || err2 != nil {
		return 0
	}
	return max(0, until.Sub(sent))
}

// answer is one answer of JSON-RPC 2.0.
type answer struct {
	ID     json.RawMessage `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *rpcError       `json:"error"`
}

// hollow reports whether an answer holds so many objects and nulls that they can
// hardly say anything: each takes up to sixty times its text in memory. Those of a
// node name addresses and hashes and are longer.
func hollow(text []byte) bool {
	n := bytes.Count(text, []byte("{")) + bytes.Count(text, []byte("null"))
	return n > 1<<15 && n > len(text)/24
}

// answers gives each question its answer: by id, in any order, each once.
func (c *rpc) answers(text []byte, qs []*question, first uint64) error {
	text = bytes.TrimSpace(text)
	if hollow(text) {
		return c.fault("ask another node", ErrLie, "%s: an answer of %d bytes that are nearly all empty objects", qs[0].method, len(text))
	}
	if !json.Valid(text) {
		if dec := json.NewDecoder(bytes.NewReader(text)); dec.Decode(&json.RawMessage{}) == nil {
			return c.fault("ask another node", ErrLie, "%s: two answers to one question", qs[0].method)
		}
		return &again{err: fmt.Errorf("an answer of %d bytes that breaks off or is no JSON", len(text))}
	}
	var all []answer
	if len(text) > 0 && text[0] == '[' {
		if err := json.Unmarshal(text, &all); err != nil {
			return c.fault("is it a node of Ethereum?", ErrLie, "%s: the answer is of another form: %v", qs[0].method, err)
		}
	} else {
		var one answer
		if err := json.Unmarshal(text, &one); err != nil {
			return c.fault("is it a node of Ethereum?", ErrLie, "%s: the answer is of another form: %v", qs[0].method, err)
		}
		if len(qs) > 1 && one.Error != nil && !c.stale(one.ID, first) {
			if one.Error.Code == codeLimit || one.Error.Code == http.StatusTooManyRequests {
				return &again{err: one.Error}
			}
			c.alone = true // one error for all: the node takes no batches
			return nil
		}
		all = append(all, one)
	}
	return c.deal(all, qs, first)
}

func (c *rpc) deal(all []answer, qs []*question, first uint64) error {
	given := make([]bool, len(qs))
	for i := range all {
		a := &all[i]
		id, err := strconv.ParseUint(string(a.ID), 10, 64)
		if alone := len(qs) == 1 && a.Error != nil && (len(a.ID) == 0 || string(a.ID) == "null"); alone {
			id, err = first, nil // an error about a question that was not understood has no id
		}
		if c.stale(a.ID, first) {
			return errStale
		}
		if err != nil || id < first || id >= first+uint64(len(qs)) {
			return c.fault("ask another node", ErrLie, "%s: an answer to question %.20q, asked were %d to %d", qs[0].method, a.ID, first, first+uint64(len(qs))-1)
		}
		n := id - first
		if given[n] {
			return c.fault("ask another node", ErrLie, "%s: two answers to one question", qs[n].method)
		}
		given[n] = true
		if err := c.take(a, qs[n]); err != nil {
			return err
		}
	}
	for n, ok := range given {
		if !ok {
			return &again{err: fmt.Errorf("%s: no answer to question %d of %d", qs[n].method, n+1, len(qs))}
		}
	}
	return nil
}

// stale reports whether an answer is to a question of before, on a connection where
// such answers can still come.
func (c *rpc) stale(id json.RawMessage, first uint64) bool {
	n, err := strconv.ParseUint(string(id), 10, 64)
	return c.socket && err == nil && n > 0 && n < first
}

// take reads one answer into its question.
func (c *rpc) take(a *answer, q *question) error {
	q.said, q.null = a.Error, false
	// A batch that is asked again must not keep what was said the first time: JSON
	// fills what is there.
	if v := reflect.ValueOf(q.out); v.Kind() == reflect.Pointer && !v.IsNil() {
		v.Elem().SetZero()
	}
	if a.Error != nil {
		if a.Error.Code == codeLimit || a.Error.Code == http.StatusTooManyRequests {
			return &again{err: a.Error}
		}
		return nil
	}
	if len(a.Result) == 0 || string(a.Result) == "null" {
		q.null = true
		return nil
	}
	if err := json.Unmarshal(a.Result, q.out); err != nil {
		return c.fault("is it a node of Ethereum?", ErrLie, "%s: the answer is of another form: %v", q.method, err)
	}
	return nil
}

// must asks and takes an error of the node's own for the end.
func (c *rpc) must(ctx context.Context, qs ...*question) error {
	if err := c.ask(ctx, qs...); err != nil {
		return err
	}
	for _, q := range qs {
		if q.said != nil {
			return c.fault("", errors.Join(ErrNode, q.said), "%s", q.method)
		}
	}
	return nil
}
