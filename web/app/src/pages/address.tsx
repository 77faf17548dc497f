// Address: what the data shows of an account, with whom it dealt, and who is said to
// be behind it.
import { useState } from "preact/hooks";
import { Around } from "../address/around.tsx";
import { assetOf, placeOf, type Address as Answer, type Balance as Points, type Cluster, type Move, type Neighbours, type Tag, type TagsAnswer, type Why } from "../address/types.ts";
import type { About } from "../client.ts";
import { useGet, useList } from "../get.ts";
import { Amount } from "../parts/amount.tsx";
import { Badge } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Hash } from "../parts/hash.tsx";
import { later } from "../parts/later.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { Segments } from "../parts/tabs.tsx";
import { Table } from "../parts/table.tsx";
import { Period, Time } from "../parts/time.tsx";
import { decoded, go, here, param, set } from "../route.ts";
import { useTitle } from "../shell.tsx";
import { big, decimal, middle, plain, plural } from "../text.ts";
import type { Cases } from "../types.ts";

const Balance = later(() => import("../address/balance.tsx"), "Loading the drawing…");

export default function Address() {
  const [, , ledger = "", address = ""] = here.value.pathname.split("/");
  const from = param("from");
  return ledger && address && from ? <Shown key={ledger + address + from} ledger={decoded(ledger)} address={decoded(address)} from={from} /> : <Search given={decoded(address)} />;
}

interface Place { from: string; title: string; ledger: string }

// usePlaces lists the ledgers that this server can read.
function usePlaces() {
  const cases = useGet<Cases>("/cases");
  const about = useGet<About>("/about");
  const list: Place[] = (cases.data?.records ?? []).flatMap((c) => c.ledgers.flatMap((l) => (l.id ? [{ from: c.name, title: c.title, ledger: l.id }] : [])));
  if (about.data?.store) list.unshift({ from: "store", title: "the store", ledger: about.data.store.ledger });
  return { list, problem: cases.problem ?? about.problem };
}

function Search({ given }: { given: string }) {
  useTitle("Address");
  const places = usePlaces();
  const [text, setText] = useState(given || param("subject"));
  const [where, setWhere] = useState("");
  const subject = param("subject");
  const place = places.list.find((p) => `${p.from}\n${p.ledger}` === where);
  const submit = () => (place ? go(placeOf(place.ledger, text.trim(), place.from)) : set({ subject: text.trim() || undefined }));
  return (
    <>
      <h1>Address</h1>
      <p class="lead">Look up an address or a transaction: who is said to be behind it, says who, and how sure. With a ledger that is open here, also what it did and with whom.</p>
      <form class="tools" role="search" onSubmit={(e) => (e.preventDefault(), submit())}>
        <div class="field grow"><label for="subject">Address, or a transaction's hash</label><input id="subject" required value={text} maxLength={16384} spellcheck={false} autocomplete="off" onInput={(e) => setText(e.currentTarget.value)} /></div>
        <div class="field"><label for="where">In</label><select id="where" value={where} onChange={(e) => setWhere(e.currentTarget.value)}><option value="">tags only</option>{places.list.map((p) => <option key={p.from + p.ledger} value={`${p.from}\n${p.ledger}`}>{plain(p.title)} ({plain(p.ledger)})</option>)}</select></div>
        <button type="submit" class="primary">Look up</button>
      </form>
      {places.problem ? <Problem of={places.problem} /> : null}
      {subject ? <Tagged subject={subject} places={places.list} /> : (
        <p>For example <a href={placeOf("eip155:1", "0x47666fab8bd0ac7003bce3f5c3585383f09486e2", "bybit-2025")}>the first address that took from Bybit</a>, or the tags on <a href="/address?subject=0xd90e2f925da726b50c4ed8d0fb90ad053324f31b">a mixer's contract</a>.</p>
      )}
    </>
  );
}

function Tagged({ subject, places }: { subject: string; places: Place[] }) {
  const got = useGet<TagsAnswer>("/tags", { subject });
  const a = got.data;
  if (got.problem) return <Problem of={got.problem} retry={got.again} />;
  if (!a) return <Busy what="Asking the books of tags…" />;
  return (
    <>
      <h2><Hash text={a.subject} whole /></h2>
      {a.checksum_fault && <p class="warning" role="alert"><strong>Check it for a slip:</strong> <Foreign text={a.checksum_fault} /></p>}
      {a.checksum_checked && <p><Badge tone="good">its checksum holds</Badge></p>}
      {a.stops.map((s) => <p key={s.ledger}>{s.stops ? <>A trace on {s.ledger} stops here: <strong><Foreign text={s.name ?? ""} /></strong>.</> : s.disputed ? <>A trace on {s.ledger} goes on: tags of a service and of a theft stand here.</> : <>A trace on {s.ledger} goes on through it.</>}</p>)}
      <Tags all={a.records} />
      {places.length > 0 && <p class="small">What it did: {places.map((p, i) => <span key={p.from + p.ledger}>{i > 0 && ", "}<a href={placeOf(p.ledger, subject, p.from)}>in <Foreign text={p.title} limit={80} /></a></span>)}.</p>}
      <p class="small quiet">Asked: {a.books.map((b) => `${b.name} (${plural(b.tags, "tag")}, ${b.sha256.slice(0, 12)})`).join("; ")}. No tag says only that these books have none.</p>
    </>
  );
}

function Tags({ all }: { all: Tag[] }) {
  return (
    <Table
      name="tags" caption="Who is said to be behind it" rows={all} id={(t) => t.pack + t.line + t.label} empty="No tag stands on it in the books that were asked."
      columns={[
        { key: "label", head: "Label", first: true, by: (t) => t.label.toLowerCase(), cell: (t) => <><Foreign text={t.label} />{t.alarm && <> <Badge tone="bad">{t.alarm}</Badge></>}{t.boundary && <> <Badge title="a trace stops at a service">service</Badge></>}</>, text: (t) => t.label },
        { key: "network", head: "Network", by: (t) => t.network, cell: (t) => <Foreign text={t.network} />, text: (t) => t.network },
        { key: "concepts", head: "What it is", cell: (t) => (t.concepts ?? []).join(", ").replaceAll("_", " "), text: (t) => (t.concepts ?? []).join(" ") },
        { key: "level", head: "How sure", help: "the pack's own confidence, 0 to 100", num: true, by: (t) => t.level, cell: (t) => <span title={t.confidence}>{t.level} <span class="quiet small">{t.confidence.replaceAll("_", " ")}</span></span>, text: (t) => String(t.level) },
        { key: "source", head: "Says who", cell: (t) => <>{/^https?:\/\//.test(t.source) ? <a href={t.source} target="_blank" rel="noreferrer noopener"><Foreign text={t.source} limit={70} /></a> : <Foreign text={t.source} limit={90} />}{t.listed && <div class="small">listed {t.listed.list}, state of {t.listed.list_date}{t.listed.programme && `, ${t.listed.programme}`}</div>}</>, text: (t) => t.source },
        { key: "pack", head: "Where it stands", cell: (t) => <span class="small">{t.file ? <><Foreign text={t.pack} limit={60} />, {t.file}:{t.line}{t.lastmod && `, of ${t.lastmod}`}</> : "the case file"}</span>, text: (t) => `${t.file}:${t.line}` },
      ]}
    />
  );
}

function Shown({ ledger, address, from }: { ledger: string; address: string; from: string }) {
  useTitle(plain(middle(address)));
  const base = `/addresses/${encodeURIComponent(ledger)}/${encodeURIComponent(address)}`;
  const got = useGet<Answer>(base, { from });
  const a = got.data;
  if (got.problem) return <><h1>Address</h1><Problem of={got.problem} retry={got.again} /><p><a href={`/address?subject=${encodeURIComponent(address)}`}>Ask the books of tags instead</a></p></>;
  if (!a) return <Busy what="Reading the ledger…" />;
  const chosen = a.assets.find((x) => x.asset === param("asset")) ?? a.assets[0];
  return (
    <>
      <div class="page-head">
        <div><h1 class="address"><Hash text={a.address} whole alike={a.alike[0]} /></h1><p class="quiet">An account of {ledger}, as {from === "store" ? "the store" : <a href={`/trail/${encodeURIComponent(from)}`}>the case {from}</a>} shows it.</p></div>
      </div>
      {a.alike.length > 0 && <p class="warning" role="note"><strong>Look twice.</strong> {plural(a.alike.length, "other account")} of these data {a.alike.length === 1 ? "begins and ends" : "begin and end"} as this one does: {a.alike.slice(0, 6).map((x, i) => <span key={x}>{i > 0 && ", "}<Hash text={x} whole alike={a.address} href={placeOf(ledger, x, from)} /></span>)}.</p>}
      {a.uncompared > 0 && <Uncompared a={a} />}
      <Sums a={a} chosen={chosen?.asset} />
      {a.stop && <p>{a.stop.stops ? <>A trace stops here: <strong><Foreign text={a.stop.name ?? ""} /></strong>.</> : a.stop.disputed ? "A trace goes on here: tags of a service and of a theft stand on it." : "A trace goes on through it."}</p>}
      <Tags all={a.tags} />
      {chosen && <Dealings key={chosen.asset} a={a} base={base} asset={chosen.asset} />}
      <Together c={a.cluster} base={base} a={a} />
    </>
  );
}

// Uncompared says where no double of an address was looked for: none shown is then not
// none there.
function Uncompared({ a }: { a: Answer }) {
  return <p class="small quiet">Accounts that look like this one were {a.from === "store" ? "not looked for in the store" : "looked for in the first million transfers only"}: {plural(a.uncompared, "transfer")} {a.uncompared === 1 ? "was" : "were"} not compared. The accounts listed below are compared with it.</p>;
}

function Sums({ a, chosen }: { a: Answer; chosen: string | undefined }) {
  const c = a.completeness;
  const holes = Object.entries(c).filter(([, v]) => v !== "complete");
  const amount = (x: Answer["assets"][0], n: string) => <Amount n={n} asset={assetOf(a, x.asset)} digits={6} />;
  const exact = (x: Answer["assets"][0], n: string) => decimal(n, assetOf(a, x.asset).decimals);
  return (
    <>
      <Table
        name="assets" caption="What it did, as far as the data shows" rows={a.assets} id={(x) => x.asset} chosen={chosen} choose={(x) => set({ asset: x.asset })}
        columns={[
          { key: "asset", head: "Asset", first: true, cell: (x) => <><button type="button" class="link" aria-pressed={x.asset === chosen} onClick={() => set({ asset: x.asset })}><Foreign text={assetOf(a, x.asset).symbol || x.asset} limit={30} /></button>{!assetOf(a, x.asset).known && <> <Badge tone="warn" title={`nobody vouches for this symbol; the asset is ${x.asset}`}>doubtful token</Badge></>}</>, text: (x) => x.asset },
          { key: "received", head: "Received", num: true, cell: (x) => amount(x, x.received), text: (x) => exact(x, x.received) },
          { key: "sent", head: "Sent", help: "fees included", num: true, cell: (x) => amount(x, x.sent), text: (x) => exact(x, x.sent) },
          { key: "balance", head: "Left", help: "after all the data", num: true, cell: (x) => (x.short ? <span title="more was sent than arrived: the rest was there before, or the data lacks it">short of <Amount n={String(big(x.sent) - big(x.received))} asset={assetOf(a, x.asset)} digits={6} /></span> : amount(x, x.balance)), text: (x) => (x.short ? "-" + exact(x, String(big(x.sent) - big(x.received))) : exact(x, x.balance)) },
          { key: "in", head: "In", help: "transfers that credited it", num: true, by: (x) => x.in, cell: (x) => x.in, text: (x) => String(x.in) },
          { key: "out", head: "Out", num: true, by: (x) => x.out, cell: (x) => x.out, text: (x) => String(x.out) },
          { key: "when", head: "When (UTC)", cell: (x) => <Period first={x.first} last={x.last} />, text: (x) => `${x.first ?? ""}/${x.last ?? ""}` },
        ]}
      />
      <p class="small">{holes.length === 0 ? <Badge tone="good">the data of this account is complete</Badge> : <>What the data holds of it: {holes.map(([k, v]) => `${k} ${v}`).join(", ")}{Object.keys(c).length > holes.length && "; the rest is complete"}. Sums are of what is there.</>}</p>
    </>
  );
}

function Dealings({ a, base, asset }: { a: Answer; base: string; asset: string }) {
  const unit = assetOf(a, asset);
  const points = useGet<Points>(`${base}/balance`, { from: a.from, asset });
  const around = useGet<Neighbours>(`${base}/neighbours`, { from: a.from, asset, limit: 200 });
  const b = points.data;
  return (
    <>
      <h2>Balance of <Foreign text={unit.symbol || asset} limit={30} /> over time</h2>
      {points.problem ? <Problem of={points.problem} retry={points.again} /> : !b ? <Busy /> : b.points.length === 0 ? <p class="empty">No transfer of it has a known time.</p> : <Balance b={b} asset={unit} />}
      {b && b.opening !== "0" && <p class="small">At least <Amount n={b.opening} asset={unit} digits={6} /> must have been there before the data begin, or came by ways that they lack.</p>}
      <h2>With whom</h2>
      {around.problem ? <Problem of={around.problem} retry={around.again} /> : !around.data ? <Busy /> : (
        <>
          <Around ledger={a.ledger} address={a.address} from={a.from} asset={asset} first={around.data} />
          <Table
            name="neighbours" caption={`${plural(around.data.records.length, "account")} on the other side${around.data.hidden ? `, ${around.data.hidden} more not listed` : ""}`} rows={around.data.records} id={(r) => r.address} page={20}
            columns={[
              { key: "address", head: "Account", first: true, by: (r) => r.address, cell: (r) => <><Hash text={r.address} alike={r.alike ? a.address : undefined} href={placeOf(a.ledger, r.address, a.from)} />{r.tag && <> <Foreign text={r.tag} limit={40} /></>}{r.alike && <> <Badge tone="bad">looks like this address</Badge></>}</>, text: (r) => r.address },
              { key: "in", head: "Paid it", help: "transfers", num: true, by: (r) => r.in, cell: (r) => r.in || "", text: (r) => String(r.in) },
              { key: "gave", head: "Gave", help: "in transfers with one account on each side", num: true, by: (r) => big(r.gave), cell: (r) => (r.gave !== "0" ? <Amount n={r.gave} asset={unit} /> : ""), text: (r) => decimal(r.gave, unit.decimals) },
              { key: "out", head: "Was paid", help: "transfers", num: true, by: (r) => r.out, cell: (r) => r.out || "", text: (r) => String(r.out) },
              { key: "took", head: "Took", help: "in transfers with one account on each side", num: true, by: (r) => big(r.took), cell: (r) => (r.took !== "0" ? <Amount n={r.took} asset={unit} /> : ""), text: (r) => decimal(r.took, unit.decimals) },
              { key: "when", head: "When (UTC)", cell: (r) => <Period first={r.first} last={r.last} />, text: (r) => `${r.first ?? ""}/${r.last ?? ""}` },
            ]}
          />
        </>
      )}
      <Moves a={a} base={base} asset={asset} />
    </>
  );
}

function Moves({ a, base, asset }: { a: Answer; base: string; asset: string }) {
  const unit = assetOf(a, asset);
  const way = param("way") || "both";
  const list = useList<Move>(`${base}/transfers`, { from: a.from, asset, way: way === "both" ? undefined : way }, 500);
  return (
    <>
      <h2>Transfers</h2>
      <Segments label="Which" options={[{ key: "both", name: "both ways" }, { key: "in", name: "in" }, { key: "out", name: "out" }]} chosen={way} choose={(w) => set({ way: w === "both" ? undefined : w }, true)} />
      {list.problem ? <Problem of={list.problem} retry={list.again} /> : (
        <Table
          name="transfers" caption={list.total === undefined || list.busy ? "Transfers" : way === "both" ? `${plural(list.total, "transfer")}, the newest first` : `${plural(list.rows.length, "transfer")} ${way}${list.more ? " so far" : ""}, of ${plural(list.total, "transfer")} both ways, the newest first`} rows={list.rows} id={(m) => m.id} page={50}
          tools={list.more && <button type="button" class="small" onClick={list.more}>Read 500 more</button>}
          columns={[
            { key: "time", head: "Time (UTC)", first: true, by: (m) => m.time ?? "", cell: (m) => <><Time at={m.time} />{m.tied && <> <Badge title="its order among others of its block is not known">tied</Badge></>}{m.failed && <> <Badge tone="warn">failed</Badge></>}</>, text: (m) => m.time ?? "" },
            { key: "in", head: "In", num: true, by: (m) => big(m.in), cell: (m) => (m.in !== "0" ? <Amount n={m.in} asset={unit} bare digits={6} /> : ""), text: (m) => decimal(m.in, unit.decimals) },
            { key: "out", head: "Out", help: "fees included", num: true, by: (m) => big(m.out), cell: (m) => (m.out !== "0" ? <Amount n={m.out} asset={unit} bare digits={6} /> : ""), text: (m) => decimal(m.out, unit.decimals) },
            { key: "others", head: "Other side", cell: (m) => <>{m.others.slice(0, 3).map((o) => <div key={o}><Hash text={o} href={placeOf(a.ledger, o, a.from)} bare /></div>)}{m.others.length + m.more_others > 3 && <span class="small quiet">and {m.others.length + m.more_others - 3} more</span>}{m.others.length === 0 && <span class="quiet">{m.kind}</span>}</>, text: (m) => m.others.join(" ") },
            { key: "tx", head: "Transaction", cell: (m) => <Hash text={m.tx} />, text: (m) => m.tx },
            { key: "evidence", head: "Read at", help: "file and line, or block", cell: (m) => <span class="small"><Foreign text={m.evidence ?? ""} limit={60} /></span>, text: (m) => m.evidence ?? "" },
          ]}
        />
      )}
    </>
  );
}

function Together({ c, base, a }: { c: Cluster | undefined; base: string; a: Answer }) {
  const [text, setText] = useState("");
  const other = param("why");
  const why = useGet<Why>(other && c ? `${base}/cluster` : undefined, { from: a.from, other, members: 0 });
  if (!c) return a.model === "utxo" ? <><h2>Cluster</h2><p class="quiet">No clustering of this ledger is open. Make one with <code>coldtrail cluster build --store S</code> and open it with <code>coldtrail serve --store S</code>.</p></> : null;
  return (
    <>
      <h2>Cluster</h2>
      <p>{plural(c.size, "address", "addresses")} that are thought to have one owner, by {c.hypothesis}; its first is <Hash text={c.name} href={placeOf(a.ledger, c.name, a.from)} />. This is a hypothesis about keys, not about persons; rules version {c.rules_version}, transactions left out by {c.rules.join(", ") || "no rule"}.</p>
      <ul>{c.members.map((m) => <li key={m}><Hash text={m} whole href={placeOf(a.ledger, m, a.from)} bare /> {m !== a.address && <button type="button" class="small" onClick={() => set({ why: m })}>why?</button>}</li>)}{c.more_members > 0 && <li class="quiet">and {plural(c.more_members, "more address", "more addresses")}</li>}</ul>
      <form class="tools" onSubmit={(e) => (e.preventDefault(), set({ why: text.trim() || undefined }))}><div class="field grow"><label for="why">Why is this address in it?</label><input id="why" value={text} spellcheck={false} onInput={(e) => setText(e.currentTarget.value)} /></div><button type="submit">Show the evidence</button></form>
      {why.problem ? <Problem of={why.problem} /> : other && why.data && (
        why.data.together ? <ol>{why.data.steps.map((s, i) => <li key={i}><Hash text={s.from} bare /> and <Hash text={s.to} bare /> {s.tx ? <>are spent from together by <Hash text={s.tx} /></> : "are one key or script"}</li>)}</ol> : <p>The two are not in one cluster.</p>
      )}
    </>
  );
}
