package payments_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/iso20022"
	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/source/swift"
)

// TestStories runs the stories in testdata/stories: messages of banks, and what
// becomes of them.
//
//	fin type=103 from=AAAAUS33 to=BBBBGB2L uetr=1 ack   one FIN message: its block 4
//	xml type=camt.053.001.08 root=BkToCstmrStmt         one document: what is inside its root
//	raw, rawxml                                         a FIN or XML file as it stands
//	forget                                              no message was read
//	ledger assume settlement overdraft                  the payments, the moves, the notes
//
// uetr=1 is a valid UETR that ends in 1; "@1" in a text is the same one.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata/stories", func(t *testing.T, path string) {
		s := &story{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "fin":
				return s.read(swift.Messages, "fin", s.frame(t, d))
			case "raw":
				return s.read(swift.Messages, "fin", d.Input)
			case "rawxml":
				return s.read(iso20022.Read, "xml", d.Input)
			case "xml":
				var typ, root string
				d.ScanArgs(t, "type", &typ)
				d.ScanArgs(t, "root", &root)
				return s.read(iso20022.Read, "xml", `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:`+typ+`"><`+root+">\n"+d.Input+"\n</"+root+"></Document>")
			case "forget":
				*s = story{}
				return ""
			case "ledger":
				return s.ledger(t, payments.Options{Name: "t", Assume: d.HasArg("assume"), Overdraft: d.HasArg("overdraft")}, d.HasArg("settlement"))
			}
			t.Fatalf("%s: no command %s", d.Pos, d.Cmd)
			return ""
		})
	})
}

const storyUETR = "8579f4a4-a547-463e-ae63-00000000000"

type story struct {
	files    int
	messages []payments.Message
	damage   payments.Damage
}

// frame writes the blocks around the text of a message.
func (s *story) frame(t *testing.T, d *datadriven.TestData) string {
	var typ, from, to string
	d.ScanArgs(t, "type", &typ)
	d.ScanArgs(t, "from", &from)
	d.ScanArgs(t, "to", &to)
	header, ack, trailer := "{108:STORY}", "", ""
	if d.HasArg("cov") {
		header += "{119:COV}"
	}
	if d.HasArg("uetr") {
		var n string
		d.ScanArgs(t, "uetr", &n)
		header += "{121:" + storyUETR + n + "}"
	}
	for arg, code := range map[string]string{"ack": "0", "nak": "1"} {
		if d.HasArg(arg) {
			ack = "{1:F21" + from + "AXXX0000000001}{4:{177:2403011200}{451:" + code + "}}"
		}
	}
	if d.HasArg("pde") {
		trailer = "{5:{PDE:}}"
	}
	return ack + "{1:F01" + from + "AXXX0000000001}{2:I" + typ + to + "XXXXN}{3:" + header + "}{4:\n" + d.Input + "\n-}" + trailer
}

// read takes one more file: what cannot be read is said and left out.
func (s *story) read(decode payments.Decoder, ext, text string) string {
	s.files++
	var out strings.Builder
	for m, err := range decode(fmt.Sprintf("%d.%s", s.files, ext), strings.NewReader(strings.ReplaceAll(text, "@", storyUETR))) {
		if err != nil {
			s.damage = append(s.damage, err)
			fmt.Fprintln(&out, err)
			continue
		}
		s.messages = append(s.messages, m)
	}
	return out.String()
}

func (s *story) ledger(t *testing.T, opt payments.Options, settlement bool) string {
	if settlement {
		opt.Layer = payments.Settlement
	}
	src := payments.New(s.messages, s.damage, "t", "", opt)
	var out strings.Builder
	for _, p := range src.Payments() {
		var states []string
		for _, c := range p.States {
			states = append(states, c.State.String())
		}
		fmt.Fprintf(&out, "payment %s: %s: %s\n", p.ID, p.Order.Amount, strings.Join(states, ", "))
		for i := range p.Altered {
			fmt.Fprintf(&out, "  altered: %s to %s\n", p.Altered[i].Amount, p.Altered[i].Creditor.Account)
		}
	}
	for x, err := range src.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Validate(ledger.Accounts); err != nil {
			t.Error(err)
		}
		m := payments.Money{Currency: strings.TrimPrefix(string(x.Asset), "iso4217:"), Units: x.Amount()}
		at := "before    "
		if x.Kind != ledger.Opening {
			at = x.Time.Format("2006-01-02")
		}
		if h := x.Time.Format("15:04"); h != "00:00" {
			at += " " + h
		}
		fmt.Fprintf(&out, "%s %s -> %s %s", at, x.From(), x.To(), m)
		if st := x.Attrs["state"]; st != "" && st != "credited" {
			fmt.Fprintf(&out, " (%s)", st)
		}
		if x.Tie != 0 {
			fmt.Fprintf(&out, " tie %d", x.Tie)
		}
		fmt.Fprintln(&out)
	}
	in := src.Info()
	for _, n := range in.Notes {
		fmt.Fprintln(&out, "-", n)
	}
	fmt.Fprintf(&out, "left out: %d\n", in.Skipped)
	return strings.ReplaceAll(out.String(), storyUETR, "@")
}
