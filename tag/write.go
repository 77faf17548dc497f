package tag

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteTagPack writes a pack as a TagPack that every reader of the format takes:
// the same pack gives the same bytes. It is strict where ReadTagPack is lenient:
// a tag that lacks something, an unknown concept or type, or two tags with the
// same subject, network, label and source are errors, and nothing is written.
func WriteTagPack(w io.Writer, p *Pack) error {
	if p.Title == "" || p.Creator == "" {
		return fmt.Errorf("a TagPack needs a title and a creator: %w", ErrRecord)
	}
	seen := map[string]bool{}
	for _, t := range p.Tags {
		if err := strict(t); err != nil {
			return err
		}
		k := strings.Join([]string{string(t.Account), t.Tx, t.Network, t.Label, t.Source}, "\x00")
		if seen[k] {
			return fmt.Errorf("tag %q on %s%s is there twice: %w", t.Label, t.Account, t.Tx, ErrRecord)
		}
		seen[k] = true
	}
	var b strings.Builder
	line := func(indent, key, value string) {
		if value != "" {
			b.WriteString(indent + key + ": " + quote(value) + "\n")
		}
	}
	line("", "title", p.Title)
	line("", "creator", p.Creator)
	line("", "description", p.Description)
	if len(p.Tags) == 0 {
		b.WriteString("tags: []\n")
		_, err := io.WriteString(w, b.String())
		return err
	}
	b.WriteString("tags:\n")
	for _, t := range p.Tags {
		if t.Tx != "" {
			line("- ", "tx_hash", t.Tx)
		} else {
			line("- ", "address", string(t.Account))
		}
		line("  ", "network", t.Network)
		line("  ", "currency", t.Network)
		line("  ", "label", t.Label)
		line("  ", "source", t.Source)
		line("  ", "confidence", t.Confidence)
		line("  ", "actor", t.Actor)
		line("  ", "tag_type", t.Type)
		if t.Definer {
			b.WriteString("  is_cluster_definer: true\n")
		}
		line("  ", "lastmod", t.LastMod)
		line("  ", "context", t.Context)
		if len(t.Concepts) > 0 {
			b.WriteString("  concepts:\n")
			for _, c := range t.Concepts {
				b.WriteString("  - " + c + "\n")
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// strict checks what a written tag must have beyond Validate.
func strict(t Tag) error {
	if err := t.Validate(); err != nil {
		return fmt.Errorf("%w: %w", err, ErrRecord)
	}
	if t.Network == "" {
		return fmt.Errorf("tag %q on %s%s has no network: %w", t.Label, t.Account, t.Tx, ErrRecord)
	}
	for _, c := range t.Concepts {
		if !KnownConcept(c) {
			return fmt.Errorf("tag %q on %s%s: concept %q is none of the 93: %w", t.Label, t.Account, t.Tx, c, ErrRecord)
		}
	}
	if t.Type != "" && !slices.Contains([]string{"actor", "event", "attribute", "mention"}, t.Type) {
		return fmt.Errorf("tag %q on %s%s: tag_type %q is none of the four: %w", t.Label, t.Account, t.Tx, t.Type, ErrRecord)
	}
	return nil
}

// quote writes a text as a double-quoted YAML scalar: always quoted, so that no
// reader takes an address for a number or a label for a date.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}
