package parquet

import (
	"encoding/json"
	"fmt"

	pq "github.com/parquet-go/parquet-go"

	"github.com/coldtrail/coldtrail/source/ethereum"
)

// nest is a list or group, or a part of one, that becomes JSON. Which values are
// there, and where a list goes on, is told by the levels that Parquet keeps with
// each value (the record shredding of the Dremel paper, Melnik et al. 2010).
type nest struct {
	name     string
	key      string // its name in JSON
	rep, def int    // levels of this node
	repeated bool
	optional bool
	list     bool  // wraps one repeated child
	element  *nest // of a repeated node that only wraps its element
	children []*nest
	leaves   []*leaf // all below
	leaf     *leaf
	form     func(dst []byte, text []byte) ([]byte, error) // of a leaf; nil is JSON by type
}

// leaf is a column below a nest, with the values of the row in work.
type leaf struct {
	column
	path   string
	row    int64 // in the group, of the next value
	next   int   // in the cursor's buffer
	values []pq.Value
	at     int
}

// newNest reads the shape of a column; nil when there is nothing in it.
func newNest(f *File, c *pq.Column) *nest {
	n := &nest{name: c.Name(), key: c.Name(), rep: c.MaxRepetitionLevel(), def: c.MaxDefinitionLevel(), repeated: c.Repeated(), optional: c.Optional()}
	if c.Leaf() {
		l := &leaf{path: fmt.Sprint(c.Path())}
		l.column = column{name: c.Name()}
		l.leaf(c)
		l.cursor = &cursor{index: c.Index()}
		n.leaf, n.leaves = l, []*leaf{l}
		return n
	}
	for _, child := range c.Columns() {
		k := newNest(f, child)
		if k == nil {
			return nil
		}
		n.children = append(n.children, k)
		n.leaves = append(n.leaves, k.leaves...)
	}
	if len(n.leaves) == 0 {
		return nil
	}
	n.unwrap(c)
	return n
}

// unwrap finds the element of a list, by the rules that parquet-format gives for
// the lists of older writers as well (LogicalTypes.md, Lists).
func (n *nest) unwrap(c *pq.Column) {
	if len(n.children) != 1 || !n.children[0].repeated || n.repeated {
		return
	}
	n.list = true
	middle := n.children[0]
	if len(middle.children) == 1 && middle.name != "array" && middle.name != n.name+"_tuple" {
		middle.element = middle.children[0]
	}
}

// json writes the column's value of the row in work.
func (c *column) json(f *File) (ethereum.Field, error) {
	for _, l := range c.nested.leaves {
		if err := l.gather(f); err != nil {
			return ethereum.Field{}, err
		}
	}
	n := c.nested
	if l := n.leaves[0]; n.optional && l.values[0].DefinitionLevel() < n.def {
		return ethereum.Field{}, nil
	}
	text, err := n.value(f, c.text[:0])
	if err != nil {
		return ethereum.Field{}, err
	}
	c.text = text
	return ethereum.Field{Text: text}, nil
}

// gather takes the values of the row in work: one, and all that repeat below it.
func (l *leaf) gather(f *File) error {
	for ; l.row <= f.row; l.row++ {
		l.values, l.at = l.values[:0], 0
		for {
			v, err := l.peek(f)
			if err != nil {
				return err
			}
			if v == nil || len(l.values) > 0 && v.RepetitionLevel() == 0 {
				break
			}
			l.values = append(l.values, v.Clone()) // pages end inside of rows
			l.next++
		}
		if len(l.values) == 0 {
			return f.fault(l.path, ethereum.ErrFormat, "the column ends before its group")
		}
	}
	return nil
}

// peek gives the next value, nil behind the last of the group.
func (l *leaf) peek(f *File) (*pq.Value, error) {
	if l.cursor.pages == nil || l.next == l.cursor.n {
		if l.cursor.pages != nil {
			chunk := f.groups[f.group].ColumnChunks()[l.cursor.index]
			if l.cursor.base+int64(l.cursor.n) >= chunk.NumValues() {
				return nil, nil
			}
		}
		if err := l.cursor.fill(f, l.path, true); err != nil {
			return nil, err
		}
		l.next = 0
	}
	return &l.cursor.buf[l.next], nil
}

// value writes what may be missing or repeated.
func (n *nest) value(f *File, out []byte) ([]byte, error) {
	if n.repeated {
		return n.array(f, out)
	}
	if n.optional {
		d, err := n.level(f)
		if err != nil {
			return nil, err
		}
		if d < n.def {
			return append(out, "null"...), n.skip(f)
		}
	}
	return n.present(f, out)
}

// present writes a value that is there.
func (n *nest) present(f *File, out []byte) ([]byte, error) {
	switch {
	case n.leaf != nil:
		return n.scalar(f, out)
	case n.list:
		return n.children[0].array(f, out)
	}
	out = append(out, '{')
	for i, child := range n.children {
		if i > 0 {
			out = append(out, ',')
		}
		key, err := json.Marshal(child.key)
		if err != nil {
			return nil, err
		}
		out = append(append(out, key...), ':')
		if out, err = child.value(f, out); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func (n *nest) array(f *File, out []byte) ([]byte, error) {
	out = append(out, '[')
	d, err := n.level(f)
	if err != nil {
		return nil, err
	}
	if d < n.def {
		return append(out, ']'), n.skip(f)
	}
	first := n.leaves[0]
	for i := 0; ; i++ {
		if i > 0 {
			out = append(out, ',')
		}
		if n.element != nil {
			out, err = n.element.value(f, out)
		} else {
			out, err = n.present(f, out)
		}
		if err != nil {
			return nil, err
		}
		if first.at >= len(first.values) || first.values[first.at].RepetitionLevel() != n.rep {
			return append(out, ']'), nil
		}
	}
}

// level is how much of the path to the next value is there.
func (n *nest) level(f *File) (int, error) {
	l := n.leaves[0]
	if l.at >= len(l.values) {
		return 0, f.fault(l.path, ethereum.ErrFormat, "its levels do not fit its neighbours'")
	}
	return l.values[l.at].DefinitionLevel(), nil
}

// skip passes over a value that is not there, which stands once in every column
// below.
func (n *nest) skip(f *File) error {
	for _, l := range n.leaves {
		if l.at >= len(l.values) {
			return f.fault(l.path, ethereum.ErrFormat, "its levels do not fit its neighbours'")
		}
		l.at++
	}
	return nil
}

// scalar writes the next value of a leaf.
func (n *nest) scalar(f *File, out []byte) ([]byte, error) {
	l := n.leaf
	if _, err := n.level(f); err != nil {
		return nil, err
	}
	v := &l.values[l.at]
	l.at++
	if v.IsNull() {
		return append(out, "null"...), nil
	}
	if l.convert == notRead {
		return nil, f.fault(l.path, ErrType, l.typeName)
	}
	field, err := l.field(f, v)
	if err != nil {
		return nil, err
	}
	if !field.Spread.IsZero() {
		return nil, f.fault(l.path, ErrType, "a double too large to be exact, in a list")
	}
	if n.form != nil {
		if out, err = n.form(out, field.Text); err != nil {
			return nil, f.fault(l.path, ethereum.ErrValue, err.Error())
		}
		return out, nil
	}
	switch l.convert {
	case asText, asAddress, asHex:
		if field.Text == nil {
			return append(out, "null"...), nil
		}
		quoted, err := json.Marshal(string(field.Text))
		return append(out, quoted...), err
	}
	return append(out, field.Text...), nil
}

func (n *nest) release() {
	for _, l := range n.leaves {
		l.column.release()
		l.row, l.next, l.at, l.values = 0, 0, 0, l.values[:0]
	}
}
