package bitcoin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// NodeOptions say how a node is asked. Cookie or User and Password is needed by
// most nodes.
type NodeOptions struct {
	Network Network
	// User and Password of the node; or Cookie, the path of the file .cookie that
	// Bitcoin Core writes anew at each start.
	User, Password, Cookie string
	// HTTP is the client, for certificates of one's own; nil is a plain one.
	HTTP *http.Client
	// Timeout bounds one answer; 0 is 60 seconds.
	Timeout time.Duration
	// Tries is how often a question is asked before the node is given up; 0 is 6.
	Tries int
	// Wait is the time before the second try, doubled each time up to a minute;
	// 0 is half a second.
	Wait time.Duration
	// Poll is the time between two looks at the tip; 0 is one second.
	Poll time.Duration
	// Sleep waits; tests replace it.
	Sleep func(ctx context.Context, d time.Duration) error
}

// maxReply bounds one answer: a block of 4 MB in hex, and some.
const maxReply = 16 << 20

// rpc is a client of the JSON-RPC of Bitcoin Core and btcd. It only reads. The
// address may hold a password or a key, so that errors and evidence have the name:
// scheme and host alone.
type rpc struct {
	url, name string
	opt       NodeOptions
	next      uint64
}

func newRPC(base string, opt NodeOptions) (*rpc, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &Error{File: "--node", Offset: -1, Msg: "not the address of a node", Hint: "as in http://localhost:8332", Err: ErrNode}
	}
	if opt.HTTP == nil {
		opt.HTTP = &http.Client{}
	}
	if opt.Timeout == 0 {
		opt.Timeout = time.Minute
	}
	if opt.Tries == 0 {
		opt.Tries = 6
	}
	if opt.Wait == 0 {
		opt.Wait = 500 * time.Millisecond
	}
	if opt.Poll == 0 {
		opt.Poll = time.Second
	}
	if opt.Sleep == nil {
		opt.Sleep = sleep
	}
	if u.User != nil && opt.User == "" && opt.Password == "" {
		opt.User = u.User.Username()
		opt.Password, _ = u.User.Password()
	}
	u.User = nil
	return &rpc{url: u.String(), name: u.Scheme + "://" + u.Host, opt: opt}, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// rpcError is an error of the node's own.
type rpcError struct {
	Code    int64  `json:"code"`
	Message string `json:"message"`
}

func (e *rpcError) Error() string { return fmt.Sprintf("the node says: %s (%d)", e.Message, e.Code) }

// Codes of Bitcoin Core and btcd: the height is beyond the tip; the node is
// still starting.
const (
	codeNoHeight     = -8
	codeNoHeightBtcd = -1
	codeWarmingUp    = -28
)

// again marks what is worth asking again.
type again struct{ err error }

func (e *again) Error() string { return e.err.Error() }

// call asks until an answer comes, is refused for good, or the tries are used up.
func (c *rpc) call(ctx context.Context, out any, method string, params ...any) error {
	wait := c.opt.Wait
	for n := 1; ; n++ {
		err := c.once(ctx, out, method, params)
		var a *again
		if !errors.As(err, &a) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if n == c.opt.Tries {
			return &Error{File: c.name, Offset: -1, Msg: fmt.Sprintf("%s: given up after %d tries: %v", method, n, a.err), Hint: "is the node up, and its RPC port open?", Err: errors.Join(ErrNode, a.err)}
		}
		if err := c.opt.Sleep(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, time.Minute)
	}
}

// once asks once. Broken connections, late and cut answers, rate limits and full
// queues are worth another try; what the node refuses is not.
func (c *rpc) once(ctx context.Context, out any, method string, params []any) error {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	c.next++
	if params == nil {
		params = []any{}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "1.0", "id": c.next, "method": method, "params": params})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if err := c.authorize(req); err != nil {
		return err
	}
	resp, err := c.opt.HTTP.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // its text has the address, and so perhaps a key
			err = u.Err
		}
		return &again{err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil {
		return &again{err}
	}
	return c.reply(resp, text, out, method)
}

func (c *rpc) authorize(req *http.Request) error {
	user, password := c.opt.User, c.opt.Password
	if c.opt.Cookie != "" {
		text, err := os.ReadFile(c.opt.Cookie)
		if err != nil {
			return &Error{File: c.opt.Cookie, Offset: -1, Msg: err.Error(), Hint: "the node writes it while it runs, in its data folder", Err: err}
		}
		var ok bool
		if user, password, ok = strings.Cut(strings.TrimSpace(string(text)), ":"); !ok {
			return &Error{File: c.opt.Cookie, Offset: -1, Msg: "no colon: not a cookie of Bitcoin Core", Err: ErrNode}
		}
	}
	if user != "" || password != "" {
		req.SetBasicAuth(user, password)
	}
	return nil
}

func (c *rpc) reply(resp *http.Response, text []byte, out any, method string) error {
	fail := func(sentinel error, hint, format string, args ...any) error {
		return &Error{File: c.name, Offset: -1, Msg: method + ": " + fmt.Sprintf(format, args...), Hint: hint, Err: sentinel}
	}
	switch {
	case len(text) > maxReply:
		return fail(ErrNode, "", "an answer of more than %d bytes", maxReply)
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return fail(ErrNode, "give the node's user and password, or its cookie file", "the node refuses: %s", resp.Status)
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusBadGateway || resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusGatewayTimeout:
		return &again{fmt.Errorf("status %s", resp.Status)}
	}
	result, err := c.decode(text)
	var said *rpcError
	switch {
	case errors.As(err, &said) && said.Code == codeWarmingUp:
		return &again{said}
	case errors.As(err, &said):
		return fail(errors.Join(ErrNode, said), "", "%v", said)
	case errors.Is(err, ErrLie):
		return fail(ErrLie, "", "%v", err)
	case err != nil && resp.StatusCode != http.StatusOK:
		return fail(ErrNode, "", "the node refuses: %s", resp.Status)
	case err != nil:
		return &again{err}
	}
	if err := json.Unmarshal(result, out); err != nil {
		return fail(ErrLie, "is it a node of Bitcoin?", "the answer is of another form: %v", err)
	}
	return nil
}

// decode reads one answer and holds that it is the answer to what was asked.
func (c *rpc) decode(text []byte) (json.RawMessage, error) {
	var a struct {
		Result json.RawMessage `json:"result"`
		Error  *rpcError       `json:"error"`
		ID     json.RawMessage `json:"id"`
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&a); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("two answers to one question: %w", ErrLie)
	}
	if a.Error != nil {
		return nil, a.Error
	}
	if string(a.ID) != fmt.Sprint(c.next) {
		return nil, fmt.Errorf("an answer to question %.20s, asked was %d: %w", a.ID, c.next, ErrLie)
	}
	return a.Result, nil
}
