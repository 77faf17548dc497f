package replay

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/coldtrail/coldtrail/guard"
)

// Example is a request to try, with the policy that knows its wallet.
type Example struct {
	Name, Title string
	// Base is the built-in policy that Policy, YAML, is laid over.
	Base, Policy string
	// Made says that the bytes are made by us, for trying.
	Made    bool
	Request *guard.Request
}

// Examples gives one request of every kind that a person may paste, those of real
// thefts first.
func Examples() ([]Example, error) {
	var out []Example
	for _, from := range []struct {
		name  string
		label Label
		title string
	}{
		{"bybit-2025", Displayed, "Bybit, the proposal that the screens showed (Safe)"},
		{"bybit-2025", Malicious, "Bybit, the bytes that were signed (Safe)"},
		{"dmm-2024", Malicious, "DMM, a destination that looks like the known one (PSBT)"},
		{"banco-del-austro-2015", Malicious, "Banco del Austro, an altered order (MT103)"},
		{"banco-del-austro-2015", Benign, "Banco del Austro, the order as it was given (MT103)"},
	} {
		c, err := Open(from.name)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(c.Steps, func(s Step) bool { return s.Label == from.label })
		out = append(out, Example{from.name + " " + string(from.label), from.title, "baseline", c.Policy, c.Reconstruction, c.Steps[at].Request})
	}
	return append(out, madeExamples()...), nil
}

// Accounts of the made examples: nobody's.
const (
	exampleKey   = "0x1111111111111111111111111111111111111111"
	exampleTo    = "0x2222222222222222222222222222222222222222"
	exampleToken = "0x3333333333333333333333333333333333333333"
)

// madeExamples are requests of the kinds for which no theft's bytes are at hand.
func madeExamples() []Example {
	policy := fmt.Sprintf(`format: %s
name: examples
wallets:
  key: {role: hot, account: "eip155:1:%s"}
  bank: {role: cold, account: "acct:TESTDEF0:ACC1"}
address_book:
  - {name: supplier, addr: "%s"}
  - {name: payee, addr: "acct:TESTUS31:111"}
require_balance: false
`, guard.PolicyFormat, exampleKey, exampleTo)
	// RLP of nonce 1, price 1 wei, gas 21000, to, 1 ETH, no data; then chain 1, 0, 0.
	raw := "0xe7" + "01" + "01" + "825208" + "94" + exampleTo[2:] + "88" + "0de0b6b3a7640000" + "80" + "01" + "80" + "80"
	permit := fmt.Sprintf(`{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
"Permit":[{"name":"owner","type":"address"},{"name":"spender","type":"address"},{"name":"value","type":"uint256"},{"name":"nonce","type":"uint256"},{"name":"deadline","type":"uint256"}]},
"primaryType":"Permit","domain":{"name":"Example Token","chainId":"1","verifyingContract":"%s"},
"message":{"owner":"%s","spender":"%s","value":"115792089237316195423570985008687907853269984665640564039457584007913129639935","nonce":"0","deadline":"1740200000"}}`, exampleToken, exampleKey, exampleTo)
	pacs := `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>` +
		`<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-14T10:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>INDA</SttlmMtd></SttlmInf></GrpHdr>` +
		`<CdtTrfTxInf><PmtId><InstrId>REF1</InstrId><EndToEndId>E1</EndToEndId><UETR>eb6305c9-1f7f-49de-aed0-16487c27b42d</UETR></PmtId>` +
		`<IntrBkSttlmAmt Ccy="USD">3000</IntrBkSttlmAmt><IntrBkSttlmDt>2026-01-14</IntrBkSttlmDt><ChrgBr>DEBT</ChrgBr>` +
		`<Dbtr><Nm>CUSTOMER</Nm></Dbtr><DbtrAcct><Id><Othr><Id>ACC1</Id></Othr></Id></DbtrAcct><DbtrAgt><FinInstnId><BICFI>TESTDEF0</BICFI></FinInstnId></DbtrAgt>` +
		`<CdtrAgt><FinInstnId><BICFI>TESTUS31</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>PAYEE</Nm></Cdtr><CdtrAcct><Id><Othr><Id>111</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>` +
		`</FIToFICstmrCdtTrf></Document>`
	meant := &guard.Intent{To: "acct:TESTUS31:111", Asset: "iso4217:USD", Amount: "3000", Unit: "USD", Ref: "REF1", Source: "the order"}
	return []Example{
		{"ethereum payment", "A payment of 1 ETH as it was meant (raw transaction)", "strict", policy, true, &guard.Request{
			ID: "payment", Wallet: "key", Kind: guard.EthTx, Payload: payload(map[string]string{"raw": raw}),
			Intent: &guard.Intent{To: exampleTo, Asset: "eip155:1/slip44:60", Amount: "1", Unit: "ETH", Source: "the order"},
		}},
		{"unlimited permit", "A signature that lets another take every token (typed data)", "strict", policy, true, &guard.Request{
			ID: "permit", Wallet: "key", Kind: guard.EIP712, Payload: json.RawMessage(permit),
		}},
		{"credit transfer", "A credit transfer as it was meant (pacs.008)", "strict", policy, true, &guard.Request{
			ID: "credit transfer", Wallet: "bank", Kind: guard.Pacs008, Payload: payload(map[string]string{"message": pacs}), Intent: meant,
		}},
	}
}
