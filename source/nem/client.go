package nem

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
)

// RewriteLimit is how many blocks NEM nodes replace at most: a quarter of a day's
// 1,440 (BlockChainConstants of NIS; its first versions had half a day).
const RewriteLimit = 360

// Options of a Client. The zero value asks each question up to six times, waits
// half a second and then twice as long each time, and gives an answer 30 seconds.
type Options struct {
	// Tries is how often a question is asked before the node is given up.
	Tries int
	// Timeout bounds one answer.
	Timeout time.Duration
	// Wait is the time before the second try; it doubles up to a minute.
	Wait time.Duration
	// PageSize of lists, 5 to 100; NIS gives 25 by itself.
	PageSize int
	// MaxList bounds a list in bytes, all its pages together; 0 is 1 GiB, a million
	// transactions and more.
	MaxList int
	// Sleep waits; tests replace it.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Client asks a NIS1 node. It only reads.
type Client struct {
	base string // may hold a password or a key
	name string // scheme and host alone, for errors and evidence
	http http.Client
	opt  Options
	top  int64 // the greatest height seen
}

// NewClient makes a client of the node at a URL such as http://localhost:7890.
func NewClient(base string, opt Options) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &Error{File: "--node", Msg: "not the address of a node", Hint: "as in http://localhost:7890", Err: ErrNode}
	}
	if opt.Tries == 0 {
		opt.Tries = 6
	}
	if opt.Timeout == 0 {
		opt.Timeout = 30 * time.Second
	}
	if opt.Wait == 0 {
		opt.Wait = 500 * time.Millisecond
	}
	if opt.PageSize == 0 {
		opt.PageSize = 25
	}
	if opt.MaxList == 0 {
		opt.MaxList = maxList
	}
	if opt.PageSize < 5 || opt.PageSize > 100 {
		return nil, &Error{File: u.Host, Msg: fmt.Sprintf("a page of %d; NIS gives 5 to 100", opt.PageSize), Err: ErrNode}
	}
	if opt.Sleep == nil {
		opt.Sleep = sleep
	}
	return &Client{base: strings.TrimRight(base, "/"), name: u.Scheme + "://" + u.Host, opt: opt}, nil
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

// Height is the height of the node's chain. A node that falls back further than
// NEM rewrites is refused with ErrHeight.
func (c *Client) Height(ctx context.Context) (uint64, error) {
	a, err := c.ask(ctx, http.MethodGet, "/chain/height", nil)
	if err != nil {
		return 0, err
	}
	if a.wire.Height == nil || *a.wire.Height <= 0 {
		return 0, &Error{File: a.Name, Msg: "no height in the answer", Err: ErrJSON}
	}
	h := *a.wire.Height
	if h < c.top-RewriteLimit {
		return 0, &Error{File: a.Name, Msg: fmt.Sprintf("height %d after %d: more than the %d blocks that NEM rewrites", h, c.top, RewriteLimit), Hint: "the node synchronises anew; wait, or ask another", Err: ErrHeight}
	}
	c.top = max(c.top, h)
	return uint64(h), nil
}

// Block is the answer with the block of a height.
func (c *Client) Block(ctx context.Context, height uint64) (Answer, error) {
	a, err := c.blockAt(ctx, height)
	return a.Answer, err
}

func (c *Client) blockAt(ctx context.Context, height uint64) (asked, error) {
	body, err := json.Marshal(map[string]uint64{"height": height})
	if err != nil {
		return asked{}, err
	}
	a, err := c.ask(ctx, http.MethodPost, "/block/at/public", body)
	if err != nil {
		return asked{}, err
	}
	if a.wire.Height == nil || uint64(*a.wire.Height) != height {
		return asked{}, &Error{File: a.Name, Msg: fmt.Sprintf("asked for block %d, another came", height), Err: ErrContradiction}
	}
	a.Name += "#" + strconv.FormatUint(height, 10)
	return a, nil
}

// Account is the answer with an account's balance.
func (c *Client) Account(ctx context.Context, a ledger.Account) (Answer, error) {
	got, err := c.ask(ctx, http.MethodGet, "/account/get?address="+string(a), nil)
	if err != nil {
		return Answer{}, err
	}
	if got.wire.Account == nil || strings.ReplaceAll(got.wire.Account.Address, "-", "") != string(a) {
		return Answer{}, &Error{File: got.Name, Msg: "asked for " + string(a) + ", another account came", Err: ErrContradiction}
	}
	return got.Answer, nil
}

// Transfers are the pages of all transactions of an account, newest first, walked
// back by id to the account's first.
func (c *Client) Transfers(ctx context.Context, a ledger.Account) ([]Answer, error) {
	return c.pages(ctx, "/account/transfers/all?address="+string(a))
}

// Mosaics are the pages of the mosaics that a namespace defines.
func (c *Client) Mosaics(ctx context.Context, namespace string) ([]Answer, error) {
	return c.pages(ctx, "/namespace/mosaic/definition/page?namespace="+url.QueryEscape(namespace))
}

const maxList = 1 << 30

// pages walks a list back by id. Each page must lie wholly below the one before: a
// node that gives one again is refused, since its list would never end, and one
// whose list is longer than any.
func (c *Client) pages(ctx context.Context, path string) ([]Answer, error) {
	var out []Answer
	size := 0
	for last := int64(-1); ; {
		q := path + "&pageSize=" + strconv.Itoa(c.opt.PageSize)
		if last >= 0 {
			q += "&id=" + strconv.FormatInt(last, 10)
		}
		a, err := c.ask(ctx, http.MethodGet, q, nil)
		if err != nil {
			return nil, err
		}
		if a.wire.Data == nil {
			return nil, &Error{File: a.Name, Msg: "no page in the answer", Err: ErrJSON}
		}
		if len(*a.wire.Data) == 0 {
			return out, nil
		}
		for i, p := range *a.wire.Data {
			if p.Meta == nil || p.Meta.ID == nil {
				return nil, &Error{File: a.Name, Record: fmt.Sprintf("data[%d]", i), Msg: "an entry without meta.id", Err: ErrJSON}
			}
			if id := *p.Meta.ID; last >= 0 && id >= last || id < 0 {
				return nil, &Error{File: a.Name, Record: fmt.Sprintf("data[%d]", i), Msg: fmt.Sprintf("id %d does not lie below %d", id, last), Hint: "ask another node", Err: ErrRepeat}
			}
			last = *p.Meta.ID
		}
		if size += len(a.Body); size > c.opt.MaxList {
			return nil, &Error{File: c.name + path, Msg: fmt.Sprintf("a list of more than %d bytes in %d pages", c.opt.MaxList, len(out)+1), Hint: "ask another node", Err: ErrEndless}
		}
		out = append(out, a.Answer)
	}
}

// asked is an answer, decoded.
type asked struct {
	Answer
	wire wireAnswer
}

// errRetry marks what is worth asking again.
type errRetry struct {
	err   error
	after time.Duration
}

func (e *errRetry) Error() string { return e.err.Error() }

// ask asks until an answer comes, is refused for good, or the tries are used up.
func (c *Client) ask(ctx context.Context, method, path string, body []byte) (asked, error) {
	wait := c.opt.Wait
	for n := 1; ; n++ {
		a, err := c.once(ctx, method, path, body)
		var again *errRetry
		if !errors.As(err, &again) {
			return a, err
		}
		if ctx.Err() != nil {
			return a, ctx.Err()
		}
		if n == c.opt.Tries {
			return a, &Error{File: c.name + path, Msg: fmt.Sprintf("given up after %d tries: %v", n, again.err), Hint: "is the node up, and its port open?", Err: errors.Join(ErrNode, again.err)}
		}
		if err := c.opt.Sleep(ctx, max(wait, again.after)); err != nil {
			return a, err
		}
		wait = min(2*wait, time.Minute)
	}
}

// once asks once. Broken connections, late and cut answers, 429 and failures of
// the server are worth another try; what the node refuses is not.
func (c *Client) once(ctx context.Context, method, path string, body []byte) (asked, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	a := asked{Answer: Answer{Name: c.name + path}}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // its text has the address
			err = u.Err
		}
		return a, &errRetry{err: err}
	}
	defer resp.Body.Close()
	if a.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1)); err != nil {
		return a, &errRetry{err: err}
	}
	if len(a.Body) > maxAnswer {
		return a, &Error{File: a.Name, Msg: fmt.Sprintf("an answer of more than %d bytes", maxAnswer), Err: ErrJSON}
	}
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 {
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After")) // absent or a date: our own wait
		return a, &errRetry{fmt.Errorf("status %s", resp.Status), min(time.Duration(max(seconds, 0))*time.Second, time.Minute)}
	}
	answers, err := decode(a.Name, a.Body)
	if resp.StatusCode != http.StatusOK {
		msg := resp.Status
		if err == nil && answers[0].Message != "" {
			msg += ": " + clip(answers[0].Message)
		}
		return a, &Error{File: a.Name, Msg: "the node refuses: " + msg, Err: ErrNode}
	}
	if err != nil {
		return a, &errRetry{err: err}
	}
	a.wire = answers[0]
	return a, nil
}

// Fetch asks a node for the transactions and balances of accounts and for the
// definitions of the mosaics in them, and reads all of it. What the node said can
// be kept: it is returned, too.
func Fetch(ctx context.Context, c *Client, accounts []ledger.Account) (*Source, []Answer, error) {
	before, err := c.Height(ctx)
	if err != nil {
		return nil, nil, err
	}
	var all []Answer
	for _, a := range accounts {
		pages, err := c.Transfers(ctx, a)
		if err != nil {
			return nil, nil, err
		}
		b, err := c.Account(ctx, a)
		if err != nil {
			return nil, nil, err
		}
		all = append(append(all, pages...), b)
	}
	definitions, err := c.definitions(ctx, all)
	if err != nil {
		return nil, nil, err
	}
	all = append(all, definitions...)
	after, err := c.Height(ctx)
	if err != nil {
		return nil, nil, err
	}
	s, err := Read(c.name, all)
	if err != nil {
		return nil, nil, err
	}
	if after < before {
		s.info.Notes = append(s.info.Notes, fmt.Sprintf("the node fell from height %d to %d while it was asked: ask again", before, after))
	}
	if young := s.above(max(after, RewriteLimit) - RewriteLimit); young > 0 {
		s.info.Notes = append(s.info.Notes, fmt.Sprintf("%d transfers are within %d blocks of height %d and may still be rewritten", young, RewriteLimit, after))
	}
	return s, all, nil
}

func (s *Source) above(height uint64) int {
	n := 0
	for i := range s.all {
		if s.all[i].Key.Block > height {
			n++
		}
	}
	return n
}

// definitions asks for the namespaces of the mosaics that occur.
func (c *Client) definitions(ctx context.Context, pages []Answer) ([]Answer, error) {
	var out []Answer
	seen := map[string]bool{"nem": true}
	for _, p := range pages {
		answers, err := decode(p.Name, p.Body)
		if err != nil {
			return nil, err
		}
		if answers[0].Data == nil {
			continue
		}
		for _, e := range *answers[0].Data {
			for _, m := range e.Transaction.moved() {
				space := m.ID.Namespace
				if seen[space] {
					continue
				}
				seen[space] = true
				got, err := c.Mosaics(ctx, space)
				if err != nil {
					return nil, err
				}
				out = append(out, got...)
			}
		}
	}
	return out, nil
}

// moved are the mosaics that a transaction moves.
func (t *wireTx) moved() []wireMosaic {
	if t == nil {
		return nil
	}
	if t.OtherTrans != nil {
		t = t.OtherTrans
	}
	return t.Mosaics
}
