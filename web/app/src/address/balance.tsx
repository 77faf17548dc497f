// The balance over time: steps, since a balance stands still between two transfers.
// Heights are for drawing only; figures are written from the exact strings, and what
// is drawn is also a table.
import { useMemo, useRef, useState } from "preact/hooks";
import { exact, type Asset } from "../parts/amount.tsx";
import { SavePicture } from "../parts/download.tsx";
import { big, decimal, grouped, ratio, utc } from "../text.ts";
import type { Balance as Answer } from "./types.ts";

const w = 1160, tall = 250, left = 120, right = 14, top = 12, low = 214;

// rungs are round amounts up to the largest: 1, 2 or 5 with zeros, in atomic units.
function rungs(most: bigint): bigint[] {
  if (most <= 0n) return [0n];
  let step = 1n;
  for (let i = 0; most / step > 5n; i++) step = step * (i % 3 === 1 ? 5n : 2n) / (i % 3 === 1 ? 2n : 1n);
  const out: bigint[] = [];
  for (let v = 0n; v <= most; v += step) out.push(v);
  return out;
}

export default function Balance({ b, asset }: { b: Answer; asset: Asset }) {
  const svg = useRef<SVGSVGElement>(null);
  const [at, setAt] = useState<number>();
  const d = useMemo(() => {
    const times = b.points.map((p) => Date.parse(p.time));
    const t0 = times[0] ?? 0, t1 = Math.max(times.at(-1) ?? 0, t0 + 1000);
    const most = b.points.reduce((m, p) => (big(p.balance) > m ? big(p.balance) : m), 0n);
    const x = (t: number) => left + ((t - t0) / (t1 - t0)) * (w - left - right);
    const y = (n: string) => low - ratio(n, String(most)) * (low - top);
    const line = b.points.map((p, i) => `${i ? `H${x(times[i] ?? t0).toFixed(1)}V` : `M${x(t0).toFixed(1)} `}${y(p.balance).toFixed(1)}`).join("") + `H${w - right}`;
    return { times, t0, t1, x, y, line, rungs: rungs(most) };
  }, [b]);
  const last = b.points.at(-1);
  if (!last) return null;
  const point = (e: PointerEvent) => {
    const box = svg.current?.getBoundingClientRect();
    if (!box) return;
    const t = d.t0 + ((((e.clientX - box.left) / box.width) * w - left) / (w - left - right)) * (d.t1 - d.t0);
    setAt(Math.max(0, d.times.findLastIndex((x) => x <= t)));
  };
  const seen = at === undefined ? undefined : b.points[at];
  return (
    <figure class="plot">
      <svg ref={svg} viewBox={`0 0 ${w} ${tall}`} role="img" aria-label={`Balance over time: ${b.points.length} points, the last ${exact(last.balance, asset)} on ${utc(last.time)}. The transfers below hold every step.`} onPointerMove={point} onPointerLeave={() => setAt(undefined)}>
        {d.rungs.map((v) => <g key={String(v)}><path class="grid" d={`M${left} ${d.y(String(v))}H${w - right}`} /><text class="end" x={left - 8} y={d.y(String(v)) + 4}>{grouped(decimal(String(v), asset.decimals))}</text></g>)}
        <path class="area" d={`${d.line}V${low}H${left}Z`} /><path class="line" d={d.line} />
        {[0, 1, 2, 3].map((i) => { const t = d.t0 + ((d.t1 - d.t0) * i) / 3; return <text key={i} class={i === 3 ? "end" : i ? "mid" : ""} x={d.x(t)} y={low + 20}>{utc(new Date(t).toISOString()).slice(0, 16)}</text>; })}
        {seen && at !== undefined && <g><path class="now" d={`M${d.x(d.times[at] ?? d.t0)} ${top}V${low}`} /><circle cx={d.x(d.times[at] ?? d.t0)} cy={d.y(seen.balance)} r="4" /></g>}
      </svg>
      <figcaption class="row apart"><output class="small quiet num" aria-hidden="true">{seen ? `${utc(seen.time)}: ${exact(seen.balance, asset)}` : "\u00a0"}</output><SavePicture of={svg} name="balance" /></figcaption>
    </figure>
  );
}
