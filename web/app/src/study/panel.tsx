// What the study is a function of, to be changed by the reader. Blank is what the
// policy says; what is changed stands in the URL.
import { param, set } from "../route.ts";
import { bases, type Choice } from "./types.ts";

// keys are the parts of a policy that the URL may hold.
export const keys = ["policy", "basis", "valuation", "as_known_on", "scope", "sectors", "from", "to", "min_confidence", "min_status", "disputed", "reviewed_only"] as const;

export const question = (): Record<string, string | undefined> => Object.fromEntries(keys.map((k) => [k, param(k) || undefined]));

const scopes = ["theft", "near_miss", "accident", "double_spend", "insider", "market_manipulation", "destruction"];

// labels are the settings as the panel names them, where that differs.
const labels: Record<string, string> = { basis: "which amount counts", valuation: "at whose price", min_confidence: "attributed with at least", disputed: "disputed attributions", scope: "what counts", reviewed_only: "drafts left out" };

export function Panel({ choices }: { choices: Choice[] }) {
  const chosen = choices.find((c) => c.id === (param("policy") || "default"));
  const changed = keys.filter((k) => k !== "policy" && param(k));
  const scope = (param("scope") || chosen?.scope.join(",") || "theft").split(",");
  const toggle = (w: string) => {
    const next = scope.includes(w) ? scope.filter((x) => x !== w) : [...scope, w];
    set({ scope: next.length && next.join() !== chosen?.scope.join() ? next.join(",") : undefined }, true);
  };
  return (
    <form class="panel policy noprint" aria-label="The policy" onSubmit={(e) => e.preventDefault()}>
      <div class="tools">
        <Pick name="policy" label="Begin from the policy" now={chosen?.id} options={choices.map((c) => [c.id, c.id])} title={chosen?.title} />
        <Pick name="basis" label="Which amount counts" now={chosen?.basis} options={Object.keys(bases).filter((b) => b !== "mixed" || chosen?.basis === "mixed").map((b) => [b, b.replaceAll("_", " ")])} title={bases[param("basis") || chosen?.basis || ""]} />
        <Pick name="valuation" label="At whose price" now={chosen?.valuation} options={[["as_booked", "as booked"], ["at_theft", "at the theft"]]} />
        <Pick name="min_confidence" label="Attributed with at least" now={chosen?.min_confidence} options={[["low", "any confidence"], ["moderate", "moderate confidence"], ["high", "high confidence"]]} />
        <Pick name="disputed" label="Disputed attributions" now={chosen?.disputed} options={[["interval", "as an interval"], ["include", "counted"], ["exclude", "not counted"]]} />
        <Day name="from" label="From" now={chosen?.from} />
        <Day name="to" label="To" now={chosen?.to} />
        <Day name="as_known_on" label="As known on (blank: now)" now={chosen?.as_known_on} />
        <Pick name="reviewed_only" label="Drafts" now={String(chosen?.reviewed_only ?? false)} options={[["false", "counted, and marked"], ["true", "left out"]]} />
      </div>
      <fieldset><legend>What counts</legend><span class="row">{scopes.map((w) => <label class="check small" key={w}><input type="checkbox" checked={scope.includes(w)} onChange={() => toggle(w)} />{w.replaceAll("_", " ")}</label>)}</span></fieldset>
      <p class="row small"><span class="quiet">{changed.length ? `Changed: ${changed.map((k) => `${labels[k] ?? k.replaceAll("_", " ")}: ${param(k).replaceAll("_", " ")}`).join("; ")}.` : "Nothing is changed: these are the policy's own settings."}</span>{changed.length > 0 && <button type="button" class="small" onClick={() => set(Object.fromEntries(keys.map((k) => [k, k === "policy" ? param(k) || undefined : undefined])))}>Undo all changes</button>}</p>
    </form>
  );
}

// A setting equal to the policy's own is no change.
const put = (name: string, now: string | undefined, v: string) => (name === "policy" ? set(Object.fromEntries(keys.map((k) => [k, k === "policy" && v !== "default" ? v : undefined]))) : set({ [name]: v === now ? undefined : v }, true));

function Pick({ name, label, now, options, title }: { name: string; label: string; now: string | undefined; options: string[][]; title?: string | undefined }) {
  const id = "set-" + name;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={param(name) || now || ""} title={title} onChange={(e) => put(name, now, e.currentTarget.value)}>
        {options.every(([v]) => v !== (param(name) || now)) && <option value={param(name) || now}>{param(name) || now}</option>}
        {options.map(([v, words]) => <option key={v} value={v}>{words}</option>)}
      </select>
    </div>
  );
}

function Day({ name, label, now }: { name: string; label: string; now: string | undefined }) {
  const id = "set-" + name;
  const v = param(name) || now || "";
  return <div class="field"><label for={id}>{label}</label><input id={id} type="date" value={v === "now" ? "" : v} onChange={(e) => put(name, now, e.currentTarget.value || (now === "now" ? "now" : ""))} /></div>;
}
