package ethereum

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// socket is one WebSocket (RFC 6455) to a node. What comes over it is told apart by
// one reader: a hint at a new head, or an answer.
type socket struct {
	conn  *websocket.Conn
	stop  context.CancelFunc
	in    chan []byte   // answers, one at a time
	heads chan struct{} // hints; holds one
	gone  chan struct{} // closed when reading has ended, for err
	err   error
	asked bool // for hints
}

// errStale marks an answer to a question asked earlier on the same connection: one
// that came too late, or twice.
var errStale = errors.New("an answer to an earlier question")

// maxStale is how many stale answers are passed over for one question.
const maxStale = 100

// maxHint bounds a message that can be a hint: a block's head has some 2 kB.
const maxHint = 64 << 10

func isSocket(scheme string) bool { return scheme == "ws" || scheme == "wss" }

// bySocket asks once over the WebSocket, which is opened if it is not there.
func (c *rpc) bySocket(ctx context.Context, body []byte, qs []*question, first uint64) error {
	s, err := c.connect(ctx, qs[0].method)
	if err != nil {
		return err
	}
	if err := s.conn.Write(ctx, websocket.MessageText, body); err != nil {
		// When the node has closed the connection, it may have said why.
		c.hangUp()
		return c.broken(errors.Join(s.err, err), qs[0].method)
	}
	for stale := 0; ; stale++ {
		select {
		case text := <-s.in:
			err := c.answers(text, qs, first)
			if errors.Is(err, errStale) && stale < maxStale {
				continue
			}
			if errors.Is(err, errStale) {
				err = c.fault("ask another node", ErrLie, "%s: more than %d answers to earlier questions", qs[0].method, maxStale)
			}
			if unclear(err) {
				c.hangUp()
			}
			return err
		case <-s.gone:
			c.hangUp()
			return c.broken(s.err, qs[0].method)
		case <-ctx.Done(): // its answer may still come: not on the next connection
			c.hangUp()
			return &again{err: ctx.Err()}
		}
	}
}

// unclear reports whether after this error more of the same answer may follow.
func unclear(err error) bool {
	var a *again
	var said *rpcError
	if errors.As(err, &a) {
		return !errors.As(a.err, &said)
	}
	return err != nil
}

// connect gives the connection, or opens one.
func (c *rpc) connect(ctx context.Context, method string) (*socket, error) {
	if c.sock != nil {
		select {
		case <-c.sock.gone:
			c.hangUp()
		default:
			return c.sock, nil
		}
	}
	conn, resp, err := websocket.Dial(ctx, c.url, &websocket.DialOptions{HTTPClient: c.opt.HTTP})
	if err != nil {
		return nil, c.refused(resp, err, method)
	}
	conn.SetReadLimit(maxReply)
	ctx, stop := context.WithCancel(context.Background()) // ended by hangUp
	s := &socket{conn: conn, stop: stop, in: make(chan []byte), heads: make(chan struct{}, 1), gone: make(chan struct{})}
	c.sock = s
	go s.read(ctx)
	return s, nil
}

// refused judges a handshake that failed. Its text may have the address.
func (c *rpc) refused(resp *http.Response, err error, method string) error {
	if resp != nil {
		if fault := c.status(resp, 0, method); fault != nil {
			return fault
		}
		if resp.StatusCode >= 400 && resp.StatusCode < 500 || resp.StatusCode == http.StatusOK {
			return c.fault("does it speak WebSocket at this address?", ErrNode, "%s: the node refuses: %s", method, resp.Status)
		}
		return &again{err: fmt.Errorf("status %s", resp.Status)}
	}
	return &again{err: c.unkeyed(err)}
}

// unkeyed is an error without the address that it was met at, which may hold a key.
func (c *rpc) unkeyed(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if err != nil && c.url != "" && strings.Contains(err.Error(), c.url) {
		return errors.New("the connection fails")
	}
	return err
}

// broken judges why a connection ended.
func (c *rpc) broken(err error, method string) error {
	if errors.Is(err, websocket.ErrMessageTooBig) || websocket.CloseStatus(err) == websocket.StatusMessageTooBig {
		return c.fault("", errors.Join(ErrNode, errLarge), "%s: an answer of more than %d bytes, or a question too large for the node", method, maxReply)
	}
	return &again{err: c.unkeyed(err)}
}

// hangUp ends the connection and waits for its reader.
func (c *rpc) hangUp() {
	s := c.sock
	if s == nil {
		return
	}
	c.sock = nil
	s.stop()
	s.conn.CloseNow() // whether it was open does not matter
	<-s.gone
}

func (s *socket) read(ctx context.Context) {
	defer close(s.gone)
	for {
		_, text, err := s.conn.Read(ctx)
		if err != nil {
			s.err = err
			return
		}
		if isHint(text) {
			select {
			case s.heads <- struct{}{}:
			default: // one is waiting already
			}
			continue
		}
		select {
		case s.in <- text:
		case <-ctx.Done():
			s.err = ctx.Err()
			return
		}
	}
}

// isHint reports whether a message is a notification of a subscription: a method
// and no id.
func isHint(text []byte) bool {
	if len(text) > maxHint || !bytes.Contains(text, []byte(`"eth_subscription"`)) {
		return false
	}
	var m struct {
		Method string
		ID     json.RawMessage
	}
	return json.Unmarshal(text, &m) == nil && m.Method == "eth_subscription" && len(m.ID) == 0
}

// hintPause is the least time between two looks at the head, however many hints
// come.
const hintPause = 50 * time.Millisecond

// Wait waits for a time, or, where the node is asked over WebSocket, until it hints
// at a new head. A hint is taken for no more than that: what the head is, the next
// reading asks. A node that gives no hints, and one that is down, is waited for
// the whole time.
func (n *Node) Wait(ctx context.Context, d time.Duration) error {
	began := time.Now()
	heads := n.rpc.hints(ctx, d)
	if heads == nil {
		return n.opt.Sleep(ctx, max(0, d-time.Since(began)))
	}
	t := time.NewTimer(max(0, d-time.Since(began)))
	defer t.Stop()
	select {
	case <-heads:
		return wait(ctx, max(0, hintPause-time.Since(began)))
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hints is where hints at new heads come, nil when none do. They are asked for once
// on each connection, and for at most the time given.
func (c *rpc) hints(ctx context.Context, d time.Duration) <-chan struct{} {
	if !c.socket || c.deaf {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	s, err := c.connect(ctx, "eth_subscribe")
	if err != nil {
		return nil
	}
	if s.asked {
		return s.heads
	}
	var name json.RawMessage
	q := &question{method: "eth_subscribe", params: []any{"newHeads"}, out: &name}
	if err := c.once(ctx, []*question{q}); err != nil || c.sock != s {
		return nil
	}
	s.asked, c.deaf = q.said == nil, q.said != nil
	if c.deaf {
		return nil
	}
	return s.heads
}

// Close ends the connection to a node that is asked over WebSocket. The node may be
// asked again, over another one.
func (n *Node) Close() error {
	n.rpc.hangUp()
	return nil
}
