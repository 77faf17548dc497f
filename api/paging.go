package api

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
)

// Paging is the part of a list that a request asks for.
type Paging struct {
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000" doc:"records to give at most"`
	Cursor string `query:"cursor" maxLength:"100" doc:"where to go on: next of the answer before; absent: the beginning"`
}

// Page is a part of a list.
type Page[T any] struct {
	Records []T    `json:"records"`
	Next    string `json:"next" doc:"cursor of what follows; empty at the end"`
	Total   int    `json:"total" doc:"records in the whole list"`
}

// paged cuts a part out of a list. of says which list it is, with its filters: a
// cursor goes on only where it came from.
func paged[T any](p Paging, list []T, of ...any) (Page[T], error) {
	return pagedOf(p, len(list), func(i int) T { return list[i] }, of...)
}

// pagedOf is paged for a list whose records are made when they are shown.
func pagedOf[T any](p Paging, n int, at func(int) T, of ...any) (Page[T], error) {
	mark := markOf(of...)
	from, err := p.from(mark, n)
	if err != nil {
		return Page[T]{}, err
	}
	limit := p.Limit
	if limit <= 0 {
		limit = 100
	}
	out := Page[T]{Records: []T{}, Total: n}
	to := min(n, from+limit)
	for i := from; i < to; i++ {
		out.Records = append(out.Records, at(i))
	}
	if to < n {
		out.Next = cursorAt(to, mark)
	}
	return out, nil
}

// markOf is what cursors of one list carry, and no others.
func markOf(of ...any) string {
	h := fnv.New32a()
	fmt.Fprintf(h, "%q", of)
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}

func cursorAt(at int, mark string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(at) + " " + mark))
}

func (p Paging) from(mark string, n int) (int, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	at, of, _ := strings.Cut(string(text), " ")
	from, bad := strconv.Atoi(at)
	if err != nil || bad != nil || of != mark || from < 0 {
		return 0, problem(http.StatusBadRequest, "the cursor is not of this list", "take it from next of the answer before, with the same filters")
	}
	return min(from, n), nil
}
