// One trail: the sentence, the picture, the table, and what a reader must know.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { path } from "../api.ts";
import { renew, useGet, useList } from "../get.ts";
import { Amount, brief, exact, symbolOf, written } from "../parts/amount.tsx";
import { Badge, Kind, kinds, Shape } from "../parts/badge.tsx";
import { Whisker } from "../parts/bounds.tsx";
import { SavePicture } from "../parts/download.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Hash } from "../parts/hash.tsx";
import { later } from "../parts/later.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { Table } from "../parts/table.tsx";
import { Segments } from "../parts/tabs.tsx";
import { Time } from "../parts/time.tsx";
import { here, param, set, steps } from "../route.ts";
import { big, grouped, percent, plain, plural, units, decimal } from "../text.ts";
import type { Asset, Bound, CaseWhole, Flow, Header, Node, PaymentTotal, Picture, Place, Total } from "../types.ts";
import { messages, totalIn, useTotals } from "./attempted.tsx";
import { Doubles, Findings, Made, Warnings } from "./below.tsx";
import { Brush } from "./brush.tsx";
import { opened, NodeDrawer, PlaceDrawer } from "./drawer.tsx";
import { Notes, useNotes } from "./notes.tsx";
import { FlowPicture, foldWords } from "./picture.tsx";
import { complete, figureOf, policyWords, sure, where, whole } from "./words.ts";
import type { TrailAnswer } from "./answer.ts";

const GraphPicture = later(() => import("./graph.tsx"), "Loading the graph…");
const Bank = later(() => import("./owners.tsx"), "Loading the payments…");

// Scope is what the whole page is about: one view in one asset under one policy.
interface Scope { trail: string; header: Header; view: string; asset: Asset | undefined; policy: string; total: Total | undefined; totals: Total[] }

export function TrailView({ name, of, trail, answer, lead }: { name: string; of: string; trail: string; answer: TrailAnswer; lead: ComponentChildren }) {
  const s = useScope(trail, answer);
  const places = useList<Place>(`/trails/${encodeURIComponent(trail)}/places`, { view: s.view, asset: s.asset?.id, sort: "amount" }, 2000);
  const groups = useList<Bound>(`/trails/${encodeURIComponent(trail)}/bounds`, { view: s.view, asset: s.asset?.id, of: "group" }, 1000);
  const kept = useNotes(name);
  opened.name = of;
  const [over, setOver] = useState<string>();
  const graph = param("show") === "graph";
  useHash(places.total !== undefined);
  const later = useLater(s);
  // The picture comes first; what stands below the tables waits a moment for it.
  const [rest, setRest] = useState(false);
  useEffect(() => {
    const wait = setTimeout(() => setRest(true), 250);
    return () => clearTimeout(wait);
  }, []);
  const about = useGet<CaseWhole>(of !== "" && answer.header.ledgers.some((l) => l.id.startsWith("bank:")) ? `/cases/${encodeURIComponent(of)}` : undefined);
  const bank = about.data !== undefined && messages(about.data);
  const sums = useTotals(bank ? of : undefined);
  // What no policy changes is drawn once.
  const still = useMemo(() => (
    <>
      <Doubles trail={trail} header={s.header} view={s.view} asset={s.asset?.id} />
      <Findings list={answer.findings} />
      <Warnings list={answer.warnings} header={s.header} seeds={answer.seeds} />
      <Made h={s.header} name={name} />
    </>
  ), [answer, trail, name, s.view, s.asset?.id]);
  return (
    <>
      <div class={lead ? "split short-of" : ""}>
        {lead}
        <Summary s={s} answer={answer} places={places.rows} groups={groups.rows} ready={places.total !== undefined} total={places.total} bank={bank} attempted={totalIn(sums.data, s.asset?.id)} />
      </div>
      {about.problem || sums.problem ? <Problem of={about.problem ?? sums.problem} retry={about.problem ? about.again : sums.again} /> : null}
      <Controls s={s} answer={answer} />
      {graph
        ? <><Filters s={s} p={undefined} /><GraphPicture trail={trail} view={s.view} asset={s.asset?.id ?? ""} policy={s.policy} /></>
        : <Flows name={name} s={s} over={over} answer={answer} kept={kept} />}
      <Places s={later} list={places} over={setOver} />
      <Groups s={later} list={groups} />
      {rest && bank && <Bank name={of} />}
      <Notes kept={kept} />
      {rest && still}
      {param("place") && <PlaceDrawer id={param("place")} trail={trail} header={s.header} view={s.view} policy={s.policy} seeded={s.total?.seeded ?? "0"} close={() => set({ place: undefined })} notes={(id) => <Notes kept={kept} about={id} />} />}
    </>
  );
}

// useLater is the scope one frame late: the picture answers a switch first, then
// the tables follow.
function useLater(s: Scope): Scope {
  const [late, setLate] = useState(s);
  useEffect(() => {
    if (late.policy === s.policy) return;
    // A tab that is not seen draws no frames: there the time alone must do.
    let wait = setTimeout(() => setLate(s), 250);
    const frame = requestAnimationFrame(() => (clearTimeout(wait), (wait = setTimeout(() => setLate(s), 0))));
    return () => (cancelAnimationFrame(frame), clearTimeout(wait));
  }, [s.policy, s.view, s.asset?.id]);
  return late.view === s.view && late.asset?.id === s.asset?.id ? late : s;
}

// useHash goes to the part that the address names, once it is there.
function useHash(ready: boolean): void {
  useEffect(() => {
    const id = here.peek().hash.slice(1);
    if (!ready || !id) return;
    let tries = 0;
    const look = setInterval(() => {
      const el = document.getElementById(id);
      if (el || ++tries > 20) clearInterval(look);
      el?.scrollIntoView();
      el?.focus({ preventScroll: true });
    }, 200);
    return () => clearInterval(look);
  }, [ready]);
}

function useScope(trail: string, a: TrailAnswer): Scope {
  const view = a.header.views.some((v) => v.name === param("view")) ? param("view") : (a.header.views[0]?.name ?? "");
  const assets = a.header.ledgers.flatMap((l) => l.assets);
  const seen = [...new Set(a.totals.filter((t) => t.view === view).map((t) => t.asset))];
  const chosen = seen.includes(param("asset")) ? param("asset") : (seen[0] ?? "");
  const totals = a.totals.filter((t) => t.view === view && t.asset === chosen);
  const policy = totals.some((t) => t.policy === param("policy")) ? param("policy") : (totals[0]?.policy ?? "");
  return { trail, header: a.header, view, asset: assets.find((x) => x.id === chosen), policy, totals, total: totals.find((t) => t.policy === policy) };
}

function Summary({ s, answer, places, groups, ready, total, bank, attempted }: { s: Scope; answer: TrailAnswer; places: Place[]; groups: Bound[]; ready: boolean; total: number | undefined; bank: boolean; attempted: PaymentTotal | undefined }) {
  const t = s.total;
  if (!t) return null;
  const rows = where(t);
  const warnings = answer.warnings.length;
  return (
    <section class="panel" aria-label="In short">
      <dl class="facts">
        <div><dt>Stolen{s.header.views.length > 1 && <>: <Foreign text={s.view} limit={40} /></>}</dt><dd><Amount n={t.seeded} asset={s.asset} digits={8} />{big(t.converted_in) > 0n && <small>and <Amount n={t.converted_in} asset={s.asset} /> by conversion</small>}</dd></div>
        {attempted && <div><dt>Attempted</dt><dd><Amount n={attempted.attempted} asset={s.asset} /><small>ordered in all the messages; <Amount n={attempted.credited} asset={s.asset} /> credited, <Amount n={attempted.returned} asset={s.asset} /> returned</small></dd></div>}
        {rows.map((r) => <div key={r.kind}><dt><Kind kind={r.kind} /></dt><dd><Amount n={r.amount} asset={s.asset} /><small>{t.conserves ? r.share : "reach, not a share"} under {s.policy}; {kinds[r.kind]?.means}</small></dd></div>)}
      </dl>
      <p class="small"><strong>How sure?</strong> {whole(groups, String(big(t.seeded) + big(t.converted_in)), s.asset)} {ready ? sure(places, s.view, s.asset, t.seeded, total) : "…"} {!t.bounded && t.why && <Foreign text={t.why} />}</p>
      {bank && <p class="small"><strong>Bank messages:</strong> <a href="#payments">what was ordered, credited, returned</a>; <a href="#owners">whose money is it, under each rule of the courts</a>.</p>}
      <p class="small"><strong>What is missing?</strong> {complete(s.header)} {s.header.ties > 0 && `The order of ${plural(s.header.ties, "transfer")} is not known; bounds hold for every order.`} {warnings > 0 && <a href="#warnings">{plural(warnings, "warning")}</a>}</p>
    </section>
  );
}

function Controls({ s, answer }: { s: Scope; answer: TrailAnswer }) {
  const views = answer.header.views;
  const seen = [...new Set(answer.totals.filter((t) => t.view === s.view).map((t) => t.asset))];
  const assets = answer.header.ledgers.flatMap((l) => l.assets);
  const fresh = { limit: undefined, min: undefined, from: undefined, until: undefined, open: undefined, place: undefined, node: undefined, "page.places": undefined };
  return (
    <div class="tools switch noprint" role="group" aria-label="What is shown">
      <Segments label={`Policy ${s.policy}: ${policyWords[s.policy] ?? "whose money moves first"}`} name="policy" chosen={s.policy} choose={(policy) => set({ policy })}
        options={s.totals.map((t) => ({ key: t.policy, name: t.policy, title: [policyWords[t.policy], s.header.policies.find((p) => p.name === t.policy)?.rule].filter(Boolean).join(". ") }))} />
      {views.length > 1 && <label class="field"><span class="label">Theft</span><select value={s.view} onChange={(e) => set({ ...fresh, view: e.currentTarget.value, asset: undefined })}>{views.map((v) => <option key={v.name} value={v.name}>{plain(v.name)}</option>)}</select></label>}
      {seen.length > 1 && <label class="field"><span class="label">Asset</span><select value={s.asset?.id} onChange={(e) => set({ ...fresh, asset: e.currentTarget.value })}>{seen.map((id) => <option key={id} value={id}>{plain(symbolOf(assets.find((a) => a.id === id)) || id)}</option>)}</select></label>}
      <Segments label="Picture" chosen={param("show") || "flow"} choose={(v) => set({ show: v === "flow" ? undefined : v })} options={[{ key: "flow", name: "Flow" }, { key: "graph", name: "Graph of all" }]} />
      <Undo />
    </div>
  );
}

function Undo() {
  const first = useRef(steps.peek().at);
  const { at, most } = steps.value;
  return (
    <div class="row" role="group" aria-label="Steps">
      <button type="button" class="small" disabled={at <= first.current} onClick={() => history.back()}>↶ Undo</button>
      <button type="button" class="small" disabled={at >= most} onClick={() => history.forward()}>↷ Redo</button>
    </div>
  );
}

type Kept = ReturnType<typeof useNotes>;

function Flows({ name, s, over, answer, kept }: { name: string; s: Scope; over: string | undefined; answer: TrailAnswer; kept: Kept }) {
  const svg = useRef<SVGSVGElement>(null);
  const got = useGet<Picture>(`/trails/${encodeURIComponent(s.trail)}/picture`, {
    view: s.view, asset: s.asset?.id, limit: param("limit") || bars, from: param("from"), until: param("until"), min: param("min"), kinds: param("kinds"), hops: param("hops"), unfold: param("unfold"), open: param("open"),
  });
  const flows = useList<Flow>(got.data && `/trails/${encodeURIComponent(s.trail)}/flows`, { view: s.view, asset: s.asset?.id }, 3000);
  const p = got.data;
  const times = useMemo(() => flows.rows.map((f) => f.time).filter((t) => t !== undefined), [flows.rows]);
  const node = p?.nodes.find((n) => n.id === param("node"));
  const open = (n: Node) => (n.place ? set({ place: n.place, node: undefined }) : set({ node: n.id, place: undefined }));
  return (
    <section aria-labelledby="flow-title">
      <div class="row apart"><h2 id="flow-title">Where it went</h2><div class="row"><SavePicture of={svg} name={`${name}-${s.policy}`} /><Exports s={s} /></div></div>
      <Filters s={s} p={p} />
      {got.problem ? <Problem of={got.problem} retry={() => void renew(name).then(got.again, got.again)} /> : !p ? <div class="flow-room"><Busy what="Laying out the picture…" /></div> : (
        <figure class={got.busy ? "stale" : ""}>
          {p.nodes.length === 0 ? <p class="empty">No movement passes these filters. {plural(p.hidden.places, "place")} are hidden. <button type="button" class="small" onClick={() => set({ from: undefined, until: undefined, min: undefined, kinds: undefined, hops: undefined })}>Show all</button></p>
            : <FlowPicture of={p} policy={s.policy} chosen={param("place") || param("node")} lit={over} open={open} svg={svg} fit={param("fit") === "1"} />}
          <Legend p={p} policy={s.policy} />
        </figure>
      )}
      {flows.problem ? <Problem of={flows.problem} retry={flows.again} /> : p?.from && p.until && p.from !== p.until && <Brush times={times} of={flows.total ?? times.length} first={p.from} last={p.until} from={param("from")} until={param("until")} change={(from, until) => set({ from, until })} />}
      {node && p && <NodeDrawer node={node} asset={s.asset} amounts={p.policies.map((policy, i) => ({ policy, amount: node.amounts[i] ?? "0", conserves: p.conserves[i] ?? true }))} trail={s.trail} header={answer.header} view={s.view} policy={s.policy} seeded={s.total?.seeded ?? "0"} close={() => set({ node: undefined })} notes={(id) => <Notes kept={kept} about={id} />} />}
    </section>
  );
}

function Exports({ s }: { s: Scope }) {
  const of = (format: string) => path(`/trails/${encodeURIComponent(s.trail)}/export`, { format, view: s.view, asset: s.asset?.id, draw: s.policy });
  return (
    <details class="menu-of noprint">
      <summary class="button small">Export the trail</summary>
      <ul>{[["csv", "CSV: places and movements"], ["jsonl", "JSON Lines: every record"], ["graphml", "GraphML: for graph programs"], ["html", "HTML: one file to send"], ["sankey", "SVG: the flow picture"], ["timeline", "SVG: the timeline"], ["text", "Text, as on the terminal"]].map(([f, words]) => <li key={f}><a href={of(f ?? "")} download>{words}</a></li>)}</ul>
    </details>
  );
}

// bars are as many as a fan of places shows in one window; the table has all.
const bars = "20";

const endKinds = ["exit", "held", "edge", "converted", "fee", "burn", "debt", "elsewhere"];

function Filters({ s, p }: { s: Scope; p: Picture | undefined }) {
  const chosen = new Set(param("kinds").split(",").filter(Boolean));
  // What a filter has hidden can still be asked for again.
  const ends = new Set(s.totals.flatMap((t) => where(t).map((r) => r.kind)));
  const there = endKinds.filter((k) => chosen.has(k) || ends.has(k));
  const toggle = (k: string) => {
    const all = chosen.size ? new Set(chosen) : new Set(there);
    all.has(k) ? all.delete(k) : all.add(k);
    set({ kinds: all.size === 0 || there.every((x) => all.has(x)) ? undefined : [...all].join(",") });
  };
  const unfold = new Set(param("unfold").split(",").filter(Boolean));
  const [wrong, setWrong] = useState(false);
  const least = (text: string) => {
    const n = units(text || "0", s.asset?.decimals ?? 0);
    setWrong(n === undefined);
    if (n !== undefined) set({ min: n === "0" ? undefined : n });
  };
  return (
    <div class="tools noprint" role="group" aria-label="Filters">
      <div class="field"><label for="min">At least ({plain(symbolOf(s.asset))})</label><input id="min" class="short" inputMode="decimal" value={param("min") && decimal(param("min"), s.asset?.decimals ?? 0)} aria-invalid={wrong} onChange={(e) => least(e.currentTarget.value)} placeholder="any amount" />{wrong && <span class="wrong">A number such as 0.5, not finer than the asset.</span>}</div>
      <div class="field"><label for="hops">Hops from the theft</label><input id="hops" class="short" type="number" min={1} max={1000} value={param("hops")} placeholder="all" onChange={(e) => set({ hops: e.currentTarget.value })} /></div>
      {param("show") !== "graph" && <div class="field"><label for="limit">Bars at most</label><select id="limit" value={param("limit") || bars} onChange={(e) => set({ limit: e.currentTarget.value === bars ? undefined : e.currentTarget.value })}>{["20", "40", "60", "100", "200", "300"].map((n) => <option key={n}>{n}</option>)}</select></div>}
      {there.length > 1 && <fieldset class="field"><legend>Ends to show</legend><div class="row">{there.map((k) => <button key={k} type="button" class="chip" aria-pressed={chosen.size === 0 || chosen.has(k)} onClick={() => toggle(k)}><Kind kind={k} /></button>)}</div></fieldset>}
      {p && <label class="check fit"><input type="checkbox" checked={param("fit") === "1"} onChange={(e) => set({ fit: e.currentTarget.checked ? "1" : undefined }, true)} />Fit into the window</label>}
      {p && (p.folds.some((f) => f.why !== "others") || unfold.size > 0) && (
        <fieldset class="field"><legend>Folded</legend><div class="row">
          {["peel", "service", "dust"].map((why) => {
            const f = p.folds.find((x) => x.why === why);
            if (!f && !unfold.has(why)) return null;
            const flip = () => { unfold.has(why) ? unfold.delete(why) : unfold.add(why); set({ unfold: [...unfold].join(",") }); };
            return <label key={why} class="check" title={foldWords[why]}><input type="checkbox" checked={!unfold.has(why)} onChange={flip} />{{ peel: "peel chains", service: "services", dust: "dust" }[why]}{f && ` (${f.n})`}</label>;
          })}
        </div></fieldset>
      )}
    </div>
  );
}

function Legend({ p, policy }: { p: Picture; policy: string }) {
  const i = Math.max(0, p.policies.indexOf(policy));
  const shown = Object.keys(kinds).filter((k) => p.nodes.some((n) => n.kind === k));
  const hidden = p.hidden;
  return (
    <figcaption class="legend small">
      <span class="narrow noprint">Move the picture sideways: the places stand at its right end.</span>
      <span class="row">{shown.map((k) => <span key={k} class="kind" title={kinds[k]?.means}><Shape kind={k} />{kinds[k]?.one}</span>)}
        <span class="kind"><svg class="whisker" width="42" height="12" viewBox="0 0 42 12" aria-hidden="true"><path class="reach" d="M3 2V10M3 6H39M39 2V10" /><circle cx="18" cy="6" r="3" /></svg>least, policy, most</span></span>
      <span>100 px of height are {brief(p.scale[i] ?? "0", p.asset)} under {p.policies[i]}{p.conserves[i] ? "" : ", reach and not an amount"}.</span>
      {(hidden.places > 0 || hidden.flows > 0) && <span><Badge tone="warn">hidden</Badge> {plural(hidden.places, "place")}, {plural(hidden.nodes, "account")} and {plural(hidden.flows, "movement")} with {exact(hidden.amounts[i] ?? "0", p.asset)} are left out by the filters.</span>}
      {p.folds.map((f) => <span key={f.why}>Folded ({f.why}): {plural(f.n, "account or place", "accounts and places")} in {plural(f.nodes, "bar")}{f.amounts[i] && f.amounts[i] !== "0" ? `, holding ${brief(f.amounts[i], p.asset)}` : ""}: {foldWords[f.why]}.</span>)}
      {p.within.flows > 0 && <span>{plural(p.within.flows, "movement")} inside bars are not drawn.</span>}
      {p.nodes.some((n) => n.alike) && <span>≈ marks an address that another one of this trail can be mistaken for.</span>}
      {p.asset.imposter && <span><Badge tone="warn">imposter</Badge> This asset imitates <Foreign text={p.asset.imposter} /> and is another one.</span>}
      {!p.bounded && p.why && <span><Foreign text={p.why} /></span>}
    </figcaption>
  );
}

function Places({ s, list, over }: { s: Scope; list: ReturnType<typeof useList<Place>>; over: (id: string | undefined) => void }) {
  const of = (p: Place) => figureOf(p, s.view);
  const mine = (p: Place) => of(p)?.amounts[s.policy] ?? "0";
  const most = list.rows.reduce((m, p) => { const u = big(of(p)?.upper); return u > m ? u : m; }, 0n);
  const entered = String(big(s.total?.seeded) + big(s.total?.converted_in));
  const gap = (p: Place) => big(of(p)?.upper) - big(of(p)?.lower);
  if (list.problem) return <Problem of={list.problem} retry={list.again} />;
  if (list.total === undefined && !list.rows.length) return <Busy what="Reading the places…" />;
  return (
    <section aria-labelledby="places-title">
      <h2 id="places-title">The places</h2>
      <p class="quiet">Where stolen value is at the end of the data. Open one for its movements, its tags, and the proof of its bounds.</p>
      <Table<Place> name="places" caption={`${plural(list.total ?? list.rows.length, "place")} in ${plain(symbolOf(s.asset))}, under ${s.policy}`} rows={list.rows} id={(p) => p.id} page={50} order="stolen.desc" chosen={param("place")}
        choose={(p) => set({ place: p.id, node: undefined })} over={(p) => over(p?.id)} empty="No stolen value ends anywhere in this asset."
        tools={list.more && <button type="button" class="small" onClick={list.more}>Read more of {grouped(String(list.total ?? 0))}</button>}
        columns={[
          { key: "kind", head: "Kind", cell: (p) => <Kind kind={p.kind} />, text: (p) => p.kind, by: (p) => p.kind },
          { key: "name", head: "Place", first: true, cell: (p) => <button type="button" class="link" onClick={() => set({ place: p.id, node: undefined })}>{p.named ? <Foreign text={p.name} limit={60} /> : <Hash text={p.name} bare />}</button>, text: (p) => p.name, by: (p) => p.name },
          { key: "stolen", head: `Stolen (${s.policy})`, num: true, cell: (p) => <Amount n={mine(p)} asset={s.asset} bare />, text: (p) => written(mine(p), s.asset), by: (p) => big(mine(p)) },
          { key: "share", head: "Share", num: true, cell: (p) => (s.total?.conserves ? percent(mine(p), entered) : "–"), by: (p) => big(mine(p)) },
          { key: "lower", head: "At least", num: true, cell: (p) => <Amount n={of(p)?.lower ?? "0"} asset={s.asset} bare />, text: (p) => written(of(p)?.lower, s.asset), by: (p) => big(of(p)?.lower) },
          { key: "upper", head: "At most", num: true, cell: (p) => <Amount n={of(p)?.upper ?? "0"} asset={s.asset} bare />, text: (p) => written(of(p)?.upper, s.asset), by: (p) => big(of(p)?.upper) },
          { key: "bounds", head: "Bounds", help: "least and most under every convention; sorts by the gap between them", cell: (p) => { const f = of(p); return f && <Whisker lower={f.lower} upper={f.upper} point={s.total?.conserves ? mine(p) : undefined} most={String(most)} tight={f.tight} asset={s.asset} />; }, by: gap },
          { key: "tags", head: "Tags", cell: (p) => <Tagged p={p} />, text: (p) => (p.tags ?? []).map((t) => t.label).join("; "), by: (p) => p.tags?.[0]?.label ?? "" },
          { key: "last", head: "Last movement", cell: (p) => <Time at={p.last} />, text: (p) => p.last ?? "", by: (p) => p.last ?? "" },
          { key: "asset", head: "Asset", cell: () => <Foreign text={symbolOf(s.asset)} limit={20} />, text: (p) => p.asset },
        ]} />
    </section>
  );
}

function Tagged({ p }: { p: Place }) {
  const t = p.tags ?? [];
  if (!t[0]) return <span class="quiet">none</span>;
  return <span title={t.map((x) => plain(x.label)).slice(0, 20).join("; ")}><Badge><Foreign text={t[0].label} limit={28} /></Badge>{t.length > 1 && <span class="quiet small"> and {t.length - 1}</span>}</span>;
}

function Groups({ s, list }: { s: Scope; list: ReturnType<typeof useList<Bound>> }) {
  const groups = list.rows;
  if (list.problem) return <Problem of={list.problem} retry={list.again} />;
  if (!groups.length) return null;
  return (
    <section>
      <h2>Places bounded together</h2>
      <p class="quiet">Single bounds do not add up: what one place must hold, another may not. These are exact for the whole group.</p>
      <Table name="groups" caption="Groups" rows={groups} id={(b) => b.id} columns={[
        { key: "name", head: "Group", first: true, cell: (b) => <Foreign text={b.id} />, text: (b) => b.id, by: (b) => b.id },
        { key: "places", head: "Places", num: true, cell: (b) => b.places?.length ?? 0, text: (b) => String(b.places?.length ?? 0), by: (b) => b.places?.length ?? 0 },
        { key: "stolen", head: `Stolen (${s.policy})`, num: true, cell: (b) => <Amount n={b.amounts?.[s.policy] ?? "0"} asset={s.asset} />, text: (b) => written(b.amounts?.[s.policy], s.asset), by: (b) => big(b.amounts?.[s.policy]) },
        { key: "lower", head: "At least", num: true, cell: (b) => <Amount n={b.lower} asset={s.asset} bare />, text: (b) => written(b.lower, s.asset), by: (b) => big(b.lower) },
        { key: "upper", head: "At most", num: true, cell: (b) => <Amount n={b.upper} asset={s.asset} bare />, text: (b) => written(b.upper, s.asset), by: (b) => big(b.upper) },
        { key: "bounds", head: "Bounds", cell: (b) => <Whisker lower={b.lower} upper={b.upper} point={b.amounts?.[s.policy]} most={s.total?.seeded ?? b.upper} tight asset={s.asset} /> },
      ]} />
    </section>
  );
}
