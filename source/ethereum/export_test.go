package ethereum

import (
	"encoding/json"
	"fmt"

	"github.com/coldtrail/coldtrail/ledger"
)

// Said is an answer of a node to one question about a block.
type Said struct {
	Block  uint64
	Method string
	Result json.RawMessage
}

// FromAnswers gives the transfers of answers that were kept, without a node.
func FromAnswers(traced bool, all ...Said) ([]ledger.Transfer, error) {
	n := &Node{rpc: &rpc{host: "kept"}, opt: NodeOptions{AssumeSuccess: true}, traces: NoTraces}
	if traced {
		n.traces = ByGeth
	}
	n.rules = n.newRules("eip155:1")
	b := newBuilder(n.rules)
	r := &reading{s: n.rules}
	var out []ledger.Transfer
	for i := 0; i < len(all); {
		o := newWrote("kept", n.rules.id, all[i].Block)
		for ; i < len(all) && all[i].Block == o.at; i++ {
			if err := o.said(&all[i]); err != nil {
				return out, err
			}
		}
		if len(o.rows) == 0 {
			continue
		}
		if err := n.build(b, r, &loaded{rows: o}); err != nil {
			return out, err
		}
		out = append(out, b.out...)
	}
	return out, nil
}

func (o *wrote) said(s *Said) error {
	switch s.Method {
	case "eth_getBlockByNumber":
		var b blockAnswer
		if err := json.Unmarshal(s.Result, &b); err != nil {
			return err
		}
		return o.block(&b)
	case "eth_getTransactionReceipt":
		var r receiptAnswer
		if err := json.Unmarshal(s.Result, &r); err != nil {
			return err
		}
		return o.receipt(&r)
	case "eth_getFilterLogs":
		var ls []logAnswer
		if err := json.Unmarshal(s.Result, &ls); err != nil {
			return err
		}
		for i := range ls {
			if err := o.log(&ls[i]); err != nil {
				return err
			}
		}
		return nil
	case "trace_block":
		var ts []parityAnswer
		if err := json.Unmarshal(s.Result, &ts); err != nil {
			return err
		}
		return o.parity(ts, "")
	case "debug_traceBlockByNumber":
		var ts []gethAnswer
		if err := json.Unmarshal(s.Result, &ts); err != nil {
			return err
		}
		return o.geth(ts, nil)
	}
	return fmt.Errorf("%s", s.Method)
}
