// The time brush: how many movements there were when, and two ends to move. The
// ends are sliders, so that keys and screen readers work them too.
import { useMemo, useRef, useState } from "preact/hooks";
import { plural, utc } from "../text.ts";

const bins = 72;
const w = 720, tall = 46;

// of is how many movements there are; times may be of the first of them only.
interface Props { times: string[]; of: number; first: string; last: string; from: string; until: string; change: (from: string, until: string) => void }

export function Brush({ times, of, first, last, from, until, change }: Props) {
  const [t0, t1] = [Date.parse(first), Date.parse(last) + 1000];
  const step = Math.max(1000, Math.ceil((t1 - t0) / bins / 1000) * 1000);
  const counts = useMemo(() => {
    const c = new Array<number>(bins).fill(0);
    for (const t of times) {
      const i = Math.min(bins - 1, Math.max(0, Math.floor((Date.parse(t) - t0) / step)));
      c[i] = (c[i] ?? 0) + 1;
    }
    return c;
  }, [times, t0, step]);
  const most = Math.max(1, ...counts);
  const bin = (t: string, or: number) => (t ? Math.max(0, Math.min(bins, Math.round((Date.parse(t) - t0) / step))) : or);
  const [drag, setDrag] = useState<[number, number]>();
  const [a, b] = drag ?? [bin(from, 0), bin(until, bins)];
  const at = (i: number) => new Date(t0 + i * step).toISOString().replace(".000", "");
  const commit = (x: number, y: number) => {
    const [lo, hi] = [Math.min(x, y), Math.max(x, y, Math.min(x, y) + 1)];
    setDrag(undefined);
    change(lo <= 0 ? "" : at(lo), hi >= bins ? "" : at(hi));
  };
  const svg = useRef<SVGSVGElement>(null);
  const down = useRef<number>(undefined);
  const where = (e: PointerEvent) => {
    const box = svg.current?.getBoundingClientRect();
    return box ? Math.max(0, Math.min(bins, Math.round(((e.clientX - box.left) / box.width) * bins))) : 0;
  };
  const inside = counts.slice(a, b).reduce((x, y) => x + y, 0);
  return (
    <fieldset class="brush">
      <legend>Time: <span class="num">{a <= 0 ? utc(first) : utc(at(a))} to {b >= bins ? utc(last) : utc(at(b))} UTC</span>, {plural(inside, "movement")}{of > times.length && times.length > 0 && `; the bars count ${plural(times.length, "movement")} of ${of}`}</legend>
      <svg ref={svg} viewBox={`0 0 ${w} ${tall}`} preserveAspectRatio="none" aria-hidden="true"
        onPointerDown={(e) => (svg.current?.setPointerCapture(e.pointerId), (down.current = where(e)), setDrag([where(e), where(e)]))}
        onPointerMove={(e) => down.current !== undefined && setDrag([Math.min(down.current, where(e)), Math.max(down.current, where(e))])}
        onPointerUp={(e) => { const d = down.current; down.current = undefined; if (d !== undefined) d === where(e) ? commit(0, bins) : commit(d, where(e)); }}>
        {counts.map((n, i) => n > 0 && <rect key={i} class={i >= a && i < b ? "in" : "out"} x={(i * w) / bins + 0.5} width={w / bins - 1} y={tall - Math.max(2, (Math.sqrt(n / most)) * (tall - 4))} height={Math.max(2, Math.sqrt(n / most) * (tall - 4))} />)}
        <path class="ends" d={`M${(a * w) / bins} 0V${tall}M${(b * w) / bins} 0V${tall}`} />
      </svg>
      <div class="row apart">
        <label class="field"><span class="label">From</span><input type="range" min={0} max={bins - 1} value={a} aria-valuetext={utc(at(a))} onInput={(e) => setDrag([Math.min(e.currentTarget.valueAsNumber, b - 1), b])} onChange={(e) => commit(Math.min(e.currentTarget.valueAsNumber, b - 1), b)} /></label>
        <label class="field"><span class="label">Until</span><input type="range" min={1} max={bins} value={b} aria-valuetext={utc(at(b))} onInput={(e) => setDrag([a, Math.max(e.currentTarget.valueAsNumber, a + 1)])} onChange={(e) => commit(a, Math.max(e.currentTarget.valueAsNumber, a + 1))} /></label>
        <button type="button" class="small" disabled={!from && !until} onClick={() => change("", "")}>All time</button>
      </div>
    </fieldset>
  );
}
