package iso20022_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/coldtrail/coldtrail/source/iso20022"
	"github.com/coldtrail/coldtrail/source/payments"
)

const uetr = "8579f4a4-a547-463e-ae63-e7c6620d59b4"

func doc(version, root, body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:` + version + `"><` + root + `>` + body + `</` + root + `></Document>`
}

const transfer = `<CdtTrfTxInf><PmtId><InstrId>I1</InstrId><EndToEndId>E1</EndToEndId><UETR>` + uetr + `</UETR></PmtId>
<IntrBkSttlmAmt Ccy="USD">1000.50</IntrBkSttlmAmt><IntrBkSttlmDt>2024-03-01</IntrBkSttlmDt><InstdAmt Ccy="EUR">900.00</InstdAmt><XchgRate>1.1117</XchgRate>
<ChrgBr>SHAR</ChrgBr><ChrgsInf><Amt Ccy="USD">10.00</Amt><Agt><FinInstnId><BICFI>CCCCUS33</BICFI></FinInstnId></Agt></ChrgsInf>
<InstgAgt><FinInstnId><BICFI>AAAADEFF</BICFI></FinInstnId></InstgAgt><InstdAgt><FinInstnId><BICFI>BBBBUS33</BICFI></FinInstnId></InstdAgt>
<Dbtr><Nm>Alice &amp; Co</Nm></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct><DbtrAgt><FinInstnId><BICFI>AAAADEFF</BICFI></FinInstnId></DbtrAgt>
<CdtrAgt><FinInstnId><BICFI>BBBBUS33</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>Bob</Nm></Cdtr><CdtrAcct><Id><Othr><Id>222</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>`

func header(n int, sum string) string {
	return fmt.Sprintf(`<GrpHdr><MsgId>M</MsgId><CreDtTm>2024-03-01T10:00:00Z</CreDtTm><NbOfTxs>%d</NbOfTxs><CtrlSum>%s</CtrlSum></GrpHdr>`, n, sum)
}

func pacs008(n int, sum, body string) string {
	return doc("pacs.008.001.08", "FIToFICstmrCdtTrf", header(n, sum)+body)
}

func read(r io.Reader) (out []payments.Message, err error) {
	for m, err := range iso20022.Read("t.xml", r) {
		if err != nil {
			return out, err
		}
		out = append(out, m)
	}
	return out, nil
}

func TestCreditTransfer(t *testing.T) {
	for _, version := range []string{"pacs.008.001.08", "pacs.008.001.02", "pacs.008.001.99"} {
		in := doc(version, "FIToFICstmrCdtTrf", header(1, "1000.5")+transfer)
		ps, err := read(iotest.OneByteReader(strings.NewReader(in)))
		if err != nil || len(ps) != 1 {
			t.Fatal(ps, err)
		}
		p := ps[0]
		if p.Type != version || p.UETR != uetr || p.Ref != "I1" || p.Amount.String() != "USD 1000.5" || p.Instructed.String() != "EUR 900" || p.Rate != "1.1117" ||
			p.Bearer != "SHA" || len(p.Charges) != 1 || p.Debtor.Name != "Alice & Co" || p.Creditor.Account != "222" || p.Sender != "AAAADEFF" || p.CreditorAgent.BIC != "BBBBUS33" {
			t.Errorf("%+v", p)
		}
		if in[p.Offset:p.Offset+12] != "<CdtTrfTxInf" {
			t.Errorf("the offset %d is of %q", p.Offset, in[p.Offset:p.Offset+12])
		}
	}
}

// TestRoles reads one of each type.
func TestRoles(t *testing.T) {
	bankOf := func(tag, bic string) string {
		return "<" + tag + "><FinInstnId><BICFI>" + bic + "</BICFI></FinInstnId></" + tag + ">"
	}
	fi := `<CdtTrfTxInf><PmtId><InstrId>C1</InstrId><UETR>` + uetr + `</UETR></PmtId><IntrBkSttlmAmt Ccy="JPY">1000</IntrBkSttlmAmt>` + bankOf("Dbtr", "AAAADEFF") + bankOf("Cdtr", "BBBBUS33")
	for _, c := range []struct {
		root, body, typ string
		want            payments.Role
		says            string
	}{
		{"FICdtTrf", fi + `</CdtTrfTxInf>`, "pacs.009.001.08", payments.Interbank, ""},
		{"FICdtTrf", fi + `<UndrlygCstmrCdtTrf><Dbtr><Nm>A</Nm></Dbtr><Cdtr><Nm>B</Nm></Cdtr></UndrlygCstmrCdtTrf></CdtTrfTxInf>`, "pacs.009.001.08", payments.Cover, ""},
		{"PmtRtr", `<TxInf><RtrId>R</RtrId><OrgnlUETR>` + uetr + `</OrgnlUETR><RtrdIntrBkSttlmAmt Ccy="USD">5</RtrdIntrBkSttlmAmt><RtrRsnInf><Rsn><Cd>AC03</Cd></Rsn></RtrRsnInf></TxInf>`, "pacs.004.001.09", payments.Returned, "AC03"},
		{"FIToFIPmtStsRpt", `<TxInfAndSts><OrgnlUETR>` + uetr + `</OrgnlUETR><TxSts>ACSC</TxSts></TxInfAndSts>`, "pacs.002.001.10", payments.Accepted, "ACSC"},
		{"FIToFIPmtStsRpt", `<TxInfAndSts><OrgnlUETR>` + uetr + `</OrgnlUETR><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf></TxInfAndSts>`, "pacs.002.001.10", payments.Rejected, "AM04"},
		{"FIToFIPmtCxlReq", `<Undrlyg><TxInf><OrgnlUETR>` + uetr + `</OrgnlUETR><CxlRsnInf><Rsn><Cd>FRAD</Cd></Rsn></CxlRsnInf></TxInf></Undrlyg>`, "camt.056.001.08", payments.Recalled, "FRAD"},
		{"RsltnOfInvstgtn", `<CxlDtls><TxInfAndSts><OrgnlUETR>` + uetr + `</OrgnlUETR><TxCxlSts>RJCR</TxCxlSts></TxInfAndSts></CxlDtls>`, "camt.029.001.09", payments.Answered, "RJCR"},
		{"BkToCstmrDbtCdtNtfctn", `<Ntfctn><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>` + entry(uetr, "5.00", "CRDT") + `</Ntfctn>`, "camt.054.001.08", payments.Credited, ""},
		{"BkToCstmrStmt", `<Stmt><Acct><Id><Othr><Id>9</Id></Othr></Id></Acct>` + entry(uetr, "5.00", "DBIT") + `</Stmt>`, "camt.053.001.08", payments.Debited, ""},
	} {
		ps, err := read(strings.NewReader(doc(c.typ, c.root, c.body)))
		if err != nil || len(ps) != 1 {
			t.Errorf("%s: %d messages, %v", c.typ, len(ps), err)
			continue
		}
		if p := ps[0]; p.Role != c.want || p.Type != c.typ || p.UETR != uetr || p.Reason != c.says {
			t.Errorf("%s: %+v", c.typ, p)
		}
	}
}

func entry(id, amount, mark string) string {
	return `<Ntry><Amt Ccy="USD">` + amount + `</Amt><CdtDbtInd>` + mark + `</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2024-03-01</Dt></BookgDt><NtryDtls><TxDtls><Refs><UETR>` + id + `</UETR></Refs></TxDtls></NtryDtls></Ntry>`
}

func TestFaults(t *testing.T) {
	good := pacs008(1, "1000.50", transfer)
	deep := strings.Repeat("<a>", 70)
	for _, c := range []struct {
		name, in string
		want     error
		says     string
	}{
		{"empty", "", payments.ErrFrame, "no message"},
		{"binary", "\x00\x01GIF", payments.ErrFrame, "outside of a document"},
		{"doctype", `<!DOCTYPE x [<!ENTITY a "b">]>` + good, payments.ErrUnsafe, "document types"},
		{"entity bomb", `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY l2 "&lol;&lol;">]><Document>&l2;</Document>`, payments.ErrUnsafe, "document types"},
		{"reference", strings.Replace(good, "&amp;", "&lol;", 1), payments.ErrUnsafe, "&lol;"},
		{"deep", deep, payments.ErrUnsafe, "deeper than 64"},
		{"encoding", strings.Replace(good, "UTF-8", "UTF-16", 1), payments.ErrUnsafe, "encoding"},
		{"cut", good[:len(good)-40], payments.ErrFrame, "cut"},
		{"crossed", strings.Replace(good, "</PmtId>", "</Pmt>", 1), payments.ErrFrame, "closes nothing"},
		{"comma", strings.Replace(good, "1000.50", "1000,50", 2), payments.ErrAmount, "','"},
		{"no currency", strings.Replace(good, `<IntrBkSttlmAmt Ccy="USD"`, "<IntrBkSttlmAmt", 1), payments.ErrCurrency, "Ccy is missing"},
		{"unknown currency", strings.Replace(good, `Ccy="USD"`, `Ccy="QQQ"`, 1), payments.ErrCurrency, "QQQ"},
		{"yen with decimals", strings.Replace(good, `Ccy="USD">1000.50`, `Ccy="JPY">1000.50`, 1), payments.ErrAmount, "JPY has 0"},
		{"negative", strings.Replace(good, `"USD">1000.50`, `"USD">-1000.50`, 1), payments.ErrAmount, "'-'"},
		{"count", pacs008(2, "1000.50", transfer), payments.ErrField, "the batch is refused"},
		{"sum", pacs008(2, "2000", transfer+transfer), payments.ErrAmount, "the amounts make 2001"},
		{"type", doc("pain.001.001.09", "CstmrCdtTrfInitn", ""), payments.ErrType, "CstmrCdtTrfInitn"},
		{"parts", doc("camt.053.001.08", "BkToCstmrStmt", `<Stmt><Ntry><Amt Ccy="USD">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls><TxDtls><Amt Ccy="USD">2</Amt></TxDtls><TxDtls><Amt Ccy="USD">2</Amt></TxDtls></NtryDtls></Ntry></Stmt>`), payments.ErrAmount, "the entry says USD 5"},
	} {
		ps, err := read(strings.NewReader(c.in))
		if !errors.Is(err, c.want) || !strings.Contains(fmt.Sprint(err), c.says) || !strings.HasPrefix(fmt.Sprint(err), "t.xml: at byte ") {
			t.Errorf("%s: %d messages, %v", c.name, len(ps), err)
		}
		if len(ps) > 0 {
			t.Errorf("%s: %d messages were given out in front of the error", c.name, len(ps))
		}
	}
}

// TestStream reads a statement of 100 MB in little memory.
func TestStream(t *testing.T) {
	one := strings.Repeat(entry(uetr, "5.00", "CRDT"), 50)
	n := 100<<20/len(one) + 1
	parts := []io.Reader{strings.NewReader(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>`)}
	for range n {
		parts = append(parts, strings.NewReader(one))
	}
	parts = append(parts, strings.NewReader(`</Stmt></BkToCstmrStmt></Document>`))
	got := 0
	var peak runtime.MemStats
	for m, err := range iso20022.Read("big.xml", io.MultiReader(parts...)) {
		if err != nil {
			t.Fatal(err)
		}
		if got++; got != m.Sequence {
			t.Fatalf("entry %d has the number %d", got, m.Sequence)
		}
		if got == n*25 {
			runtime.GC()
			runtime.ReadMemStats(&peak)
		}
	}
	if got != n*50 {
		t.Errorf("%d entries, want %d", got, n*50)
	}
	if peak.HeapAlloc > 16<<20 {
		t.Errorf("half way the heap is %d MiB", peak.HeapAlloc>>20)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(pacs008(1, "1000.50", transfer))
	f.Add(doc("camt.053.001.08", "BkToCstmrStmt", `<Stmt>`+entry(uetr, "5.00", "DBIT")+`</Stmt>`))
	f.Add(`<a><!-- x --><![CDATA[y]]>&#x41;</a>`)
	f.Fuzz(func(t *testing.T, in string) {
		whole, err := read(strings.NewReader(in))
		for _, p := range whole {
			if p.Offset < 0 || p.Offset > int64(len(in)) {
				t.Fatalf("offset %d", p.Offset)
			}
		}
		again, err2 := read(iotest.HalfReader(strings.NewReader(in)))
		if len(again) != len(whole) || (err == nil) != (err2 == nil) {
			t.Fatalf("in parts %d messages and %v, whole %d and %v", len(again), err2, len(whole), err)
		}
	})
}

func BenchmarkPacs008(b *testing.B) {
	in := pacs008(1000, "", strings.Repeat(transfer, 1000))
	in = strings.Replace(in, "<CtrlSum></CtrlSum>", "", 1)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range iso20022.Read("b.xml", strings.NewReader(in)) {
			if err != nil {
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
