package replay

import (
	"fmt"
	"time"

	"github.com/coldtrail/coldtrail/guard"
)

// austro is the altered order of Banco del Austro. No message of that heist is
// public: names, accounts, references and the day are made by us; what was altered
// and to what is as reported.
func austro() (*Case, error) {
	day := time.Date(2015, 1, 14, 0, 0, 0, 0, time.UTC)
	c := &Case{
		Name: "banco-del-austro-2015", Title: "Banco del Austro, January 2015: an order of 3,000 USD to Miami becomes 1.4 million to Hong Kong", Reconstruction: true,
		Sources: []string{
			"Reuters, WSJ and SecurityWeek: at least 12 MT103 over ten days; existing orders were altered, 3,000 USD to Miami became 1.4 million to Hong Kong; about 12.2 million in all",
			"the message is made by us: its names, accounts, references and day are not those of the bank",
		},
		Loss: "1.4 million USD by this order (about 12.2 million USD in the whole heist)", Stolen: day.Add(24 * time.Hour),
		Policy: fmt.Sprintf(`format: %s
name: banco-del-austro-2015
wallets:
  austro: {role: cold, account: "acct:RECOECE0:ACC1"}
`, guard.PolicyFormat),
	}
	meant := &guard.Intent{To: "acct:RECOUS30:111", Asset: "iso4217:USD", Amount: "3000", Unit: "USD", Ref: "RECON0001", Source: "the order in core banking"}
	for i, s := range []struct {
		label                   Label
		amount, bank, to, owner string
	}{
		{Benign, "3000,", "RECOUS30XXX", "111", "RECONSTRUCTION PAYEE MIAMI"},
		{Malicious, "1400000,", "RECOHKH0XXX", "999", "RECONSTRUCTION PAYEE HONG KONG"},
	} {
		message := "{1:F01RECOECE0AXXX0000000000}{2:I103RECOUS60XXXXN}{4:\r\n:20:RECON0001\r\n:23B:CRED\r\n:32A:150114USD" + s.amount +
			"\r\n:50K:/ACC1\r\nRECONSTRUCTION CUSTOMER\r\n:57A:" + s.bank + "\r\n:59:/" + s.to + "\r\n" + s.owner + "\r\n:71A:OUR\r\n-}"
		name := []string{"the order as it was given", "the order as it was sent"}[i]
		c.Steps = append(c.Steps, Step{
			At: day.Add(time.Duration(i) * 24 * time.Hour), Label: s.label, Name: name,
			Request: &guard.Request{ID: name, Wallet: "austro", Kind: guard.MT103, Payload: payload(map[string]string{"message": message}), Intent: meant},
		})
	}
	return c, nil
}
