package tag

import (
	"strings"
	"testing"
)

func good() Tag {
	return Tag{Ledger: "eip155:1", Account: "0xa", Label: "Exchange hot wallet", Concepts: []string{"exchange"}, Confidence: "service_data", Source: "https://example.org/list"}
}

func TestBoundary(t *testing.T) {
	for _, c := range []struct {
		confidence string
		concepts   []string
		want       bool
	}{
		{"service_data", []string{"exchange"}, true},
		{"web_crawl", []string{"mixing_service"}, true}, // level 20, the least that counts
		{"heuristic", []string{"exchange"}, false},      // below it
		{"authority_data", []string{"hacking"}, false},  // a thief's own address
		{"authority_data", []string{"sanction", "theft"}, false},
		{"service_data", nil, false},
		{"ownership", []string{"hacking", "defi_bridge"}, false}, // theft beats service
		{"ownership", []string{"service_hack", "exchange"}, false},
		{"authority_data", []string{"sanction", "mixing_service"}, true}, // a sanctioned mixer is a mixer
	} {
		tag := good()
		tag.Confidence, tag.Concepts = c.confidence, c.concepts
		if got := tag.Boundary(); got != c.want {
			t.Errorf("%s %v: boundary %v, want %v", c.confidence, c.concepts, got, c.want)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*Tag){
		"no address": func(t *Tag) { t.Account = "" },
		"no label":   func(t *Tag) { t.Label = "" },
		"hearsay":    func(t *Tag) { t.Source = "" },
		"not one of": func(t *Tag) { t.Confidence = "certain" },
	} {
		var s Set
		tag := good()
		spoil(&tag)
		if err := s.Add(tag); err == nil || !strings.Contains(err.Error(), want) || s.Len() != 0 {
			t.Errorf("want an error with %q and nothing kept, got %v and %d", want, err, s.Len())
		}
	}
}

// Tags that disagree stand side by side, surest first; a tag of another ledger
// does not bleed over, one without a ledger holds on all.
func TestSetOn(t *testing.T) {
	var s Set
	add := func(label, confidence, ledger string) {
		tag := good()
		tag.Label, tag.Confidence, tag.Ledger = label, confidence, ""
		if ledger != "" {
			tag.Ledger = "eip155:56"
		}
		if err := s.Add(tag); err != nil {
			t.Fatal(err)
		}
	}
	add("crawled", "web_crawl", "")
	add("official", "authority_data", "")
	add("other chain", "ownership", "eip155:56")
	add("crawled too", "web_crawl", "")
	var got []string
	for _, x := range s.On("eip155:1", "0xa") {
		got = append(got, x.Label)
	}
	if want := "official, crawled, crawled too"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ", "), want)
	}
	if len(s.On("eip155:1", "0xb")) != 0 || s.Len() != 4 {
		t.Error("a tag where there is none, or one lost")
	}
}

func TestName(t *testing.T) {
	tag := good()
	if tag.Name() != "Exchange hot wallet" {
		t.Error(tag.Name())
	}
	tag.Entity = "Exchange"
	if tag.Name() != "Exchange" {
		t.Error(tag.Name())
	}
}
