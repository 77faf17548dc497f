// A place opened: what is there under every rule, why no rule can say otherwise,
// who says what about it, and the movements that brought it there.
import { Amount, exact, written } from "../parts/amount.tsx";
import { Badge, Kind, kinds } from "../parts/badge.tsx";
import { doubt, Whisker } from "../parts/bounds.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Hash } from "../parts/hash.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { Table } from "../parts/table.tsx";
import { Period, Time } from "../parts/time.tsx";
import { useGet, useList } from "../get.ts";
import { param, set } from "../route.ts";
import { big, percent, plural } from "../text.ts";
import type { Asset, Bound, Cut, Flow, Header, Node, Place, PlaceWhole } from "../types.ts";
import { figureOf } from "./words.ts";
import { foldWords } from "./picture.tsx";
import type { ComponentChildren } from "preact";


interface Props { trail: string; header: Header; view: string; policy: string; seeded: string; close: () => void; notes: (about: string) => ComponentChildren }

// opened is the case whose trail is open: an address is looked up in its ledgers.
export const opened = { name: "" };

export const addressOf = (ledger: string, account: string): string => `/address/${encodeURIComponent(ledger)}/${encodeURIComponent(account)}${opened.name ? `?from=${encodeURIComponent(opened.name)}` : ""}`;

export function PlaceDrawer({ id, ...p }: Props & { id: string }) {
  const got = useGet<PlaceWhole>(`/trails/${encodeURIComponent(p.trail)}/places/${encodeURIComponent(id)}`, { view: p.view, draw: p.policy });
  const place = got.data?.places[0];
  return (
    <Dialog close={p.close} title={place ? <Kind kind={place.kind} /> : "Place"}>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : !got.data || !place ? <Busy /> : <Opened {...p} a={got.data} place={place} />}
    </Dialog>
  );
}

function Opened({ a, place, header, view, policy, seeded, notes }: Props & { a: PlaceWhole; place: Place }) {
  const asset = header.ledgers.flatMap((l) => l.assets).find((x) => x.id === place.asset);
  const f = figureOf(place, view) ?? place.figures[0];
  const bound = a.bounds.find((b) => b.view === (f?.view ?? view));
  return (
    <div class="stack">
      <div>
        <p class="lead wrap">{place.named ? <Foreign text={place.name} /> : <Hash text={place.name} whole href={addressOf(place.ledger, place.name)} />}</p>
        <p class="quiet">{upper(kinds[place.kind]?.means ?? "")}.{place.boundary && <> Tracing stops here because it is a boundary of the kind <Foreign text={place.boundary.kind} />{place.boundary.why && <>: <Foreign text={place.boundary.why} /></>}.</>} Movements into it: <Period first={place.first} last={place.last} />.</p>
        {place.accounts.length > 1 && <details class="fold"><summary>{plural(place.accounts.length, "account")} stand behind this name</summary><ul>{place.accounts.slice(0, 200).map((x) => <li key={x}><Hash text={x} href={addressOf(place.ledger, x)} /></li>)}</ul></details>}
      </div>
      {f && (
        <section>
          <h3>What is there</h3>
          <p>{doubt(f.lower, f.upper)
            ? <>At least <Amount n={f.lower} asset={asset} />, at most <Amount n={f.upper} asset={asset} />: the rule decides.</>
            : <>Exactly <Amount n={f.lower} asset={asset} /> under every convention.</>} {!f.tight && <span class="quiet">These ends come from one pass and may be wider than the exact ones.</span>}</p>
          <div class="scroll free"><table>
            <caption class="sr">Under every policy</caption>
            <thead><tr><th scope="col">Policy</th><th scope="col" class="num">Stolen value there</th><th scope="col" class="num">Share of what entered</th><th scope="col">In its bounds</th></tr></thead>
            <tbody>{header.policies.filter((x) => f.amounts[x.name] !== undefined).map((x) => (
              <tr key={x.name} class={x.name === policy ? "chosen" : ""}>
                <th scope="row" title={x.rule}>{x.name}{!x.conserves && <span class="quiet"> (reach only)</span>}</th>
                <td class="num"><Amount n={f.amounts[x.name] ?? "0"} asset={asset} copy /></td>
                <td class="num">{x.conserves ? percent(f.amounts[x.name], seeded) : "–"}</td>
                <td>{x.conserves && <Whisker lower={f.lower} upper={f.upper} point={f.amounts[x.name]} most={f.upper} tight={f.tight} asset={asset} />}</td>
              </tr>))}
            </tbody>
          </table></div>
        </section>
      )}
      {bound && <Proof b={bound} asset={asset} seeded={seeded} />}
      <Tags of={place} />
      <Hops rows={a.flows} header={header} view={view} policy={policy} asset={asset} more={a.all_flows - a.flows.length} name="hops" caption="Movements into it" />
      <details class="fold"><summary>The same in words, as the command prints it</summary><pre class="words">{a.words.split("\n").map((line, i) => <div key={i}><Foreign text={line || " "} limit={4000} /></div>)}</pre></details>
      {notes(place.id)}
    </div>
  );
}

function Proof({ b, asset, seeded }: { b: Bound; asset: Asset | undefined; seeded: string }) {
  const least = exact(b.lower, asset), most = exact(b.upper, asset), rest = exact(String(big(seeded) - big(b.lower)), asset);
  const theft = b.cut_upper.length > 0 && b.cut_upper.every((c) => c.kind === "theft");
  const these = (n: number) => (n === 1 ? "this one entry of the ledger" : `these ${n} entries of the ledger`);
  return (
    <section>
      <h3>Why no rule can say otherwise</h3>
      <p class="quiet small">A bound is proved by a list of ledger entries. It can be checked by hand: add the list up, and strike it out of the ledger.</p>
      <h4>Not more than {most}</h4>
      <p>{b.upper === "0" ? "No path leads from the theft to it." : theft ? "Nothing on the way holds it back; only the theft itself is not larger." : <>All ways from the theft to it lead through {these(b.cut_upper.length)}, which {b.cut_upper.length === 1 ? "carries" : "together carry"} {most}. Strike {b.cut_upper.length === 1 ? "it" : "them"} out and no path is left.</>}</p>
      {b.cut_upper.length > 0 && <Cuts rows={b.cut_upper} asset={asset} name="cut-upper" caption={`Entries that add up to ${most}`} />}
      <h4>Not less than {least}</h4>
      <p>{b.lower === "0" ? `Nothing need be there: all ${exact(seeded, asset)} can be elsewhere under some convention.` : b.cut_lower.length === 0 ? "No path leads from the theft to anywhere else." : <>Of the {exact(seeded, asset)} that were stolen, everything else together can take no more than {rest}, since all ways to anywhere else lead through {these(b.cut_lower.length)}.</>}</p>
      {b.lower !== "0" && b.cut_lower.length > 0 && <Cuts rows={b.cut_lower} asset={asset} name="cut-lower" caption={`Entries that add up to ${rest}`} />}
    </section>
  );
}

const upper = (s: string): string => s.slice(0, 1).toUpperCase() + s.slice(1);

const entry: Record<string, string> = { theft: "the theft itself", pay: "payment", hold: "balance kept", coin: "coin", fee: "fee", end: "what stands there at the end" };

function Cuts({ rows, asset, name, caption }: { rows: Cut[]; asset: Asset | undefined; name: string; caption: string }) {
  const index = new Map(rows.map((r, i) => [r, String(i)]));
  return (
    <Table<Cut> name={name} caption={caption} rows={rows} id={(r) => index.get(r) ?? ""} page={12} empty="No entry: nothing leads there."
      columns={[
        { key: "kind", head: "Entry", cell: (r) => entry[r.kind] ?? r.kind, text: (r) => r.kind },
        { key: "amount", head: "Amount", num: true, cell: (r) => <Amount n={r.amount} asset={asset} />, text: (r) => written(r.amount, asset), by: (r) => big(r.amount) },
        { key: "account", head: "Of", cell: (r) => r.account && <Hash text={r.account} bare />, text: (r) => r.account ?? "" },
        { key: "to", head: "To", cell: (r) => r.to && <Hash text={r.to} bare />, text: (r) => r.to ?? "" },
        { key: "time", head: "Time", cell: (r) => r.time && <Time at={r.time} />, text: (r) => r.time ?? "", by: (r) => r.time ?? "" },
        { key: "transfer", head: "Transfer", first: true, cell: (r) => r.transfer && <Hash text={r.out === undefined ? r.transfer : `${r.transfer}:${r.out}`} />, text: (r) => r.transfer ?? "" },
      ]} />
  );
}

function Tags({ of }: { of: Place }) {
  const rows = of.tags ?? [];
  return (
    <section>
      <h3>Who says what about it</h3>
      {rows.length === 0 ? <p class="quiet">No tag in this case stands on it.</p> : (
        <Table name="tags" caption="Tags are claims: each has its source" rows={rows} id={(t) => `${t.account} ${t.label} ${t.source}`} page={10}
          columns={[
            { key: "label", head: "Label", first: true, cell: (t) => <Foreign text={t.label} />, text: (t) => t.label },
            { key: "entity", head: "Entity", cell: (t) => t.entity && <Foreign text={t.entity} />, text: (t) => t.entity ?? "" },
            { key: "confidence", head: "How sure", cell: (t) => <Badge><Foreign text={t.confidence.replaceAll("_", " ")} /></Badge>, text: (t) => t.confidence },
            { key: "source", head: "Source", cell: (t) => <Source text={t.source} />, text: (t) => t.source },
            { key: "account", head: "On", cell: (t) => <Hash text={t.account} bare />, text: (t) => t.account },
          ]} />
      )}
    </section>
  );
}

// Source is a link only where it leads to the web; anything else is text.
export function Source({ text }: { text: string }) {
  return /^https?:\/\/[^\s]+$/.test(text) ? <a href={text} rel="noreferrer noopener" target="_blank" class="wrap"><Foreign text={text} limit={80} /></a> : <Foreign text={text} />;
}

export function Hops({ rows, header, view, policy, asset, more, name, caption }: { rows: Flow[]; header: Header; view: string; policy: string; asset: Asset | undefined; more?: number | undefined; name: string; caption: string }) {
  const of = (f: Flow) => figureOf(f, view)?.amounts[policy] ?? "0";
  const index = new Map(rows.map((r, i) => [r, String(i)]));
  const coins = header.ledgers.some((l) => l.model === "utxo");
  return (
    <section>
      <Table<Flow> name={name} caption={caption} rows={rows} id={(r) => index.get(r) ?? ""} page={25} empty="No movement."
        columns={[
          { key: "time", head: "Time", cell: (r) => <><Time at={r.time} />{r.tied && <> <Badge tone="warn" title="The order of this transfer among others of the same block is not known.">order not known</Badge></>}</>, text: (r) => r.time ?? "", by: (r) => r.time ?? "" },
          { key: "from", head: "From", cell: (r) => (r.from ? <Hash text={r.from} href={addressOf(r.ledger, r.from)} bare /> : <span class="quiet">{r.seed ? "put in by the question" : "coins of several accounts"}</span>), text: (r) => r.from ?? "" },
          { key: "to", head: "To", cell: (r) => (r.to ? <Hash text={r.to} href={addressOf(r.ledger, r.to)} bare /> : <span class="quiet">fees</span>), text: (r) => r.to ?? "" },
          { key: "stolen", head: `Stolen (${policy})`, num: true, cell: (r) => <Amount n={of(r)} asset={asset} />, text: (r) => written(of(r), asset), by: (r) => big(of(r)) },
          { key: "value", head: "Of", help: "all value that moved, stolen or not", num: true, cell: (r) => <Amount n={r.value} asset={asset} bare />, text: (r) => written(r.value, asset), by: (r) => big(r.value) },
          { key: "transfer", head: "Transfer", first: true, cell: (r) => (r.transfer ? <Hash text={coins && r.out !== undefined ? `${r.transfer}:${r.out}` : r.transfer} /> : <span class="quiet">none</span>), text: (r) => r.transfer ?? "" },
        ]} />
      {more ? <p class="quiet small">{plural(more, "movement")} more; the export has them all.</p> : null}
    </section>
  );
}

// NodeDrawer opens a bar that is no place: an account that value passed through.
export function NodeDrawer({ node, asset, amounts, ...p }: Props & { node: Node; asset: Asset | undefined; amounts: { policy: string; amount: string; conserves: boolean }[] }) {
  const account = node.accounts[0] ?? node.label;
  const flows = useList<Flow>(node.accounts.length ? `/trails/${encodeURIComponent(p.trail)}/flows` : undefined, { view: p.view, asset: asset?.id, account }, 500);
  return (
    <Dialog close={p.close} title={<Kind kind={node.kind} />}>
      <div class="stack">
        <div>
          <p class="lead wrap">{node.folded ? <Foreign text={node.short} /> : <Hash text={node.label} whole alike={node.alike} href={node.ledger && node.accounts.length === 1 ? addressOf(node.ledger, account) : undefined} />}</p>
          {node.alike && <p class="warning">{node.alike_off ? "An address off the trail imitates it: " : "This address can be mistaken for "}<Hash text={node.alike} whole alike={node.label} />. The ends that agree are marked; the middle differs.</p>}
          <p class="quiet">{upper(kinds[node.kind]?.means ?? "")}. {plural(node.hop, "hop")} from the theft; <Period first={node.first} last={node.last} />.{node.folded && ` ${plural(node.folded.n, "account or place", "accounts or places")} in it: ${foldWords[node.folded.why] ?? node.folded.why}.`}</p>
          {node.folded && node.folded.why !== "others" && <p><button type="button" onClick={() => set({ open: [...param("open").split(",").filter(Boolean), node.id].join(","), node: undefined })}>Show them one by one</button></p>}
          {node.folded?.why === "others" && <p class="quiet">More bars at most, above the picture, shows more of them; the table has all.</p>}
        </div>
        <div class="scroll free"><table><caption class="sr">What passed through under every policy</caption>
          <thead><tr><th scope="col">Policy</th><th scope="col" class="num">{node.ends ? "Stolen value there" : "Stolen value that passed through"}</th></tr></thead>
          <tbody>{amounts.map((a) => <tr key={a.policy} class={a.policy === p.policy ? "chosen" : ""}><th scope="row">{a.policy}{!a.conserves && <span class="quiet"> (reach only)</span>}</th><td class="num"><Amount n={a.amount} asset={asset} copy /></td></tr>)}</tbody>
        </table></div>
        {node.accounts.length > 1 && <details class="fold"><summary>{plural(node.accounts.length + node.more_accounts, "account")} in it</summary><ul>{node.accounts.map((x) => <li key={x}><Hash text={x} href={node.ledger ? addressOf(node.ledger, x) : undefined} /></li>)}</ul>{node.more_accounts > 0 && <p class="quiet">and {node.more_accounts} more</p>}</details>}
        {flows.problem ? <Problem of={flows.problem} retry={flows.again} /> : flows.busy && !flows.rows.length ? <Busy /> : <Hops rows={flows.rows} header={p.header} view={p.view} policy={p.policy} asset={asset} name="hops" caption="Movements in and out" more={(flows.total ?? 0) - flows.rows.length} />}
        {p.notes(account)}
      </div>
    </Dialog>
  );
}
