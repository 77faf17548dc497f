package guard

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/source/iso20022"
)

// decodePacs reads a pacs.008 or pacs.009 of one transaction. The reader of the
// source package passes over elements that say nothing of the payment's graph;
// here each of them must be known, since one that is not could matter.
func (c *check) decodePacs(message string) error {
	want := "pacs.00" + strings.TrimPrefix(string(c.req.Kind), "pacs00")
	count := 0
	for m, err := range iso20022.Read("payload.message", strings.NewReader(message)) {
		if err != nil {
			return err
		}
		if count++; count > 1 {
			return fmt.Errorf("payload.message holds several transactions: ask about each by itself")
		}
		if !strings.HasPrefix(m.Type, want+".") {
			return fmt.Errorf("payload.message is a %s, not a %s", clip(m.Type), want)
		}
		if err := c.bankCredit(&m); err != nil {
			return err
		}
	}
	if count == 0 {
		return fmt.Errorf("payload.message holds no transaction")
	}
	return c.pacsElements(message)
}

// pacsNames are the elements that are read, or that name, describe and route
// without moving money or choosing who gets it (ISO 20022, pacs.008.001.08 and
// pacs.009.001.08).
var pacsNames = strings.Fields(`Document AppHdr Fr To FIId BizMsgIdr MsgDefIdr BizSvc CreDt
FIToFICstmrCdtTrf FICdtTrf GrpHdr MsgId CreDtTm NbOfTxs CtrlSum TtlIntrBkSttlmAmt SttlmInf SttlmMtd SttlmAcct
InstgRmbrsmntAgt InstdRmbrsmntAgt ThrdRmbrsmntAgt InstgAgt InstdAgt FinInstnId BICFI BIC ClrSysMmbId ClrSysId MmbId LEI BrnchId
CdtTrfTxInf PmtId InstrId EndToEndId TxId UETR PmtTpInf InstrPrty SvcLvl LclInstrm CtgyPurp Cd Prtry
IntrBkSttlmAmt IntrBkSttlmDt SttlmPrty InstdAmt XchgRate ChrgBr ChrgsInf Amt Agt
PrvsInstgAgt1 PrvsInstgAgt2 PrvsInstgAgt3 IntrmyAgt1 IntrmyAgt2 IntrmyAgt3
Dbtr DbtrAcct DbtrAgt CdtrAgt Cdtr CdtrAcct UndrlygCstmrCdtTrf
Id IBAN Othr SchmeNm Issr Ccy Nm PstlAdr AdrLine StrtNm BldgNb PstCd TwnNm Ctry CtrySubDvsn OrgId PrvtId AnyBIC CtryOfRes
Purp RmtInf Ustrd`)

// repeats are the elements above that may stand several times in their parent.
// Others stand once: of two, another reader could take the one that is not read here.
var repeats = strings.Fields("CdtTrfTxInf AdrLine Ustrd ChrgsInf SvcLvl")

// parent is an element that is open.
type parent struct {
	name     string
	children map[string]bool
}

// pacsElements leaves every element without a meaning, and every one that stands
// twice in its parent.
func (c *check) pacsElements(message string) error {
	dec := xml.NewDecoder(strings.NewReader(message))
	var open []parent
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("payload.message: %w", err)
		}
		where := fmt.Sprintf("byte %d", dec.InputOffset())
		switch t := t.(type) {
		case xml.StartElement:
			name := t.Name.Local
			if !slices.Contains(pacsNames, name) {
				c.leave(where, "element %s has no meaning here", clip(name))
			}
			if n := len(open); n > 0 {
				c.pacsChild(where, open[n-1], name)
			}
			attrs := map[string]bool{}
			for _, a := range t.Attr {
				if attrs[a.Name.Local] {
					c.leave(where, "attribute %s of %s stands twice", clip(a.Name.Local), clip(name))
				}
				attrs[a.Name.Local] = true
			}
			open = append(open, parent{name, map[string]bool{}})
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

// pacsChild leaves a child that its parent has already, or cannot have beside
// another. An Id is a choice of one; BIC is the older name of BICFI.
func (c *check) pacsChild(where string, in parent, name string) {
	one := name
	if name == "BIC" {
		one = "BICFI"
	}
	some := name == "Othr" && (in.name == "OrgId" || in.name == "PrvtId")
	switch {
	case in.name == "Id" && len(in.children) > 0:
		c.leave(where, "an Id holds more than one child, %s", clip(name))
	case in.children[one] && !some && !slices.Contains(repeats, name):
		c.leave(where, "element %s stands twice", clip(name))
	}
	in.children[one] = true
}
