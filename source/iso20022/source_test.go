package iso20022_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/iso20022"
	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/source/sourcetest"
)

// TestSuite reads a folder: an order in one file, its credit and its return in
// others.
func TestSuite(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) ledger.Source {
		s, err := iso20022.Open([]string{folder}, payments.Options{Name: "t"})
		if err != nil {
			t.Fatal(err)
		}
		if in := s.Info(); !strings.Contains(in.Notes[0], "1 ordered, 0 accepted, 0 rejected, 1 credited, 1 returned") {
			t.Errorf("%q", in.Notes)
		}
		return s
	})
}

var folder string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "iso20022")
	if err != nil {
		panic(err)
	}
	folder = dir
	for name, text := range map[string]string{
		"1.xml": pacs008(1, "1000.50", transfer),
		"2.xml": doc("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", `<Ntfctn><Acct><Id><Othr><Id>222</Id></Othr></Id></Acct>`+entry(uetr, "1000.50", "CRDT")+`</Ntfctn>`),
		"3.xml": doc("pacs.004.001.09", "PmtRtr", `<TxInf><RtrId>R</RtrId><OrgnlUETR>`+uetr+`</OrgnlUETR><RtrdIntrBkSttlmAmt Ccy="USD">5</RtrdIntrBkSttlmAmt><IntrBkSttlmDt>2024-03-05</IntrBkSttlmDt></TxInf>`),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}
