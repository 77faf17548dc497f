package browser

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const transfers = "tx,when,payer,payee,amount\n" +
	"t1,2026-03-01T10:00:00Z,vault,drop,1000.50\n" +
	"t2,2026-03-01T11:00:00Z,shop,drop,300\n" +
	"t3,2026-03-01T12:00:00Z,drop,exchange,600\n" +
	"t4,2026-03-01T12:30:00Z,drop,friend,250.25\n"

// mapped says what the columns of transfers are.
func (b *tab) mapped() {
	b.Helper()
	b.write("#ledger", "mine:demo")
	for field, column := range map[string]string{"tx": "tx", "from": "payer", "to": "payee", "amount": "amount", "time": "when"} {
		b.choose("#col-"+field, column)
		b.settled()
	}
	b.choose("#unit", "decimal")
	b.choose("#time", "rfc3339")
	b.write("#native", "EUR")
	b.settled()
}

func TestBuilder(t *testing.T) {
	walk(t, []journey{
		{"a table becomes a case, and the command agrees", "/build", func(b *tab) {
			b.drop("mine.csv", transfers)
			b.sees("main", "2. How it is read")
			b.mapped()
			b.sees("main", "all of them readable")
			b.sees("main", "Say first what is stolen")
			b.click(`input[aria-label="Line 2 is stolen"]`)
			b.sees("form", "1 transfer chosen as stolen")
			b.write("#title", "My own case")
			b.write("#stops", "exchange")
			b.press("form button", "Make the case")
			b.sees("main", "The case is made")
			dir := b.TempDir()
			for name, text := range map[string]string{"case.yaml": b.linked("main a", "Save the case file"), "mine.csv": transfers} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					b.Fatal(err)
				}
			}
			b.press("main a", "Follow the money")
			b.sees("section.table header", "in EUR, under fifo")
			b.sees(".facts", "1,000.5 EUR")
			if file, _ := os.ReadFile(filepath.Join(dir, "case.yaml")); !strings.Contains(string(file), "path: mine.csv") {
				renameTo := regexp.MustCompile(`path: "?([^\s",}]+)`).FindStringSubmatch(string(file))
				if renameTo == nil {
					b.Fatalf("the case file names no data: %s", file)
				}
				_ = os.MkdirAll(filepath.Dir(filepath.Join(dir, renameTo[1])), 0o700)
				if err := os.Rename(filepath.Join(dir, "mine.csv"), filepath.Join(dir, renameTo[1])); err != nil {
					b.Fatal(err)
				}
			}
			got := b.linked(".menu-of a", "CSV: places")
			want := string(command(b.TB, "trace", "--case", filepath.Join(dir, "case.yaml"), "--format", "csv"))
			if got != want || !strings.Contains(got, "exchange") {
				b.Errorf("the page gives\n%s\nthe command\n%s", short(got), short(want))
			}
		}},
		{"what is wrong with a row stands beside it", "/build", func(b *tab) {
			b.drop("bad.csv", transfers+"t5,not a time,drop,friend,1\nt6,2026-03-01T13:00:00Z,drop,friend,abc\n")
			b.sees("main", "2. How it is read")
			b.mapped()
			b.sees("main", "2 rows cannot be read")
			rows := b.table("First rows of the file")
			for i, r := range rows {
				if bad := i >= 4; bad == (r[2] == "none") {
					b.Errorf("line %s: fault %q", r[1], r[2])
				}
			}
			if len(rows) != 6 || !strings.Contains(rows[5][2], "abc") {
				b.Errorf("the fault does not name what is wrong: %q", rows)
			}
			if !eval[bool](b, `document.querySelector('input[aria-label="Line 7 is stolen"]').disabled`) {
				b.Error("a row that cannot be read can be chosen")
			}
		}},
		{"the example in the text form is followed", "/build", func(b *tab) {
			b.press("button", "Try an example")
			b.sees("main", "a ledger in the text form")
			b.press("form button", "Make the case")
			b.press("main a", "Follow the money")
			b.sees(".facts", "10,000 EUR")
			b.sees("section.table header", "places in EUR")
		}},
		{"a fault of the text form names its line", "/build", func(b *tab) {
			b.drop("x.txt", "ledger bank:demo account native EUR\nopen a 5\ne1 a > b seven\n")
			b.sees("[role=alert]", "line 3")
		}},
		{"files that are none", "/build", func(b *tab) {
			b.dropped("noise.csv", `crypto.getRandomValues(new Uint8Array(4096)).map((x, i) => (i === 5 ? 0 : x))`)
			b.sees("[role=alert]", "binary")
			b.drop("half.json", `{"transfers": [{"from": "a", "to"`)
			b.sees("[role=alert]", "JSON")
			b.drop("empty.csv", "")
			b.sees("[role=alert]", "the file is empty")
			b.drop("head.csv", "tx,from,to,amount\n")
			b.sees("main", "head.csv, 18 bytes")
			b.sees("main", "It looks like a table") // the one before did not
			b.sees("#rows + p", "There is no row to show")
			b.gone("[role=alert]", "the file is empty") // it has its header
			if rows := b.table("First rows of the file"); len(rows) > 0 {
				b.Errorf("a table of its header alone has rows: %q", rows)
			}
			b.dropped("quote.csv", `new TextEncoder().encode('tx,from,to,amount\nt1,"a,b,1\n')`)
			b.sees("main", "quote.csv, 28 bytes")
			b.sees("#rows + p", "There is no row to show")
			b.sees("[role=alert]", `line 2: cannot be split into fields: extraneous or missing " in quoted-field`)
			b.sees("[role=alert]", "a value with quotes in it is quoted, and its quotes are doubled")
			b.dropped("large.csv", `new Uint8Array(66 << 20)`)
			b.sees("[role=alert]", "a file here may have 64")
			b.drop("good.csv", transfers)
			b.sees("main", "good.csv")
			b.sees("main", "4 first rows of the file")
			b.gone("[role=alert]", "cannot be split") // nothing is left of the others
		}},
		{"a packed table is read", "/build", func(b *tab) {
			eval[bool](b, `(async () => {
				const packed = await new Response(new Blob([`+quote(transfers)+`]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
				const d = new DataTransfer();
				d.items.add(new File([packed], "mine.csv.gz"));
				document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: d }));
				return true;
			})()`)
			b.sees("main", "packed with gzip")
			b.sees("main", "vault")
		}},
	})
}
