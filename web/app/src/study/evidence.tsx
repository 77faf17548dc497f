// What stands behind a number or an incident: claims, their grades, their sources.
import type { ComponentChildren } from "preact";
import { useGet } from "../get.ts";
import { Badge } from "../parts/badge.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { set } from "../route.ts";
import { grouped, plural } from "../text.ts";
import { question } from "./panel.tsx";
import { actorOf, type Claim, type Incident, type NumberAnswer, type Source } from "./types.ts";

const close = () => set({ number: undefined, incident: undefined });

// Number opens what it stands on.
export function Number({ id, children }: { id: string; children: ComponentChildren }) {
  return <button type="button" class="link num" onClick={() => set({ number: id, incident: undefined })} title="what stands behind this number">{children}</button>;
}

export function NumberDrawer({ id }: { id: string }) {
  const got = useGet<NumberAnswer>(`/study/numbers/${encodeURIComponent(id)}`, question());
  const a = got.data;
  return (
    <Dialog title="Behind the number" close={close}>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : !a ? <Busy /> : (
        <>
          <p class="lead">{a.text}</p>
          <p>{a.what} <code class="small">{a.id}</code></p>
          {a.rows && a.rows.length > 0 && <><h3>{plural(a.rows.length, "incident")}</h3><ul class="row plain">{a.rows.map((r) => <li key={r}><button type="button" class="small" onClick={() => set({ incident: r, number: undefined })}>{r}</button></li>)}</ul></>}
          <h3>{plural(a.behind.length, "claim")}</h3>
          <ul>{a.behind.map((b) => <li key={b.id} class="wrap"><Foreign text={b.says} /> <span class="quiet small">{b.id}, grade {b.grade}, said {b.asserted_on || "on no known day"}</span> {b.draft && <Badge tone="warn" title="nobody has checked it a second time">draft</Badge>}</li>)}</ul>
          <Sources all={a.sources} />
        </>
      )}
    </Dialog>
  );
}

export function IncidentDrawer({ id }: { id: string }) {
  const known = question().as_known_on;
  const got = useGet<Incident>(`/register/incidents/${encodeURIComponent(id)}`, { as_known_on: known });
  const a = got.data;
  return (
    <Dialog title={a ? <Foreign text={a.incident.title} /> : id} close={close}>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : !a ? <Busy /> : (
        <>
          <dl class="facts">
            <div><dt>Victim</dt><dd><Foreign text={a.incident.victim} /></dd></div><div><dt>Kind of victim</dt><dd>{a.incident.sector}</dd></div>
            <div><dt>Began</dt><dd>{a.incident.occurred || "not known"}</dd></div><div><dt>What it is</dt><dd>{a.incident.scope}, {a.incident.status}</dd></div>
          </dl>
          {known && !a.incident.public_then && <p class="warning">On {known} nobody had said anything of it in public.</p>}
          {a.incident.notes && <p class="note"><Foreign text={a.incident.notes} limit={800} prose /></p>}
          <h3>{plural(a.claims.length, "claim")}, each by its sources</h3>
          <p class="small quiet">A grade is a letter for the source (A reliable, F not to be judged) and a number for the claim (1 confirmed, 5 improbable, 6 not to be judged). What holds is the best claim on its question; a draft nobody has checked a second time.</p>
          {heads.map(([head, of]) => {
            const list = a.claims.filter((c) => of(c.property));
            return list.length > 0 && <section key={head}><h4>{head}</h4><ul class="plain">{list.map((c) => <One key={c.id} c={c} sources={a.sources} />)}</ul></section>;
          })}
          <Sources all={a.sources} />
          <p class="small quiet">The same on a terminal: <code>coldtrail register show {a.incident.id}{known ? ` --as-known-on ${known}` : ""}</code></p>
        </>
      )}
    </Dialog>
  );
}

// heads put what is asked most first.
const heads: [string, (property: string) => boolean][] = [
  ["Who did it", (p) => p === "attribution"], ["How much", (p) => p === "amount"], ["What, when and how", (p) => p !== "attribution" && p !== "amount"],
];

function One({ c, sources }: { c: Claim; sources: Source[] }) {
  const by = (id: string) => sources.find((s) => s.id === id)?.publisher || id;
  const number = c.value ?? (c.low || c.high ? `${c.low ?? "?"} to ${c.high ?? "?"}` : "");
  const says = [c.basis?.replaceAll("_", " "), number && (/^[\d.]+$/.test(number) ? grouped(number) : number), c.asset, c.missing && `no value: ${c.missing}`, c.actor && (c.polarity === "against" ? "not " : "") + actorOf(c.actor), c.polarity && !["for", "against"].includes(c.polarity) ? c.polarity : "", c.status, c.confidence && `${c.confidence} confidence`, c.likelihood?.replaceAll("_", " "), c.on].filter(Boolean).join(", ");
  return (
    <li class={c.known_then ? "" : "quiet"}>
      <strong>{c.property.replaceAll("_", " ")}</strong>{says && ": "}<span class="wrap">{says}</span>{c.text && <> – <Foreign text={c.text} limit={400} /></>}{" "}
      {c.holds && <Badge tone="good" title="the best claim on its question">holds</Badge>}{c.draft && <Badge tone="warn" title="nobody has checked it a second time">draft</Badge>}{!c.known_then && <Badge>not yet known then</Badge>}
      <div class="small quiet">grade {c.grade || "none"}; said {c.asserted_on || "on no known day"}; by {c.sources.map((s, i) => <span key={s}>{i > 0 && ", "}<a href={"#src-" + s} title={s}><Foreign text={by(s)} limit={60} /></a></span>)}{c.sources.length === 0 && "the sources of its draft row"}</div>
    </li>
  );
}

function Sources({ all }: { all: Source[] }) {
  if (all.length === 0) return <p class="quiet">No source is named: this follows from the absence of claims.</p>;
  return (
    <>
      <h3>{plural(all.length, "source")}</h3>
      <ul class="plain">
        {all.map((s) => (
          <li key={s.id} id={"src-" + s.id} class="wrap">
            <strong><Foreign text={s.publisher} /></strong>: <Foreign text={s.title} />{s.published_on && `, ${s.published_on}`} <span class="quiet small">{s.kind}{s.reliability && `, reliability ${s.reliability}`}{s.derived_from?.length ? `, repeats ${s.derived_from.join(", ")}` : ""}</span>
            {s.url && /^https?:\/\//.test(s.url) && <div class="small"><a href={s.url} target="_blank" rel="noreferrer noopener"><Foreign text={s.url} limit={160} /></a> (opens a page elsewhere)</div>}
            {s.sha256 && <div class="small quiet">SHA-256 of what was read: <code class="wrap">{s.sha256}</code></div>}
          </li>
        ))}
      </ul>
    </>
  );
}
