package swift_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/source/sourcetest"
	"github.com/coldtrail/coldtrail/source/swift"
)

const shipped = "../../casefile/cases/bangladesh-2016/reconstruction.fin"

func TestSuite(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) ledger.Source {
		s, err := swift.Open([]string{shipped}, payments.Options{Name: "t"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestSuiteFaults(t *testing.T) {
	good, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name, data string) func(*testing.T) (ledger.Source, error) {
		return func(t *testing.T) (ledger.Source, error) {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
				t.Fatal(err)
			}
			return swift.Open([]string{path}, payments.Options{})
		}
	}
	sourcetest.Faults(t, []sourcetest.Fault{
		{Name: "empty", Open: file("e.fin", ""), Want: payments.ErrFrame, Says: []string{"e.fin", "no message"}},
		{Name: "cut", Open: file("c.fin", string(good[:len(good)-9])), Want: payments.ErrFrame, Says: []string{"c.fin", "at byte", "cut"}},
		{Name: "no folder", Open: func(*testing.T) (ledger.Source, error) { return swift.Open([]string{"no such"}, payments.Options{}) }, Want: os.ErrNotExist},
	})
}

// TestLeaveOut: with leave, a message that cannot be read is counted and named;
// the rest is there.
func TestLeaveOut(t *testing.T) {
	good := mt("103", "{121:"+uetr+"}", order)
	bad := strings.Replace(good, "1000,", "1000.00", 1)
	s, err := payments.Read("t.fin", strings.NewReader(bad+"\n$\n"+good), swift.Messages, payments.Options{LeaveOut: true})
	if err != nil {
		t.Fatal(err)
	}
	if in := s.Info(); in.Skipped != 1 || len(s.Payments()) != 1 || !strings.Contains(strings.Join(in.Notes, "\n"), "left out: t.fin: at byte ") {
		t.Errorf("%+v", in)
	}
	if _, err := payments.Read("t.fin", strings.NewReader(bad+"\n$\n"+good), swift.Messages, payments.Options{}); !errors.Is(err, payments.ErrAmount) {
		t.Errorf("without leave: %v", err)
	}
}
