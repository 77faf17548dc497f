package ethereum_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/source/ethereum"
)

var keptAnswer = regexp.MustCompile(`^web3_response\.(eth_getBlockByNumber|trace_block|debug_traceBlockByNumber|eth_getFilterLogs|eth_getTransactionReceipt)_(0x[0-9a-f]+)(_.*)?\.json$`)

// kept reads the answers of a node beside an expected export, by block.
func kept(t *testing.T, dir string) (said []ethereum.Said, traced bool) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		m := keptAnswer.FindStringSubmatch(f.Name())
		if m == nil || strings.Contains(f.Name(), "_false.json") {
			continue
		}
		var a struct {
			Result json.RawMessage
			ID     uint64
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &a); err != nil {
			t.Fatal(err)
		}
		s := ethereum.Said{Method: m[1], Result: a.Result}
		switch m[1] {
		case "eth_getFilterLogs", "eth_getTransactionReceipt":
			number := regexp.MustCompile(`"blockNumber": *"(0x[0-9a-f]+)"`).FindSubmatch(data)
			s.Block, err = strconv.ParseUint(string(number[1]), 0, 64)
		default:
			s.Block, err = strconv.ParseUint(m[2], 0, 64)
		}
		if err != nil {
			t.Fatal(err)
		}
		traced = traced || strings.Contains(m[1], "trace")
		said = append(said, s)
	}
	sort.SliceStable(said, func(i, j int) bool { return said[i].Block < said[j].Block })
	return said, traced
}

// TestGoldenAnswers: the answers of a node and the export that ethereum-etl makes of
// them give the same transfers.
func TestGoldenAnswers(t *testing.T) {
	root := shared(t, "etl-fixtures", "ethereum-etl")
	pairs, moved := 0, 0
	for _, job := range []string{"test_export_blocks_job", "test_export_traces_job", "test_extract_geth_traces_job", "test_export_token_transfers_job", "test_stream"} {
		dirs, err := filepath.Glob(filepath.Join(root, job, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs {
			said, traced := kept(t, dir)
			if len(said) == 0 {
				continue
			}
			expected, _ := filepath.Glob(filepath.Join(dir, "expected_*"))
			pairs++
			t.Run(job+"/"+filepath.Base(dir), func(t *testing.T) {
				got, err := ethereum.FromAnswers(traced, said...)
				if err != nil {
					t.Fatal(err)
				}
				src, err := ethereum.Open(expected, ethereum.Options{AssumeSuccess: true, Sort: true})
				if err != nil && strings.Contains(err.Error(), "no rows in any table") && len(got) == 0 {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				want := all(t, src)
				moved += len(want)
				if d := cmp.Diff(lines(want), lines(got)); d != "" {
					t.Errorf("(-export +node):\n%s", d)
				}
			})
		}
	}
	if pairs < 14 || moved < 30 {
		t.Errorf("only %d pairs with %d transfers", pairs, moved)
	}
	t.Logf("%d pairs, %d transfers", pairs, moved)
}

// TestGoldenNode: a node that answers as ethereum-etl's saw it, without block
// receipts and without traces, gives the transfers of the export.
func TestGoldenNode(t *testing.T) {
	dir := shared(t, "etl-fixtures", "ethereum-etl", "test_stream", "blocks_1755634_1755635")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		var qs []map[string]any
		batch := bytes.HasPrefix(text, []byte("["))
		if !batch {
			text = []byte("[" + string(text) + "]")
		}
		if err := json.Unmarshal(text, &qs); err != nil {
			panic(err)
		}
		var as []map[string]any
		for _, q := range qs {
			a := map[string]any{"id": q["id"], "jsonrpc": "2.0"}
			name := "web3_response." + q["method"].(string)
			for _, p := range q["params"].([]any) {
				switch p := p.(type) {
				case string:
					name += "_" + p
				case bool:
					name += "_" + strconv.FormatBool(p)
				}
			}
			data, err := os.ReadFile(filepath.Join(dir, name+".json"))
			var kept struct{ Result json.RawMessage }
			switch {
			case q["method"] == "eth_chainId":
				a["result"] = "0x1"
			case err != nil:
				a["error"] = map[string]any{"code": -32601, "message": "no such method"}
			default:
				if err := json.Unmarshal(data, &kept); err != nil {
					panic(err)
				}
				a["result"] = kept.Result
			}
			as = append(as, a)
		}
		var out any = as
		if !batch {
			out = as[0]
		}
		json.NewEncoder(w).Encode(out)
	}))
	t.Cleanup(srv.Close)
	n, err := ethereum.OpenNode(t.Context(), srv.URL, ethereum.NodeOptions{From: 1755634, To: 1755635, AssumeSuccess: true})
	if err != nil {
		t.Fatal(err)
	}
	expected, _ := filepath.Glob(filepath.Join(dir, "expected_*"))
	want := lines(all(t, open(t, ethereum.Options{AssumeSuccess: true, Sort: true}, expected...)))
	if got := lines(all(t, n)); want == "" || got != want {
		t.Error(cmp.Diff(want, got))
	}
	if n.Traces() != ethereum.NoTraces {
		t.Errorf("traces by %s", n.Traces())
	}
}
