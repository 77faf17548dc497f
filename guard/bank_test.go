package guard_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/source/swift"
)

const order103 = "{1:F01TESTDEF0AXXX0000000000}{2:I103TESTUS30XXXXN}{3:{121:eb6305c9-1f7f-49de-aed0-16487c27b42d}}{4:\r\n:20:REF1\r\n:23B:CRED\r\n:32A:260114USD3000,\r\n" +
	":50K:/ACC1\r\nCUSTOMER\r\n:57A:TESTUS31XXX\r\n:59:/111\r\nPAYEE\r\n:71A:OUR\r\n-}"

func bankRequest(message string) *guard.Request {
	body, _ := json.Marshal(map[string]string{"message": message})
	return &guard.Request{Wallet: "bank", Kind: guard.MT103, Payload: body, Intent: &guard.Intent{To: "acct:TESTUS31:111", Asset: "iso4217:USD", Amount: "3000.00", Unit: "USD", Ref: "REF1"}}
}

const bankPolicy = `
wallets: {bank: {role: cold, account: "acct:TESTDEF0:ACC1"}}
address_book: [{name: payee, addr: "acct:TESTUS31:111"}]
require_balance: false
`

// TestMT103: the order as it was given passes; every altered field is denied or
// held; what cannot be read is held.
func TestMT103(t *testing.T) {
	ctx := context.Background()
	v := with(t, "strict", bankPolicy).Check(ctx, bankRequest(order103))
	want(t, "as given", v, guard.Allow)
	if v.Digests["uetr"] != "eb6305c9-1f7f-49de-aed0-16487c27b42d" || v.Digests["effects_sha256"] == "" {
		t.Errorf("%v", v.Digests)
	}
	for name, c := range map[string]struct {
		old, new string
		d        guard.Decision
		rule     string
	}{
		"amount":             {"USD3000,", "USD1400000,", guard.Deny, "G02:critical"},
		"a cent":             {"USD3000,", "USD3000,01", guard.Deny, "G02:critical"},
		"currency":           {"USD3000,", "EUR3000,", guard.Deny, "G02:critical"},
		"beneficiary":        {":59:/111", ":59:/112", guard.Deny, "G02:critical"},
		"beneficiary's bank": {"TESTUS31XXX", "TESTHK31XXX", guard.Deny, "G02:critical"},
		"reference":          {":20:REF1", ":20:REF2", guard.Deny, "G02:critical"},
		"debtor":             {":50K:/ACC1", ":50K:/ACC2", guard.Deny, "G02:critical"},
		"unknown field":      {":71A:OUR", ":71A:OUR\r\n:99Z:X", guard.Hold, "G01:high"},
		"two beneficiaries":  {":71A:OUR", ":59:/112\r\nOTHER\r\n:71A:OUR", guard.Hold, "G01:high"},
		"thousands":          {"USD3000,", "USD3.000,", guard.Hold, "G01:high"},
		"no account":         {":59:/111\r\nPAYEE", ":59:PAYEE", guard.Deny, "G01:high"},
		"cut":                {"-}", "", guard.Hold, "G01:high"},
		"another type":       {"I103", "I202", guard.Hold, "G01:high"},
		"two messages":       {"-}", "-}" + order103, guard.Hold, "G01:high"},
		"a rejection":        {":71A:OUR", ":71A:OUR\r\n:72:/REJT/59", guard.Hold, "G01:high"},
	} {
		text := strings.Replace(order103, c.old, c.new, 1)
		if text == order103 {
			t.Fatalf("%s changes nothing", name)
		}
		v := with(t, "strict", bankPolicy).Check(ctx, bankRequest(text))
		if v.Decision == guard.Allow || !strings.Contains(rules(v), c.rule) && c.d == guard.Deny {
			t.Errorf("%s: %s %s", name, v.Decision, rules(v))
		}
		if c.d == guard.Hold && !strings.Contains(rules(v), c.rule) {
			t.Errorf("%s: %s is silent: %s", name, c.rule, rules(v))
		}
	}
}

// TestFieldsTwice: a field that may stand once and stands twice is held, whatever
// its option; one that may repeat is not; sequence B of a cover counts anew.
func TestFieldsTwice(t *testing.T) {
	ctx := context.Background()
	order := strings.Replace(order103, ":50K:", ":23E:PHON\r\n:33B:USD3000,\r\n:36:1,\r\n:50K:", 1)
	order = strings.Replace(order, ":57A:", ":52A:TESTDEF0XXX\r\n:53A:TESTGB20XXX\r\n:57A:", 1)
	twice := func(v *guard.Verdict) bool {
		for _, u := range v.Decoded.Undecoded {
			if strings.Contains(u.Reason, "stands twice") {
				return true
			}
		}
		return false
	}
	for field, held := range map[string]bool{
		":20:REF2": true, ":23B:CRED": true, ":32A:260114USD1,": true, ":33B:EUR1,": true, ":36:2,": true, ":50F:/ACC2\r\n1/OTHER": true,
		":52D:OTHER": true, ":53B:/1": true, ":57D:OTHER": true, ":59A:/112\r\nTESTUS33": true, ":71A:SHA": true,
		":23E:HOLD": false, ":13C:/SNDTIME/1000+0000\r\n:13C:/RNCTIME/1100+0000": false, ":71F:USD1,\r\n:71F:USD2,": false, ":72:/INS/TESTUS33": false,
	} {
		text := strings.Replace(order, ":71A:OUR", field+"\r\n:71A:OUR", 1)
		v := with(t, "strict", bankPolicy).Check(ctx, bankRequest(text))
		if twice(v) != held || held && v.Decision == guard.Allow {
			t.Errorf("%q: %s %v", field, v.Decision, v.Decoded.Undecoded)
		}
	}
	cover := "{1:F01TESTDEF0AXXX0000000000}{2:I202TESTUS30XXXXN}{3:{119:COV}{121:eb6305c9-1f7f-49de-aed0-16487c27b42d}}{4:\r\n:20:REF1\r\n:21:REF0\r\n" +
		":32A:260114USD3000,\r\n:52A:TESTDEF0XXX\r\n:57A:TESTUS30XXX\r\n:58A:TESTUS31XXX\r\n" +
		":50K:/ACC1\r\nCUSTOMER\r\n:52A:TESTDEF0XXX\r\n:57A:TESTUS31XXX\r\n:59:/111\r\nPAYEE\r\n-}"
	for name, c := range map[string]struct {
		old, new string
		reason   string
	}{
		"as given":            {"-}", "-}", ""},
		"58 twice":            {":50K:", ":58D:OTHER\r\n:50K:", "stands twice"},
		"57 twice in B":       {":59:", ":57D:OTHER\r\n:59:", "stands twice"},
		"an amount in B":      {":59:", ":32A:260114USD1,\r\n:59:", "no meaning"},
		"a customer in A":     {":58A:", ":59:/112\r\nOTHER\r\n:58A:", "no meaning"},
		"two customers in B":  {":59:", ":50K:/ACC2\r\nOTHER\r\n:59:", "stands twice"},
		"another field 20 in": {":59:", ":20:REF2\r\n:59:", "no meaning"},
	} {
		r := bankRequest(strings.Replace(cover, c.old, c.new, 1))
		r.Kind = guard.MT202
		v := with(t, "strict", bankPolicy).Check(ctx, r)
		got := ""
		for _, u := range v.Decoded.Undecoded {
			got += u.Reason + "\n"
		}
		if c.reason == "" && got != "" || !strings.Contains(got, c.reason) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestProwide checks the samples: every MT103 and MT202 becomes effects or says
// why it does not, and none is allowed to an account that is not the wallet's.
func TestProwide(t *testing.T) {
	dir := os.Getenv("COLDTRAIL_DATA")
	if dir == "" {
		t.Skip("COLDTRAIL_DATA is not set: the samples are not there")
	}
	files, err := filepath.Glob(filepath.Join(dir, "data/bank/prowide/MT[12]0[23]*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	whole, held := 0, 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var starts []int64
		for m, err := range swift.Scan(file, data) {
			if err == nil && (m.Type == "103" || m.Type == "202") {
				starts = append(starts, m.Offset)
			}
		}
		for i, at := range starts {
			end := int64(len(data))
			if i+1 < len(starts) {
				end = starts[i+1]
			}
			one := string(data[at:end])
			if n := strings.Index(one[1:], "{1:"); n >= 0 {
				one = one[:n+1] // an acknowledgement in front of the next
			}
			r := bankRequest(strings.TrimRight(one, "$\r\n "))
			if strings.Contains(one[:80], "202") {
				r.Kind = guard.MT202
			}
			v := with(t, "baseline", bankPolicy).Check(context.Background(), r)
			if v.Decision == guard.Allow {
				t.Errorf("%s at %d is allowed", file, at)
			}
			n := 0
			for _, e := range v.Decoded.Effects {
				if e.Type == guard.BankCredit && !e.Amount.IsZero() && e.To != "" {
					n++
				}
			}
			if n == 1 {
				whole++
			} else {
				held++
				t.Logf("%s at %d: %d effects, %v", filepath.Base(file), at, n, v.Decoded.Undecoded)
			}
		}
	}
	t.Logf("%d messages became one bank credit, %d did not", whole, held)
	if whole < 20 {
		t.Errorf("only %d", whole)
	}
}

const pacs = `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>` +
	`<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-14T10:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>INDA</SttlmMtd></SttlmInf></GrpHdr>` +
	`<CdtTrfTxInf><PmtId><InstrId>REF1</InstrId><EndToEndId>E1</EndToEndId><UETR>eb6305c9-1f7f-49de-aed0-16487c27b42d</UETR></PmtId>` +
	`<IntrBkSttlmAmt Ccy="USD">3000</IntrBkSttlmAmt><IntrBkSttlmDt>2026-01-14</IntrBkSttlmDt><ChrgBr>DEBT</ChrgBr>` +
	`<Dbtr><Nm>CUSTOMER</Nm></Dbtr><DbtrAcct><Id><Othr><Id>ACC1</Id></Othr></Id></DbtrAcct><DbtrAgt><FinInstnId><BICFI>TESTDEF0</BICFI></FinInstnId></DbtrAgt>` +
	`<CdtrAgt><FinInstnId><BICFI>TESTUS31</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>PAYEE</Nm></Cdtr><CdtrAcct><Id><Othr><Id>111</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>` +
	`</FIToFICstmrCdtTrf></Document>`

// TestPacs: as with MT103; and XML that is a weapon is held.
func TestPacs(t *testing.T) {
	ctx := context.Background()
	ask := func(text string) *guard.Verdict {
		r := bankRequest(text)
		r.Kind = guard.Pacs008
		return with(t, "strict", bankPolicy).Check(ctx, r)
	}
	want(t, "as given", ask(pacs), guard.Allow)
	bomb := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>`
	for name, c := range map[string]struct {
		old, new string
		d        guard.Decision
		rule     string
	}{
		"amount":           {">3000<", ">1400000<", guard.Deny, "G02:critical"},
		"currency":         {`"USD"`, `"EUR"`, guard.Deny, "G02:critical"},
		"account":          {"<Id>111<", "<Id>112<", guard.Deny, "G02:critical"},
		"bank":             {"TESTUS31", "TESTHK31", guard.Deny, "G02:critical"},
		"reference":        {"REF1", "REF2", guard.Deny, "G02:critical"},
		"debtor":           {"ACC1", "ACC2", guard.Deny, "G02:critical"},
		"no currency":      {` Ccy="USD"`, "", guard.Deny, "G01:high"},
		"count":            {"<NbOfTxs>1<", "<NbOfTxs>2<", guard.Deny, "G01:high"},
		"DTD":              {"<Document", bomb + "<Document", guard.Deny, "G01:high"},
		"entity":           {"PAYEE", "&x;", guard.Deny, "G01:high"},
		"unknown element":  {"<ChrgBr>", "<UltmtCdtr><Nm>X</Nm></UltmtCdtr><ChrgBr>", guard.Hold, "G01:high"},
		"two accounts":     {"<CdtrAcct>", "<CdtrAcct><Id><Othr><Id>112</Id></Othr></Id></CdtrAcct><CdtrAcct>", guard.Hold, "G01:high"},
		"two Id":           {"<Id><Othr><Id>111</Id></Othr></Id></CdtrAcct>", "<Id><Othr><Id>111</Id></Othr></Id><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct>", guard.Hold, "G01:high"},
		"two inner Id":     {"<Id>111</Id>", "<Id>111</Id><Id>112</Id>", guard.Hold, "G01:high"},
		"two Othr":         {"<Othr><Id>111</Id></Othr>", "<Othr><Id>111</Id></Othr><Othr><Id>112</Id></Othr>", guard.Hold, "G01:high"},
		"Othr and IBAN":    {"<Othr><Id>ACC1</Id></Othr>", "<Othr><Id>ACC1</Id></Othr><IBAN></IBAN>", guard.Hold, "G01:high"},
		"two BICFI":        {"<BICFI>TESTUS31</BICFI>", "<BICFI>TESTUS31</BICFI><BICFI>TESTHK31</BICFI>", guard.Hold, "G01:high"},
		"BICFI and BIC":    {"<BICFI>TESTUS31</BICFI>", "<BICFI>TESTUS31</BICFI><BIC>TESTHK31</BIC>", guard.Hold, "G01:high"},
		"two FinInstnId":   {"<BICFI>TESTUS31</BICFI></FinInstnId>", "<BICFI>TESTUS31</BICFI></FinInstnId><FinInstnId><BICFI>TESTHK31</BICFI></FinInstnId>", guard.Hold, "G01:high"},
		"two names":        {"<Nm>PAYEE</Nm>", "<Nm>PAYEE</Nm><Nm>OTHER</Nm>", guard.Hold, "G01:high"},
		"two currencies":   {`Ccy="USD"`, `Ccy="USD" Ccy="EUR"`, guard.Hold, "G01:high"},
		"another message":  {"pacs.008.001.08", "pacs.004.001.09", guard.Hold, "G01:high"},
		"cut":              {"</Document>", "", guard.Hold, "G01:high"},
		"something behind": {"</Document>", "</Document>x", guard.Hold, "G01:high"},
	} {
		text := strings.Replace(pacs, c.old, c.new, 1)
		if text == pacs {
			t.Fatalf("%s changes nothing", name)
		}
		v := ask(text)
		if v.Decision == guard.Allow || !strings.Contains(rules(v), c.rule) {
			t.Errorf("%s: %s %s", name, v.Decision, rules(v))
		}
	}
	// What the standard lets repeat is no fault.
	many := strings.NewReplacer("<Nm>PAYEE</Nm>", "<Nm>PAYEE</Nm><PstlAdr><AdrLine>A</AdrLine><AdrLine>B</AdrLine></PstlAdr>"+
		"<Id><OrgId><Othr><Id>1</Id></Othr><Othr><Id>2</Id></Othr></OrgId></Id>", "</CdtTrfTxInf>", "<RmtInf><Ustrd>A</Ustrd><Ustrd>B</Ustrd></RmtInf></CdtTrfTxInf>").Replace(pacs)
	want(t, "what may repeat", ask(many), guard.Allow)
}
