package tag

import (
	"strings"
	"testing"
)

func TestVocabulary(t *testing.T) {
	all := Concepts()
	seen := map[string]bool{}
	for _, c := range all {
		if seen[c] {
			t.Errorf("%s is there twice", c)
		}
		if up := Broader(c); c != "concept" && !seen[up] {
			t.Errorf("%s stands before or without its parent %q", c, up)
		}
		if !IsA(c, "concept") || !KnownConcept(c) {
			t.Errorf("%s is no concept", c)
		}
		seen[c] = true
	}
	if len(all) != 93 || len(Levels) != 14 || len(Confidence) != 14 {
		t.Errorf("%d concepts, %d levels", len(all), len(Levels))
	}
	if !IsA("pyramid_scheme", "financial_crime") || IsA("hacking", "service_hack") || KnownConcept("hosted_wallet") || !IsA("service_hack", "abuse") {
		t.Error("the tree is not the taxonomy's")
	}
	for i, l := range Levels[1:] {
		if l.Level > Levels[i].Level {
			t.Errorf("%s stands after a surer one", l.ID)
		}
	}
}

func TestTheft(t *testing.T) {
	for label, want := range map[string]bool{
		"Upbit Hacker 9.99": true, "Bitfinex hack": true, "Fake_Phishing123": true, "Exchange hot wallet hack": true, "STOLEN funds": true,
		"Hacken (HAI)": false, "Shackle": false, "Bitfinex": false, "Exploitation": false, "": false,
	} {
		if got := (Tag{Label: label}).Theft(); got != want {
			t.Errorf("%q: %v", label, got)
		}
	}
	for concept, want := range map[string]bool{"hacking": true, "exploit": true, "perpetrator": true, "seizure": true, "sanction": false, "exchange": false, "scam": false} {
		if got := (Tag{Label: "x", Concepts: []string{concept}}).Theft(); got != want {
			t.Errorf("%s: %v", concept, got)
		}
	}
}

// TestStop: the surest service counts; one tag of theft on the account and none
// does; a pack about thefts makes no boundary, and spoils no other's.
func TestStop(t *testing.T) {
	service := Tag{Label: "Crawled", Confidence: "web_crawl", Concepts: []string{"exchange"}}
	surer := Tag{Label: "Published", Confidence: "service_data", Concepts: []string{"exchange"}}
	theft := Tag{Label: "exploiter", Confidence: "unknown"}
	about := Tag{Label: "Bitfinex", Confidence: "service_data", Concepts: []string{"exchange"}, AboutTheft: true}
	list := Tag{Label: "listed", Confidence: "authority_data", Concepts: []string{"sanction"}}
	for name, c := range map[string]struct {
		tags         []Tag
		want         string
		ok, disputed bool
	}{
		"none":               {nil, "", false, false},
		"surest":             {[]Tag{service, surer}, "Published", true, false},
		"theft beside":       {[]Tag{surer, theft}, "", false, true},
		"theft alone":        {[]Tag{theft}, "", false, false},
		"pack about thefts":  {[]Tag{about}, "", false, false},
		"and another's word": {[]Tag{about, service}, "Crawled", true, false},
		"sanctioned service": {[]Tag{list, service}, "Crawled", true, false},
		"sanctioned":         {[]Tag{list}, "", false, false},
	} {
		stop, ok, disputed := Stop(c.tags)
		if stop.Label != c.want || ok != c.ok || disputed != c.disputed {
			t.Errorf("%s: %q %v %v", name, stop.Label, ok, disputed)
		}
	}
}

func TestRole(t *testing.T) {
	for label, want := range map[string]Role{
		"bitfinex BTC hot wallet": Hot, "bitfinex EOS/EOS Tokens cold/wallet": Cold, "Coinhako: Warm Wallet": Warm, "bitfinex KAIhot wallet": "",
		"Binance: Deposit": Deposit, "Kraken Deposit Address 3": Deposit, "Upbit deposit": Deposit, "Deposit funder": "", "Beacon deposit contract": "",
		"Exchange hot wallet hack": "", "Cold wallet, then hot wallet": "", "Hot Stuff (HOT)": "", "ColdWallet 2": Cold, "Binance 20": "",
	} {
		if got := (Tag{Label: label}).Role(); got != want {
			t.Errorf("%q: %q, want %q", label, got, want)
		}
	}
	if got := (Tag{Label: "x", Concepts: []string{"exchange", "warm_wallet"}}).Role(); got != Warm {
		t.Errorf("by concept: %q", got)
	}
	if got := (Tag{Label: "hot wallet", Concepts: []string{"service_hack"}}).Role(); got != "" {
		t.Errorf("a hacked one: %q", got)
	}
}

// TestAlarm: what a screening shows, and that it says why.
func TestAlarm(t *testing.T) {
	for why, x := range map[string]Tag{
		"OFAC SDN as of 2024-09-27, listed 2022-08-08, no more on the list of 2025-03-21": {Listed: &Listing{List: "OFAC SDN", ListDate: "2024-09-27", Begin: "2022-08-08", End: "2025-03-21"}},
		"OFAC SDN as of an unstated date":                                                 {Listed: &Listing{List: "OFAC SDN"}},
		"concept ransomware":                                                              {Concepts: []string{"user", "ransomware"}},
		"words of the label":                                                              {Label: "Asset listed under US Treasury OFAC Sanctions List"},
		"a pack about thefts":                                                             {Label: "Bitfinex", AboutTheft: true},
	} {
		if got, ok := x.Alarm(); !ok || got != why {
			t.Errorf("%q %v, want %q", got, ok, why)
		}
	}
	if why, ok := (Tag{Label: "Binance 20", Concepts: []string{"exchange"}}).Alarm(); ok {
		t.Error(why)
	}
	if strings.Contains(Listing{List: "x"}.String(), "listed") {
		t.Error("a begin that is not stated")
	}
}
