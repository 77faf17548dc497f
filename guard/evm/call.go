package evm

import (
	"fmt"
	"strings"

	"github.com/holiman/uint256"
)

// Limits of decoding: what is deeper or more is reported as undecoded.
const (
	// MaxDepth is the deepest nesting of calls in calls.
	MaxDepth = 8
	// MaxActions is the largest number of actions and of calls.
	MaxActions = 1000
	// MaxData is the longest calldata or envelope, in bytes.
	MaxData = 1 << 20
)

// Undecoded is a part that the decoder gives no meaning.
type Undecoded struct {
	// Path is the place of the call in the tree, as in Frame.
	Path string `json:"path,omitempty"`
	// Offset and Length give the bytes within that call's data, or within the
	// document; both are 0 where no bytes can be named.
	Offset int `json:"offset"`
	Length int `json:"length"`
	// Reason says why, for a person.
	Reason string `json:"reason"`
}

// String writes the reason with its place.
func (u Undecoded) String() string {
	where := ""
	if u.Path != "" {
		where = "call " + u.Path + ": "
	}
	if u.Length > 0 {
		where += fmt.Sprintf("bytes %d to %d: ", u.Offset, u.Offset+u.Length-1)
	}
	return where + u.Reason
}

// Frame is one call before it is decoded.
type Frame struct {
	// Path is the place in the tree: "" for the outermost call, "2" for its third
	// inner call, "2.0" for the first of that one.
	Path string
	// From is the account in whose name the call is made: the sender, or the
	// wallet whose code makes it. Nil if unknown (an unsigned envelope).
	From *Address
	To   Address
	// Value is in wei. A delegatecall moves none; there it is what the item says.
	Value uint256.Int
	Data  []byte
	// Delegate is set for a delegatecall: the code at To runs as the account From.
	Delegate bool
}

// Call is a decoded call with the calls inside it.
type Call struct {
	Frame
	// Function is what the selector is taken for; nil if there is none or it is
	// not known.
	Function *Function
	Args     []Arg
	// Library names the pinned library at To, where the caller's Pin knows one.
	Library string
	Inner   []*Call

	tree *Tree
}

// Tree is a decoded call, flat and as a tree.
type Tree struct {
	Root *Call
	// Actions of all calls in the order in which they are made.
	Actions []Action
	// Undecoded lists what has no meaning. Empty means complete.
	Undecoded []Undecoded

	decoder Decoder
	calls   int
}

// Complete reports whether every byte has a meaning.
func (t *Tree) Complete() bool { return len(t.Undecoded) == 0 }

// Decoder holds what Decode knows. The zero value knows no function; use
// StandardFunctions for the ones of this package.
type Decoder struct {
	Functions Functions
	// Pin names the library at an address that is called by delegatecall, or
	// returns "". Nil pins nothing.
	Pin func(Address) string
}

// Decode reads a call and the calls inside it. It never fails: what it cannot
// read is in Tree.Undecoded.
func (d Decoder) Decode(root Frame) *Tree {
	t := &Tree{decoder: d}
	t.Root = t.decode(root)
	return t
}

func (t *Tree) decode(f Frame) *Call {
	c := &Call{Frame: f, tree: t}
	t.calls++
	if len(f.Data) > MaxData {
		c.Leave(0, len(f.Data), fmt.Sprintf("more than %d bytes of data", MaxData))
		return c
	}
	if f.Delegate {
		if t.decoder.Pin != nil {
			c.Library = t.decoder.Pin(f.To)
		}
		c.Act(Action{Kind: Delegatecall, To: &f.To, Amount: f.Value})
	} else if !f.Value.IsZero() {
		c.Act(Action{Kind: NativeTransfer, To: &f.To, Amount: f.Value})
	}
	switch {
	case len(f.Data) == 0:
		if f.Value.IsZero() && !f.Delegate {
			c.Act(Action{Kind: ContractCall, To: &f.To})
		}
	case len(f.Data) < 4:
		c.Act(Action{Kind: ContractCall, To: &f.To})
		c.Leave(0, len(f.Data), "data shorter than a selector")
	default:
		c.read()
	}
	return c
}

// read names the function, decodes its arguments and lets it say what it does.
func (c *Call) read() {
	fn := c.tree.decoder.Functions[[4]byte(c.Data)]
	if fn == nil {
		c.Act(Action{Kind: ContractCall, To: &c.To})
		c.Leave(0, len(c.Data), fmt.Sprintf("unknown function 0x%x", c.Data[:4]))
		return
	}
	c.Function = fn
	args, faults, err := decodeArgs(fn.params, c.Data[4:])
	if err != nil {
		c.Act(Action{Kind: ContractCall, To: &c.To, Name: fn.Name()})
		c.Leave(4, len(c.Data)-4, fn.Name()+": "+err.Error())
		return
	}
	c.Args = args
	for _, f := range faults {
		c.Leave(f.Offset+4, f.Length, f.Reason)
	}
	fn.read(c)
}

// Arg returns the argument of that name. It panics if the signature has none,
// which is a fault of the function's own table.
func (c *Call) Arg(name string) Arg {
	for _, a := range c.Args {
		if a.Name == name {
			return a
		}
	}
	panic("evm: " + c.Function.Signature + " has no argument " + name)
}

// Act records an action of this call. Path, Contract (the called address), From,
// Name, Delegate and Library are filled in where they are empty.
func (c *Call) Act(a Action) {
	if len(c.tree.Actions) >= MaxActions {
		c.tree.overflow()
		return
	}
	a.Path, a.Delegate, a.Library = c.Path, c.Delegate, c.Library
	if a.Contract == nil {
		a.Contract = &c.To
	}
	if a.From == nil {
		a.From = c.From
	}
	if a.Name == "" && c.Function != nil {
		a.Name = c.Function.Name()
	}
	c.tree.Actions = append(c.tree.Actions, a)
}

// Leave records a part of this call's data as undecoded.
func (c *Call) Leave(offset, length int, reason string) {
	if len(c.tree.Undecoded) >= MaxActions {
		return // it is incomplete already, and a person has reasons enough
	}
	c.tree.Undecoded = append(c.tree.Undecoded, Undecoded{Path: c.Path, Offset: offset, Length: length, Reason: reason})
}

// Enter decodes a call that this one makes. Path is filled in.
func (c *Call) Enter(f Frame) {
	f.Path = fmt.Sprint(len(c.Inner))
	if c.Path != "" {
		f.Path = c.Path + "." + f.Path
	}
	if depth := strings.Count(f.Path, ".") + 1; depth > MaxDepth {
		c.Leave(0, 0, fmt.Sprintf("calls nested more than %d deep", MaxDepth))
		return
	}
	if c.tree.calls >= MaxActions {
		c.tree.overflow()
		return
	}
	c.Inner = append(c.Inner, nil)
	c.Inner[len(c.Inner)-1] = c.tree.decode(f)
}

// overflow says once that there is more than is decoded.
func (t *Tree) overflow() {
	const reason = "more than 1000 calls or actions"
	for _, u := range t.Undecoded {
		if u.Reason == reason {
			return
		}
	}
	t.Undecoded = append(t.Undecoded, Undecoded{Reason: reason})
}
