// The balance over time, drawn by uPlot: steps, since a balance stands still between
// two transfers. What is drawn is also a table.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Asset } from "../parts/amount.tsx";
import { decimal, grouped, utc } from "../text.ts";
import { colour, shown } from "../theme.ts";
import type { Balance as Answer } from "./types.ts";

// when writes a place of the axis of time in UTC: the day where it changes, else the
// time of day.
function when(t: number, before: number | undefined): string {
  const at = new Date(t * 1000).toISOString();
  const day = at.slice(0, 10);
  if (before !== undefined && new Date(before * 1000).toISOString().slice(0, 10) === day) return at.slice(11, 16);
  return at.slice(11, 16) === "00:00" ? day : `${at.slice(11, 16)}\n${day}`;
}

export default function Balance({ b, asset }: { b: Answer; asset: Asset }) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = shown.value;
  useEffect(() => {
    const el = box.current;
    if (!el || b.points.length === 0) return;
    // Numbers are for drawing only; figures are written from the exact strings.
    const x = b.points.map((p) => Date.parse(p.time) / 1000), y = b.points.map((p) => window.Number(decimal(p.balance, asset.decimals)));
    const axis = { stroke: colour("muted"), grid: { stroke: colour("rule"), width: 1 }, ticks: { stroke: colour("rule"), width: 1 }, font: "12px system-ui, sans-serif" };
    const plot = new uPlot(
      {
        width: el.clientWidth, height: 240, tzDate: (t) => uPlot.tzDate(new Date(t * 1000), "Etc/UTC"), legend: { show: false }, cursor: { y: false },
        scales: { y: { range: (_, _min, max) => [0, max * 1.06 || 1] } },
        axes: [{ ...axis, values: (_, at) => at.map((t, i) => when(t, at[i - 1])) }, { ...axis, size: 84, values: (_, vals) => vals.map((v) => grouped(String(v))) }],
        series: [{}, { stroke: colour("held"), width: 1.6, fill: colour("held") + "26", ...(uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}), points: { show: b.points.length < 60 } }],
        hooks: { setCursor: [(u) => say(u.cursor.idx)] },
      },
      [x, y], el,
    );
    const say = (i: number | null | undefined) => {
      const p = i == null ? undefined : b.points[i], out = el.parentElement?.querySelector("output");
      if (out) out.textContent = p ? `${utc(p.time)}: ${grouped(decimal(p.balance, asset.decimals))} ${asset.symbol ?? ""}` : "";
    };
    const size = new ResizeObserver(() => plot.setSize({ width: el.clientWidth, height: 240 }));
    size.observe(el);
    return () => (size.disconnect(), plot.destroy());
  }, [b, asset.id, drawn]);
  const last = b.points.at(-1);
  return (
    <figure class="plot">
      <div ref={box} role="img" aria-label={`Balance over time: ${b.points.length} points${last ? `, the last ${grouped(decimal(last.balance, asset.decimals))} on ${utc(last.time)}` : ""}. The transfers below hold every step.`} />
      <output class="small quiet num" aria-hidden="true" />
    </figure>
  );
}
