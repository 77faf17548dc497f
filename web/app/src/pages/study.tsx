// Study: what was stolen, by whom, and how each headline depends on how one counts.
import { path } from "../api.ts";
import { useGet } from "../get.ts";
import { Dollars } from "../parts/amount.tsx";
import { Badge } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { Table } from "../parts/table.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { param, set } from "../route.ts";
import { useTitle } from "../shell.tsx";
import { Changes, onBasis, useChanges, type Change } from "../study/changes.tsx";
import { Claims } from "../study/claims.tsx";
import { IncidentDrawer, Number, NumberDrawer } from "../study/evidence.tsx";
import { Panel, question } from "../study/panel.tsx";
import { actorOf, bases, percent, type Study as Answer, type Total, type Verdict } from "../study/types.ts";
import { big, cut, grouped, plain, plural } from "../text.ts";
import { theme } from "../theme.ts";

const parts = [{ key: "figures", name: "Figures" }, { key: "incidents", name: "Incidents" }, { key: "claims", name: "The article, checked" }];

export default function Study() {
  useTitle("Study");
  const tab = param("tab") || "figures";
  const got = useGet<Answer>("/study", { ...question(), parts: "tops,rows,excluded" });
  const changes = useChanges(got.data);
  const number = param("number"), incident = param("incident");
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Study</h1>
          <p class="lead">What was stolen from exchanges and banks, and how much of it is said to be one actor's. Every figure is a function of a register of sourced claims and of a policy; change the policy and see which figures move.</p>
        </div>
        <p class="small"><a href="/docs/study">How it counts</a></p>
      </div>
      {got.data && tab !== "claims" && <Panel choices={got.data.policies} />}
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : null}
      {!got.data ? !got.problem && <Busy what="Counting…" /> : (
        <div class={got.busy ? "stale" : ""} aria-busy={got.busy}>
          <Tabs label="Parts of the study" tabs={parts} chosen={tab} choose={(t) => set({ tab: t })}>
            {tab === "claims" ? <Claims /> : tab === "incidents" ? <><Changes all={changes} /><Incidents s={got.data} changes={changes} /></> : <><Front s={got.data} /><Changes all={changes} /><Figures s={got.data} /></>}
          </Tabs>
        </div>
      )}
      {number && <NumberDrawer id={number} />}
      {incident && <IncidentDrawer id={incident} />}
    </>
  );
}

function Front({ s }: { s: Answer }) {
  const f = s.front, h = s.header, i = f.interval, actor = actorOf(f.actor);
  const [policy, change] = h.policy.split(" with ");
  const rows: { name: string; t: Total; share?: string }[] = [
    { name: "everybody", t: f.all }, { name: `${actor}, Coincheck counted`, t: f.with_coincheck, share: percent(f.share_with_coincheck) }, { name: `${actor}, Coincheck not counted`, t: f.without_coincheck, share: percent(f.share_without_coincheck) },
    { name: `${actor}, every disputed one counted`, t: f.with_every_disputed }, { name: `${actor}, no disputed one counted`, t: f.without_any_disputed },
  ];
  return (
    <>
      <p class="quiet small">{change ? <>Policy <strong>{policy}</strong>, but with <strong>{change}</strong>; without the change it is “{h.policy_title.split("; changed: ")[0]}”.</> : <>Policy <strong>{policy}</strong>: {h.policy_title}.</>} {h.from || h.to ? `${h.from || "the beginning"} to ${h.to || "today"}` : "All years"}; as known on {h.terms.as_known_on}{h.now && " (the register's last day)"}; register of {h.incidents} incidents and {h.claims} claims, <code>{h.register_sha256.slice(0, 12)}</code>.{!h.reviewed_only && ` ${h.drafts} of the ${s.rows.length} incidents rest on a draft: a claim nobody has checked a second time.`}</p>
      <Table
        name="front" caption="The period, in dollars" rows={rows} id={(r) => r.name} raw={(r) => r.t}
        columns={[
          { key: "who", head: "Whose", first: true, cell: (r) => r.name, text: (r) => r.name },
          ...(["attempted", "left_control", "net"] as const).map((b) => ({ key: b, head: b.replaceAll("_", " ") + (b === h.terms.basis ? ", which counts" : ""), help: bases[b] ?? "", num: true, cell: (r: (typeof rows)[0]) => <Number id={r.t.number ?? ""}><Dollars usd={r.t[b].usd} millions /></Number>, text: (r: (typeof rows)[0]) => r.t[b].usd })),
          { key: "n", head: "incidents", num: true, cell: (r) => r.t.n, text: (r) => String(r.t.n) },
          { key: "share", head: "share", help: "of everybody's, by value, on the policy's basis", num: true, cell: (r) => r.share ?? "", text: (r) => r.share ?? "" },
        ]}
      />
      <p>Counting what is “{h.terms.basis.replaceAll("_", " ")}” ({bases[h.terms.basis]}), the hard bounds of {actor}'s total are <Number id="total.actor.interval"><Dollars usd={i.low.usd} millions /> to <Dollars usd={i.high.usd} millions /></Number>; 90 % of {h.runs} seeded runs lie between <Dollars usd={i.p5.usd} millions /> and <Dollars usd={i.p95.usd} millions />.</p>
      <h2>The ten largest, on each basis</h2>
      <Tops s={s} />
    </>
  );
}

const marks: Record<Verdict, { mark: string; words: string }> = { counted: { mark: "+", words: "counted as the actor's" }, disputed: { mark: "?", words: "disputed" }, below_threshold: { mark: "·", words: "attributed with less confidence than asked for" }, not_attributed: { mark: "", words: "not attributed to the actor" } };

function Tops({ s }: { s: Answer }) {
  return (
    <div class="scroll free" tabIndex={0} role="region" aria-label="The ten largest on each basis">
      <table class="tops">
        <caption class="sr">The ten largest on each basis</caption>
        <thead><tr><th scope="col">#</th>{s.tops.map((t) => <th key={t.basis} scope="col" title={bases[t.basis]}>{t.basis.replaceAll("_", " ")}</th>)}</tr></thead>
        <tbody>
          {Array.from({ length: 10 }, (_, n) => (
            <tr key={n}>
              <th scope="row">{n + 1}</th>
              {s.tops.map((t) => {
                const r = t.rows?.[n]; // null where nothing counts
                return <td key={t.basis} class={r ? "v-" + r.verdict : ""}>{r && <><button type="button" class="link" onClick={() => set({ incident: r.id })}>{short(r.title)}</button> {marks[r.verdict].mark && <strong title={marks[r.verdict].words}>{marks[r.verdict].mark}</strong>}{r.draft && <span class="quiet" title="rests on a draft"> d</span>}<br /><Number id={r.number}><Dollars usd={r.value.usd} millions /></Number>{r.stands && <span class="quiet small" title="no claim on this basis: the amount is what left control"> =</span>}</>}</td>;
              })}
            </tr>
          ))}
        </tbody>
        <tfoot><tr><th scope="row">{actorOf(s.front.actor)}'s</th>{s.tops.map((t) => <td key={t.basis}><Number id={t.number}>{t.actor_count} of {t.rows?.length ?? 0}, {percent(t.actor_share)}</Number></td>)}</tr></tfoot>
      </table>
      <p class="small quiet">+ counted as {actorOf(s.front.actor)}'s; ? disputed; · attributed with less confidence than asked for; d rests on a draft; = what left control stands for it.</p>
    </div>
  );
}

// short is a title as far as a column of five has room; the whole stands in its drawer.
const short = (title: string): string => (title.length <= 34 ? plain(title) : plain(cut(title, 32)) + "…");

// names are what a figure shows, as its title in the documents.
const names: Record<string, string> = {
  ranks: "The ten largest: how they move from basis to basis", coincheck: "With and without Coincheck", years: "Each year", share: "The part attributed, by value and by count", waterfall: "From attempted to net", curve: "48 ways of counting", tornado: "One choice at a time", vintages: "Published totals beside ours",
  splits: "Kind of victim, method, wallet", quarters: "Each quarter", sizes: "How large heists are", lag: "From theft to attribution", recovery: "What came back", evidence: "How good the evidence is", countries: "The victim's country", known: "What was known when",
};

function Figures({ s }: { s: Answer }) {
  const order = ["ranks", ...s.figures.filter((f) => f !== "ranks")];
  const dark = theme.value === "dark" || (theme.value === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  const q = question();
  return (
    <>
      <h2>Pictures</h2>
      <p>Each picture prints what it counts. <a href={path("/study/tables/grid", q)} download="grid.csv">All 48 ways of counting as CSV</a>.</p>
      {order.map((f) => {
        const table = { ranks: "tops", coincheck: "front", share: "years", curve: "grid" }[f] ?? f;
        return (
          <figure key={f} class="figure" id={f}>
            <figcaption><h3>{names[f] ?? f}</h3><span class="row noprint small"><a href={path(`/study/figures/${f}`, { ...q, theme: "light" })} download={f + ".svg"}>SVG</a>{s.tables.includes(table) && <a href={path(`/study/tables/${table}`, q)} download={table + ".csv"}>CSV</a>}</span></figcaption>
            <picture>
              <source media="(max-width: 46rem)" srcset={path(`/study/figures/${f}`, { ...q, theme: dark ? "dark" : "light", narrow: true })} />
              <img src={path(`/study/figures/${f}`, { ...q, theme: dark ? "dark" : "light" })} alt={`${names[f] ?? f}; the numbers stand in the table beside it`} loading="lazy" />
            </picture>
          </figure>
        );
      })}
    </>
  );
}

function Incidents({ s, changes }: { s: Answer; changes: Change[] }) {
  const basis = s.header.terms.basis;
  const usd = (r: Answer["rows"][0], b: string) => onBasis(r, b)?.value.usd ?? "";
  const cents = (t: string) => big(t.includes(".") ? t.replace(/\.(\d\d?)$/, (_, d: string) => d.padEnd(2, "0")) : t + "00");
  const by = new Map(changes.map((c) => [c.id, c.how]));
  // An incident that counts may stand among the reasons, too: one without an amount.
  const excluded = s.excluded, counted = new Set(s.rows.map((r) => r.id)), named = new Set(excluded.map((r) => r.id));
  const blank = [...named].filter((id) => counted.has(id)).length;
  const shown = [...new Set(["attempted", "left_control", "net", basis])].filter((b) => b !== "mixed");
  return (
    <>
      <Table
        name="incidents" caption={`${plural(s.rows.length, "incident")} that count, in dollars`} rows={s.rows} id={(r) => r.id} choose={(r) => set({ incident: r.id })} page={100} order={(basis === "mixed" ? "left_control" : basis) + ".desc"} rowClass={(r) => (by.has(r.id) ? "moved" : "")}
        columns={[
          { key: "title", head: "Incident", first: true, by: (r) => r.title.toLowerCase(), cell: (r) => <><button type="button" class="link" onClick={() => set({ incident: r.id })}><Foreign text={r.title} /></button>{r.draft && <> <Badge tone="warn" title="rests on a claim that nobody has checked a second time">draft</Badge></>}{by.has(r.id) && <> <Badge>{by.get(r.id)}</Badge></>}</>, text: (r) => r.title },
          { key: "occurred", head: "Began", by: (r) => r.occurred, cell: (r) => <span class="num nowrap">{r.occurred}</span>, text: (r) => r.occurred },
          ...shown.map((b) => ({ key: b, head: b.replaceAll("_", " "), help: bases[b] ?? "", num: true, by: (r: Answer["rows"][0]) => cents(usd(r, b)), cell: (r: Answer["rows"][0]) => (onBasis(r, b)?.known || onBasis(r, b)?.stands ? <Dollars usd={usd(r, b)} millions /> : <span class="quiet">no claim</span>), text: (r: Answer["rows"][0]) => usd(r, b) })),
          { key: "verdict", head: `${actorOf(s.front.actor)}'s?`, by: (r) => r.attribution.verdict, cell: (r) => <span title={`${r.attribution.status} ${r.attribution.confidence}`}>{r.attribution.verdict.replaceAll("_", " ")}</span>, text: (r) => r.attribution.verdict },
          { key: "sector", head: "Victim", by: (r) => r.sector, cell: (r) => r.sector.replaceAll("_", " "), text: (r) => r.sector },
          { key: "method", head: "How", by: (r) => r.method, cell: (r) => r.method.replaceAll("_", " ") || <span class="quiet">not known</span>, text: (r) => r.method },
          { key: "sources", head: "Sources", help: "documents that do not repeat each other", num: true, by: (r) => r.independent_sources, cell: (r) => r.independent_sources, text: (r) => String(r.independent_sources) },
        ]}
      />
      <Table
        name="excluded" caption={`${plural(named.size - blank, "incident")} left out, with reasons${blank ? `; and ${grouped(String(blank))} of those that count, without an amount in dollars` : ""}`} rows={excluded} id={(r) => r.id + r.reason} page={25}
        columns={[
          { key: "title", head: "Incident", first: true, by: (r) => r.title.toLowerCase(), cell: (r) => <button type="button" class="link" onClick={() => set({ incident: r.id })}><Foreign text={r.title} /></button>, text: (r) => r.title },
          { key: "reason", head: "Why", by: (r) => r.reason, cell: (r) => r.reason, text: (r) => r.reason },
        ]}
      />
    </>
  );
}
