// The flow picture: bars and ribbons where Go put them. A change of policy changes
// heights and widths; no bar moves. Everything in it is also in the table.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { exact } from "../parts/amount.tsx";
import { doubt } from "../parts/bounds.tsx";
import { kinds } from "../parts/badge.tsx";
import { cut, decimal, grouped, plain, plural, ratio, utc } from "../text.ts";
import type { Link, Node, Picture } from "../types.ts";

interface Props {
  of: Picture;
  policy: string;
  chosen: string; // id of a place or node
  lit: string | undefined; // id of a place that the table points at
  open: (n: Node) => void;
  svg: RefObject<SVGSVGElement | null>;
  // fit shows the whole picture in the window.
  fit: boolean;
}

const px = (n: number): number => n / 1000;
const named = (s: string): string => plain(cut(s, 60));

export function FlowPicture({ of: p, policy, chosen, lit, open, svg, fit }: Props) {
  const at = Math.max(0, p.policies.indexOf(policy));
  const [over, setOver] = useState<string>();
  const [focus, setFocus] = useState(p.nodes[0]?.id);
  const [keyboard, setKeyboard] = useState(false);
  const nodes = useMemo(() => new Map(p.nodes.map((n) => [n.id, n])), [p]);
  useDrawn(p, at, nodes, svg);
  const pointed = over ?? p.nodes.find((n) => lit && n.place === lit)?.id;
  useLit(svg, pointed, p);
  const order = useMemo(() => [...p.nodes].sort((a, b) => a.x - b.x || a.y - b.y), [p]);
  const current = nodes.has(focus ?? "") ? focus : order[0]?.id;
  const move = (e: KeyboardEvent) => {
    const n = nodes.get(current ?? "");
    if (!n) return;
    const to = next(n, order, e.key);
    if (to) {
      e.preventDefault();
      setFocus(to.id), setOver(to.id), setKeyboard(true);
      svg.current?.querySelector<SVGGElement>(`[data-id="${CSS.escape(to.id)}"]`)?.focus();
    } else if (e.key === "Enter" || e.key === " ") e.preventDefault(), open(n);
    else if (e.key === "Escape") setOver(undefined);
  };
  const shown = nodes.get(over ?? "");
  return (
    <div class="flow">
      <p class="sr" id="flow-help">Arrow keys move between accounts, Enter opens one. The table below holds the same figures.</p>
      <div class={`flow-scroll${fit ? " fit" : ""}`} tabIndex={0} role="region" aria-label="Flow picture">
        <svg ref={svg} viewBox={`0 -10 ${px(p.width)} ${px(p.height) + 20}`} role="group" aria-label={`Flow picture: ${named(p.view)} in ${named(p.asset.symbol || p.asset.id)}, from the theft at the left to where value ended at the right`} aria-describedby="flow-help" onKeyDown={move} onPointerLeave={() => setOver(undefined)}>
          <Hatch />
          <g>{p.links.map((l) => <Ribbon key={l.id} l={l} nodes={nodes} at={at} p={p} over={setOver} />)}</g>
          <g>{order.map((n) => (
            <Bar key={n.id} n={n} p={p} at={at} chosen={n.id === chosen || (Boolean(n.place) && n.place === chosen)} tab={n.id === current ? 0 : -1}
              open={() => open(n)} enter={() => (setOver(n.id), setKeyboard(false))} focus={() => (setFocus(n.id), setOver(n.id))} blur={() => setOver(undefined)} />
          ))}</g>
          <g aria-hidden="true">{order.map((n) => <Name key={n.id} n={n} p={p} at={at} />)}</g>
        </svg>
      </div>
      {shown && <Tip n={shown} p={p} at={at} svg={svg} keyboard={keyboard} />}
    </div>
  );
}

// next is the bar that an arrow leads to: within the column, or the nearest of the
// next column that has one.
function next(n: Node, order: Node[], key: string): Node | undefined {
  const column = order.filter((o) => o.x === n.x);
  const i = column.indexOf(n);
  if (key === "ArrowDown") return column[i + 1];
  if (key === "ArrowUp") return column[i - 1];
  if (key === "Home") return order[0];
  if (key === "End") return order.at(-1);
  if (key !== "ArrowLeft" && key !== "ArrowRight") return undefined;
  const way = key === "ArrowRight" ? 1 : -1;
  const beyond = order.filter((o) => (o.x - n.x) * way > 0);
  const x = way > 0 ? Math.min(...beyond.map((o) => o.x)) : Math.max(...beyond.map((o) => o.x));
  return beyond.filter((o) => o.x === x).sort((a, b) => Math.abs(a.y - n.y) - Math.abs(b.y - n.y))[0];
}

function ribbon(x0: number, y0: number, x1: number, y1: number, h: number): string {
  const m = (x0 + x1) / 2;
  return `M${x0} ${y0}C${m} ${y0} ${m} ${y1} ${x1} ${y1}V${y1 + h}C${m} ${y1 + h} ${m} ${y0 + h} ${x0} ${y0 + h}Z`;
}

// backward leads around below, dashed: value that came back to an earlier column.
function backward(x0: number, y0: number, x1: number, y1: number): string {
  const low = Math.max(y0, y1) + 26;
  return `M${x0} ${y0}C${x0 + 40} ${y0} ${x0 + 40} ${low} ${x0} ${low}H${x1}C${x1 - 40} ${low} ${x1 - 40} ${y1} ${x1} ${y1}`;
}

function pathOf(l: Link, a: Node, b: Node, mix: (list: number[]) => number): string {
  const [x0, x1, y0, y1, h] = [px(a.x + a.w), px(b.x), px(mix(l.y0)), px(mix(l.y1)), px(mix(l.h))];
  return l.back ? backward(x0, y0 + h / 2, x1, y1 + h / 2) : ribbon(x0, y0, x1, y1, h);
}

// useDrawn sets what depends on the policy, and moves from the last policy's widths
// to those of the new one. It is done on the elements themselves: 200 places change
// in one frame.
function useDrawn(p: Picture, at: number, nodes: Map<string, Node>, svg: RefObject<SVGSVGElement | null>): void {
  const last = useRef({ p, at });
  useLayoutEffect(() => {
    const from = last.current.p === p ? last.current.at : at;
    last.current = { p, at };
    const root = svg.current;
    if (!root) return;
    const by = new Map([...root.querySelectorAll<SVGElement>("[data-id]")].map((el) => [el.getAttribute("data-id"), el]));
    const draw = (t: number) => {
      const mix = (list: number[]) => (list[from] ?? 0) * (1 - t) + (list[at] ?? 0) * t;
      for (const n of p.nodes) {
        const bar = by.get(n.id)?.querySelector(".body");
        bar?.setAttribute("y", String(px(mix(n.top))));
        bar?.setAttribute("height", String(Math.max(0.75, px(mix(n.h)))));
      }
      for (const l of p.links) {
        const [a, b] = [nodes.get(l.from), nodes.get(l.to)];
        if (a && b) by.get(l.id)?.setAttribute("d", pathOf(l, a, b, mix));
      }
    };
    if (from === at || matchMedia("(prefers-reduced-motion: reduce)").matches) return draw(1);
    const start = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const t = Math.min(1, (now - start) / 260);
      draw(1 - (1 - t) ** 3);
      if (t < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [p, at, nodes]);
}

// useLit marks a bar, its ribbons and their other ends.
function useLit(svg: RefObject<SVGSVGElement | null>, id: string | undefined, p: Picture): void {
  useEffect(() => {
    const root = svg.current;
    if (!root || !id) return;
    const ids = new Set([id]);
    for (const l of p.links) if (l.from === id || l.to === id || l.id === id) ids.add(l.id).add(l.from).add(l.to);
    const lit = [...root.querySelectorAll("[data-id], [data-of]")].filter((el) => ids.has(el.getAttribute("data-id") ?? el.getAttribute("data-of") ?? ""));
    root.classList.add("pointed");
    for (const el of lit) el.classList.add("lit");
    return () => {
      root.classList.remove("pointed");
      for (const el of lit) el.classList.remove("lit");
    };
  }, [id, p]);
}

// Hatch draws the edge of the data differently from what is held, without colour.
const Hatch = () => (
  <defs>
    <pattern id="edge-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="6" height="6" class="hatch-back" /><path d="M1.5 0V6" class="hatch-line" />
    </pattern>
  </defs>
);

function Ribbon({ l, nodes, at, p, over }: { l: Link; nodes: Map<string, Node>; at: number; p: Picture; over: (id: string | undefined) => void }) {
  const [a, b] = [nodes.get(l.from), nodes.get(l.to)];
  if (!a || !b) return null;
  const kind = b.ends ? b.kind : l.fee ? "fee" : "account";
  const none = (l.amounts[at] ?? "0") === "0";
  return (
    <path data-id={l.id} class={`ribbon k-${kind}${l.back ? " back" : ""}${none ? " none" : ""}`} onPointerEnter={() => over(undefined)}>
      <title>{`${named(a.short)} → ${named(b.short)}: ${exact(l.amounts[at] ?? "0", p.asset)} under ${p.policies[at] ?? ""}${l.n ? `, ${plural(l.n, "movement")}` : ", which stays"}${l.first ? `, ${utc(l.first)}${l.last !== l.first ? ` to ${utc(l.last)}` : ""}` : ""}${l.conversion ? "; a swap" : ""}`}</title>
    </path>
  );
}

interface BarProps { n: Node; p: Picture; at: number; chosen: boolean; tab: number; open: () => void; enter: () => void; focus: () => void; blur: () => void }

export function wordsOf(n: Node, p: Picture, at: number): string {
  const k = kinds[n.kind]?.one ?? n.kind;
  const parts = [n.folded ? `${n.folded.n} folded: ${n.folded.why}` : named(n.label), k, `${exact(n.amounts[at] ?? "0", p.asset)} under ${p.policies[at] ?? ""}`];
  if (n.lower !== undefined && n.upper !== undefined) parts.push(doubt(n.lower, n.upper) ? `at least ${exact(n.lower, p.asset)}, at most ${exact(n.upper, p.asset)}` : "the same under every convention");
  if (n.tag) parts.push(`tagged ${named(n.tag)}`);
  if (n.alike) parts.push(`can be mistaken for ${named(n.alike)}`);
  if (n.imposter) parts.push(`imitates ${named(n.imposter)}`);
  return parts.join("; ");
}

function Bar({ n, p, at, chosen, tab, open, enter, focus, blur }: BarProps) {
  const last = n.x + n.w >= p.right - 1000;
  return (
    <g data-id={n.id} class={`node${chosen ? " chosen" : ""}${n.ends ? " ends" : ""}`} role="button" tabindex={tab} aria-label={wordsOf(n, p, at)} onClick={open} onPointerEnter={enter} onFocus={focus} onBlur={blur}>
      <rect class="hit" x={px(n.x) - 3} y={px(n.y) - 2} width={px(n.w) + (last ? px(p.width - n.x - n.w) : 110)} height={px(n.slot) + 3} />
      <rect class={`body k-${n.kind}`} x={px(n.x)} width={px(n.w)} />
    </g>
  );
}

// Name is what is written beside a bar; it is in the bar's label too.
function Name({ n, p, at }: { n: Node; p: Picture; at: number }) {
  const x = px(n.x + n.w) + 5;
  const last = n.x + n.w >= p.right - 1000;
  const two = last && n.ends && px(n.slot) >= 30;
  const y = px(n.y) + px(n.slot) / 2 + (two ? -2 : 4);
  return (
    <g data-of={n.id} class="name">
      <text x={x} y={y} class={n.folded || n.label !== n.accounts[0] ? "" : "mono"}>{n.imposter ? "! " : ""}{plain(n.short)}</text>
      {two && <text x={x} y={y + 14} class="amount">{short(n.amounts[at] ?? "0", p)}</text>}
      {n.ends && n.upper !== undefined && <Gauge n={n} p={p} at={at} y={px(n.y) + px(n.slot) / 2} x={last ? px(p.right) + 150 : x + 120} w={last ? Math.max(40, px(p.width - p.right) - 162) : 60} />}
    </g>
  );
}

// short is an amount cut off after two digits of its fraction.
function short(n: string, p: Picture): string {
  const [whole = "", rest = ""] = grouped(decimal(n, p.asset.decimals)).split(".");
  return `${whole}${rest ? `.${rest.slice(0, 2)}${rest.length > 2 ? "…" : ""}` : ""} ${plain(p.asset.symbol ?? "")}`;
}

function Gauge({ n, p, at, x, y, w }: { n: Node; p: Picture; at: number; x: number; y: number; w: number }) {
  const on = (v: string | undefined) => x + Math.min(1, ratio(v, p.most)) * w;
  const [l, u] = [on(n.lower), on(n.upper)];
  return (
    <g class="gauge">
      <path class="track" d={`M${x} ${y}H${x + w}`} />
      <path class={"reach" + (n.tight ? "" : " loose")} d={`M${l} ${y - 4}V${y + 4}M${l} ${y}H${u}M${u} ${y - 4}V${y + 4}`} />
      {p.conserves[at] && <circle cx={on(n.amounts[at])} cy={y} r="3" />}
    </g>
  );
}

// Tip stands beside a bar with its figures under every policy. What it says is also
// in the bar's label, so it is hidden from screen readers.
function Tip({ n, p, at, svg, keyboard }: { n: Node; p: Picture; at: number; svg: RefObject<SVGSVGElement | null>; keyboard: boolean }) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const el = ref.current, bar = svg.current?.querySelector(`[data-id="${CSS.escape(n.id)}"] .body`)?.getBoundingClientRect();
    const box = el?.parentElement?.getBoundingClientRect();
    if (!el || !bar || !box) return;
    const right = bar.right - box.left + 130;
    el.style.left = Math.max(4, right + el.offsetWidth < box.width ? right : bar.left - box.left - el.offsetWidth - 12) + "px";
    el.style.top = Math.max(0, Math.min(bar.top - box.top + 14, box.height - el.offsetHeight)) + "px";
  }, [n, at]);
  return (
    <div class="tip" ref={ref} aria-hidden="true">
      <p><strong>{named(n.folded ? n.short : n.label)}</strong><br />{kinds[n.kind]?.one ?? n.kind}: {kinds[n.kind]?.means}</p>
      <table><tbody>
        {p.policies.map((name, i) => <tr key={name} class={i === at ? "chosen" : ""}><th scope="row">{name}{p.conserves[i] ? "" : " (reach)"}</th><td class="num">{exact(n.amounts[i] ?? "0", p.asset)}</td></tr>)}
        {n.lower !== undefined && <tr><th scope="row">at least</th><td class="num">{exact(n.lower, p.asset)}</td></tr>}
        {n.upper !== undefined && <tr><th scope="row">at most</th><td class="num">{exact(n.upper, p.asset)}</td></tr>}
      </tbody></table>
      <p class="small">{n.hop === 1 ? "1 hop" : `${n.hop} hops`} from the theft{n.first && `, ${utc(n.first)}`}{n.last && n.last !== n.first ? ` to ${utc(n.last)}` : ""}</p>
      {n.tag && <p class="small">Tag: {named(n.tag)}{n.tags > 1 ? ` and ${n.tags - 1} more` : ""}</p>}
      {n.folded && <p class="small">{plural(n.folded.n, "account or place", "accounts or places")} in it: {foldWords[n.folded.why] ?? n.folded.why}</p>}
      {n.alike && <p class="small">≈ {n.alike_off ? "Imitated, in the data, by" : "Can be mistaken for"} {named(n.alike)}</p>}
      {n.imposter && <p class="small">! The asset imitates {named(n.imposter)}</p>}
      {keyboard && <p class="small quiet">Enter opens it.</p>}
    </div>
  );
}

export const foldWords: Record<string, string> = {
  peel: "a chain that passes nearly all on, cutting off a little each time",
  service: "exits of one service",
  dust: "too small to show one by one",
  others: "beyond the number that is shown",
};
