package casefile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Account gives a word its meaning as an account: EVM addresses in any case are
// one account, and one that is not whole is an error.
func (l *Loaded) Account(w Word) (ledger.Account, error) {
	name := canonical(w.Text)
	if strings.HasPrefix(name, "0x") && !evmAddress.MatchString(name) && l.evm() {
		return "", l.fail(w.Line, "write 0x and all 40 hexadecimal digits; an address is never shortened", ErrValue, "%q is not an address", w.Text)
	}
	return ledger.Account(name), nil
}

var (
	evmAddress = regexp.MustCompile(`^0x[0-9a-f]{40}$`)
	evmName    = regexp.MustCompile(`^0[xX][0-9a-fA-F]+(:[0-9]+)?$`)
)

// canonical writes hexadecimal names (addresses, transactions) in lower case,
// and leaves every other name as it is.
func canonical(name string) string {
	if evmName.MatchString(name) {
		return strings.ToLower(name)
	}
	return name
}

// evm reports whether every ledger of the case is an EVM chain.
func (l *Loaded) evm() bool {
	for _, lg := range l.Case.Ledgers {
		if !strings.HasPrefix(string(lg.ID), "eip155:") {
			return false
		}
	}
	return true
}

// Ledger finds the ledger of a word; an empty word is the only ledger, and an
// error when there are several.
func (l *Loaded) Ledger(w Word) (ledger.Info, error) {
	ledgers := l.Graph.Info().Ledgers
	if w.Text == "" && len(ledgers) == 1 {
		return ledgers[0], nil
	}
	var ids []string
	for _, info := range ledgers {
		if string(info.ID) == w.Text {
			return info, nil
		}
		ids = append(ids, string(info.ID))
	}
	if w.Text == "" {
		return ledger.Info{}, l.fail(w.Line, "there are "+strings.Join(ids, ", "), ErrUnknown, "say on which ledger")
	}
	return ledger.Info{}, l.fail(w.Line, nearest(w.Text, ids), ErrUnknown, "no ledger is called %q", w.Text)
}

// ledgerID is Ledger for places where an empty word means any ledger.
func (l *Loaded) ledgerID(w Word) (ledger.ID, error) {
	if w.Text == "" {
		return "", nil
	}
	info, err := l.Ledger(w)
	return info.ID, err
}

// Asset finds an asset by its id, or by the symbol of an asset that the case or
// ledger vouches for: a symbol that only strangers claim names nothing.
func (l *Loaded) Asset(w Word) (money.Asset, error) { return findAsset(l, w, l.assets) }

func findAsset(l *Loaded, w Word, assets []money.Asset) (money.Asset, error) {
	var known []money.Asset
	var strangers, symbols []string
	for _, a := range assets {
		switch {
		case string(a.ID) == w.Text:
			return a, nil
		case a.Symbol == w.Text && a.Known:
			known = append(known, a)
		case a.Symbol == w.Text:
			strangers = append(strangers, string(a.ID))
		}
		if a.Known {
			symbols = append(symbols, a.Symbol)
		}
	}
	switch {
	case len(known) == 1:
		return known[0], nil
	case len(known) > 1:
		return money.Asset{}, l.fail(w.Line, "name it by its id", ErrUnknown, "%d assets are called %q", len(known), w.Text)
	case len(strangers) > 0:
		return money.Asset{}, l.fail(w.Line, "name it by its id: "+strings.Join(strangers, ", "), ErrUnknown, "only assets that nobody vouches for are called %q", w.Text)
	}
	return money.Asset{}, l.fail(w.Line, nearest(w.Text, symbols), ErrUnknown, "no asset is called %q", w.Text)
}

// Amount gives an amount its asset and its count of atomic units.
func (l *Loaded) Amount(a Amount) (money.Amount, money.Asset, error) {
	asset, atomic, err := l.unit(a)
	if err != nil {
		return money.Zero, asset, err
	}
	places := asset.Decimals
	if atomic {
		places = 0
	}
	n, err := money.ParseDecimal(a.Digits, places)
	if err != nil {
		return n, asset, l.fail(a.Line, fmt.Sprintf("%s has %d decimals", asset.Name(), asset.Decimals), err, "amount of %s", asset.Name())
	}
	return n, asset, nil
}

// unit finds the asset of an amount. wei and sat are atomic units of the native
// asset of the one EVM or Bitcoin ledger.
func (l *Loaded) unit(a Amount) (asset money.Asset, atomic bool, err error) {
	prefix := map[string]string{"wei": "eip155:", "sat": "bip122:"}[a.Unit]
	if prefix == "" || a.Atomic {
		asset, err = l.Asset(Word{a.Unit, a.Line})
		return asset, a.Atomic, err
	}
	var native []money.AssetID
	for _, info := range l.Graph.Info().Ledgers {
		if strings.HasPrefix(string(info.ID), prefix) {
			native = append(native, info.Native)
		}
	}
	if len(native) != 1 {
		return asset, true, l.fail(a.Line, `write {atomic: "5", asset: …}`, ErrUnknown, "%s needs one ledger %s…, and there are %d", a.Unit, prefix, len(native))
	}
	return l.Graph.Info().Asset(native[0]), true, nil
}

// Filter turns a filter of one from, to and asset into one of the graph.
func (l *Loaded) Filter(w Where) (graph.Filter, error) {
	f := graph.Filter{Tx: canonical(w.Tx.Text), Since: w.Since, Until: w.Until, Attrs: w.Attrs}
	var err error
	if f.Ledger, err = l.ledgerID(w.Ledger); err != nil {
		return f, err
	}
	if f.Ledger == "" && len(l.Graph.Info().Ledgers) == 1 {
		f.Ledger = l.Graph.Info().Ledgers[0].ID
	}
	if len(w.From) == 1 {
		if f.From, err = l.Account(w.From[0]); err != nil {
			return f, err
		}
	}
	if len(w.To) == 1 {
		if f.To, err = l.Account(w.To[0]); err != nil {
			return f, err
		}
	}
	if len(w.Assets) == 1 {
		a, err := l.Asset(w.Assets[0])
		if err != nil {
			return f, err
		}
		f.Asset = a.ID
	}
	return f, nil
}

// Ref gives a word its meaning as a transaction, transfer or coin.
func (l *Loaded) Ref(w Word) string { return canonical(w.Text) }

// Marks are the theft lines of the case's text ledgers.
func (l *Loaded) Marks() []ledger.Mark { return l.marks }

// GroupAccounts are the accounts a group names, one by one or in a file; none
// when it names none.
func (l *Loaded) GroupAccounts(g Group) (map[ledger.Account]bool, error) {
	accounts, err := l.accounts(g.Accounts, g.File)
	set := make(map[ledger.Account]bool, len(accounts))
	for _, a := range accounts {
		set[a] = true
	}
	return set, err
}

// Carries reports whether a tag with the label, or with the concept, stands on
// an account; the empty one of the two is not asked for.
func (l *Loaded) Carries(id ledger.ID, a ledger.Account, label, concept string) bool {
	for _, t := range l.Tags.On(id, a) {
		if label != "" && t.Label == label || concept != "" && slices.Contains(t.Concepts, concept) {
			return true
		}
	}
	return false
}

// checkNames gives every name, amount and filter of the case its meaning once,
// so that a fault is found before any work is done.
func (l *Loaded) checkNames() error {
	u := l.Case.used
	for _, a := range u.amounts {
		if _, _, err := l.Amount(*a); err != nil {
			return err
		}
	}
	for _, w := range u.filters {
		if _, err := l.selection(*w); err != nil {
			return err
		}
	}
	for _, w := range u.assets {
		if _, err := l.Asset(w); err != nil {
			return err
		}
	}
	for _, w := range u.accounts {
		if _, err := l.Account(w); err != nil {
			return err
		}
	}
	for _, w := range u.ledgers {
		if _, err := l.Ledger(w); err != nil {
			return err
		}
	}
	for _, w := range l.Case.Through {
		if err := l.checkThrough(w); err != nil {
			return err
		}
	}
	for _, g := range l.Case.Groups {
		if _, err := l.GroupAccounts(g); err != nil {
			return err
		}
	}
	return l.checkThefts()
}

// checkThrough refuses to go on through what is no boundary: the word would do
// nothing, and the result would be stamped for nothing.
func (l *Loaded) checkThrough(w Word) error {
	a, err := l.Account(w)
	if err != nil {
		return err
	}
	for _, info := range l.Graph.Info().Ledgers {
		if _, ok := l.Boundary(info.ID, a); ok {
			return nil
		}
	}
	return l.fail(w.Line, "leave it out of through", ErrUnknown, "%s is no boundary", a)
}

// checkThefts looks up what seeds name.
func (l *Loaded) checkThefts() error {
	if len(l.Case.Thefts) > 0 && len(l.marks) > 0 {
		return l.fail(l.Case.Thefts[0].Line, "keep the thefts in one place", ErrValue, "the case states thefts and so does its text ledger")
	}
	for _, t := range l.Case.Thefts {
		for _, s := range t.Seeds {
			for _, ref := range []Word{s.Mark, s.Before} {
				if err := l.checkRef(ref); err != nil {
					return err
				}
			}
			if s.Inject == nil {
				continue
			}
			if _, err := l.Ledger(Word{s.Ledger.Text, s.Line}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Loaded) checkRef(w Word) error {
	if w.Text == "" {
		return nil
	}
	name := canonical(w.Text)
	_, err := l.Graph.Find(name)
	if coin, e := ledger.ParseCoin(name); err != nil && e == nil {
		_, err = l.Graph.Find(coin.Tx)
	}
	if err != nil {
		return l.fail(w.Line, "write the whole transaction or transfer id, or tx:vout for a coin", err, "no such transfer")
	}
	return nil
}
