package table

import (
	"fmt"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// A plan is a mapping that has been checked: presets filled in, words turned
// into what they mean. It knows nothing yet of the file's header.
type plan struct {
	Mapping
	evm    bool
	comma  rune
	native money.Asset // id "" when rows without a contract are errors
	zone   *time.Location
	// complete has the listed accounts in canonical form.
	complete         map[ledger.Account]bool
	internal, tokens ledger.Known
}

// A complaint is a fault of the mapping, before it has a file's name.
type complaint struct{ msg, hint string }

func newPlan(m Mapping) (*plan, *complaint) {
	if m.Preset != "" {
		base, ok := presets[m.Preset]
		if !ok {
			hint := nearest(m.Preset, Presets())
			if hint == "" {
				hint = "there are " + strings.Join(Presets(), ", ")
			}
			return nil, &complaint{fmt.Sprintf("preset %q is not known", m.Preset), hint}
		}
		m = m.over(base)
	}
	p := &plan{Mapping: m, evm: strings.HasPrefix(string(m.Ledger), "eip155:")}
	for _, check := range []func() *complaint{
		p.checkWords, p.checkColumns, p.checkTime, p.checkAssets, p.checkFee, p.checkComplete,
	} {
		if c := check(); c != nil {
			return nil, c
		}
	}
	return p, nil
}

func (p *plan) checkWords() *complaint {
	switch {
	case p.Ledger == "":
		return &complaint{"the ledger is not named", "give its CAIP-2 id, such as ledger: eip155:1"}
	case p.Model != "" && p.Model != ledger.Accounts.String():
		return &complaint{fmt.Sprintf("a table is read as an account ledger, not %q", p.Model), "leave model out; coins need their inputs and outputs, which a table of from and to lacks"}
	case p.Unit != "atomic" && p.Unit != "decimal":
		return &complaint{fmt.Sprintf("unit %q of amounts is neither atomic nor decimal", p.Unit), "unit: atomic for wei or satoshi, unit: decimal for whole coins"}
	case p.Ties != "" && p.Ties != "key" && p.Ties != "file":
		return &complaint{fmt.Sprintf("ties %q is neither key nor file", p.Ties), "ties: file says that the file has rows of one place in their order"}
	}
	delimiters := map[string]rune{"": ',', ",": ',', ";": ';', "|": '|', "tab": '\t', "\t": '\t'}
	if p.comma = delimiters[p.Delimiter]; p.comma == 0 {
		return &complaint{fmt.Sprintf("delimiter %q is not one of , ; | tab", p.Delimiter), ""}
	}
	known := map[string]ledger.Known{"": ledger.Unknown, "unknown": ledger.Unknown, "complete": ledger.Complete, "gap": ledger.Gap}
	for _, w := range []struct {
		name, word string
		to         *ledger.Known
	}{{"internal", p.Internal, &p.internal}, {"tokens", p.Tokens, &p.tokens}} {
		verdict, ok := known[w.word]
		if !ok {
			return &complaint{fmt.Sprintf("%s: %q is not complete, unknown or gap", w.name, w.word), ""}
		}
		*w.to = verdict
	}
	return nil
}

func (p *plan) checkColumns() *complaint {
	c := p.Columns
	for _, need := range []struct {
		name  string
		there bool
	}{{"tx", c.Tx != ""}, {"from", c.From != ""}, {"to", c.To != ""}, {"amount", len(c.Amount) > 0}} {
		if !need.there {
			return &complaint{fmt.Sprintf("columns: %s is not given", need.name), "tx, from, to and amount are needed"}
		}
	}
	switch {
	case len(p.Order) > 3:
		return &complaint{fmt.Sprintf("order has %d columns", len(p.Order)), "at most three: block, index of the transaction, index in it"}
	case len(p.Order) > 0 && p.Order[0] == "":
		return &complaint{"order begins with no column", "its first column is the block, or a number that rises"}
	case len(p.Order) == 0 && c.Time == "":
		return &complaint{"neither order nor a time column is given", "name the columns that give the rows their order"}
	case c.ID.Unique && len(c.ID.Column) == 0:
		return &complaint{"id is unique but names no column", "id: {column: NAME, unique: true}"}
	}
	return nil
}

func (p *plan) checkTime() *complaint {
	f := p.Time
	if p.Columns.Time == "" {
		return nil
	}
	var err error
	if p.zone, err = zone(f.Zone); err != nil {
		return &complaint{err.Error(), "UTC, or an offset such as +09:00"}
	}
	switch f.Format {
	case "":
		return &complaint{"the form of times is not given", "time: unix, time: rfc3339, or a layout of Go's package time"}
	case "unix", "rfc3339":
		if f.Zone != "" && f.Zone != "UTC" {
			return &complaint{fmt.Sprintf("zone %s beside %s, which has its own", f.Zone, f.Format), "leave zone out"}
		}
		return nil
	}
	numeric := false
	for _, z := range []string{"Z07", "-07"} {
		numeric = numeric || strings.Contains(f.Format, z)
	}
	switch {
	case strings.Contains(f.Format, "MST"):
		// package time reads letters it does not know as a zone of offset zero.
		return &complaint{"zones given by letters are ambiguous", "convert the times, or state the offset as zone: \"+09:00\""}
	case numeric && f.Zone != "":
		return &complaint{"the layout has a zone, and zone gives another", "leave one of them out"}
	case !numeric && f.Zone == "":
		return &complaint{"the time zone is not known", "add zone: UTC if the times are UTC"}
	case !strings.Contains(f.Format, "2006"):
		return &complaint{fmt.Sprintf("layout %q has no year", f.Format), "layouts write the reference time, as in 2006-01-02 15:04:05"}
	}
	return nil
}

// zone reads "", "UTC" or an offset.
func zone(s string) (*time.Location, error) {
	if s == "" || s == "UTC" {
		return time.UTC, nil
	}
	t, err := time.Parse("-07:00", s)
	if err != nil {
		return nil, fmt.Errorf("zone %q is not an offset", s)
	}
	_, seconds := t.Zone()
	return time.FixedZone(s, seconds), nil
}

// natives are assets in which no one can be mistaken: CAIP-19 with SLIP-44.
var natives = map[ledger.ID]money.Asset{
	"eip155:1": {ID: "eip155:1/slip44:60", Symbol: "ETH", Decimals: 18, Known: true},
	"bip122:000000000019d6689c085ae165831e93": {ID: "bip122:000000000019d6689c085ae165831e93/slip44:0", Symbol: "BTC", Decimals: 8, Known: true},
}

func (p *plan) checkAssets() *complaint {
	p.native = natives[p.Ledger]
	if p.Native != (Asset{}) {
		a, c := p.declared(p.Native)
		if c != nil {
			return c
		}
		p.native = a
	}
	if p.native.ID == "" && !p.TokensOnly {
		return &complaint{fmt.Sprintf("the native asset of %s is not given", p.Ledger), "native: {id: LEDGER/slip44:N, symbol: XYZ, decimals: N}, or tokens_only: true"}
	}
	if p.TokenNamespace == "" && p.evm {
		p.TokenNamespace = "erc20"
	}
	if p.Columns.Contract != "" && p.TokenNamespace == "" {
		return &complaint{fmt.Sprintf("contracts on %s have no namespace", p.Ledger), "token_namespace: the word that stands before the contract in asset ids"}
	}
	if p.TokensOnly && p.Columns.Contract == "" && p.Columns.Asset == "" {
		return &complaint{"tokens_only without a contract or asset column", "name the column that tells the tokens apart"}
	}
	if p.Decimals != nil && !goodDecimals(*p.Decimals) {
		return &complaint{fmt.Sprintf("decimals: %d is not a number from 0 to 63", *p.Decimals), ""}
	}
	seen := map[money.AssetID]bool{p.native.ID: true}
	for _, a := range p.Assets {
		d, c := p.declared(a)
		if c != nil {
			return c
		}
		if seen[d.ID] {
			return &complaint{fmt.Sprintf("asset %s is declared twice", d.ID), ""}
		}
		seen[d.ID] = true
	}
	return nil
}

// declared turns an asset of the mapping into one that is vouched for.
func (p *plan) declared(a Asset) (money.Asset, *complaint) {
	id := a.ID
	if a.Contract != "" {
		contract, ok := p.account(a.Contract)
		if !ok {
			return money.Asset{}, &complaint{fmt.Sprintf("asset contract %q is not an address of %s", clip(a.Contract), p.Ledger), ""}
		}
		id = p.tokenID(contract)
	}
	switch {
	case id == "" || a.ID != "" && a.Contract != "":
		return money.Asset{}, &complaint{fmt.Sprintf("asset %q needs an id or a contract, and not both", a.Symbol), ""}
	case a.Symbol == "":
		return money.Asset{}, &complaint{fmt.Sprintf("asset %s has no symbol", id), ""}
	case a.Decimals == nil || !goodDecimals(*a.Decimals):
		return money.Asset{}, &complaint{fmt.Sprintf("asset %s needs decimals, a number from 0 to 63", id), ""}
	}
	return money.Asset{ID: id, Symbol: a.Symbol, Decimals: *a.Decimals, Known: true}, nil
}

func goodDecimals(n int) bool { return n >= 0 && n <= 63 }

func (p *plan) tokenID(contract ledger.Account) money.AssetID {
	return money.AssetID(string(p.Ledger) + "/" + p.TokenNamespace + ":" + string(contract))
}

func (p *plan) checkFee() *complaint {
	f := p.Fee
	tokens := p.Columns.Contract != "" || p.Columns.Asset != ""
	switch {
	case f.Column != "" && len(f.Product) > 0:
		return &complaint{"the fee is both a column and a product", "give one of them"}
	case len(f.Product) != 0 && len(f.Product) != 2:
		return &complaint{fmt.Sprintf("the fee is a product of %d columns", len(f.Product)), "fee: {product: [gas_price, gas_used]}"}
	case !p.hasFee():
		if p.Columns.FeePayer != "" {
			return &complaint{"a fee payer without a fee", "say which column has the fee"}
		}
	case tokens && p.Columns.FeePayer == "":
		// who sends a token need not be who sent the transaction
		return &complaint{"rows of tokens do not tell who paid the fee", "columns: fee_payer names the column with the sender of the transaction"}
	case p.native.ID == "":
		return &complaint{"a fee without a native asset", "native: {id: LEDGER/slip44:N, symbol: XYZ, decimals: N}"}
	}
	if p.Status.Column != "" && len(p.Status.OK) == 0 {
		return &complaint{"status does not say which values mean success", "status: {column: NAME, ok: \"1\"}"}
	}
	return nil
}

func (p *plan) hasFee() bool { return p.Fee.Column != "" || len(p.Fee.Product) > 0 }

func (p *plan) checkComplete() *complaint {
	p.complete = map[ledger.Account]bool{}
	for _, s := range p.Complete.Accounts {
		a, ok := p.account(s)
		if !ok {
			return &complaint{fmt.Sprintf("complete: %q is not an account of %s", clip(s), p.Ledger), ""}
		}
		p.complete[a] = true
	}
	return nil
}

// completeness is what the mapping says of an account.
func (p *plan) completeness(a ledger.Account) ledger.Completeness {
	c := ledger.Completeness{External: ledger.Unknown, Internal: p.internal, Tokens: p.tokens, Opening: ledger.Unknown}
	if p.Complete.All || p.complete[a] || p.Complete.Has != nil && p.Complete.Has(a) {
		c.External = ledger.Complete
		return c
	}
	// No word about others can be better than "unknown".
	c.Internal, c.Tokens = max(c.Internal, ledger.Unknown), max(c.Tokens, ledger.Unknown)
	return c
}

// account writes an account in the canonical form of the ledger.
func (p *plan) account(s string) (ledger.Account, bool) {
	if !p.evm {
		return ledger.Account(s), plainName(s)
	}
	if len(s) != 42 || s[0] != '0' || s[1] != 'x' {
		return "", false
	}
	for _, c := range []byte(s[2:]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return "", false
		}
	}
	return ledger.Account(strings.ToLower(s)), true
}

// plainName refuses names that cannot be told apart when printed.
func plainName(s string) bool {
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return false
		}
	}
	return s != "" && s == strings.TrimSpace(s)
}
