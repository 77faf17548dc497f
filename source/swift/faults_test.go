package swift_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/source/swift"
)

// mt is a synthetic message; body is block 4 without its last line.
func mt(typ, header, body string) string {
	return "{1:F01AAAAUS33AXXX0000000001}{2:I" + typ + "BBBBGB2LXXXXN}{3:" + header + "}{4:\n" + body + "\n-}"
}

const uetr = "8579f4a4-a547-463e-ae63-e7c6620d59b4"

const order = ":20:REF1\n:23B:CRED\n:32A:160204USD1000,\n:50K:/111\nALICE\n:59:/222\nBOB\n:71A:OUR"

// read decodes everything, keeping the first error of each message.
func read(data string) (out []payments.Message, errs []error) {
	for m, err := range swift.Scan("t.fin", []byte(data)) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		ps, err := m.Decode()
		if err != nil {
			errs = append(errs, err)
		}
		out = append(out, ps...)
	}
	return out, errs
}

func TestFaults(t *testing.T) {
	good := mt("103", "{121:"+uetr+"}", order)
	for _, c := range []struct {
		name, in string
		want     error
		says     string
	}{
		{"empty", "", payments.ErrFrame, "no message"},
		{"binary", "\x00\xff\x7fGIF89a", payments.ErrFrame, "no message"},
		{"cut in the text", good[:len(good)-8], payments.ErrFrame, "block 4 does not end"},
		{"cut in block 3", good[:70], payments.ErrFrame, "block 3 does not end"},
		{"wrong order", strings.Replace(good, "{2:I103BBBBGB2LXXXXN}", "", 1) + "{2:I103BBBBGB2LXXXXN}", payments.ErrFrame, "block 4 without block 2"},
		{"point amount", strings.Replace(good, "1000,", "1000.00", 1), payments.ErrAmount, "decimal comma"},
		{"thousands", strings.Replace(good, "1000,", "1.000,00", 1), payments.ErrAmount, "'.'"},
		{"no whole part", strings.Replace(good, "1000,", ",5", 1), payments.ErrAmount, "before the decimals"},
		{"yen with decimals", strings.Replace(good, "USD1000,", "JPY1000,5", 1), payments.ErrAmount, "JPY has 0"},
		{"dinar with four", strings.Replace(good, "USD1000,", "BHD1,2345", 1), payments.ErrAmount, "BHD has 3"},
		{"no currency", strings.Replace(good, "USD", "QQQ", 1), payments.ErrCurrency, "QQQ"},
		{"no such day", strings.Replace(good, "160204", "160230", 1), payments.ErrField, "calendar"},
		{"zero", strings.Replace(good, "1000,", "0,", 1), payments.ErrAmount, "zero"},
		{"no beneficiary", strings.Replace(good, ":59:/222\nBOB\n", "", 1), payments.ErrField, "field 59: is required"},
		{"type", mt("999", "{108:X}", ":20:A"), payments.ErrType, "MT999"},
	} {
		ps, errs := read(c.in)
		if len(errs) == 0 {
			t.Errorf("%s: read as %+v", c.name, ps)
			continue
		}
		if !errors.Is(errs[0], c.want) || !strings.Contains(errs[0].Error(), c.says) || !strings.HasPrefix(errs[0].Error(), "t.fin: at byte ") {
			t.Errorf("%s: got %v", c.name, errs[0])
		}
	}
}

// TestBent: what banks are known to write is read, and reported with its place.
func TestBent(t *testing.T) {
	good := mt("103", "{121:"+uetr+"}", order)
	for _, c := range []struct{ name, in, says string }{
		{"upper-case UETR", strings.Replace(good, uetr, strings.ToUpper(uetr), 1), "not linked"},
		{"unknown tag", strings.Replace(good, ":71A:", ":99Z:x\n:71A:", 1), "field 99Z: unknown tag"},
		{"lower-case BIC", strings.Replace(good, ":59:", ":57A:ccccdeff\n:59:", 1), "field 57A: BIC"},
		{"stray brace", good + "{\n", `stray "{"`},
		{"text ends in a line", strings.Replace(good, "\n-}", "-}", 1), "inside a line"},
	} {
		ps, errs := read(c.in)
		if len(errs) > 0 || len(ps) != 1 {
			t.Errorf("%s: %d messages, %v", c.name, len(ps), errs)
			continue
		}
		if all := strings.Join(ps[0].Bent, "\n"); !strings.Contains(all, c.says) || !strings.Contains(all, "at byte ") {
			t.Errorf("%s: reported %q", c.name, all)
		}
		if got := ps[0].Amount.String(); got != "USD 1000" {
			t.Errorf("%s: amount %s", c.name, got)
		}
	}
}

// TestFrames: line ends, separators, braces in the text, ACK and NAK; and after
// a broken message the next one is read.
func TestFrames(t *testing.T) {
	good := mt("103", "{121:"+uetr+"}", order)
	if ps, errs := read(strings.ReplaceAll(good, "\n", "\r\n") + "$\r\n" + strings.ReplaceAll(good, "\n", "\r") + "$"); len(ps) != 2 || len(errs) > 0 {
		t.Errorf("line ends: %d messages, %v", len(ps), errs)
	}
	if ps, errs := read(strings.Replace(good, "BOB", "BOB {x}-} & {1:F01\n}{-", 1)); len(errs) > 0 || len(ps) != 1 {
		t.Errorf("braces in the text: %d messages, %v", len(ps), errs)
	}
	ack := "{1:F21AAAAUS33AXXX0000000001}{4:{177:1602042000}{451:0}}"
	nak := "{1:F21AAAAUS33AXXX0000000001}{4:{177:1602042000}{451:1}{405:T27}}"
	ps, errs := read(ack + good + "$" + nak + good)
	if len(errs) > 0 || len(ps) != 2 || ps[0].Role != payments.Order || ps[1].Role != payments.Rejected || ps[1].Reason != "NAK T27" {
		t.Errorf("ACK and NAK: %+v, %v", ps, errs)
	}
	if ps, errs := read(good[:90] + "\n$\n" + good); len(errs) != 1 || len(ps) != 1 {
		t.Errorf("after a cut message: %d messages, %v", len(ps), errs)
	}
}

// TestCover: the cover of a payment keeps the customers of sequence B and the
// banks of sequence A apart.
func TestCover(t *testing.T) {
	body := ":20:COV1\n:21:REF1\n:32A:160204USD1000,\n:52A:AAAAUS33\n:57A:CCCCGB2L\n:58A:BBBBGB2L\n:50K:/111\nALICE\n:59:/222\nBOB\n:33B:USD1000,"
	ps, errs := read(mt("202", "{119:COV}{121:"+uetr+"}", body))
	if len(errs) > 0 || len(ps) != 1 {
		t.Fatal(errs)
	}
	p := ps[0]
	if p.Role != payments.Cover || p.Related != "REF1" || p.Debtor.Name != "ALICE" || p.Creditor.Account != "222" || p.Settlement[len(p.Settlement)-1].BIC != "BBBBGB2L" {
		t.Errorf("%+v", p)
	}
	if _, errs := read(mt("202", "{119:COV}", body[:strings.Index(body, ":50K")-1])); len(errs) != 1 || !errors.Is(errs[0], payments.ErrField) {
		t.Errorf("a cover without sequence B: %v", errs)
	}
}

func TestStatement(t *testing.T) {
	body := ":20:STMT\n:25:123456\n:28C:1/1\n:60F:C160203USD100,\n:61:1602040204D30,NTRFREF1//BANK1\n:61:1612310101C5,25NMSCREF2\n:62F:C160204USD75,25"
	ps, errs := read(mt("940", "{108:X}", body))
	if len(errs) > 0 || len(ps) != 3 {
		t.Fatal(ps, errs)
	}
	if ps[0].Role != payments.Balance || ps[1].Role != payments.Debited || ps[1].Related != "REF1" || ps[1].Ref != "BANK1" || ps[2].Amount.String() != "USD 5.25" {
		t.Errorf("%+v", ps)
	}
	if got := ps[2].Booked.Format("2006-01-02"); got != "2017-01-01" {
		t.Errorf("an entry of 0101 with value date 161231 is booked %s", got)
	}
}

func FuzzScan(f *testing.F) {
	f.Add(mt("103", "{121:"+uetr+"}", order))
	f.Add("{1:F21AAAAUS33AXXX0000000001}{4:{177:1602042000}{451:0}}" + mt("940", "{108:X}", ":20:S\n:25:1\n:60F:C160203USD1,\n:61:160204D1,NTRFX"))
	f.Add(mt("101", "{108:X}", ":20:A\n:30:160204\n:21:B\n:32B:USD1,\n:59:X"))
	f.Fuzz(func(t *testing.T, in string) {
		ps, errs := read(in)
		if len(ps)+len(errs) == 0 {
			t.Fatal("neither a message nor an error")
		}
		for _, p := range ps {
			if p.Offset < 0 || p.Offset > int64(len(in)) || p.Role == 0 {
				t.Fatalf("%+v", p)
			}
		}
	})
}

func BenchmarkMT103(b *testing.B) {
	one := []byte(mt("103", "{121:"+uetr+"}", ":20:REF1\n:23B:CRED\n:32A:160204USD1000,\n:33B:USD1000,\n:50K:/111\nALICE\nSTREET 1\nTOWN\n:52A:AAAAUS33\n:53A:CCCCUS33\n:57A:BBBBGB2L\n:59:/222\nBOB\nROAD 2\nCITY\n:70:INVOICE 1\n:71A:OUR") + "\n$\n")
	var data []byte
	for range 1000 {
		data = append(data, one...)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for m, err := range swift.Scan("b", data) {
			if err != nil {
				b.Fatal(err)
			}
			if _, err := m.Decode(); err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 1000 {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "messages/s")
}
