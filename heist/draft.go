package heist

// A draft is a flat table: one row per incident, 26 columns. It is a form for
// taking facts in and out, not the register: one cell is one claim at most.
var draftColumns = []string{
	"id", "date", "victim", "victim_type", "country", "ledger_asset", "native_amount", "usd_attempted", "usd_stolen",
	"usd_recovered", "attributed_actor", "attribution_status", "attributing_party", "attribution_date", "method",
	"stolen_from", "source_urls", "notes", "date_precision", "usd_stolen_low", "usd_stolen_high",
	"usd_reimbursed_by_victim", "scope", "row_confidence", "admiralty", "attribution_confidence",
}

// draftRow is a row by column name.
type draftRow map[string]string

// Words of a draft that the register writes otherwise.
var (
	draftScopes  = map[string]Scope{"attempt_failed": NearMiss, "insider_or_exit": "insider"}
	draftSectors = map[string]Sector{"payment system": "payment_system", "central bank": "central_bank"}
	// draftCountries are English names as the draft writes them.
	draftCountries = map[string]string{
		"Bahrain": "BH", "Bangladesh": "BD", "Brazil": "BR", "Chile": "CL", "China": "CN", "China/Iran": "CN",
		"Ecuador": "EC", "Hong Kong": "HK", "India": "IN", "Indonesia": "ID", "Iran": "IR", "Italy": "IT",
		"Japan": "JP", "Malaysia": "MY", "Malta": "MT", "Mexico": "MX", "Nepal": "NP", "New Zealand": "NZ",
		"Nigeria": "NG", "Oman": "OM", "Pakistan": "PK", "Poland": "PL", "Russia": "RU", "Seychelles": "SC",
		"Singapore": "SG", "Slovakia": "SK", "Slovenia": "SI", "South Africa": "ZA", "South Korea": "KR",
		"Switzerland": "CH", "Taiwan": "TW", "Turkey": "TR", "UAE": "AE", "UK": "GB", "US": "US", "Uganda": "UG",
		"Vietnam": "VN",
	}
	// draftActors maps what a draft's actor cell holds to an actor; the first
	// that fits wins. The cell's text is kept.
	draftActors = []struct{ part, actor string }{
		{"- TraderTraitor", "tradertraitor"}, {"Citrine Sleet", "citrine-sleet"}, {"- APT38", "apt38"},
		{"- Lazarus", "lazarus"}, {"DPRK", "dprk"}, {"Predatory Sparrow", "predatory-sparrow"},
	}
	// draftMethods reads the method out of a draft's words; the first that fits
	// wins. The words are kept beside it.
	draftMethods = []struct {
		method Method
		parts  []string
	}{
		{"cold_path_tampering", []string{"path tampering"}},
		{"signing_manipulation", []string{"co-signing", "signing manipulation", "transaction request manipulated", "signers tricked"}},
		{"accident", []string{"self-destruct", "faulty reward"}},
		{"double_spend", []string{"double-spend"}},
		{"atm_cashout", []string{"atm"}},
		{"swift_fraud", []string{"swift"}},
		{"payment_system_fraud", []string{"spei", "pix ", "payment-system fraud", "payment diversion"}},
		{"supply_chain", []string{"supply-chain", "cloud-provider", "staking-partner", "wallet-vendor", "cloudflare"}},
		{"address_swap", []string{"address swap", "address tampering"}},
		{"bridge_forgery", []string{"transfer-logic", "proof forgery", "signature verification", "trusted-root", "forged cross-chain", "cross-chain manager"}},
		{"validator_key_theft", []string{"validator"}},
		{"oracle_manipulation", []string{"oracle", "price manipulation"}},
		{"insider", []string{"insider", "complicity", "developer privilege"}},
		{"admin_key_theft", []string{"admin private", "owner private", "upgrade-", "minter", "operator private", "founder key", "bridge private", "treasury wallet key"}},
		{"social_engineering", []string{"phish", "social engineering", "trojan", "fake job", "malicious trading app", "backdoor", "applejeus"}},
		{"contract_exploit", []string{"reentrancy", "exploit", "flash-loan", "bug", "flaw", "smart-contract", "governance", "race condition", "approval", "replay"}},
		{"account_takeover", []string{"account takeover", "api key", "2fa"}},
		{"hot_key_theft", []string{"hot wallet", "hot-wallet", "private key", "wallet key", "wallet theft", "cold keys", "cold) wallet", "server", "stolen private", "brute force", "cloud database"}},
	}
)

// draftBases are the columns of amounts in dollars.
var draftBases = []struct {
	column, id string
	basis      Basis
}{
	{"usd_attempted", "attempted-usd", Attempted},
	{"usd_stolen", "stolen-usd", LeftCtrl},
	{"usd_recovered", "recovered-usd", Recovered},
	{"usd_reimbursed_by_victim", "reimbursed-usd", Reimbursed},
}
