package api

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/tag"
)

// TagsAnswer is every claim on an address or transaction, surest first.
type TagsAnswer struct {
	Subject string       `json:"subject"`
	Checked bool         `json:"checksum_checked"`
	Fault   string       `json:"checksum_fault,omitempty" doc:"what is wrong with the address"`
	Records []tag.Record `json:"records"`
	Stops   []StopRecord `json:"stops" doc:"on which ledgers a trace would stop there"`
	Books   []BookRecord `json:"books" doc:"what was asked"`
}

// StopRecord says what a trace does at an address of a ledger.
type StopRecord struct {
	Ledger   ledger.ID `json:"ledger"`
	Stops    bool      `json:"stops"`
	Name     string    `json:"name,omitempty"`
	Disputed bool      `json:"disputed" doc:"tags of a service and of a theft stand here: the trace goes on"`
}

// BookRecord is a store of tags that was asked.
type BookRecord struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Tags   int    `json:"tags"`
}

func (s *Server) tagRoutes() {
	huma.Register(s.api, huma.Operation{OperationID: "tags", Method: http.MethodGet, Path: Prefix + "/tags", Tags: []string{"tags"},
		Summary: "Who is said to be behind an address: says who, and how sure"}, s.getTags)
}

var txHash = regexp.MustCompile(`^(0[xX])?[0-9a-fA-F]{64}$`)

func (s *Server) getTags(_ context.Context, in *struct {
	Subject string `query:"subject" required:"true" minLength:"1" maxLength:"16384" doc:"an address, or a transaction's hash"`
	Ledger  string `query:"ledger" doc:"only claims on this ledger (CAIP-2)"`
}) (*struct{ Body TagsAnswer }, error) {
	out := TagsAnswer{Subject: strings.TrimSpace(in.Subject), Records: []tag.Record{}, Stops: []StopRecord{}, Books: []BookRecord{}}
	tags, err := s.tagsOn(out.Subject)
	if err != nil {
		return nil, err
	}
	out.Checked, out.Fault = checksum(out.Subject)
	by, order := map[ledger.ID][]tag.Tag{}, []ledger.ID{}
	for _, t := range tags {
		if in.Ledger != "" && string(t.Ledger) != in.Ledger {
			continue
		}
		out.Records = append(out.Records, t.Record(out.Subject))
		if by[t.Ledger] == nil {
			order = append(order, t.Ledger)
		}
		by[t.Ledger] = append(by[t.Ledger], t)
	}
	for _, l := range order {
		stop, ok, disputed := tag.Stop(by[l])
		out.Stops = append(out.Stops, StopRecord{l, ok, stop.Name(), disputed})
	}
	for _, b := range s.o.Books {
		out.Books = append(out.Books, BookRecord{b.Name, b.SHA256, b.Tags})
	}
	return &struct{ Body TagsAnswer }{out}, nil
}

// tagsOn asks every book.
func (s *Server) tagsOn(subject string) ([]tag.Tag, error) {
	var out []tag.Tag
	for _, b := range s.o.Books {
		look := func() ([]tag.Tag, error) { return b.Anywhere(tag.Canonical(subject)) }
		if txHash.MatchString(subject) {
			look = func() ([]tag.Tag, error) { return b.AnywhereTx(subject) }
		}
		on, err := look()
		if err != nil {
			return nil, fmt.Errorf("tags of %s: %w", b.Name, err)
		}
		out = append(out, on...)
	}
	tag.Rank(out)
	return out, nil
}

// checksum says whether an address carries a checksum that holds.
func checksum(subject string) (checked bool, fault string) {
	if txHash.MatchString(subject) {
		return false, ""
	}
	word := map[tag.Family]string{tag.EVM: "ETH", tag.Tron: "TRX", tag.Base58: "BTC", tag.Bech32: "BTC"}[tag.FamilyOf(subject)]
	home, _ := tag.Network(word, subject)
	ok, err := tag.Check(home, subject)
	if err != nil {
		return false, err.Error()
	}
	return ok, ""
}
