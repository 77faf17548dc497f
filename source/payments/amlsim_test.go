package payments_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/trace"
)

// amlsim reads the rows of a file of the AMLSim sample.
func amlsim(t *testing.T, name string) [][]string {
	t.Helper()
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set: no AMLSim sample")
	}
	f, err := os.Open(filepath.Join(root, "data", "bank", "amlsim", "20K_fanin200cycle200.tgz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			t.Fatalf("no %s", name)
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(h.Name, "/"+name) {
			rows, err := csv.NewReader(r).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			return rows[1:]
		}
	}
}

func dollars(t *testing.T, s string) payments.Money {
	t.Helper()
	m, err := payments.ParseISO("USD", s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestAMLSim: every row is a payment, identical rows too; init_balance opens the
// account; a step is a day on which the order is not known; value is conserved.
func TestAMLSim(t *testing.T) {
	var ms []payments.Message
	for _, r := range amlsim(t, "nodes.csv") {
		ms = append(ms, payments.Message{Role: payments.Balance, Account: payments.Party{Account: r[0], BIC: "AMLSUS33"}, Amount: dollars(t, r[2]), Reason: "C", Booked: day, DateOnly: true, File: "nodes.csv"})
	}
	accounts := len(ms)
	rows := amlsim(t, "transactions.csv")
	for i, r := range rows {
		step, err := strconv.Atoi(r[3])
		if err != nil {
			t.Fatal(err)
		}
		ms = append(ms, payments.Message{
			Role: payments.Order, Type: "row", Sender: "AMLSUS33", Ref: strconv.Itoa(i + 1), ValueDate: day.Add(time.Duration(step) * 24 * time.Hour), Amount: dollars(t, r[2]),
			Debtor: payments.Party{Account: r[0]}, Creditor: payments.Party{Account: r[1]},
			DebtorAgent: payments.Party{BIC: "AMLSUS33"}, CreditorAgent: payments.Party{BIC: "AMLSUS33"}, File: "transactions.csv", Offset: int64(i),
		})
	}
	src := payments.New(ms, nil, "amlsim", "", payments.Options{Assume: true})
	values, self, opening := 0, 0, money.Zero
	var first ledger.Transfer
	for x, err := range src.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if x.Kind == ledger.Opening {
			opening = opening.Add(x.Amount())
			continue
		}
		values++
		if x.From() == x.To() {
			self++
		} else if first.ID == "" {
			first = x
		}
	}
	if accounts != 20000 || values != 120558 || self != 15 {
		t.Errorf("%d accounts, %d payments, %d to itself; want 20000, 120558, 15", accounts, values, self)
	}
	if notes := strings.Join(src.Info().Notes, "\n"); !strings.Contains(notes, "listed credits before debits") || !strings.Contains(notes, "assumed") {
		t.Errorf("the rule of ties or the assumption is not said: %s", notes)
	}
	g, err := graph.Build(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := trace.Run(t.Context(), g, trace.Question{Thefts: []trace.Theft{{Name: "T", Seeds: []trace.Seed{{Ref: first.ID}}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range tr.Views {
		for _, a := range v.Assets {
			for i, s := range a.ByPolicy {
				if tr.Policies[i].Conserves() && s.Seeded.Add(s.ConvertedIn) != s.Out() {
					t.Errorf("%s: %s in, %s out", tr.Policies[i], s.Seeded, s.Out())
				}
				if tr.Policies[i].Conserves() && s.Seeded != first.Amount() {
					t.Errorf("%s: seeded %s, stolen %s", tr.Policies[i], s.Seeded, first.Amount())
				}
			}
		}
	}
	t.Logf("opening %s, %d places, unobserved in %d accounts", opening.Decimal(2), len(tr.Places), len(tr.Unobserved))
}
