// A verdict for a person under stress: the decision first, then why, then meant and
// will-do side by side, then the digests in groups for the device's screen.
import { save } from "../parts/download.tsx";
import { Badge, type Tone } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Time } from "../parts/time.tsx";
import { plural } from "../text.ts";
import type { Answer, Decision, Reason } from "./types.ts";

export const marks: Record<Decision, { word: string; tone: Tone; shape: string }> = {
  allow: { word: "ALLOW", tone: "good", shape: "M3 9L7 13L14 4" },
  hold: { word: "HOLD", tone: "warn", shape: "M6 3V13M11 3V13" },
  deny: { word: "DENY", tone: "bad", shape: "M3 3L14 14M14 3L3 14" },
};

export function Mark({ d }: { d: Decision }) {
  return <Badge tone={marks[d].tone}>{marks[d].word}</Badge>;
}

const severities: Record<Reason["severity"], { word: string; tone: Tone }> = {
  critical: { word: "deny", tone: "bad" }, high: { word: "hold", tone: "warn" }, warn: { word: "look", tone: "info" }, info: { word: "note", tone: "info" },
};

export function Shown({ a }: { a: Answer }) {
  const v = a.verdict;
  const m = marks[v.decision];
  return (
    <section class="verdict" aria-label="Verdict">
      <div class={"order " + m.tone} role="alert">
        <svg viewBox="0 0 17 17" aria-hidden="true"><path d={m.shape} fill="none" stroke="currentColor" stroke-width="3.2" stroke-linecap="square" /></svg>
        <p><strong>{a.order}</strong></p>
      </div>
      {v.mode === "monitor" && <p class="warning">This policy only watches: it stops nothing.</p>}
      {a.headlines.length > 0 && <ul class="heads">{a.headlines.map((h) => <li key={h}>{h}</li>)}</ul>}
      <div class="split sides">
        <Side title="What was meant" list={a.meant} none="Nobody said what is meant. Without an intent the guard cannot compare." />
        <Side title="What these bytes will do" list={a.does} none="Nothing that could be read." more={(v.decoded.undecoded ?? []).map((u) => `not understood: ${u.reason}`)} />
      </div>
      {v.reasons.length > 0 && <Why all={v.reasons} />}
      {a.signers.length > 0 && <><h3>Who signed these bytes</h3><ul>{a.signers.map((x) => <li key={x} class={x.includes("NOBODY") || x.includes("NOT VALID") ? "strong wrap" : "wrap"}><Foreign text={x} /></li>)}</ul></>}
      <Digests a={a} />
      <Foot a={a} />
    </section>
  );
}

function Side({ title, list, none, more = [] }: { title: string; list: string[]; none: string; more?: string[] }) {
  return (
    <div class="panel">
      <h3>{title}</h3>
      {list.length + more.length === 0 ? <p class="quiet">{none}</p> : (
        <ol>
          {list.map((x, i) => <li key={i} class="wrap"><Foreign text={x} limit={400} /></li>)}
          {more.map((x, i) => <li key={"u" + i} class="wrap strong"><Foreign text={x} limit={400} /></li>)}
        </ol>
      )}
    </div>
  );
}

function Why({ all }: { all: Reason[] }) {
  return (
    <>
      <h3>Why</h3>
      <ul class="plain why">
        {all.map((r, i) => (
          <li key={i}>
            <Badge tone={severities[r.severity].tone} title={r.monitor ? "this rule is only watched" : undefined}>{severities[r.severity].word}{r.monitor && ", watched"}</Badge>
            <div>
              <Foreign text={r.text} limit={600} /> <span class="quiet small nowrap"><a href="/docs/guard#the-rules">{r.rule}</a> {r.name}</span>
              {r.approved && r.approved.length > 0 && <span class="small"> Approved by {r.approved.join(", ")}.</span>}
              {r.evidence && Object.keys(r.evidence).length > 0 && (
                <details class="small"><summary>evidence</summary><dl class="defs">{Object.entries(r.evidence).map(([k, x]) => <><dt key={k}>{k}</dt><dd class="mono"><Foreign text={x} /></dd></>)}</dl></details>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

// words are the names of digests as devices write them.
const words: Record<string, string> = { safe_tx_hash: "safeTxHash", domain_separator: "domain hash", message_hash: "message hash", data_hash: "data hash", signing_hash: "signing hash" };

function Digests({ a }: { a: Answer }) {
  if (a.groups.length === 0) return null;
  return (
    <>
      <h3>{a.verdict.decision === "deny" ? "Digests of these bytes, for the record" : "Compare with your device's screen, every group"}</h3>
      <dl class="defs digests">
        {a.groups.map((g) => <><dt key={g.name}>{words[g.name] ?? g.name}</dt><dd class="mono">{g.groups.map((line, i) => <span key={i}>{line}</span>)}</dd></>)}
      </dl>
    </>
  );
}

function Foot({ a }: { a: Answer }) {
  const v = a.verdict;
  return (
    <div class="small">
      {v.not_evaluated && v.not_evaluated.length > 0 && <details><summary>{plural(v.not_evaluated.length, "rule")} could not be asked</summary><ul>{v.not_evaluated.map((n) => <li key={n}><Foreign text={n} /></li>)}</ul></details>}
      {!v.lists?.length && <p class="quiet">No list of sanctions or thefts was screened.</p>}
      <p class="quiet">Policy {v.policy} <code>{v.policy_version.replace("sha256:", "").slice(0, 12)}</code>; checked <Time at={v.at} />, good until <Time at={v.expires_at} />.{a.receipt && <> Receipt <code>{a.receipt.slice(0, 19)}…</code> is in the log.</>}</p>
      <p class="row noprint">
        <button type="button" class="small" onClick={() => save("verdict.json", "application/json", JSON.stringify(v, null, 1) + "\n")}>Verdict as JSON</button>
        <button type="button" class="small" onClick={() => save("verdict.txt", "text/plain", a.screen)}>Screen as text</button>
        <button type="button" class="small" onClick={() => print()}>Print</button>
      </p>
    </div>
  );
}
