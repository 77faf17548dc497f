// What the figures of a trail say, in sentences. Every sentence is made from the
// records; none says more than they do.
import { brief, exact } from "../parts/amount.tsx";
import { big, percent, plain, plural } from "../text.ts";
import type { Asset, Bound, Completeness, Figure, Header, Place, Total } from "../types.ts";

// where lists where value is now, by kind, under one policy.
export function where(t: Total): { kind: string; amount: string; share: string }[] {
  const held = String(big(t.held) - big(t.edge));
  const rows = [
    { kind: "exit", amount: t.exits }, { kind: "held", amount: held }, { kind: "edge", amount: t.edge }, { kind: "converted", amount: t.converted },
    { kind: "fee", amount: t.fees }, { kind: "burn", amount: t.burnt }, { kind: "debt", amount: t.debts }, { kind: "elsewhere", amount: t.elsewhere },
  ];
  const all = String(big(t.seeded) + big(t.converted_in));
  return rows.filter((r) => big(r.amount) > 0n).map((r) => ({ ...r, share: percent(r.amount, all) }));
}

const parts: Record<keyof Completeness, string> = {
  external: "payments between accounts", internal: "payments made inside contracts", tokens: "token transfers", opening: "balances before the data begin",
};

// holes says what the data lack, as the ledger's keeper declared it. Contracts and
// tokens are on Ethereum's kind of ledger only.
export function holes(h: Header): { known: string[]; unknown: string[] } {
  const known: string[] = [], unknown: string[] = [];
  const c = h.completeness, contracts = h.ledgers.some((l) => l.id.startsWith("eip155:"));
  for (const k of Object.keys(parts) as (keyof Completeness)[]) {
    if (!contracts && (k === "internal" || k === "tokens")) continue;
    if (c[k] === "gap") known.push(parts[k]);
    else if (c[k] === "unknown") unknown.push(parts[k]);
  }
  return { known, unknown };
}

export const and = (list: string[]): string => (list.length < 2 ? (list[0] ?? "") : list.slice(0, -1).join(", ") + " and " + list.at(-1));

export function complete(h: Header): string {
  const { known, unknown } = holes(h);
  const out: string[] = [];
  if (known.length) out.push(`Some ${and(known)} are known to be missing.`);
  if (unknown.length) out.push(`Whether all ${and(unknown)} are in the data is not known.`);
  if (!known.length && !unknown.length) out.push("The data of every account that was followed are complete.");
  return out.join(" ");
}

export const figureOf = (p: { figures: Figure[] }, view: string): Figure | undefined => p.figures.find((f) => f.view === view);

// doubts counts the places whose figure is the same under every convention, and
// finds the widest of the others.
export function doubts(places: Place[], view: string): { sure: number; open: number; widest: { place: Place; gap: bigint } | undefined } {
  let sure = 0, open = 0, widest: { place: Place; gap: bigint } | undefined;
  for (const p of places) {
    const f = figureOf(p, view);
    if (!f) continue;
    const gap = big(f.upper) - big(f.lower);
    if (gap === 0n) sure++;
    else open++;
    if (gap > 0n && (!widest || gap > widest.gap)) widest = { place: p, gap };
  }
  return { sure, open, widest };
}

// whole says of which group it is proved that all of it is there.
export function whole(groups: Bound[], seeded: string, asset: Asset | undefined): string {
  const g = groups.find((b) => b.of === "group" && b.lower === seeded && b.upper === seeded && seeded !== "0");
  return g ? `All ${exact(seeded, asset)} are in the group “${plain(g.id)}” under every convention: that is proved.` : "";
}

export function sure(places: Place[], view: string, asset: Asset | undefined, entered?: string, total = places.length): string {
  const d = doubts(places, view);
  if (total > places.length) return `Of ${plural(total, "place")} the ${plural(places.length, "largest", "largest")} were read: ` + sure(places, view, asset, entered);
  if (d.sure + d.open === 0) return "";
  if (d.open === 0) return d.sure === 1 ? "The figure is the same under every convention: it is proved, not chosen." : `All ${plural(d.sure, "place")} have the same figure under every convention: they are proved, not chosen.`;
  const some = d.sure === 0 ? `How much is at each of the ${plural(d.open, "place")} depends on the rule,` : `${plural(d.sure, "place")} of ${d.sure + d.open} ${d.sure === 1 ? "has" : "have"} the same figure under every convention. At the other ${d.open} it depends on the rule,`;
  return `${some} by ${brief(String(d.widest?.gap ?? 0n), asset)} at the widest${entered ? ` (${percent(String(d.widest?.gap ?? 0n), entered)} of what was stolen)` : ""}.`;
}

export const policyWords: Record<string, string> = {
  fifo: "first in, first out", lifo: "last in, first out", haircut: "in proportion", "taint-first": "stolen value leaves first", "clean-first": "clean value leaves first", poison: "everything touched (reach, not an amount)",
  tiho: "stolen in, highest out",
};
