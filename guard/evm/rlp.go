package evm

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/holiman/uint256"
)

// ErrRLP marks bytes that are not the one canonical encoding of an item
// (Ethereum Yellow Paper, appendix B): the same content in two encodings would
// have two hashes.
var ErrRLP = errors.New("not canonical RLP")

// item is an element of RLP: a string of bytes or a list.
type item struct {
	list bool
	// raw is the whole encoding, body what it holds. at is the place of raw in the
	// document.
	raw, body []byte
	at        int
}

// nextItem reads one item from the front of data, which stands at byte at of the
// document, and returns what follows.
func nextItem(data []byte, at int) (it item, rest []byte, err error) {
	fail := func(why string) (item, []byte, error) {
		return item{}, nil, fmt.Errorf("%w: byte %d: %s", ErrRLP, at, why)
	}
	if len(data) == 0 {
		return fail("an item is missing")
	}
	b := data[0]
	if b < 0x80 {
		return item{raw: data[:1], body: data[:1], at: at}, data[1:], nil
	}
	list, short := b >= 0xc0, int(b)-0x80
	if list {
		short = int(b) - 0xc0
	}
	head, size := 1, short
	if short > 55 {
		n := short - 55 // bytes of the length
		if len(data) < 1+n {
			return fail("a length ends early")
		}
		if head, size, err = longLength(data[1:], n); err != nil {
			return fail(err.Error())
		}
	}
	if size > len(data)-head {
		return fail(fmt.Sprintf("%d bytes are announced, %d are there", size, len(data)-head))
	}
	it = item{list: list, raw: data[:head+size], body: data[head : head+size], at: at}
	if !list && size == 1 && it.body[0] < 0x80 {
		return fail("a small byte with a length before it")
	}
	return it, data[head+size:], nil
}

// longLength reads a length of n bytes, which must need that many and be above 55.
func longLength(data []byte, n int) (head, size int, err error) {
	if data[0] == 0 {
		return 0, 0, errors.New("a length with a leading zero")
	}
	if n > 4 {
		return 0, 0, errors.New("a length above 4 GiB")
	}
	for _, c := range data[:n] {
		size = size<<8 | int(c)
	}
	if size <= 55 {
		return 0, 0, errors.New("a short length in the long form")
	}
	return 1 + n, size, nil
}

// items reads the elements of a list.
func (it item) items() ([]item, error) {
	if !it.list {
		return nil, fmt.Errorf("%w: byte %d: bytes where a list belongs", ErrRLP, it.at)
	}
	var all []item
	at := it.at + len(it.raw) - len(it.body)
	for rest := it.body; len(rest) > 0; {
		e, next, err := nextItem(rest, at)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
		at += len(e.raw)
		rest = next
	}
	return all, nil
}

// fixed reads a string of exactly len(into) bytes.
func (it item) fixed(into []byte) error {
	if it.list || len(it.body) != len(into) {
		return fmt.Errorf("%w: byte %d: %d bytes belong here", ErrRLP, it.at, len(into))
	}
	copy(into, it.body)
	return nil
}

// uint reads a number of at most the given bits, without leading zeros.
func (it item) uint(limit int) (n uint256.Int, err error) {
	if it.list || len(it.body) > 32 || len(it.body) > 0 && it.body[0] == 0 {
		return n, fmt.Errorf("%w: byte %d: a number without leading zeros belongs here", ErrRLP, it.at)
	}
	n.SetBytes(it.body)
	if n.BitLen() > limit {
		return n, fmt.Errorf("%w: byte %d: number above %d bits", ErrRLP, it.at, limit)
	}
	return n, nil
}

// listOf encodes a list of items that are encoded already.
func listOf(items ...[]byte) []byte {
	var body []byte
	for _, it := range items {
		body = append(body, it...)
	}
	return append(header(0xc0, len(body)), body...)
}

// bytesItem encodes a string of bytes.
func bytesItem(b []byte) []byte {
	if len(b) == 1 && b[0] < 0x80 {
		return []byte{b[0]}
	}
	return append(header(0x80, len(b)), b...)
}

// uintItem encodes a number.
func uintItem(n uint256.Int) []byte { return bytesItem(n.Bytes()) }

func header(base byte, size int) []byte {
	if size <= 55 {
		return []byte{base + byte(size)}
	}
	n := (bits.Len(uint(size)) + 7) / 8
	h := []byte{base + 55 + byte(n)}
	for i := n - 1; i >= 0; i-- {
		h = append(h, byte(size>>(8*i)))
	}
	return h
}
