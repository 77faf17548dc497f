package parquet

import (
	"errors"
	"fmt"
	"io"

	pq "github.com/parquet-go/parquet-go"

	"github.com/coldtrail/coldtrail/source/ethereum"
)

// cursor reads the values of one leaf column of a row group, in order.
type cursor struct {
	index  int
	pages  pq.Pages // nil: not begun in this group
	page   pq.Page
	values pq.ValueReader
	buf    [256]pq.Value
	base   int64 // values before buf
	n      int   // values in buf
}

// at gives the value of a row of a column that has one a row.
func (c *cursor) at(f *File, col *column, row int64) (*pq.Value, error) {
	for c.pages == nil || row >= c.base+int64(c.n) {
		if err := c.fill(f, col.name, false); err != nil {
			return nil, err
		}
	}
	return &c.buf[row-c.base], nil
}

// fill reads on. repeated says that the column may have several values a row.
func (c *cursor) fill(f *File, name string, repeated bool) (err error) {
	defer f.catch(name, &err)
	if c.pages == nil {
		chunk := f.groups[f.group].ColumnChunks()[c.index]
		if n := chunk.NumValues(); n < f.rows || n > f.rows && !repeated {
			return f.fault(name, ethereum.ErrFormat, fmt.Sprintf("%d values in a group of %d rows", n, f.rows))
		}
		c.pages = chunk.Pages()
	}
	c.base += int64(c.n)
	c.n = 0
	for {
		if c.page == nil {
			if c.page, err = c.pages.ReadPage(); err != nil {
				c.page = nil
				if errors.Is(err, io.EOF) {
					return f.fault(name, ethereum.ErrFormat, fmt.Sprintf("the column ends at value %d of its group", c.base))
				}
				return f.fault(name, ethereum.ErrFormat, err.Error())
			}
			c.values = c.page.Values()
		}
		n, err := c.values.ReadValues(c.buf[:])
		if err != nil && !errors.Is(err, io.EOF) {
			return f.fault(name, ethereum.ErrFormat, err.Error())
		}
		if n > 0 {
			c.n = n
			return nil
		}
		pq.Release(c.page)
		c.page = nil
	}
}

func (c *cursor) release() {
	if c.page != nil {
		pq.Release(c.page)
	}
	if c.pages != nil {
		c.pages.Close()
	}
	*c = cursor{index: c.index}
}
