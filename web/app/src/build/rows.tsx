// The first rows as they stand in the file, each with its fault beside it.
import type { Preview, PreviewText } from "../client.ts";
import { Badge } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Hash } from "../parts/hash.tsx";
import { plain, plural } from "../text.ts";
import type { Mapped } from "./mapping.tsx";

export function Rows({ p, map, chosen, flip }: { p: Preview; map: Mapped | undefined; chosen: ReadonlySet<number>; flip: (line: number) => void }) {
  const meant = Object.fromEntries(Object.entries((map?.columns ?? {}) as Record<string, string>).map(([k, v]) => [v, k]));
  const wrong = p.rows.filter((r) => r.problem).length;
  return (
    <section aria-labelledby="rows">
      <h2 id="rows">3. Which rows are the theft</h2>
      <p>{p.rows.length === 0 ? "There is no row to show." : <>{plural(p.rows.length, "first row")} of the file{wrong ? <>; <strong>{plural(wrong, "row")} cannot be read</strong> with these settings, and the reason stands beside each</> : ", all of them readable"}. Tick what was stolen.</>}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="First rows of the file">
        <table>
          <caption class="sr">First rows of the file; tick the stolen ones</caption>
          <thead><tr><th scope="col">Stolen</th><th scope="col" class="num">Line</th><th scope="col">Fault</th>{p.columns.map((c) => <th key={c.name} scope="col" title={`looks like: ${c.looks}`}><Foreign text={c.name} limit={40} />{meant[c.name] && <div><Badge>{meant[c.name]}</Badge></div>}</th>)}</tr></thead>
          <tbody>{p.rows.map((r) => (
            <tr key={r.line} class={r.problem ? "bad" : chosen.has(r.line) ? "chosen" : ""}>
              <td><input type="checkbox" aria-label={`Line ${r.line} is stolen`} checked={chosen.has(r.line)} disabled={Boolean(r.problem)} onChange={() => flip(r.line)} /></td>
              <th scope="row" class="num">{r.line}</th>
              <td class="fault">{r.problem ? <><Badge tone="bad">{r.problem.column ? plain(r.problem.column) : "row"}</Badge> <Foreign text={r.problem.message} />{r.problem.hint && <div class="quiet small"><Foreign text={r.problem.hint} /></div>}</> : <span class="quiet">none</span>}</td>
              {p.columns.map((c, i) => <td key={c.name} class={/number/.test(c.looks) ? "num" : ""}>{/address|hash/.test(c.looks) && r.fields[i] ? <Hash text={r.fields[i]} bare /> : <Foreign text={r.fields[i] ?? ""} limit={48} />}</td>)}
            </tr>))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function TextLines({ text }: { text: PreviewText }) {
  return (
    <>
      <p>Ledger <code><Foreign text={text.ledger} /></code> of {text.model === "utxo" ? "coins" : "accounts"}, {plural(text.transfers, "transfer")}, assets <Foreign text={text.assets.join(", ") || "none"} />.</p>
      <pre tabIndex={0} aria-label="First lines of the file">{text.lines.map((l, i) => <div key={i}><span class="lineno">{i + 1}</span> <Foreign text={l} limit={400} /></div>)}</pre>
    </>
  );
}
