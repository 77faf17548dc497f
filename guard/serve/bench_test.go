package serve_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/wire"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/psbt"
	"github.com/coldtrail/coldtrail/guard/receipt"
	"github.com/coldtrail/coldtrail/guard/replay"
	"github.com/coldtrail/coldtrail/guard/serve"
)

// percentiles reports p50 and p99 of times and the rate of a run.
func percentiles(b *testing.B, all []time.Duration, took time.Duration) {
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(len(all))/took.Seconds(), "checks/s")
}

// measure runs an operation from several callers at one time.
func measure(b *testing.B, callers int, op func() error) {
	b.Helper()
	times := make([][]time.Duration, callers)
	var all sync.WaitGroup
	b.ResetTimer()
	began := time.Now()
	for w := range callers {
		all.Go(func() {
			for range (b.N + callers - 1) / callers {
				at := time.Now()
				if err := op(); err != nil {
					b.Error(err)
					return
				}
				times[w] = append(times[w], time.Since(at))
			}
		})
	}
	all.Wait()
	percentiles(b, slices.Concat(times...), time.Since(began))
}

// BenchmarkSafe is a check of a Safe transaction with three signatures.
func BenchmarkSafe(b *testing.B) {
	g, rows := bybit(b)
	for _, callers := range []int{1, 2} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			measure(b, callers, func() error {
				if v := g.Check(context.Background(), rows[1]); v.Decision != guard.Deny || len(v.Decoded.Signers) != 3 {
					return fmt.Errorf("%s", v.Decision)
				}
				return nil
			})
		})
	}
}

// BenchmarkPSBT is a check of a PSBT of 50 inputs, all with the transaction that
// made the coin.
func BenchmarkPSBT(b *testing.B) {
	g, r := fifty(b)
	for _, callers := range []int{1, 2} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			measure(b, callers, func() error {
				if v := g.Check(context.Background(), r); v.Decision != guard.Allow {
					return fmt.Errorf("%s %v %v", v.Decision, v.Reasons, v.Decoded.Undecoded)
				}
				return nil
			})
		})
	}
}

// BenchmarkPacs is a check of one pacs.008.
func BenchmarkPacs(b *testing.B) {
	base, _ := guard.Builtin("baseline")
	p, err := base.With([]byte("format: " + guard.PolicyFormat + "\nwallets: {bank: {role: cold, account: \"acct:TESTDEF0:ACC1\"}}\naddress_book: [{name: k, addr: \"acct:TESTUS31:111\"}]\n"))
	if err != nil {
		b.Fatal(err)
	}
	g := guard.New(p, nil)
	body, _ := json.Marshal(map[string]string{"message": benchPacs})
	r := &guard.Request{Wallet: "bank", Kind: guard.Pacs008, Payload: body}
	for _, callers := range []int{1, 2} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			measure(b, callers, func() error {
				if v := g.Check(context.Background(), r); v.Decision != guard.Allow {
					return fmt.Errorf("%s %v", v.Decision, v.Reasons)
				}
				return nil
			})
		})
	}
}

const benchPacs = `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>` +
	`<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-14T10:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs></GrpHdr><CdtTrfTxInf><PmtId><InstrId>R</InstrId><EndToEndId>E</EndToEndId></PmtId>` +
	`<IntrBkSttlmAmt Ccy="USD">3000</IntrBkSttlmAmt><IntrBkSttlmDt>2026-01-14</IntrBkSttlmDt><ChrgBr>DEBT</ChrgBr><Dbtr><Nm>C</Nm></Dbtr><DbtrAcct><Id><Othr><Id>ACC1</Id></Othr></Id></DbtrAcct>` +
	`<DbtrAgt><FinInstnId><BICFI>TESTDEF0</BICFI></FinInstnId></DbtrAgt><CdtrAgt><FinInstnId><BICFI>TESTUS31</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>P</Nm></Cdtr><CdtrAcct><Id><Othr><Id>111</Id></Othr></Id></CdtrAcct>` +
	`</CdtTrfTxInf></FIToFICstmrCdtTrf></Document>`

const benchXpub = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"

func fifty(b testing.TB) (*guard.Guard, *guard.Request) {
	base, _ := guard.Builtin("baseline")
	p, err := base.With([]byte("format: " + guard.PolicyFormat + "\nwallets: {btc: {role: cold, descriptors: [\"wpkh(" + benchXpub + "/<0;1>/*)\"]}}\naddress_book: [{name: k, addr: " + replay.DMMKnown + "}]\n"))
	if err != nil {
		b.Fatal(err)
	}
	d, err := psbt.ParseDescriptor("wpkh(" + benchXpub + "/<0;1>/*)")
	if err != nil {
		b.Fatal(err)
	}
	master, _ := hdkeychain.NewKeyFromString(benchXpub)
	tx := wire.NewMsgTx(2)
	var inputs [][]psbt.KV
	for i := range uint32(50) {
		own, _ := d.Script(0, i)
		made := wire.NewMsgTx(2)
		made.AddTxIn(wire.NewTxIn(&wire.OutPoint{Index: i}, []byte{0x51}, nil))
		made.AddTxOut(wire.NewTxOut(100000, own))
		var raw bytes.Buffer
		_ = made.Serialize(&raw)
		hash := made.TxHash()
		tx.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&hash, 0), nil, nil))
		k, _ := master.Derive(0)
		k, _ = k.Derive(i)
		pub, _ := k.ECPubKey()
		inputs = append(inputs, []psbt.KV{{Key: []byte{0}, Value: raw.Bytes()}, {Key: append([]byte{6}, pub.SerializeCompressed()...), Value: []byte{0, 0, 0, 0, 0, 0, 0, 0, byte(i), 0, 0, 0}}})
	}
	script, _ := psbt.ScriptOf(replay.DMMKnown)
	tx.AddTxOut(wire.NewTxOut(50*100000-20000, script))
	var raw bytes.Buffer
	_ = tx.Serialize(&raw)
	text := base64.StdEncoding.EncodeToString(psbt.Write([]psbt.KV{{Key: []byte{0}, Value: raw.Bytes()}}, inputs, [][]psbt.KV{nil}))
	body, _ := json.Marshal(map[string]string{"psbt": text})
	return guard.New(p, nil), &guard.Request{Wallet: "btc", Kind: guard.PSBT, Payload: body}
}

// BenchmarkHTTP is the Safe check over loopback, without and with receipts.
func BenchmarkHTTP(b *testing.B) {
	_, rows := bybit(b)
	text, _ := json.Marshal(rows[1])
	for _, c := range []struct {
		name    string
		log     bool
		noSync  bool
		callers int
	}{{"no-receipt", false, false, 8}, {"receipt-no-fsync", true, true, 8}, {"receipt", true, false, 8}, {"receipt", true, false, 64}} {
		b.Run(fmt.Sprintf("%s/callers=%d", c.name, c.callers), func(b *testing.B) {
			g, _ := bybit(b)
			s := &serve.Server{Guard: g}
			if c.log {
				dir := b.TempDir()
				if _, err := receipt.WriteKey(filepath.Join(dir, "key"), "bench"); err != nil {
					b.Fatal(err)
				}
				signer, verifier, _ := receipt.ReadKey(filepath.Join(dir, "key"))
				l, _, err := receipt.Open(filepath.Join(dir, "log"), signer, verifier)
				if err != nil {
					b.Fatal(err)
				}
				l.NoSync = c.noSync
				s.Log = l
				defer l.Close()
			}
			h := httptest.NewServer(s.Handler())
			defer h.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c.callers}}
			measure(b, c.callers, func() error {
				res, err := client.Post(h.URL+"/v1/guard/check", "application/json", bytes.NewReader(text))
				if err != nil {
					return err
				}
				defer res.Body.Close()
				if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != 200 {
					return fmt.Errorf("%d %v", res.StatusCode, err)
				}
				return nil
			})
		})
	}
}
