package table_test

import (
	"errors"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/table"
)

// FuzzTable: whatever the bytes, the reader ends with an *Error or with valid
// transfers of distinct names in canonical order.
func FuzzTable(f *testing.F) {
	m := wide
	m.Columns.Asset, m.Columns.Created, m.Columns.Precision = "symbol?", "created?", "precision?"
	m.Columns.Time, m.Time = "time?", table.TimeForm{Format: "unix"}
	m.Unit, m.Grouped, m.Decimals, m.AssumeSuccess = "decimal", true, new(18), true
	m.Keep = []string{"token"}
	f.Add(write([]record{{tx: "a", from: token, to: token, n: 5, fee: 1, ok: true}, {tx: "a", from: token, to: token, n: 5, fee: 1, withToken: true}}))
	f.Add([]byte("tx,from,to,n,fee,block,index,status,token,symbol,precision,time\na," + token + "," + token + `,"1,000.5",0,1,2,true,,EТH,5,7` + "\n"))
	f.Add([]byte("tx,from,to,n,fee,block,index,status,token,created\n\"a#1\"," + token + ",,340282366920938463463374607431768211456,0,1,2,,," + token + "\n"))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add([]byte("\ufefftx\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := table.New("t.csv", data, m)
		if err != nil {
			t.Fatal(err)
		}
		ts, err := collect(s)
		if err != nil {
			var e *table.Error
			if !errors.As(err, &e) || len(ts) > 0 || e.Msg == "" {
				t.Fatalf("%d transfers, then %v", len(ts), err)
			}
			return
		}
		names := map[string]bool{}
		for i, x := range ts {
			if err := x.Validate(ledger.Accounts); err != nil {
				t.Fatal(err)
			}
			if i > 0 && x.Key.Cmp(ts[i-1].Key) < 0 {
				t.Fatalf("%v after %v", x.Key, ts[i-1].Key)
			}
			if names[x.ID] {
				t.Fatalf("%q twice", x.ID)
			}
			names[x.ID] = true
		}
	})
}
