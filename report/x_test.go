package report

import (
	"os"
	"testing"
)

func TestX(t *testing.T) {
	for _, n := range []string{"five", "thefts", "coins", "hundreds"} {
		d := document(t, n)
		for _, th := range []string{"light", "dark"} {
			f, _ := os.Create("/tmp/" + n + "-" + th + ".html")
			if err := HTML(f, d, Options{Theme: th}); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
	}
}
