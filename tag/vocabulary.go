package tag

import (
	"slices"
	"strings"
)

// Level is one of the fourteen confidence ids of TagPack, surest first.
type Level struct {
	ID      string
	Level   int // 0 to 100
	Meaning string
}

// Levels are the confidence ids with GraphSense's levels. The order is that of
// falling level, and of TagPack's own table among equals.
var Levels = []Level{
	{"override", 100, "the creator vouches that the tag stands for the whole cluster"},
	{"ownership", 100, "the creator holds the key"},
	{"ledger_immanent", 100, "read from the ledger itself"},
	{"manual_transaction", 90, "the creator sent between known services"},
	{"service_api", 70, "from the interface of a known service"},
	{"forensic_investigation", 70, "found in a case"},
	{"authority_data", 60, "published by an authority"},
	{"trusted_provider", 50, "from a trusted third party"},
	{"service_data", 50, "published by the service"},
	{"forensic", 50, "from a credible report or paper"},
	{"untrusted_transaction", 40, "somebody else sent between known services"},
	{"web_crawl", 20, "scraped"},
	{"heuristic", 10, "derived"},
	{"unknown", 5, "nothing known"},
}

// Confidence gives the level of each confidence id, 0 to 100.
var Confidence = func() map[string]int {
	m := map[string]int{}
	for _, l := range Levels {
		m[l.ID] = l.Level
	}
	return m
}()

func confidenceIDs() []string {
	var ids []string
	for _, l := range Levels {
		ids = append(ids, l.ID)
	}
	slices.Sort(ids)
	return ids
}

// taxonomy is the tree of concepts, one a word; a line's first word is the
// parent of the others. Source: the INTERPOL darknet and cryptoassets taxonomy,
// version 0.1.0, as TagPack takes it.
const taxonomy = `
concept unknown behaviour source entity item
behaviour abuse gray_usage white_usage deployer funder
abuse sexual_abuse violence human_trafficking scam phishing drugs weapons sanction counterfeit
abuse financial_crime extortion hacking extremism black_list
sexual_abuse child_sexual_abuse
violence murder torture
financial_crime investment_fraud money_laundering payment_card_fraud
investment_fraud ponzi_scheme
ponzi_scheme pyramid_scheme
extortion sextortion ransomware
hacking service_hack account_hack exploit data_breach social_engineering malware
extremism terrorism terrorism_financing
black_list gov_black_list
gray_usage mixing
mixing coinjoin
white_usage cold_wallet hot_wallet warm_wallet deposit_wallet white_list
white_list gov_white_list
source mention dark_web
mention website_mention
website_mention forum_mention
entity organization user service
user victim perpetrator donation miner
service exchange filesharing index market messaging_service mixing_service mining_service gambling
service search_engine shop faucet payment_processor atm hosting vpn nameservice wallet_service defi
wallet_service escrow_wallet ico_wallet
defi defi_token defi_lending defi_dex defi_derivatives defi_bridge defi_dao defi_staking defi_custody
defi_dex defi_dex_pair
item collectible
`

// broader gives each concept its parent; concepts are the ids in the order of
// the tree's lines.
var broader, concepts = func() (map[string]string, []string) {
	up, all := map[string]string{}, []string{"concept"}
	for _, line := range strings.Split(strings.TrimSpace(taxonomy), "\n") {
		words := strings.Fields(line)
		for _, w := range words[1:] {
			up[w] = words[0]
			all = append(all, w)
		}
	}
	return up, all
}()

// Concepts are the 93 ids of the taxonomy, broader ones before narrower.
func Concepts() []string { return slices.Clone(concepts) }

// Broader is the concept one step up; "" for the root and for unknown words.
func Broader(concept string) string { return broader[concept] }

// KnownConcept reports whether a word is one of the 93.
func KnownConcept(concept string) bool { return concept == "concept" || broader[concept] != "" }

// IsA reports whether a concept is another or is narrower than it.
func IsA(concept, wide string) bool {
	for c := concept; c != ""; c = broader[c] {
		if c == wide {
			return true
		}
	}
	return false
}
