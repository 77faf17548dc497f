// The builder: a file becomes a case. What is wrong with a row stands beside it.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { path, upload } from "../api.ts";
import { Mapping, txColumn, type Mapped } from "../build/mapping.tsx";
import { numbered } from "../build/number.ts";
import { sample } from "../build/sample.ts";
import { Rows, TextLines } from "../build/rows.tsx";
import type { CaseWhole, Preview } from "../client.ts";
import { forget } from "../get.ts";
import { Badge } from "../parts/badge.tsx";
import { save } from "../parts/download.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Hash } from "../parts/hash.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { say } from "../parts/say.tsx";
import { useTitle } from "../shell.tsx";
import { grouped, plural } from "../text.ts";

const firstBytes = (1 << 20) + 1; // one more than the preview reads, so that it knows a part from the whole
const mostBytes = 64 << 20; // what the server takes of one file

export default function Build() {
  useTitle("Builder");
  const [file, setFile] = useState<File>();
  const [map, setMap] = useState<Mapped>();
  const [ledger, setLedger] = useState("");
  const look = usePreview(file, map, ledger);
  const take = (f: File | undefined) => (setFile(f), setMap(undefined), setLedger(""));
  return (
    <>
      <h1>Builder</h1>
      <p class="lead">Make a case of your own: bring a table of transfers, say which column is what and which rows are the theft, and follow them. The file goes to the coldtrail that runs on this machine, and nowhere else.</p>
      <Drop file={file} take={take} />
      {look.problem ? <Problem of={look.problem} retry={look.again} /> : null}
      {file && !look.data && look.busy && <Busy what="Reading the first rows…" />}
      {file && look.data && <Steps key={file.name + file.lastModified} file={file} take={take} p={look.data} busy={look.busy} map={map} setMap={setMap} ledger={ledger} setLedger={setLedger} />}
    </>
  );
}

// usePreview sends the beginning of a file, and again when the mapping changes.
function usePreview(file: File | undefined, map: Mapped | undefined, ledger: string) {
  const [s, setS] = useState<{ data?: Preview; problem?: unknown; busy: boolean }>({ busy: false });
  const [n, setN] = useState(0);
  const key = JSON.stringify(map);
  useEffect(() => setS({ busy: Boolean(file) }), [file]);
  useEffect(() => {
    if (!file) return;
    let gone = false;
    const wait = setTimeout(async () => {
      setS((o) => ({ ...o, busy: true, problem: undefined }));
      const form = new FormData();
      form.append("file", file.slice(0, firstBytes), file.name);
      if (map) form.append("mapping", JSON.stringify(map));
      if (ledger) form.append("ledger", ledger);
      try {
        const data = await upload<Preview>("/cases/preview", form);
        if (!gone) setS({ data, busy: false }), say(wrong(data));
      } catch (problem) {
        if (!gone) setS((o) => ({ ...o, problem, busy: false }));
      }
    }, map ? 250 : 0);
    return () => { gone = true; clearTimeout(wait); };
  }, [file, key, ledger, n]);
  return { ...s, again: () => setN((x) => x + 1) };
}

function wrong(p: Preview): string {
  const n = p.rows.filter((r) => r.problem).length + p.problems.length;
  return n ? `${plural(n, "fault")} in the first rows` : "the first rows can be read";
}

function Drop({ file, take }: { file: File | undefined; take: (f: File | undefined) => void }) {
  const [over, setOver] = useState(false);
  const [large, setLarge] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const given = (f: File | undefined) => {
    const tooLarge = f && f.size > mostBytes;
    setLarge(tooLarge ? `${f.name} has ${grouped(String(f.size >> 20))} MiB; a file here may have 64. Larger ledgers go into a store: coldtrail ingest, then coldtrail serve --store FOLDER.` : "");
    if (!tooLarge) take(f);
  };
  return (
    <section aria-labelledby="file">
      <h2 id="file">1. The file</h2>
      <div class={`drop${over ? " over" : ""}`} onDragOver={(e) => (e.preventDefault(), setOver(true))} onDragLeave={() => setOver(false)} onDrop={(e) => (e.preventDefault(), setOver(false), given(e.dataTransfer?.files[0]))}>
        <p class="center">Drop a file here: CSV, an ethereum-etl or explorer export, a ledger in the <a href="/docs/text-form">text form</a>, or bank messages (MT, ISO 20022). Packed with gzip is fine.</p>
        <p class="row middle">
          <label class="button primary">Choose a file<input ref={input} class="sr" type="file" onChange={(e) => given(e.currentTarget.files?.[0] ?? undefined)} /></label>
          <button type="button" onClick={() => given(new File([sample], "example.txt", { type: "text/plain", lastModified: Date.now() }))}>Try an example</button>
        </p>
        {file && <p class="center"><Foreign text={file.name} limit={120} />, {grouped(String(file.size))} bytes <button type="button" class="small plain" onClick={() => { if (input.current) input.current.value = ""; take(undefined); }}>Take it away</button></p>}
      </div>
      {large && <div class="problem" role="alert"><p>{large}</p></div>}
    </section>
  );
}

const formats: Record<string, string> = { table: "a table", text: "a ledger in the text form", swift: "bank messages (SWIFT MT)", iso20022: "bank messages (ISO 20022)", unknown: "not known" };

interface StepsProps { file: File; take: (f: File) => void; p: Preview; busy: boolean; map: Mapped | undefined; setMap: (m: Mapped) => void; ledger: string; setLedger: (id: string) => void }

function Steps({ file, take, p, busy, map, setMap, ledger, setLedger }: StepsProps) {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const now = map ?? p.mapping;
  const readable = p.format !== "unknown" && p.problems.length === 0;
  const flip = (line: number) => setChosen((c) => { const n = new Set(c); n.has(line) ? n.delete(line) : n.add(line); return n; });
  return (
    <div class={busy ? "stale" : ""}>
      <section aria-labelledby="read">
        <h2 id="read">2. How it is read</h2>
        <p>It looks like <strong>{formats[p.format] ?? p.format}</strong>{p.zipped && ", packed with gzip"}. {p.whole && <>Its sha256 is <Hash text={p.sha256} /></>} {p.guessed && <Badge tone="warn">the columns are guessed: check them</Badge>}</p>
        {p.problems.length > 0 && <div class="problem" role="alert"><ul>{p.problems.map((f, i) => <li key={i}>{f.line ? `line ${f.line}: ` : ""}{f.column && <><code>{f.column}</code>: </>}<Foreign text={f.message} />{f.hint && <div class="quiet"><Foreign text={f.hint} /></div>}</li>)}</ul></div>}
        {p.format === "table" && !now?.preset && txColumn(p, now) === undefined && p.columns.length > 0 && <Unnamed file={file} take={take} />}
        {p.format === "table" && <Mapping p={p} map={now} change={setMap} ledger={ledger || p.ledger || ""} setLedger={setLedger} />}
      </section>
      {p.format === "table" && <Rows p={p} map={now} chosen={chosen} flip={flip} />}
      {p.text && <TextLines text={p.text} />}
      {readable && <Question file={file} p={p} map={now} ledger={ledger || p.ledger || ""} chosen={chosen} />}
    </div>
  );
}

// Unnamed helps a table that no column names the transfers of.
function Unnamed({ file, take }: { file: File; take: (f: File) => void }) {
  const [cannot, setCannot] = useState(false);
  const number = async () => {
    const copy = await numbered(file);
    setCannot(!copy);
    if (!copy) return;
    save(copy.name, "text/csv", copy);
    take(copy);
  };
  return (
    <div class="warning">
      <p><strong>Which column names a transfer?</strong> Choose it as “Transaction” below. If none does, the rows can be counted: a copy of the file gets a column “tx”, and is saved for you, since the case file is about the copy.</p>
      <p><button type="button" class="small" onClick={number}>Count the rows</button>{cannot && " This file is packed or no text: count its rows elsewhere."}</p>
    </div>
  );
}

interface Seed { mark: string }

// seedsOf marks each chosen row by its transaction. Rows that share one are told
// apart as the reader of tables does it: by their number among them.
function seedsOf(p: Preview, map: Mapped | undefined, chosen: ReadonlySet<number>): Seed[] {
  const at = txColumn(p, map);
  if (at === undefined) return [];
  const all = new Map<string, number>(), seen = new Map<string, number>();
  for (const r of p.rows) all.set(r.fields[at] ?? "", (all.get(r.fields[at] ?? "") ?? 0) + 1);
  return p.rows.flatMap((r) => {
    const tx = r.fields[at] ?? "", n = (seen.get(tx) ?? 0) + 1;
    seen.set(tx, n);
    if (!chosen.has(r.line) || !tx) return [];
    return [{ mark: (all.get(tx) ?? 0) > 1 ? `${tx}#${n}` : tx }];
  });
}

function Question({ file, p, map, ledger, chosen }: { file: File; p: Preview; map: Mapped | undefined; ledger: string; chosen: ReadonlySet<number> }) {
  const own = (p.text?.thefts ?? []).length > 0;
  const [title, setTitle] = useState(file.name.replace(/\.[a-z0-9.]+$/i, ""));
  const [summary, setSummary] = useState("");
  const [theft, setTheft] = useState("the theft");
  const [marks, setMarks] = useState("");
  const [stops, setStops] = useState("");
  const [made, setMade] = useState<CaseWhole>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const seeds = useMemo<Seed[]>(() => (p.format === "table" ? seedsOf(p, map, chosen) : words(marks).map((mark) => ({ mark }))), [p, map, chosen, marks]);
  const bank = p.format === "swift" || p.format === "iso20022";
  const ready = seeds.length > 0 || own || bank || (p.format === "text" && !p.whole); // marks may stand beyond what was read
  const question = {
    title, ...(summary ? { summary } : {}),
    ledgers: [{ ...(p.format === "text" ? {} : { id: ledger || (bank ? "bank:made" : "") }), format: p.format, ...(p.format === "table" ? { mapping: map } : {}) }],
    ...(seeds.length ? { thefts: [{ name: theft, seeds }] } : {}),
    ...(words(stops).length ? { boundaries: [{ accounts: words(stops), kind: "service", name: "named in the builder", why: "the maker of the case" }] } : {}),
  };
  const make = async (e: Event) => {
    e.preventDefault();
    setBusy(true), setProblem(undefined), setMade(undefined);
    const form = new FormData();
    form.append("file", file, file.name);
    form.append("question", JSON.stringify(question));
    try {
      const c = await upload<CaseWhole>("/cases", form);
      forget("/cases");
      setMade(c);
      say("the case is made");
    } catch (x) {
      setProblem(x);
    }
    setBusy(false);
  };
  return (
    <form onSubmit={make} aria-labelledby="ask">
      <h2 id="ask">{p.format === "table" ? "4." : "3."} The question</h2>
      <div class="split">
        <div class="stack">
          <div class="field"><label for="title">Title of the case</label><input id="title" required maxLength={200} value={title} onInput={(e) => setTitle(e.currentTarget.value)} /></div>
          <div class="field"><label for="summary">What it is about (optional)</label><textarea id="summary" class="prose" maxLength={4000} value={summary} onInput={(e) => setSummary(e.currentTarget.value)} /></div>
        </div>
        <div class="stack">
          {seeds.length > 0 || !own ? <div class="field"><label for="theft">Name of the theft</label><input id="theft" required maxLength={100} value={theft} onInput={(e) => setTheft(e.currentTarget.value)} /></div> : null}
          {p.format !== "table" && <div class="field"><label for="marks">Stolen transfers, by name{own && " (the file marks some itself: leave this empty to use those)"}</label><input id="marks" value={marks} onInput={(e) => setMarks(e.currentTarget.value)} placeholder={bank ? "reference or UETR" : "e1, e2"} /><span class="hint">Names with commas or spaces between.{own && <> The file marks: <Foreign text={(p.text?.thefts ?? []).join(", ")} /></>}</span></div>}
          {p.format === "table" && <p>{seeds.length ? <><strong>{plural(seeds.length, "transfer")}</strong> chosen as stolen, from the rows above.</> : <span class="quiet">{txColumn(p, map) === undefined ? "Say above which column names the transaction; then tick the stolen rows." : "Tick the stolen rows in the table above."}</span>}</p>}
          <div class="field"><label for="stops">Services, where tracing stops (optional)</label><textarea id="stops" value={stops} onInput={(e) => setStops(e.currentTarget.value)} placeholder="one account a line" /></div>
        </div>
      </div>
      <p class="row"><button class="primary" disabled={!ready || busy}>{busy ? "Making the case…" : "Make the case"}</button>{!ready && <span class="quiet">Say first what is stolen.</span>}</p>
      {problem ? <Problem of={problem} /> : null}
      {made && <Made c={made} />}
    </form>
  );
}

const words = (s: string): string[] => s.split(/[\s,]+/).filter(Boolean);

function Made({ c }: { c: CaseWhole }) {
  return (
    <section class="panel" aria-labelledby="made" tabIndex={-1}>
      <h3 id="made">The case is made</h3>
      <p><a class="button primary" href={`/trail/${encodeURIComponent(c.name)}`}>Follow the money</a> <a class="button" href={path(`/cases/${encodeURIComponent(c.name)}/file`)} download>Save the case file (YAML)</a></p>
      <p class="quiet small">It stays here as <code>{c.name}</code> while coldtrail runs. With the case file and your data, <code>coldtrail trace --case FILE</code> gives the same figures anywhere.</p>
      {(c.notes ?? []).length > 0 && <ul class="warning list">{(c.notes ?? []).map((n, i) => <li key={i}><Foreign text={n} /></li>)}</ul>}
      <details class="fold"><summary>The case file</summary><pre><Foreign text={c.file} limit={20000} lines /></pre></details>
    </section>
  );
}
