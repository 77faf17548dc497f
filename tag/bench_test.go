package tag

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkReadTagPack reads 100,000 tags line by line, and by the YAML library
// alone: the difference is why the fast way is there.
func BenchmarkReadTagPack(b *testing.B) {
	var s strings.Builder
	s.WriteString("title: Synthetic\ncreator: test\ncurrency: ETH\nconfidence: service_data\ntags:\n")
	for i := range 100_000 {
		fmt.Fprintf(&s, "- address: '0x%040x'\n  label: Exchange %d\n  source: https://example.org/wallets/%d\n  category: exchange\n  actor: ex%d\n", i, i%1000, i%50, i%1000)
	}
	text := []byte(s.String())
	for name, read := range map[string]func(*packReader) (record, []record, error){
		"fast": func(r *packReader) (record, []record, error) { return r.split(text) },
		"yaml": func(r *packReader) (record, []record, error) { return r.slow(text) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, tags, err := read(&packReader{report: &Report{File: "p"}}); err != nil || len(tags) != 100_000 {
					b.Fatal(len(tags), err)
				}
			}
		})
	}
}
