package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
	"github.com/coldtrail/coldtrail/source/ethereum"
	"github.com/coldtrail/coldtrail/source/parquet"
	"github.com/coldtrail/coldtrail/source/table"
)

// into holds the flags that every ingest takes.
type into struct {
	store  string
	memory string
	every  int
	undo   bool
	asJSON bool
	// news keeps silent about a reading that changed nothing, and left out no more
	// than the one before.
	news    bool
	skipped int
}

func (a *app) ingestCommand() *cobra.Command {
	o := &into{}
	cmd := &cobra.Command{
		Use:   "ingest",
		Short: "Read a ledger's files into a store on disk",
		Long: `ingest reads the files of a ledger once, checks every transfer, and keeps them in a
store: a folder that opens in a millisecond, survives being killed, and answers
trace and graph from then on. Begun again after a kill, or with newer files, it
goes on where the store ends.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown kind of ledger %q; see coldtrail ingest --help", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	f := cmd.PersistentFlags()
	f.StringVarP(&o.store, "store", "s", "", "folder of the store; made if it is not there")
	f.StringVar(&o.memory, "memory", "2GiB", "private memory to stay within; mapped files of the store come on top and give way")
	f.IntVar(&o.every, "commit-every", 2_000_000, "transfers between two commits: what a kill can lose")
	f.BoolVar(&o.undo, "undo", false, "take blocks back that the files' best chain has left")
	f.BoolVar(&o.asJSON, "json", false, "print what was done as JSON")
	cmd.AddCommand(a.ingestBitcoinCommand(o), a.ingestEthereumCommand(o), a.ingestNEMCommand(o), a.ingestSwiftCommand(o), a.ingestISOCommand(o), a.ingestTableCommand(o), a.ingestTextCommand(o))
	return cmd
}

func (a *app) ingestBitcoinCommand(o *into) *cobra.Command {
	var network string
	var opt bitcoin.Options
	var node nodeFlags
	cmd := &cobra.Command{
		Use: "bitcoin DIR", Short: "Block files of a node (blk*.dat), an export of bitcoin-etl, or a running node",
		Long: `bitcoin reads the block files of a node: the folder blocks in its data folder. The
node may be running; a block it is writing is left for the next time. Every
transaction id and Merkle root is computed and checked, and the chain of most work
is taken. Transactions of bitcoin-etl are read as well: a file of JSON lines, or a
file or folder of Parquet, also in the layout of AWS (docs/parquet.md). With --node a
running node is asked over JSON-RPC; docs/nodes.md has more.`,
		Example: `  coldtrail ingest bitcoin ~/.bitcoin/blocks --store btc
  coldtrail ingest bitcoin regtest/blocks --network regtest --store rt
  coldtrail ingest bitcoin --node http://localhost:8332 --cookie ~/.bitcoin/.cookie --follow --store btc`,
		RunE: func(c *cobra.Command, args []string) error {
			if network != "" {
				n, err := bitcoin.NetworkByName(network)
				if err != nil {
					return usagef("%v", err)
				}
				opt.Network = n
			}
			if node.url != "" {
				if err := forFiles(c, "workers", "skip-merkle"); err != nil {
					return err
				}
				return a.ingestNode(c.Context(), o, &node, opt.Network, args)
			}
			if err := forNodes(c, "rpc-user", "cookie", "follow"); err != nil {
				return err
			}
			if err := oneArg("the folder or file")(c, args); err != nil {
				return err
			}
			src, err := openBitcoin(c.Context(), args[0], opt)
			if err != nil {
				return err
			}
			return a.ingest(c.Context(), o, src)
		},
	}
	f := cmd.Flags()
	f.StringVar(&network, "network", "", "mainnet, testnet3, testnet4, signet or regtest (default: by the magic of the first block)")
	node.flags(f)
	f.IntVar(&opt.Workers, "workers", 0, "blocks parsed at a time (default: one a processor)")
	f.BoolVar(&opt.SkipMerkle, "skip-merkle", false, "do not check Merkle roots: quicker, and a flipped bit may go unnoticed")
	return cmd
}

func (a *app) ingestEthereumCommand(o *into) *cobra.Command {
	var opt ethereum.Options
	var node ethereumNode
	var id string
	cmd := &cobra.Command{
		Use: "ethereum DIR|FILE...", Short: "Tables of ethereum-etl (transactions, receipts, tokens, traces, blocks), or a running node",
		Long: `ethereum reads exports of ethereum-etl, CSV or JSON lines, plain or gzip, or Parquet,
also in the layout of AWS (docs/parquet.md). Each table is known by its columns.
Traces, where they are given, say what moved inside transactions; receipts, which
transactions failed. docs/ethereum.md has the rules. With --node a running node is
asked over JSON-RPC; docs/nodes.md has more.`,
		Example: `  coldtrail ingest ethereum export/ --store eth
  coldtrail ingest ethereum transactions.csv.gz --sort --store eth
  coldtrail ingest ethereum --node http://localhost:8545 --from 21895230 --to 21895260 --store eth`,
		RunE: func(c *cobra.Command, args []string) error {
			if node.url != "" {
				if err := forFiles(c, "sort"); err != nil {
					return err
				}
				return a.ingestEthereumNode(c.Context(), o, &node, opt, ledger.ID(id), args)
			}
			if err := forNodes(c, "from", "to", "head", "traces", "follow"); err != nil {
				return err
			}
			if len(args) == 0 {
				return usagef("say which files: ingest ethereum DIR|FILE...")
			}
			opt.Ledger = ledger.ID(id)
			src, err := parquet.OpenEthereum(args, opt)
			if err != nil {
				return err
			}
			return a.ingest(c.Context(), o, src)
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "id", "", "id of the ledger (default eip155:1)")
	f.BoolVar(&opt.AssumeSuccess, "assume-success", false, "take transactions without a status for successful; it is noted")
	f.BoolVar(&opt.Sort, "sort", false, "put rows in the order of blocks, in memory")
	node.flags(f)
	return cmd
}

func openBitcoin(ctx context.Context, path string, opt bitcoin.Options) (ledger.Source, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	asParquet := parquet.Holds(path)
	if st.IsDir() && !asParquet {
		return bitcoin.OpenContext(ctx, path, opt)
	}
	if opt.Network.Name == "" {
		opt.Network = bitcoin.Mainnet
	}
	if asParquet {
		return parquet.OpenBitcoin(path, opt.Network)
	}
	return bitcoin.OpenETL(path, opt.Network)
}

func (a *app) ingestTableCommand(o *into) *cobra.Command {
	var m table.Mapping
	var id, caseName, data string
	cmd := &cobra.Command{
		Use:   "table FILE",
		Short: "A table of transfers: an explorer's export, a mapping of a case file",
		Example: `  coldtrail ingest table transactions.csv.gz --preset ethereum-etl/transactions --id eip155:1 --store eth
  coldtrail ingest table --case ronin.yaml --data ronin/ --store eth`,
		RunE: func(c *cobra.Command, args []string) error {
			if caseName != "" {
				if err := refuse(c, "preset", "id", "sort", "assume-success"); err != nil {
					return fmt.Errorf("%w: the case has the mapping", err)
				}
			} else if data != "" {
				return usagef("--data is the folder of a case's data: name the case with --case")
			}
			src, err := openTable(args, m, id, caseName, data)
			if err != nil {
				return err
			}
			return a.ingest(c.Context(), o, src)
		},
	}
	f := cmd.Flags()
	f.StringVar(&m.Preset, "preset", "", "form of the table: "+strings.Join(table.Presets(), ", "))
	f.StringVar(&id, "id", "", "id of the ledger, such as eip155:1")
	f.BoolVar(&m.Sort, "sort", false, "sort rows that are not in order")
	f.BoolVar(&m.AssumeSuccess, "assume-success", false, "take rows without a status for successful; it is noted")
	f.StringVar(&caseName, "case", "", "take file and mapping from this case file")
	f.StringVar(&data, "data", "", "folder of the case's data")
	return cmd
}

func openTable(args []string, m table.Mapping, id, caseName, data string) (ledger.Source, error) {
	if caseName == "" {
		if len(args) != 1 || m.Preset == "" || id == "" {
			return nil, usagef("say which table, in which form, of which ledger: ingest table FILE --preset FORM --id LEDGER, or --case FILE")
		}
		m.Ledger = ledger.ID(id)
		if _, err := os.Stat(args[0]); err != nil {
			return nil, err // before the store is made
		}
		return table.Open(args[0], m)
	}
	if len(args) > 0 {
		return nil, usagef("--case names the file; leave out %q", args[0])
	}
	c, err := openCase(caseName, data)
	if err != nil {
		return nil, err
	}
	sources, err := casefile.Sources(c)
	if err != nil {
		return nil, err
	}
	if len(sources) != 1 {
		return nil, usagef("the case has %d ledgers; a store holds one", len(sources))
	}
	return sources[0], nil
}

func (a *app) ingestTextCommand(o *into) *cobra.Command {
	return &cobra.Command{
		Use: "text FILE|-", Short: "A ledger in the text form (docs/text-form.md)", Args: oneArg("the file"),
		Example: "  coldtrail ingest text theft.txt --store theft",
		RunE: func(c *cobra.Command, args []string) error {
			d, err := a.readText(args[0])
			if err != nil {
				return err
			}
			return a.ingest(c.Context(), o, d)
		},
	}
}

func oneArg(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usagef("%s takes %s, got %d arguments; see %s --help", c.CommandPath(), what, len(args), c.CommandPath())
		}
		return nil
	}
}

// ingest reads a source into the store and says what came of it.
func (a *app) ingest(ctx context.Context, o *into, src ledger.Source) error {
	if o.store == "" {
		return usagef("say where to: --store FOLDER")
	}
	limit, err := parseBytes(o.memory)
	if err != nil {
		return err
	}
	if o.every < 1 {
		return usagef("--commit-every %d: want 1 or more", o.every)
	}
	debug.SetMemoryLimit(limit)
	w, err := graph.OpenWriter(o.store, codecs()...)
	if err != nil {
		return err
	}
	p := a.progress()
	at, err := graph.Ingest(ctx, w, src, graph.IngestOptions{Every: o.every, Undo: o.undo, Progress: p.ingested})
	p.end()
	if e := w.Close(); err == nil {
		err = e
	}
	if err != nil {
		if at.Transfers > 0 {
			a.say("the store holds %d transfers, whole and checked; ingest again to go on", at.Transfers)
		}
		return err
	}
	info := src.Info()
	more := info.Skipped > o.skipped
	o.skipped = info.Skipped
	if o.news && at.Added == 0 && at.Undone == 0 && !more {
		return nil
	}
	for _, n := range info.Notes {
		a.say("note: %s", n)
	}
	if info.Skipped > 0 {
		a.code = exitSkipped
	}
	if o.asJSON {
		return json.NewEncoder(a.out).Encode(map[string]any{
			"record": "ingested", "store": o.store, "ledger": info.ID, "input": info.Input, "sha256": info.SHA256,
			"transfers": at.Transfers, "added": at.Added, "blocks_undone": at.Undone, "skipped": info.Skipped, "notes": info.Notes,
		})
	}
	_, err = fmt.Fprintf(a.out, "%s: %d transfers of %s, %d of them new\n", o.store, at.Transfers, info.ID, at.Added)
	return err
}

// parseBytes reads a size such as 512MiB or 2GiB.
func parseBytes(text string) (int64, error) {
	for unit, n := range map[string]int64{"GiB": 1 << 30, "MiB": 1 << 20} {
		if digits, ok := strings.CutSuffix(text, unit); ok {
			if v, err := strconv.ParseInt(digits, 10, 32); err == nil && v > 0 {
				return v * n, nil
			}
		}
	}
	return 0, usagef("--memory %q: want a size such as 512MiB or 2GiB", text)
}

// ingested is a graph.IngestOptions' Progress. How much is left is said where the
// source knows where it ends.
func (p *progress) ingested(at graph.Ingested) {
	where := fmt.Sprintf("at block %d", at.Height)
	if at.Tip > 0 {
		where = fmt.Sprintf("at block %d of %d", at.Height, at.Tip)
	}
	if !at.Time.IsZero() {
		where += ", " + at.Time.Format("2006-01-02")
	}
	p.count(at.Added, int(at.Height), int(at.Tip), where)
}

// codecs are the forms of account keys that this program reads.
func codecs() []ledger.Codec {
	out := []ledger.Codec{ethereum.Codec{}}
	for _, n := range bitcoin.Networks() {
		out = append(out, bitcoin.NewCodec(n))
	}
	return out
}

// openStore opens a store that a flag names.
func openStore(dir string) (*graph.Store, error) {
	if dir == "" {
		return nil, usagef("say which store: --store FOLDER")
	}
	return graph.OpenStore(dir, codecs()...)
}
