// The form: the bytes, what was meant, and the policy that judges.
import { useEffect, useState } from "preact/hooks";
import { post } from "../api.ts";
import { useGet } from "../get.ts";
import { Busy, Problem } from "../parts/problem.tsx";
import { say } from "../parts/say.tsx";
import { param, set } from "../route.ts";
import { kinds, type Answer, type Example, type Intent, type Policy, type ReceiptsAnswer, type Request } from "./types.ts";
import { marks, Shown } from "./verdict.tsx";

// Form is what stands in the fields. rest holds parts of a request that have none.
interface Form { kind: string; wallet: string; bytes: string; intent: Intent; policy: string; over: string; signatures: string; receipt: boolean; rest: Record<string, unknown> }

const blank: Form = { kind: "safe_tx", wallet: "", bytes: "", intent: {}, policy: "strict", over: "", signatures: "", receipt: false, rest: {} };

// filled puts a request into the fields.
function filled(e: { request: Request; policy: string; over: string }): Form {
  const { kind, wallet, payload, intent = {}, signatures = [], ...rest } = e.request;
  const field = kinds[kind]?.field;
  const bytes = field ? String(payload[field] ?? "") : JSON.stringify(payload, null, 1);
  return { ...blank, kind, wallet, bytes, intent, policy: e.policy, over: e.over, signatures: signatures.join("\n"), rest };
}

// request is what the fields say; a JSON payload that cannot be read is an error in
// words.
function request(f: Form): Request {
  const field = kinds[f.kind]?.field;
  let payload: Record<string, unknown>;
  if (field) payload = { [field]: field === "message" ? f.bytes : f.bytes.trim() };
  else {
    try {
      payload = JSON.parse(f.bytes) as Record<string, unknown>;
    } catch (e) {
      throw new Error(`The payload is not JSON: ${e instanceof Error ? e.message : String(e)}. A ${kinds[f.kind]?.name} is pasted as ${kinds[f.kind]?.hint}.`);
    }
  }
  const intent = Object.fromEntries(Object.entries(f.intent).filter(([, v]) => v !== ""));
  const signatures = f.signatures.split(/\s+/).filter(Boolean);
  return { ...f.rest, wallet: f.wallet, kind: f.kind, payload, ...(Object.keys(intent).length ? { intent } : {}), ...(signatures.length ? { signatures } : {}) };
}

export function Check() {
  const examples = useGet<Example[]>("/guard/examples");
  const policies = useGet<Policy[]>("/guard/policies");
  const receipts = useGet<ReceiptsAnswer>("/guard/receipts", { limit: 1 });
  const [f, setF] = useState<Form>(blank);
  const [a, setA] = useState<Answer>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const put = (x: Partial<Form>) => (setF((o) => ({ ...o, ...x })), setA(undefined));
  const chosen = param("try");
  const judge = async (form: Form) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const got = await post<Answer>("/guard/check", { policy: form.policy, over: form.over || undefined, receipt: form.receipt || undefined, request: request(form) });
      setA(got);
      say(marks[got.verdict.decision].word);
    } catch (e) {
      setA(undefined);
      setProblem(e);
    }
    setBusy(false);
  };
  // An example named in the URL is filled in and judged at once.
  useEffect(() => {
    const e = examples.data?.find((x) => x.name === chosen);
    if (!e) return;
    const form = filled(e);
    setF(form);
    void judge(form);
  }, [chosen, examples.data]);
  const failed = [examples, policies, receipts].find((x) => x.problem);
  const example = examples.data?.find((x) => x.name === chosen);
  return (
    <div class="guard">
      <form class="stack" onSubmit={(e) => (e.preventDefault(), void judge(f))}>
        {failed ? <Problem of={failed.problem} retry={failed.again} /> : null}
        <div class="field">
          <label for="try">Try one that is here</label>
          <select id="try" value={chosen} onChange={(e) => (e.currentTarget.value ? set({ try: e.currentTarget.value }) : (set({ try: undefined }), put(blank)))}>
            <option value="">Your own</option>
            {(examples.data ?? []).map((x) => <option key={x.name} value={x.name}>{x.title}</option>)}
          </select>
          {example?.made && <span class="hint">The bytes of this example are made by us, after reports.</span>}
        </div>
        <div class="row top">
          <div class="field"><label for="kind">Kind</label><select id="kind" value={f.kind} onChange={(e) => put({ kind: e.currentTarget.value, rest: {} })}>{Object.entries(kinds).map(([k, x]) => <option key={k} value={k}>{x.name}</option>)}</select></div>
          <div class="field grow"><label for="wallet">Wallet, as the policy names it</label><input id="wallet" required value={f.wallet} onInput={(e) => put({ wallet: e.currentTarget.value })} autocomplete="off" spellcheck={false} /></div>
        </div>
        <div class="field">
          <label for="bytes">The exact bytes to be signed</label>
          <textarea id="bytes" required rows={8} value={f.bytes} onInput={(e) => put({ bytes: e.currentTarget.value })} spellcheck={false} aria-describedby="bytes-hint" />
          <span class="hint" id="bytes-hint">{kinds[f.kind]?.hint}</span>
        </div>
        <Meant f={f} put={put} />
        <fieldset>
          <legend>Judged by</legend>
          <div class="row top">
            <div class="field"><label for="policy">Policy</label><select id="policy" value={f.policy} onChange={(e) => put({ policy: e.currentTarget.value })}>{(policies.data ?? [{ name: "strict", own: false } as Policy]).map((p) => <option key={p.name} value={p.name}>{p.name}{p.own ? " (your own)" : ""}</option>)}</select></div>
            {receipts.data?.open && <label class="check"><input type="checkbox" checked={f.receipt} onChange={(e) => put({ receipt: e.currentTarget.checked })} />leave a receipt in the log</label>}
          </div>
          <details open={Boolean(f.over)}>
            <summary>Wallets, owners and the address book (YAML laid over the policy)</summary>
            <div class="field"><label class="sr" for="over">YAML laid over the policy</label><textarea id="over" rows={7} value={f.over} onInput={(e) => put({ over: e.currentTarget.value })} spellcheck={false} /></div>
          </details>
        </fieldset>
        <p><button type="submit" class="primary" disabled={busy}>Check before signing</button></p>
      </form>
      <div aria-live="polite">
        <h2 class="sr">The verdict</h2>
        {busy ? <Busy what="Reading the bytes…" /> : problem ? <Problem of={problem} /> : a ? <Shown a={a} /> : <p class="empty">The verdict stands here. Nothing that you paste leaves this machine.</p>}
      </div>
    </div>
  );
}

const fields: { key: "to" | "amount" | "unit" | "asset" | "ref" | "source"; name: string; hint: string }[] = [
  { key: "to", name: "Recipient", hint: "an address, or acct:BIC:ACCOUNT" }, { key: "amount", name: "Amount", hint: "" }, { key: "unit", name: "Unit", hint: "ETH, BTC, USD; blank: atomic units" },
  { key: "asset", name: "Asset", hint: "eip155:1/slip44:60, iso4217:USD, …" }, { key: "ref", name: "Reference", hint: "" }, { key: "source", name: "Where this was written", hint: "a ticket, core banking" },
];

function Meant({ f, put }: { f: Form; put: (x: Partial<Form>) => void }) {
  return (
    <fieldset>
      <legend>What was meant, by another channel than the bytes</legend>
      <div class="grid tight">
        {fields.map((x) => (
          <div class="field" key={x.key}>
            <label for={"meant-" + x.key}>{x.name}</label>
            <input id={"meant-" + x.key} value={f.intent[x.key] ?? ""} placeholder={x.hint} onInput={(e) => put({ intent: { ...f.intent, [x.key]: e.currentTarget.value } })} autocomplete="off" spellcheck={false} />
          </div>
        ))}
      </div>
      <details open={Boolean(f.signatures)}>
        <summary>Signatures collected so far</summary>
        <div class="field"><label class="sr" for="signatures">Signatures, one a line</label><textarea id="signatures" rows={3} value={f.signatures} onInput={(e) => put({ signatures: e.currentTarget.value })} spellcheck={false} /></div>
      </details>
    </fieldset>
  );
}
