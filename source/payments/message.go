package payments

import (
	"strconv"
	"time"
)

// Role says what a message does to a payment.
type Role uint8

// The roles.
const (
	Order     Role = iota + 1 // asks for a customer payment: MT101, MT103, pacs.008
	Cover                     // settles a customer payment and repeats it: MT202 COV, pacs.009 COV
	Interbank                 // a payment between banks: MT202, pacs.009
	Accepted                  // ACK, pacs.002 other than RJCT
	Rejected                  // NAK, pacs.002 RJCT, MT103 with /REJT/
	Credited                  // MT910, camt.052 to 054 and MT940/950 credit lines
	Debited                   // MT900 and debit lines
	Returned                  // pacs.004, MT103 with /RETN/
	Recalled                  // MT192, MT292, camt.056
	Answered                  // MT196, MT296, camt.029
	Balance                   // opening balance of a statement
)

// String is the word of reports.
func (r Role) String() string {
	if int(r) >= len(roleWords) {
		return "unknown"
	}
	return roleWords[r]
}

var roleWords = [...]string{"unknown", "ordered", "cover", "interbank", "accepted", "rejected", "credited", "debited", "returned", "recalled", "answered", "balance"}

// Party is a customer or bank as a message names it, in the message's spelling.
type Party struct {
	BIC     string
	Account string // IBAN or number
	Name    string
}

// IsZero reports whether nothing is stated.
func (p Party) IsZero() bool { return p == Party{} }

// Charge is what an agent took.
type Charge struct {
	Money Money
	Agent string // BIC; may be empty
	// Receiver is set for charges of the receiver that the sender pays (71G).
	Receiver bool
}

// Message is a decoded message, or one transaction or entry of it: what the
// payments graph and the guard need of any standard.
type Message struct {
	Role Role
	Type string // "MT103", "pacs.008.001.08"
	// Sender and Receiver are the BICs of the envelope; either may be empty.
	Sender, Receiver string
	// Ref is the sender's reference (field 20, InstrId), Related the reference
	// of the message this one speaks of (field 21, OrgnlInstrId).
	Ref, Related string
	EndToEnd     string
	UETR         string // as written
	ValueDate    time.Time
	// Amount is the interbank amount, Instructed what the debtor ordered; Rate
	// is the text of the exchange rate.
	Amount, Instructed Money
	Rate               string
	Debtor, Creditor   Party
	DebtorAgent        Party
	CreditorAgent      Party
	// Route holds the agents between, in order; Settlement the reimbursement
	// agents (53, 54, 55).
	Route, Settlement []Party
	Bearer            string // OUR, SHA, BEN
	Charges           []Charge
	// Account is the account a confirmation or statement is about, in the form
	// of AccountOf.
	Account Party
	// Booked is when it was booked; DateOnly says that only the day is known.
	Booked   time.Time
	DateOnly bool
	// Sequence orders the entries of one statement, from 1, Page the statements and
	// pages of one account and file.
	Sequence int
	Page     int64
	// Reversal marks an entry that takes back an earlier one.
	Reversal bool
	Reason   string // of a rejection, return, recall or answer
	Remit    string // remittance information
	// Possible marks a possible duplicate (PDE, PDM).
	Possible bool
	// Acked says that the network took the message (ACK). Refused is its role
	// where the network did not (NAK): Role is Rejected then.
	Acked   bool
	Refused Role
	File    string
	Offset  int64
	Bent    []string // what was read although it is not as the standard has it, with places
}

// Evidence is where the message stands.
func (m *Message) Evidence() string {
	return m.File + ": at byte " + strconv.FormatInt(m.Offset, 10) + " (" + m.Type + ")"
}

// ValidUETR reports whether a UETR is one: a UUID of version 4, lower case.
func ValidUETR(s string) bool {
	if len(s) != 36 || s[14] != '4' || (s[19] != '8' && s[19] != '9' && s[19] != 'a' && s[19] != 'b') {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
