package heist

import "reflect"

// The closed vocabularies of the register. docs/register.md gives the meaning and
// the standard behind each word.
type (
	// Property says what a claim is about.
	Property string
	// Basis says which of the ten amounts an amount is.
	Basis string
	// Valuation says at whose price a derived or cited fiat amount stands.
	Valuation string
	// Missing says why there is no value. A blank is not one of them: it means
	// that nobody looked.
	Missing string
	// Sector is the kind of victim.
	Sector string
	// Scope says whether the incident is a theft at all.
	Scope string
	// Status is VERIS's security_incident.
	Status string
	// Temperature is where the keys of the drained wallet were.
	Temperature string
	// Method is how the value was taken.
	Method string
	// AttributionStatus is how far an attribution has got.
	AttributionStatus string
	// Likelihood is an ICD 203 band. It is not confidence.
	Likelihood string
	// Confidence is ICD 203's: how good the ground of a judgement is.
	Confidence string
	// Ground is what an attribution rests on (EuRepoC attribution_basis).
	Ground string
	// Polarity says whether a party speaks for an attribution or against it.
	Polarity string
	// Rank is the standing of a claim among claims of one property.
	Rank string
	// Role is who has checked a claim a second time.
	Role string
	// SourceKind is the kind of a source.
	SourceKind string
	// ActorKind is the kind of an actor.
	ActorKind string
	// AssetKind is the kind of an asset.
	AssetKind string
)

// The properties a claim can have.
const (
	PropAmount      Property = "amount"
	PropAmountText  Property = "amount_text" // an amount in a row's words, not yet split
	PropAsset       Property = "asset"       // ledgers and assets that were hit
	PropOccurred    Property = "occurred"
	PropDiscovered  Property = "discovered"
	PropDisclosed   Property = "disclosed"
	PropReported    Property = "reported_to_authority"
	PropAttribution Property = "attribution"
	PropMethod      Property = "method"
	PropTemperature Property = "wallet_temperature"
	PropVictim      Property = "victim_identity"
	PropCountry     Property = "country"
	PropLegal       Property = "legal_event"
	PropOnchain     Property = "onchain_ref"
)

// The ten bases of an amount (docs/register.md).
const (
	Attempted  Basis = "attempted"
	Executed   Basis = "executed"
	LeftCtrl   Basis = "left_control"
	Proceeds   Basis = "proceeds_realised"
	Frozen     Basis = "frozen"
	Seized     Basis = "seized"
	Returned   Basis = "returned_by_attacker"
	Recovered  Basis = "recovered"
	Reimbursed Basis = "reimbursed_by_victim"
	Destroyed  Basis = "destroyed"
)

// Why a value is missing. "none" says that there was nothing; it is a finding.
const (
	Unknown       Missing = "unknown"        // the source says that it is not known
	None          Missing = "none"           // the source says that there is none
	NotReported   Missing = "not_reported"   // the source was read and is silent
	NotApplicable Missing = "not_applicable" // the question does not arise
)

// Words that the code itself asks about.
const (
	Preferred  Rank = "preferred"
	Normal     Rank = "normal"
	Deprecated Rank = "deprecated"

	For       Polarity = "for"
	Against   Polarity = "against"
	Withdrawn Polarity = "withdrawn"

	StatusUnknown  AttributionStatus = "unknown"
	StatusDisputed AttributionStatus = "disputed"

	Theft    Scope = "theft"
	NearMiss Scope = "near_miss"

	AtTheft  Valuation = "at_theft"
	AsBooked Valuation = "as_booked"
)

// Bases lists the ten bases in the order of a heist: what was asked for first.
func Bases() []Basis {
	return []Basis{Attempted, Executed, LeftCtrl, Proceeds, Frozen, Seized, Returned, Recovered, Reimbursed, Destroyed}
}

// words gives the words of each closed vocabulary.
var words = map[reflect.Type][]string{
	reflect.TypeFor[Property](): {"amount", "amount_text", "asset", "occurred", "discovered", "disclosed",
		"reported_to_authority", "attribution", "method", "wallet_temperature", "victim_identity", "country",
		"legal_event", "onchain_ref"},
	reflect.TypeFor[Basis](): {"attempted", "executed", "left_control", "proceeds_realised", "frozen", "seized",
		"returned_by_attacker", "recovered", "reimbursed_by_victim", "destroyed"},
	reflect.TypeFor[Missing](): {"unknown", "none", "not_reported", "not_applicable"},
	reflect.TypeFor[Sector](): {"exchange", "defi", "bridge", "wallet", "payment_system", "bank", "central_bank",
		"other"},
	reflect.TypeFor[Scope](): {"theft", "near_miss", "accident", "double_spend", "insider", "market_manipulation",
		"destruction"},
	reflect.TypeFor[Status]():      {"confirmed", "suspected", "near_miss", "false_positive"},
	reflect.TypeFor[Temperature](): {"hot", "warm", "cold", "unknown"},
	reflect.TypeFor[Method](): {"cold_path_tampering", "signing_manipulation", "hot_key_theft", "validator_key_theft",
		"admin_key_theft", "swift_fraud", "atm_cashout", "payment_system_fraud", "contract_exploit",
		"oracle_manipulation", "bridge_forgery", "supply_chain", "social_engineering", "insider", "address_swap",
		"double_spend", "accident", "account_takeover", "unknown"},
	reflect.TypeFor[AttributionStatus](): {"claimed", "assessed", "indicted", "sanctioned", "convicted", "disputed",
		"unknown"},
	reflect.TypeFor[Likelihood](): {"almost_no_chance", "very_unlikely", "unlikely", "roughly_even", "likely",
		"very_likely", "almost_certain"},
	reflect.TypeFor[Confidence](): {"low", "moderate", "high"},
	reflect.TypeFor[Ground](): {"onchain_commingling", "malware", "infrastructure", "human_or_legal",
		"not_stated"},
	reflect.TypeFor[Polarity](): {"for", "against", "withdrawn"},
	reflect.TypeFor[Rank]():     {"preferred", "normal", "deprecated"},
	reflect.TypeFor[Role]():     {"researcher", "editor", "maintainer", "outside_reviewer"},
	reflect.TypeFor[SourceKind](): {"victim", "court", "government", "un", "law_enforcement", "vendor", "researcher",
		"press", "aggregator", "self_claim", "onchain"},
	reflect.TypeFor[ActorKind](): {"state", "group", "person", "unnamed"},
	reflect.TypeFor[AssetKind](): {"fiat", "coin", "token"},
}

// Words lists the words of a vocabulary, in the order of docs/register.md:
// Words[Basis]().
func Words[V ~string]() []string {
	return append([]string(nil), words[reflect.TypeFor[V]()]...)
}
