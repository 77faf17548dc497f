package nem_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/nem"
)

// A key of the made-up ledger: its address follows from it.
type key string

const (
	alice key = "alice"
	bob   key = "bob"
	carol key = "carol"
	joint key = "joint"
)

func (k key) public() string {
	h := sha256.Sum256([]byte(k))
	return hex.EncodeToString(h[:])
}

func (k key) address() string {
	a, err := nem.Derive(k.public(), nem.Mainnet)
	if err != nil {
		panic(err)
	}
	return string(a)
}

type object = map[string]any

// pair is a transaction with what a page says of it.
type pair struct{ meta, tx object }

// made is a ledger in the making: each transaction in a block of its own.
type made struct{ n int }

func newLedger() *made { return &made{} }

func (l *made) wrap(tx object) pair {
	l.n++
	h := sha256.Sum256(fmt.Append(nil, "tx", l.n))
	return pair{object{"id": l.n, "height": l.n, "hash": object{"data": hex.EncodeToString(h[:])}, "innerHash": object{}}, tx}
}

func tx(kind int, by key, fee int, more object) object {
	o := object{"timeStamp": 1000, "type": kind, "version": 1744830465, "fee": fee, "signer": by.public(), "deadline": 4600}
	for k, v := range more {
		o[k] = v
	}
	return o
}

func pay(from, to key, amount int) object {
	return tx(257, from, 50000, object{"recipient": to.address(), "amount": amount, "message": object{}})
}

func (l *made) pay(from, to key, amount int) pair { return l.wrap(pay(from, to, amount)) }

func mosaic(space, name string, quantity int) object {
	return object{"quantity": quantity, "mosaicId": object{"namespaceId": space, "name": name}}
}

func (l *made) mosaics(from, to key, times int, m ...object) pair {
	return l.wrap(tx(257, from, 50000, object{"version": 1744830466, "recipient": to.address(), "amount": times, "mosaics": m}))
}

func (l *made) multisig(by key, inner object, cosigners ...key) pair {
	var sigs []object
	for _, c := range cosigners {
		sigs = append(sigs, tx(4098, c, 150000, object{"otherAccount": joint.address()}))
	}
	return l.wrap(tx(4100, by, 150000, object{"otherTrans": inner, "signatures": sigs}))
}

// page lists transactions as a node does: newest first.
func page(pairs ...pair) object {
	data := []object{}
	for i := len(pairs) - 1; i >= 0; i-- {
		data = append(data, object{"meta": pairs[i].meta, "transaction": pairs[i].tx})
	}
	return object{"data": data}
}

func block(height int, txs ...object) object {
	h := sha512.Sum512(fmt.Append(nil, "block", height, txs))
	return object{"timeStamp": 1000, "height": height, "prevBlockHash": object{}, "type": 1, "version": 1744830465, "signature": hex.EncodeToString(h[:]), "transactions": append([]object{}, txs...)}
}

func definition(space, name, decimals string, levy object) object {
	return object{"data": []object{{"meta": object{"id": 1}, "mosaic": object{
		"id": object{"namespaceId": space, "name": name}, "properties": []object{{"name": "divisibility", "value": decimals}}, "levy": levy,
	}}}}
}

func levy(kind int, to key, space, name string, fee int) object {
	return object{"type": kind, "recipient": to.address(), "mosaicId": object{"namespaceId": space, "name": name}, "fee": fee}
}

func answer(t *testing.T, name string, body any) nem.Answer {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return nem.Answer{Name: name, Body: b}
}

func read(t *testing.T, answers ...nem.Answer) *nem.Source {
	t.Helper()
	s, err := nem.Read("test", answers)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func drain(t *testing.T, s ledger.Source) []ledger.Transfer {
	t.Helper()
	var out []ledger.Transfer
	for tr, err := range s.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, tr)
	}
	return out
}

// everything is a page with each kind of transaction, and the definitions.
func everything(t *testing.T) []nem.Answer {
	l := newLedger()
	message := l.pay(alice, bob, 0)
	message.tx["message"] = object{"payload": "68656c6c6f", "type": 1}
	return []nem.Answer{
		answer(t, "page.json", page(
			l.pay(alice, bob, 5_000_000),
			message,
			l.mosaics(bob, carol, 2_000_000, mosaic("shop", "coin", 700), mosaic("nem", "xem", 10)),
			l.mosaics(bob, carol, 1_000_000, mosaic("shop", "taxed", 12345)),
			l.multisig(alice, pay(joint, carol, 9), alice, bob),
			l.wrap(tx(2049, alice, 150000, object{"mode": 1, "remoteAccount": bob.public()})),
			l.wrap(tx(8193, alice, 150000, object{"rentalFee": 100_000_000, "rentalFeeSink": carol.address(), "newPart": "shop"})),
			l.wrap(tx(16385, alice, 150000, object{"creationFee": 10_000_000, "creationFeeSink": carol.address()})),
			l.wrap(tx(16386, alice, 0, nil)),
			l.wrap(tx(9999, alice, 7, nil)),
		)),
		answer(t, "coin.json", definition("shop", "coin", "3", object{})),
		answer(t, "taxed.json", definition("shop", "taxed", "0", levy(2, alice, "shop", "coin", 100))),
	}
}
