// The picture of an address and those around it: who paid it at the left, whom it paid
// at the right. Each of them can be expanded in turn; what does not fit is counted.
import { useEffect, useMemo, useState } from "preact/hooks";
import { get } from "../api.ts";
import { Drawn } from "../parts/drawn.tsx";
import { Problem } from "../parts/problem.tsx";
import { param, set } from "../route.ts";
import { middle, plain, plural } from "../text.ts";
import { placeOf, type Neighbours } from "./types.ts";

interface Node { address: string; col: number; tag?: string | undefined; alike?: boolean; more?: number }
interface Edge { from: string; to: string; n: number }

// room is how many neighbours of one address are drawn on one side.
const room = 8;

// arranged places nodes by their distance from the first, payers left of it.
function arranged(first: string, opened: Map<string, Neighbours>): { nodes: Node[]; edges: Edge[] } {
  const nodes = new Map<string, Node>([[first, { address: first, col: 0 }]]), edges = new Map<string, Edge>();
  const link = (from: string, to: string, n: number) => edges.set(from + "\n" + to, { from, to, n });
  for (const [address, around] of opened) {
    const at = nodes.get(address);
    if (!at) continue;
    for (const side of ["in", "out"] as const) {
      const list = around.records.filter((r) => r[side] > 0).sort((a, b) => b[side] - a[side]);
      for (const r of list.slice(0, room)) {
        const col = at.col + (side === "in" ? -1 : 1);
        if (!nodes.has(r.address)) nodes.set(r.address, { address: r.address, col, tag: r.tag, alike: r.alike });
        if (side === "in") link(r.address, address, r.in);
        else link(address, r.address, r.out);
      }
      const more = list.length - room + (side === "out" ? around.hidden : 0);
      if (more > 0) {
        const key = `${side} ${address}`;
        nodes.set(key, { address: key, col: at.col + (side === "in" ? -1 : 1), more });
        if (side === "in") link(key, address, more);
        else link(address, key, more);
      }
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

export function Around({ ledger, address, from, asset, first }: { ledger: string; address: string; from: string; asset: string; first: Neighbours }) {
  const names = useMemo(() => [address, ...param("open").split(",").filter(Boolean)], [address, param("open")]);
  const [more, setMore] = useState(new Map<string, Neighbours>());
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    const stop = new AbortController();
    for (const n of names) {
      if (n === address || more.has(n)) continue;
      get<Neighbours>(`/addresses/${encodeURIComponent(ledger)}/${encodeURIComponent(n)}/neighbours`, { from, asset, limit: 100 }, stop.signal).then(
        (a) => setMore((m) => new Map(m).set(n, a)), (e: unknown) => stop.signal.aborted || setProblem(e));
    }
    return () => stop.abort();
  }, [names]);
  const opened = new Map([[address, first], ...names.flatMap((n) => (more.has(n) ? [[n, more.get(n)] as [string, Neighbours]] : []))]);
  const { nodes, edges } = arranged(address, opened);
  const columns = [...new Set(nodes.map((n) => n.col))].sort((a, b) => a - b);
  const w = Math.max(820, columns.length * 300), slot = 40;
  const tall = Math.max(...columns.map((c) => nodes.filter((n) => n.col === c).length)) * slot + 20;
  const at = new Map<string, { x: number; y: number }>();
  columns.forEach((c, i) => {
    const mine = nodes.filter((n) => n.col === c), gap = tall / mine.length;
    mine.forEach((n, j) => at.set(n.address, { x: (w / columns.length) * (i + 0.5), y: gap * (j + 0.5) }));
  });
  const toggle = (n: Node) => set({ open: (names.includes(n.address) ? names.filter((x) => x !== n.address) : [...names, n.address]).slice(1).join(",") || undefined });
  return (
    <>
      {problem ? <Problem of={problem} /> : null}
      <Drawn name={"around-" + middle(address, 6, 4)} label={`${plural(nodes.length - 1, "account")} around the address`} w={w} h={tall}>
        {edges.map((e) => {
          const a = at.get(e.from), b = at.get(e.to);
          if (!a || !b) return null;
          const x1 = a.x + 110, x2 = b.x - 110, back = x2 <= x1;
          return <path key={e.from + e.to} class={"edge" + (back ? " back" : "")} d={back ? `M${a.x} ${a.y}L${b.x} ${b.y}` : `M${x1} ${a.y}C${(x1 + x2) / 2} ${a.y} ${(x1 + x2) / 2} ${b.y} ${x2} ${b.y}`} stroke-width={1 + Math.min(6, Math.log2(1 + e.n))}><title>{plural(e.n, "transfer")}</title></path>;
        })}
        {nodes.map((n) => <Box key={n.address} n={n} at={at.get(n.address) ?? { x: 0, y: 0 }} centre={n.address === address} open={names.includes(n.address)} toggle={() => toggle(n)} href={placeOf(ledger, n.address, from)} />)}
      </Drawn>
      <p class="small quiet">Thickness follows the number of transfers. Payers stand left of an address, those it paid right of it. “+” brings in the neighbours of one; an account that stands in the picture already stays where it is.</p>
    </>
  );
}

function Box({ n, at, centre, open, toggle, href }: { n: Node; at: { x: number; y: number }; centre: boolean; open: boolean; toggle: () => void; href: string }) {
  if (n.more) return <g transform={`translate(${at.x} ${at.y})`}><text class="quiet" text-anchor="middle" y="4">{plural(n.more, "more account")}</text></g>;
  const name = n.tag ? plain(n.tag).slice(0, 24) : middle(plain(n.address), 10, 6);
  return (
    <g transform={`translate(${at.x} ${at.y})`} class={centre ? "box centre" : "box"}>
      <rect x="-110" y="-16" width="220" height="32" rx="6" />
      <a href={href} aria-label={`${n.alike ? "≈ " : ""}${name}, ${plain(n.address)}${n.alike ? ", looks like the address" : ""}`}>
        <text x="-100" y="4" aria-hidden="true">{n.alike && "≈ "}{name}</text><title>{plain(n.address)}</title>
      </a>
      {!centre && (
        <g class="plus" role="button" tabIndex={0} aria-pressed={open} aria-label={`${open ? "take away" : "expand"} the neighbours of ${plain(n.address)}`} onClick={toggle} onKeyDown={(e) => (e.key === "Enter" || e.key === " ") && (e.preventDefault(), toggle())}>
          <rect x="82" y="-12" width="24" height="24" rx="4" /><text x="94" y="5" text-anchor="middle">{open ? "–" : "+"}</text>
        </g>
      )}
    </g>
  );
}
