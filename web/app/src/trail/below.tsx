// What stands below the tables of a trail: doubles, checks, warnings, and how it was
// made. No policy changes any of it.
import { useGet } from "../get.ts";
import { Amount, written } from "../parts/amount.tsx";
import { Badge } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Hash } from "../parts/hash.tsx";
import { Problem } from "../parts/problem.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { big, grouped, plain, plural } from "../text.ts";
import type { Finding, Header, Node, Picture, Seed, Warning } from "../types.ts";
import { addressOf, Source } from "./drawer.tsx";

// Doubles shows what was made to be mistaken: addresses with the same ends, and
// tokens that borrow a name.
export function Doubles({ trail, header, view, asset }: { trail: string; header: Header; view: string; asset: string | undefined }) {
  const got = useGet<Picture>(`/trails/${encodeURIComponent(trail)}/picture`, { view, asset, limit: 300, unfold: "dust,peel,service" });
  const nodes = got.data?.nodes.filter((n) => n.alike) ?? [];
  const tokens = header.ledgers.flatMap((l) => l.assets.filter((a) => !a.known).map((a) => ({ ...a, ledger: l.id, note: (l.notes ?? []).find((n) => n.includes(a.id) && n.includes("symbol")) ?? "" })));
  const unsearched = got.data?.searched === false;
  if (!nodes.length && !tokens.length && !unsearched && !got.problem) return null;
  return (
    <section aria-labelledby="alike">
      <h2 id="alike" tabIndex={-1}>What is made to be mistaken</h2>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : null}
      {unsearched && <p class="quiet">The data has more than 50,000 transfers: only the addresses of the trail were compared with each other, not with the rest of the data.</p>}
      {nodes.length > 0 && <>
        <p class="quiet">Thieves and spammers make addresses whose first and last characters are those of another, so that a payment copied from a list goes wrong. Compare whole addresses; the ends that agree are marked.</p>
        <Table<Node> name="doubles" caption={plural(nodes.length, "address has a double", "addresses have a double")} rows={nodes} id={(n) => n.id} columns={[
          { key: "address", head: "Address on the trail", first: true, cell: (n) => <Hash text={n.accounts[0] ?? n.label} whole alike={n.alike} href={n.ledger && addressOf(n.ledger, n.accounts[0] ?? n.label)} />, text: (n) => n.accounts[0] ?? n.label, by: (n) => n.label },
          { key: "double", head: "Its double", cell: (n) => <Hash text={n.alike ?? ""} whole alike={n.accounts[0] ?? n.label} href={n.ledger && addressOf(n.ledger, n.alike ?? "")} />, text: (n) => n.alike ?? "" },
          { key: "where", head: "Where the double is", cell: (n) => (n.alike_off ? <Badge tone="warn">imitates it, off the trail</Badge> : <Badge tone="warn">on the trail, too</Badge>), text: (n) => (n.alike_off ? "off the trail" : "on the trail") },
        ]} /></>}
      {tokens.length > 0 && <Table name="doubtful-tokens" caption={`${plural(tokens.length, "token")} that nobody vouches for`} rows={tokens} id={(t) => t.id} columns={[
        { key: "symbol", head: "Calls itself", cell: (t) => <Foreign text={t.symbol ?? ""} limit={24} />, text: (t) => t.symbol ?? "", by: (t) => t.symbol ?? "" },
        { key: "id", head: "Is", first: true, cell: (t) => <Hash text={t.id.replace(/^.*:/, "")} whole />, text: (t) => t.id },
        { key: "note", head: "What was found", cell: (t) => <Foreign text={t.note.replace(t.id, "").replace(/^[^()]*?\(/, "(")} limit={300} />, text: (t) => t.note },
      ]} />}
    </section>
  );
}

export function Findings({ list }: { list: Finding[] }) {
  if (!list.length) return null;
  const count = (st: string) => list.filter((f) => f.status === st).length;
  return (
    <section aria-labelledby="checks">
      <h2 id="checks">What the case expects, and what came out</h2>
      <p class="quiet">{count("ok")} of {list.length - count("note")} checks agree{count("mismatch") ? <>, <strong>{count("mismatch")} do not</strong></> : ""}; {plural(count("note"), "note")}.</p>
      <Table name="checks" caption="Checks and notes" rows={list} id={(f) => f.title + (f.want ?? "")} page={25} rowClass={(f) => (f.status === "mismatch" ? "bad" : "")} columns={[
        { key: "status", head: "Verdict", cell: (f) => <Badge tone={f.status === "ok" ? "good" : f.status === "mismatch" ? "bad" : "info"}>{f.status}</Badge>, text: (f) => f.status, by: (f) => f.status },
        { key: "title", head: "What", first: true, cell: (f) => <><Foreign text={f.title} />{f.text && <div class="quiet small"><Foreign text={f.text} limit={400} /></div>}</>, text: (f) => f.title, by: (f) => f.title },
        { key: "got", head: "Came out", cell: (f) => <Foreign text={f.got ?? ""} />, text: (f) => f.got ?? "" },
        { key: "want", head: "Expected", cell: (f) => (f.want === f.got ? <span class="quiet">the same</span> : <Foreign text={f.want ?? ""} />), text: (f) => f.want ?? "" },
        { key: "source", head: "Source", cell: (f) => f.source && <Source text={f.source} />, text: (f) => f.source ?? "" },
      ]} />
    </section>
  );
}

export function Warnings({ list, header, seeds }: { list: Warning[]; header: Header; seeds: Seed[] }) {
  const assets = header.ledgers.flatMap((l) => l.assets);
  const words = list.filter((w) => w.code !== "unobserved"), gaps = list.filter((w) => w.code === "unobserved");
  return (
    <section aria-labelledby="warnings">
      <h2 id="warnings" tabIndex={-1}>What you must know</h2>
      {words.length > 0 ? <ul class="warning list">{words.slice(0, 60).map((w, i) => <li key={i}><Foreign text={w.text} limit={600} /></li>)}{words.length > 60 && <li>and {words.length - 60} more, in the export</li>}</ul> : <p class="quiet">No warning.</p>}
      {gaps.length > 0 && <Table name="unobserved" caption={`${plural(gaps.length, "account")} paid more than the data shows arriving: the difference counts as clean`} rows={gaps} id={(w) => `${w.account} ${w.asset}`} page={10} columns={[
        { key: "account", head: "Account", first: true, cell: (w) => <Hash text={w.account ?? ""} href={addressOf(w.ledger ?? "", w.account ?? "")} />, text: (w) => w.account ?? "" },
        { key: "amount", head: "Not seen arriving", num: true, cell: (w) => <Amount n={w.amount ?? "0"} asset={assets.find((a) => a.id === w.asset)} />, text: (w) => written(w.amount, assets.find((a) => a.id === w.asset)), by: (w) => big(w.amount) },
      ]} />}
      <Table name="seeds" caption={`Where stolen value enters: ${plural(seeds.length, "seed")}`} rows={seeds} id={(x) => `${x.theft} ${x.transfer} ${x.account} ${x.asset}`} page={10} columns={[
        { key: "theft", head: "Theft", cell: (x) => <Foreign text={x.theft} />, text: (x) => x.theft, by: (x) => x.theft },
        { key: "account", head: "At", first: true, cell: (x) => <Hash text={x.account} href={addressOf(x.ledger, x.account)} />, text: (x) => x.account },
        { key: "amount", head: "Amount", num: true, cell: (x) => <Amount n={x.amount} asset={assets.find((a) => a.id === x.asset)} />, text: (x) => written(x.amount, assets.find((a) => a.id === x.asset)), by: (x) => big(x.amount) },
        { key: "time", head: "Time", cell: (x) => <Time at={x.time} />, text: (x) => x.time ?? "", by: (x) => x.time ?? "" },
        { key: "how", head: "Evidence", cell: (x) => <>{x.injected && <Badge tone="warn" title="The ledger does not show it: the question puts it in.">put in</Badge>} <Foreign text={x.evidence ?? ""} /></>, text: (x) => x.evidence ?? "" },
      ]} />
    </section>
  );
}

// Made says from what, and by which rules, so that somebody else can do it again.
export function Made({ h, name }: { h: Header; name: string }) {
  return (
    <section>
      <h2>How it was made</h2>
      <dl class="defs small">
        <dt>Program</dt><dd>{h.tool}</dd>
        <dt>Read</dt><dd>{grouped(String(h.read))} of {plural(h.transfers, "transfer")} in the data</dd>
        {h.inputs.map((x, i) => <><dt key={`t${i}`}>Input</dt><dd key={`d${i}`}><Foreign text={x.name} /> {x.sha256 && <>sha256 <Hash text={x.sha256} /></>}</dd></>)}
        <dt>Boundaries</dt><dd>{h.boundary_digest && h.boundary_digest !== "none" ? <>set <Hash text={h.boundary_digest} /></> : "none"}{h.speculative && <Badge tone="warn">speculative: goes through boundaries</Badge>}</dd>
        <dt>Fees</dt><dd>{h.ignore_fees ? "left out of account" : h.ledgers.some((l) => l.model === "utxo") ? `coins: ${h.fee_rule ?? "last"}, ${h.fee_fate ?? "sink"}` : "accounts: after the value, from the same lots"}</dd>
        <dt>Policies</dt><dd><ul>{h.policies.map((p) => <li key={p.name}><strong>{p.name}</strong>: <Foreign text={p.rule} /> <span class="quiet"><Foreign text={p.source} /></span></li>)}</ul></dd>
        <dt>On a terminal</dt><dd>{/^(made-|[0-9a-f]{24}$)/.test(name) ? <><code>coldtrail trace --case FILE</code>, with the case file and its data, gives the same figures</> : <><code>coldtrail trace --case {plain(name)}</code> gives the same figures</>}</dd>
      </dl>
    </section>
  );
}
