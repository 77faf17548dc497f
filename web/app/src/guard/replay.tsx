// A theft as the guard would have seen it, told in five steps, with every row of the
// wallet's history behind it.
import type { ComponentChildren } from "preact";
import { useGet } from "../get.ts";
import { Foreign } from "../parts/foreign.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { param, set } from "../route.ts";
import { plural } from "../text.ts";
import type { ReplayAnswer, Verdict } from "./types.ts";
import { Mark } from "./verdict.tsx";

export function Replay() {
  const name = param("case") || "bybit-2025", policy = param("policy") || "baseline";
  const got = useGet<ReplayAnswer>("/guard/replay", { case: name, policy });
  const a = got.data;
  return (
    <>
      <div class="tools">
        <div class="field"><label for="case">History</label><select id="case" value={name} onChange={(e) => set({ case: e.currentTarget.value })}>{(a?.cases ?? [name]).map((c) => <option key={c}>{c}</option>)}</select></div>
        <div class="field"><label for="judge">Policy</label><select id="judge" value={policy} onChange={(e) => set({ policy: e.currentTarget.value })}><option>baseline</option><option>strict</option></select></div>
        <p class="small quiet">baseline: no intent is required, changes of control and new destinations are held. strict: the default for real use; almost everything waits for a person.</p>
      </div>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : !a ? <Busy what="Playing the history…" /> : <Story a={a} />}
    </>
  );
}

function Story({ a }: { a: ReplayAnswer }) {
  const shown = a.rows.find((r) => r.label === "displayed"), signed = a.rows.find((r) => r.label === "malicious");
  const s = a.summary;
  const lived = a.rows.filter((r) => r.label === "benign").length;
  return (
    <>
      <h2>{a.header.title}</h2>
      {a.header.reconstruction && <p class="warning"><strong>Reconstruction.</strong> The bytes are made by us, after reports.</p>}
      <ol class="story">
        <Step n={1} title="The guard learns how the wallet lives">
          <p>{plural(lived, "transfer")} went well before the theft. The guard learns from the first {a.warm_up} and judges the other {s.scored}: <strong>{s.false_denies} denied, {s.false_holds} held</strong> for a person to look at. That is the price of the rules.</p>
        </Step>
        <Step n={2} title="What the signers' screens showed">
          {a.meant ? <p>Send {a.meant.amount} {a.meant.unit} to <code class="wrap">{a.meant.to}</code>{a.meant.source && <span class="quiet"> ({a.meant.source})</span>}.</p> : <p class="quiet">What was meant is not known.</p>}
        </Step>
        {shown && (
          <Step n={3} title="The proposal, checked with the signatures that were there" at={shown.at} v={shown.verdict}>
            <p>The amounts look right. The signature does not: over the hash of the bytes shown it is by nobody whom the wallet knows, so somebody had already signed something else.</p>
            <Reasons v={shown.verdict} />
          </Step>
        )}
        {signed && (
          <Step n={shown ? 4 : 3} title="The bytes that were signed" at={signed.at} v={signed.verdict}>
            <Reasons v={signed.verdict} />
          </Step>
        )}
        <Step n={shown && signed ? 5 : 4} title="What that would have saved">
          <p>{s.first_stop ? <>The first {s.decision} came {s.ahead_seconds ? <><strong>{span(s.ahead_seconds)}</strong> ahead of the theft</> : "when it was to be signed"}. Lost was: <strong>{s.loss}</strong>. A guard saves it only if people obey it.</> : <>The theft was allowed. Lost was: <strong>{s.loss}</strong>.</>}</p>
        </Step>
      </ol>
      <p class="row"><a class="button" href={`/guard?try=${encodeURIComponent(a.header.case + " malicious")}`}>Check these bytes yourself</a></p>
      <Table
        name="history" caption="Every row of the history" rows={a.rows} id={(r) => r.name + r.label + r.at} page={25} order="at.desc"
        columns={[
          { key: "at", head: "Time (UTC)", first: true, by: (r) => r.at, cell: (r) => <Time at={r.at} />, text: (r) => r.at },
          { key: "name", head: "Name", help: "the nonce of a wallet's transaction", by: (r) => r.name.padStart(6, "0"), cell: (r) => <Foreign text={r.name} />, text: (r) => r.name },
          { key: "label", head: "What it was", by: (r) => r.label, cell: (r) => r.label, text: (r) => r.label },
          { key: "verdict", head: "Verdict", by: (r) => r.verdict.decision, cell: (r) => <Mark d={r.verdict.decision} />, text: (r) => r.verdict.decision },
          { key: "rules", head: "Rules", cell: (r) => [...new Set(r.verdict.reasons.map((x) => `${x.rule} ${x.name}`))].join(", "), text: (r) => [...new Set(r.verdict.reasons.map((x) => x.rule))].join(" ") },
          { key: "scored", head: "Counted", help: "counts for the false alarms", cell: (r) => (r.scored ? "yes" : ""), text: (r) => String(r.scored) },
        ]}
      />
      <h3>Sources</h3>
      <ul>{a.header.sources.map((x) => <li key={x} class="wrap">{x}</li>)}</ul>
      <p class="quiet small">Policy {a.header.policy} <code>{a.header.policy_version.replace("sha256:", "").slice(0, 12)}</code>. The same bytes, policy and history give the same verdicts: <code>coldtrail guard replay {a.header.case} --policy {a.header.policy} --json</code></p>
    </>
  );
}

function Step({ n, title, at, v, children }: { n: number; title: string; at?: string; v?: Verdict; children: ComponentChildren }) {
  return (
    <li>
      <h3><span class="sr">Step {n}: </span>{title} {v && <Mark d={v.decision} />}</h3>
      {at && <p class="quiet small"><Time at={at} /> UTC</p>}
      {children}
    </li>
  );
}

// Reasons shows each rule once, the gravest first.
function Reasons({ v }: { v: Verdict }) {
  const rank = { critical: 0, high: 1, warn: 2, info: 3 };
  const seen = new Set<string>();
  const list = [...v.reasons].sort((a, b) => rank[a.severity] - rank[b.severity]).filter((r) => !seen.has(r.rule) && seen.add(r.rule));
  return <ul>{list.map((r) => <li key={r.rule} class="wrap"><strong>{r.rule}</strong> <Foreign text={r.text} limit={400} /></li>)}</ul>;
}

function span(seconds: number): string {
  const h = Math.floor(seconds / 3600), m = Math.floor((seconds % 3600) / 60), s = seconds % 60;
  return [h && plural(h, "hour"), m && plural(m, "minute"), s && plural(s, "second")].filter(Boolean).join(" ");
}
