// The article, claim by claim: under which ways of counting it is true.
import { useState } from "preact/hooks";
import { post } from "../api.ts";
import type { ClaimsAnswer as Answer, ClaimsResult as Result, ClaimsTrial as Trial } from "../client.ts";
import { useGet } from "../get.ts";
import { Badge, type Tone } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { param, set } from "../route.ts";
import { plural } from "../text.ts";

const tones: Record<string, { tone: Tone; words: string }> = {
  reproduced: { tone: "good", words: "true however one counts" }, reproduced_only_under: { tone: "warn", words: "true only under some policies" },
  contradicted: { tone: "bad", words: "true under no policy" }, not_testable: { tone: "info", words: "the register cannot be asked" },
};

export function Claims() {
  const known = param("as_known_on");
  const own = param("own");
  const article = useGet<Answer>(own ? undefined : "/claims", { as_known_on: known || undefined });
  const [mine, setMine] = useState<Answer>();
  const a = own ? mine : article.data;
  return (
    <>
      <div class="tools">
        <div class="field"><label for="known">As known on</label><input id="known" type="date" value={known} onChange={(e) => set({ as_known_on: e.currentTarget.value || undefined }, true)} /></div>
        <label class="check"><input type="checkbox" checked={Boolean(own)} onChange={(e) => set({ own: e.currentTarget.checked ? "1" : undefined })} />check a file of my own</label>
      </div>
      {own && <Own known={known} put={setMine} />}
      {article.problem ? <Problem of={article.problem} retry={article.again} /> : !a ? (own ? null : <Busy what="Checking under every policy of the grid…" />) : (
        <>
          <h2><Foreign text={a.document.title} /></h2>
          <p class="quiet"><Foreign text={a.document.publisher} />, {a.document.published_on}. {plural(a.claims.length, "claim")}, in our words; {a.matches} verdicts are as the file expects.</p>
          <ol class="plain">{a.claims.map((c) => <One key={c.id} c={c} />)}</ol>
          {a.not_tested.length > 0 && <><h3>Not tested</h3><ul>{a.not_tested.map((n) => <li key={n.says}><Foreign text={n.says} /> <span class="quiet small">({n.locator}: {n.reason})</span></li>)}</ul></>}
        </>
      )}
    </>
  );
}

function One({ c }: { c: Result }) {
  const t = tones[c.verdict];
  return (
    <li class="card">
      <h3><span class="quiet">{c.id}</span> <Foreign text={c.says} limit={500} /></h3>
      <p class="row"><Badge tone={t?.tone ?? "info"}>{t?.words ?? c.verdict}</Badge>{!c.matches && <Badge tone="bad">the file expects {c.expected}</Badge>}<span class="small quiet">{c.locator}</span></p>
      {c.parts.map((p, i) => (
        <div key={i} class="small">
          <Foreign text={p.asks} />: true in <strong>{p.true_in} of {p.of}</strong> ways of counting{p.context && ", beside the point"}.
          {p.smallest ? <> Smallest policy that makes it true: <Policy t={p.smallest} /> gives <Foreign text={p.smallest.got} />.</> : p.default && <> The nearest, <Policy t={p.default} />, gives <Foreign text={p.default.got} />.</>}
        </div>
      ))}
      <p><strong>True would be:</strong> <Foreign text={c.true_wording} limit={600} /></p>
      {c.note && <p class="small quiet"><Foreign text={c.note} limit={600} /></p>}
    </li>
  );
}

function Policy({ t }: { t: Trial }) {
  const changed = t.policy.filter((c) => c.changed);
  return changed.length === 0 ? <em>the default</em> : <em>{changed.map((c) => `${c.key.replaceAll("_", " ")} ${c.value.replaceAll("_", " ")}`).join(", ")}</em>;
}

function Own({ known, put }: { known: string; put: (a: Answer) => void }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      put(await post<Answer>("/claims/check" + (known ? "?as_known_on=" + encodeURIComponent(known) : ""), { text }));
    } catch (e) {
      setProblem(e);
    }
    setBusy(false);
  };
  return (
    <form class="stack" onSubmit={(e) => (e.preventDefault(), void run())}>
      <div class="field"><label for="own">A file of claims, YAML, as <a href="/docs/study">the document of the study</a> describes it</label><textarea id="own" rows={10} required value={text} onInput={(e) => setText(e.currentTarget.value)} spellcheck={false} /></div>
      <p><button class="primary" disabled={busy}>Check it</button></p>
      {busy && <Busy />}
      {problem ? <Problem of={problem} /> : null}
    </form>
  );
}
