package table

import (
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Mapping says how to read a table: which column is what, in which units, in
// which order. The YAML keys are those of a case file.
//
// A column is given by its name in the header. "A|B" takes the one of several
// names that the file has, as exports change over time; a name that ends in "?"
// may be missing from the file. A name of the file that is written just so
// comes before both readings.
type Mapping struct {
	// Preset starts from the mapping of this name (see Presets); every field
	// set here replaces the preset's.
	Preset string `yaml:"preset"`
	// Ledger is the CAIP-2 id, such as eip155:1. It decides how addresses are
	// written: on eip155 ledgers 0x and 40 hex digits, in lower case; elsewhere
	// exactly as in the file.
	Ledger ledger.ID `yaml:"ledger"`
	// Model must be "account", the default: see the package comment.
	Model string `yaml:"model"`
	// Delimiter between fields: "," by default, ";", "|" or "tab".
	Delimiter string `yaml:"delimiter"`

	// Native is the asset of rows without a contract, and of fees. eip155:1 and
	// bitcoin's main chain need not state it.
	Native Asset `yaml:"native"`
	// TokensOnly makes a row without a contract an error instead.
	TokensOnly bool `yaml:"tokens_only"`
	// Assets are the other assets that the mapping vouches for.
	Assets []Asset `yaml:"assets"`
	// Decimals of tokens that Assets does not list. Without it an amount in
	// decimal units of such a token is an error.
	Decimals *int `yaml:"decimals"`
	// TokenNamespace makes a contract an asset id: "<ledger>/<it>:<contract>".
	// On eip155 ledgers it is erc20.
	TokenNamespace string `yaml:"token_namespace"`

	// Unit of amounts and of the fee column: "atomic" (wei, satoshi) or
	// "decimal" (whole coins, "0.5").
	Unit string `yaml:"unit"`
	// Grouped allows commas between groups of three digits: "1,234.5".
	Grouped bool `yaml:"grouped"`

	Columns Columns `yaml:"columns"`
	// Keep lists columns whose values stay with the transfer as Attrs.
	Keep []string `yaml:"keep"`
	// Time is the form of the time column.
	Time TimeForm `yaml:"time"`

	// Order lists up to three columns that give the place in canonical order:
	// block, index of the transaction, index in the transaction ("" where the
	// table lacks one). Without any the time is the order.
	Order []string `yaml:"order"`
	// Sort puts the rows in that order. Otherwise they must stand in it.
	Sort bool `yaml:"sort"`
	// Ties says what equal places mean. "key", the default: the order is not
	// known, and the transfers are tied. "file": the file has them in order.
	Ties string `yaml:"ties"`

	// Fee says what the transaction cost, in the native asset. It is charged
	// once a transaction, however many rows the transaction has.
	Fee Fee `yaml:"fee"`
	// Status tells failed transactions: they moved nothing and paid the fee.
	Status Status `yaml:"status"`
	// AssumeSuccess takes rows without a status for successful. It is noted.
	AssumeSuccess bool `yaml:"assume_success"`

	// Complete says whose history of transactions is whole in this file.
	Complete Histories `yaml:"complete"`
	// Internal and Tokens say the same of traced moves and of token transfers:
	// "complete" (for the accounts of Complete), "unknown" (the default), or
	// "gap" (for all: known to be missing).
	Internal string `yaml:"internal"`
	Tokens   string `yaml:"tokens"`

	// notes that a preset gives along.
	notes []string
}

// Columns names the columns of a table. Tx, From, To and Amount are needed.
type Columns struct {
	Tx string `yaml:"tx"`
	// ID names a row. Without it the transaction does; a name that several rows
	// share is numbered name#1, name#2 in canonical order.
	ID   Key    `yaml:"id"`
	From string `yaml:"from"`
	To   string `yaml:"to"`
	// Created has the address of a contract that a transaction without a
	// receiver made.
	Created string `yaml:"created"`
	// Amount may be split by direction over several columns, as explorers do:
	// then all but one are zero or empty, or those that are not are equal.
	Amount Words `yaml:"amount"`
	// Asset has the symbol: with Contract a mere claim, without it a symbol or
	// id that Native or Assets declares.
	Asset string `yaml:"asset"`
	// Contract has the token's address; empty is the native asset.
	Contract string `yaml:"contract"`
	Time     string `yaml:"time"`
	// FeePayer has who pays the fee; the sender when not given.
	FeePayer string `yaml:"fee_payer"`
	// Precision has the unit, in atomic units, to which the amount is known.
	Precision string `yaml:"precision"`
}

// Key is what names a row: one column or several, joined by "/". With Unique a
// name that stands twice is an error. In YAML also just the column.
type Key struct {
	Column Words `yaml:"column"`
	Unique bool  `yaml:"unique"`
}

// Asset is an asset that the mapping vouches for, by id or, for a token, by
// contract.
type Asset struct {
	ID       money.AssetID `yaml:"id"`
	Contract string        `yaml:"contract"`
	Symbol   string        `yaml:"symbol"`
	Decimals *int          `yaml:"decimals"`
}

// TimeForm is the form of times: "unix" (seconds), "rfc3339", or a layout of
// Go's package time, which needs a numeric zone in it or a Zone beside it. In
// YAML also just the format.
type TimeForm struct {
	Format string `yaml:"format"`
	// Zone of times that do not state one: "UTC" or an offset like "+09:00".
	Zone string `yaml:"zone"`
}

// Fee is a column, in Unit, or the product of two, in atomic units. In YAML
// also just the column.
type Fee struct {
	Column  string `yaml:"column"`
	Product Words  `yaml:"product"`
}

// Status is a column with the values that mean success. Every other value is a
// failure, or, when Failed lists some, an error if it is not among them. An
// empty field that neither lists is an error.
type Status struct {
	Column string `yaml:"column"`
	OK     Words  `yaml:"ok"`
	Failed Words  `yaml:"failed"`
}

// Histories is a set of accounts: all, none, a list, or what Has says. In YAML
// "all", "none" or a list.
type Histories struct {
	All      bool
	Accounts []string
	Has      func(ledger.Account) bool
}

// Words is a list of words; in YAML also a single one.
type Words []string

// UnmarshalYAML reads a word or a list of words.
func (w *Words) UnmarshalYAML(decode func(any) error) error {
	var one string
	if decode(&one) == nil {
		*w = Words{one}
		return nil
	}
	return decode((*[]string)(w))
}

// UnmarshalYAML reads a column, a list of columns, or the mapping.
func (k *Key) UnmarshalYAML(decode func(any) error) error {
	if decode(&k.Column) == nil {
		return nil
	}
	type plain Key
	return decode((*plain)(k))
}

// UnmarshalYAML reads a format or the mapping.
func (t *TimeForm) UnmarshalYAML(decode func(any) error) error {
	if decode(&t.Format) == nil {
		return nil
	}
	type plain TimeForm
	return decode((*plain)(t))
}

// UnmarshalYAML reads a column or the mapping.
func (f *Fee) UnmarshalYAML(decode func(any) error) error {
	if decode(&f.Column) == nil {
		return nil
	}
	type plain Fee
	return decode((*plain)(f))
}

// UnmarshalYAML reads "all", "none" or a list of accounts.
func (h *Histories) UnmarshalYAML(decode func(any) error) error {
	var word string
	if decode(&word) == nil && (word == "all" || word == "none") {
		h.All = word == "all"
		return nil
	}
	return decode(&h.Accounts)
}
