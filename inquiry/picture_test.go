package inquiry

import (
	"context"
	"errors"
	"testing"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/report"
)

// TestPicturesOfCases lays out every view and asset of every case inside the binary:
// the bars where value ended hold what entered, and no picture is over its limit.
func TestPicturesOfCases(t *testing.T) {
	drawn := 0
	for _, name := range casefile.Names() {
		q := answered(t, name)
		if q == nil {
			continue
		}
		for _, v := range q.Document.Trail.Views {
			for _, a := range v.Assets {
				p, err := report.FlowPicture(&q.Document, report.PictureOptions{View: v.Name, Asset: string(a.Asset.ID)})
				if err != nil {
					t.Fatal(err)
				}
				drawn++
				if len(p.Nodes) > 60 || p.Hidden.Places > 0 {
					t.Errorf("%s, %s: %d bars, %d places hidden", name, v.Name, len(p.Nodes), p.Hidden.Places)
				}
				for i, policy := range p.Policies {
					var sum money.Amount
					for _, n := range p.Nodes {
						if n.Ends {
							sum = sum.Add(n.Amounts[i])
						}
					}
					if p.Conserves[i] && sum != p.Entered[i] {
						t.Errorf("%s, %s, %s: bars hold %s, %s entered", name, v.Name, policy, sum, p.Entered[i])
					}
				}
			}
		}
	}
	if drawn < 8 {
		t.Errorf("only %d pictures were laid out", drawn)
	}
}

// answered runs a case, or gives nil where nothing was credited.
func answered(t *testing.T, name string) *Inquiry {
	t.Helper()
	c, err := casefile.Embedded(name)
	if err != nil {
		t.Fatal(err)
	}
	q, err := OfCase(context.Background(), c, "test")
	if errors.Is(err, ErrNoTheft) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Answer(context.Background()); err != nil {
		t.Fatal(err)
	}
	return q
}

// TestBybitImitators checks that the account which took the swapped ETH is marked:
// two other addresses of the data have the same four characters at either end, and
// neither is on the trail.
func TestBybitImitators(t *testing.T) {
	q := answered(t, "bybit-2025")
	p, err := report.FlowPicture(&q.Document, report.PictureOptions{View: "swap proceeds (not observed)"})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range p.Nodes {
		if n.Label == "0xa4b2fd68593b6f34e51cb9edb66e71c1b4ab449e" {
			if n.Alike == "" || !n.AlikeOff {
				t.Errorf("it looks like %q, off the trail: %v", n.Alike, n.AlikeOff)
			}
			return
		}
	}
	t.Error("the account is not in the picture")
}
