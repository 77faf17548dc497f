package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/tag/known"
)

// lookup holds the flags of tag lookup.
type lookup struct {
	tags           []string
	network        string
	listDate       string
	screen, asJSON bool
}

func (a *app) tagLookupCommand() *cobra.Command {
	k := &lookup{}
	cmd := &cobra.Command{
		Use: "lookup ADDRESS...", Short: "Show every claim on addresses or transactions",
		Long: `lookup shows the tags on addresses, and on transactions given by their whole hash:
all claims, surest first, each with its network. It asks the indexes, packs and
folders given with --tags, and the small table of services inside the binary.

With --screen it asks something else: is there a claim of sanction, theft or
abuse on this address on any network? Addresses are then compared by their form,
never by a ticker. A hit exits 3. No hit says only that these lists have none.`,
		Args: some("lookup takes addresses or transaction hashes"),
		RunE: func(c *cobra.Command, args []string) error { return a.lookup(c.Context(), k, args) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&k.tags, "tags", nil, "index, pack or folder of packs to ask (may be given several times)")
	f.StringVar(&k.network, "network", "", "only this network, as packs write it (ETH) or by its id (eip155:1)")
	f.BoolVar(&k.screen, "screen", false, "look for sanctions, thefts and abuse on any network; a hit exits 3")
	f.StringVar(&k.listDate, "list-date", "", "state of sanctions lists that do not state it, when packs are read")
	f.BoolVar(&k.asJSON, "json", false, "write JSON Lines")
	return cmd
}

// tagAnswer is what is known of one address.
type tagAnswer struct {
	subject, spoilt string // as asked; what is wrong with its checksum
	checked         bool
	tags            []tag.Tag
}

func (a *app) lookup(ctx context.Context, k *lookup, args []string) error {
	if k.screen && k.network != "" {
		return usagef("--screen asks every network by the form of the address; leave --network out")
	}
	if _, known := tag.Network(k.network, args[0]); k.network != "" && !known {
		a.say("--network %s is none that coldtrail knows: only tags of packs that write it so are shown; docs/tags.md has the networks", k.network)
	}
	books, err := a.openBooks(ctx, k.tags, k.listDate)
	if err != nil {
		return err
	}
	defer closeBooks(books)
	own, err := known.Book()
	if err != nil {
		return err
	}
	books = append(books, own)
	if len(k.tags) == 0 {
		a.say("no --tags: only the %d tags inside the binary are asked", own.Tags)
	}
	var answers []tagAnswer
	hits, tagged := 0, 0
	for _, arg := range args {
		x, err := k.ask(books, strings.TrimSpace(arg))
		if err != nil {
			return err
		}
		if x.spoilt != "" {
			a.say("%s: %s", x.subject, x.spoilt)
		}
		if len(x.tags) > 0 {
			tagged++
		}
		answers = append(answers, x)
	}
	if k.screen {
		hits = tagged
	}
	if hits > 0 {
		a.code = exitFound
	}
	if k.asJSON {
		return a.lookupJSON(k, books, answers)
	}
	for _, x := range answers {
		a.printAnswer(k, x)
	}
	return nil
}

var txHash = regexp.MustCompile(`^(0[xX])?[0-9a-fA-F]{64}$`)

// ask looks one address or transaction up in every book.
func (k *lookup) ask(books []*tag.Book, arg string) (tagAnswer, error) {
	x := tagAnswer{subject: arg}
	isTx := txHash.MatchString(arg)
	if !isTx {
		home, _ := tag.Network(map[tag.Family]string{tag.EVM: "ETH", tag.Tron: "TRX"}[tag.FamilyOf(arg)], arg)
		if tag.FamilyOf(arg) == tag.Base58 || tag.FamilyOf(arg) == tag.Bech32 {
			home, _ = tag.Network("BTC", arg)
		}
		checked, err := tag.Check(home, arg)
		x.checked = checked && err == nil
		if err != nil {
			x.spoilt = err.Error()
		}
		if strings.HasPrefix(strings.ToLower(arg), "0x") && tag.FamilyOf(arg) != tag.EVM {
			return x, usagef("%q is neither an address (0x and 40 hexadecimal digits) nor a transaction (64)", arg)
		}
	}
	for _, b := range books {
		var on []tag.Tag
		var err error
		if isTx {
			on, err = b.AnywhereTx(arg)
		} else {
			on, err = b.Anywhere(tag.Canonical(arg))
		}
		if err != nil {
			return x, err
		}
		for _, t := range on {
			if k.keeps(t, arg) {
				x.tags = append(x.tags, t)
			}
		}
	}
	tag.Rank(x.tags)
	if x.spoilt != "" && len(x.tags) == 0 {
		return x, fmt.Errorf("%s: %s, and no tag stands on it; check it for a slip", arg, x.spoilt)
	}
	return x, nil
}

func (k *lookup) keeps(t tag.Tag, arg string) bool {
	if k.screen {
		_, ok := t.Alarm()
		return ok
	}
	if k.network == "" {
		return true
	}
	id, _ := tag.Network(k.network, arg)
	return t.Ledger == id || t.Ledger == ""
}

// printable shows text from outside without what moves a terminal's cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

func (a *app) printAnswer(k *lookup, x tagAnswer) {
	fmt.Fprintln(a.out, x.subject)
	if len(x.tags) == 0 {
		none := "no tags"
		if k.screen {
			none = "no hit in these lists"
		}
		fmt.Fprintln(a.out, "  "+none)
	}
	for _, t := range x.tags {
		fmt.Fprintf(a.out, "  %s  [%s]  %s %d", printable(t.Label), printable(t.Network), t.Confidence, tag.Confidence[t.Confidence])
		if len(t.Concepts) > 0 {
			fmt.Fprintf(a.out, "  %s", printable(strings.Join(t.Concepts, ", ")))
		}
		if r := t.Role(); r != "" {
			fmt.Fprintf(a.out, "  (%s wallet)", r)
		}
		fmt.Fprintln(a.out)
		if why, ok := t.Alarm(); ok {
			fmt.Fprintf(a.out, "      ! %s\n", printable(why))
		}
		fmt.Fprintf(a.out, "      %s, %s:%d, %s", printable(t.Pack), printable(t.File), t.Line, printable(t.Source))
		if t.LastMod != "" {
			fmt.Fprintf(a.out, ", of %s", printable(t.LastMod))
		}
		fmt.Fprintln(a.out)
	}
	if !k.screen {
		a.printBoundary(x)
	}
}

// printBoundary says on which networks a trace would stop there.
func (a *app) printBoundary(x tagAnswer) {
	by, order := map[ledger.ID][]tag.Tag{}, []ledger.ID{}
	for _, t := range x.tags {
		if by[t.Ledger] == nil {
			order = append(order, t.Ledger)
		}
		by[t.Ledger] = append(by[t.Ledger], t)
	}
	for _, l := range order {
		switch stop, ok, disputed := tag.Stop(by[l]); {
		case ok:
			fmt.Fprintf(a.out, "  a trace on %s stops here: %s\n", l, printable(stop.Name()))
		case disputed:
			fmt.Fprintf(a.out, "  a trace on %s goes on: tags of a service and of a theft stand here\n", l)
		}
	}
}

func (a *app) lookupJSON(k *lookup, books []*tag.Book, answers []tagAnswer) error {
	var inputs []map[string]any
	for _, b := range books {
		inputs = append(inputs, map[string]any{"name": b.Name, "sha256": b.SHA256, "tags": b.Tags})
	}
	mode := "labels"
	if k.screen {
		mode = "screen"
	}
	records := []any{map[string]any{"record": "header", "schema": tagsSchema, "tool": toolName(), "mode": mode, "network": k.network, "inputs": inputs}}
	found := 0
	for _, x := range answers {
		records = append(records, map[string]any{"record": "address", "subject": x.subject, "tags": len(x.tags), "checksum_checked": x.checked, "checksum_fault": x.spoilt})
		if len(x.tags) > 0 {
			found++
		}
		for _, t := range x.tags {
			records = append(records, t.Record(x.subject))
		}
	}
	records = append(records, map[string]any{"record": "summary", "addresses": len(answers), "with_tags": found, "hit": k.screen && found > 0})
	w := json.NewEncoder(a.out)
	w.SetEscapeHTML(false)
	for _, r := range records {
		if err := w.Encode(r); err != nil {
			return err
		}
	}
	return nil
}
