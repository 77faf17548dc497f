// What the last change of a setting did: rows that came, went, or read otherwise.
import { useRef } from "preact/hooks";
import { Dollars } from "../parts/amount.tsx";
import { Badge } from "../parts/badge.tsx";
import { set } from "../route.ts";
import { plural } from "../text.ts";
import type { Row, Study } from "./types.ts";

export const onBasis = (r: Row, basis: string) => r.amounts.find((a) => a.value.basis === basis);

export interface Change { id: string; title: string; how: "came" | "went" | "changed"; basis: string; was?: string; is?: string; verdict?: string }

function between(a: Study, b: Study): Change[] {
  const before = new Map(a.rows.map((r) => [r.id, r])), out: Change[] = [];
  const basis = [...new Set([a, b].map((s) => s.header.terms.basis.replaceAll("_", " ")))].join(" → ");
  for (const r of b.rows) {
    const o = before.get(r.id);
    before.delete(r.id);
    const is = onBasis(r, b.header.terms.basis)?.value.usd;
    if (!o) {
      out.push({ id: r.id, title: r.title, how: "came", basis, ...(is ? { is } : {}) });
      continue;
    }
    const was = onBasis(o, a.header.terms.basis)?.value.usd;
    const verdict = o.attribution.verdict !== r.attribution.verdict ? `${o.attribution.verdict} → ${r.attribution.verdict}`.replaceAll("_", " ") : "";
    if (was !== is || verdict) out.push({ id: r.id, title: r.title, how: "changed", basis, ...(was ? { was } : {}), ...(is ? { is } : {}), verdict });
  }
  for (const o of before.values()) {
    const was = onBasis(o, a.header.terms.basis)?.value.usd;
    out.push({ id: o.id, title: o.title, how: "went", basis, ...(was ? { was } : {}) });
  }
  return out;
}

// useChanges compares the study that is shown with the one shown before it.
export function useChanges(s: Study | undefined): Change[] {
  const seen = useRef<{ now?: Study; changes: Change[] }>({ changes: [] });
  if (s && s !== seen.current.now) seen.current = { now: s, changes: seen.current.now ? between(seen.current.now, s) : [] };
  return seen.current.changes;
}

export function Changes({ all }: { all: Change[] }) {
  if (all.length === 0) return null;
  const count = (how: string) => all.filter((c) => c.how === how).length;
  return (
    <details class="panel" open={all.length <= 12}>
      <summary><strong>The last change</strong>: {plural(count("came"), "row")} came, {count("went")} went, {count("changed")} read otherwise. Amounts: {all[0]?.basis}.</summary>
      <ul class="plain">
        {all.slice(0, 200).map((c) => (
          <li key={c.id}>
            <Badge tone={c.how === "came" ? "good" : c.how === "went" ? "bad" : "info"}>{c.how}</Badge> <button type="button" class="link" onClick={() => set({ incident: c.id })}>{c.title}</button>{" "}
            <span class="small">{c.was && <Dollars usd={c.was} millions />}{c.was && c.is && c.was !== c.is && " → "}{c.is && c.was !== c.is && <Dollars usd={c.is} millions />} {c.verdict}</span>
          </li>
        ))}
        {all.length > 200 && <li class="quiet">and {all.length - 200} more</li>}
      </ul>
    </details>
  );
}
