// The graph of all places: thousands of dots, drawn by the graphics card, placed
// by Go. It shows shapes of a trail, not figures; the table below has those.
import Sigma from "sigma";
import { EdgeRectangleProgram, NodePointProgram } from "sigma/rendering";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useGet } from "../get.ts";
import { Amount } from "../parts/amount.tsx";
import { Kind, kinds, Shape } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Hash } from "../parts/hash.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { say } from "../parts/say.tsx";
import { pixels, save } from "../parts/download.tsx";
import { param, set } from "../route.ts";
import { plain, middle, plural, ratio } from "../text.ts";
import { colour, shown } from "../theme.ts";
import type { Graph } from "../types.ts";
import { Dots } from "./dots.ts";

// large is from how many nodes on a graph is drawn the cheap way: small dots, and no
// lines or names while it moves.
const large = 4000;

// glide is how long the camera takes to move, in ms: next to nothing for those who asked
// for less motion, and never 0, by which Sigma divides.
const glide = (ms: number): number => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : ms);

interface Props { trail: string; view: string; asset: string; policy: string }

export default function GraphPicture({ trail, view, asset, policy }: Props) {
  const got = useGet<Graph>(`/trails/${encodeURIComponent(trail)}/graph`, { view, asset, from: param("from"), until: param("until"), min: param("min"), kinds: param("kinds"), hops: param("hops") });
  if (got.problem) return <Problem of={got.problem} retry={got.again} />;
  if (!got.data) return <div class="flow-room"><Busy what="Laying out the graph…" /></div>;
  return <Drawn g={got.data} policy={policy} trail={trail} />;
}

function built(g: Graph, policy: number): Dots {
  const n = g.nodes;
  const inks: Record<string, string> = Object.fromEntries(Object.keys(kinds).map((k) => [k, colour(k === "account" || k === "mixed" ? "bar" : k)]));
  const amounts = n.amounts[policy] ?? [];
  const most = amounts.reduce((m, a) => (BigInt(a) > m ? BigInt(a) : m), 0n);
  const alike = new Set(n.alike);
  const reach = n.id.length > large ? 4 : 9; // of the largest dot, in pixels beyond the smallest
  const dots = n.id.map((_, i) => {
    const kind = n.kind[i] ?? "account", label = n.label[i] ?? "";
    return {
      x: (n.x[i] ?? 0) / 1000, y: -(n.y[i] ?? 0) / 1000, size: 2 + reach * Math.sqrt(ratio(amounts[i], String(most))), color: inks[kind] ?? inks.account ?? "",
      label: (alike.has(i) ? "≈ " : "") + plain(middle(label)), forceLabel: kind === "theft",
    };
  });
  return new Dots(dots, g.edges.from, g.edges.to, { size: 0.6, color: colour("line") });
}

function Drawn({ g, policy, trail }: { g: Graph; policy: string; trail: string }) {
  const box = useRef<HTMLDivElement>(null);
  const sigma = useRef<Sigma>(undefined);
  const dots = useRef<Dots>(undefined);
  const goal = useRef<{ x: number; y: number; ratio: number; angle: number }>(undefined);
  const at = Math.max(0, g.policies.indexOf(policy));
  const [chosen, setChosen] = useState<number>();
  const [broken, setBroken] = useState("");
  const [unsaved, setUnsaved] = useState("");
  const seen = shown.value;
  const pick = useRef<(i: number | undefined) => void>(() => undefined);
  pick.current = setChosen;
  useEffect(() => {
    if (!box.current) return;
    try {
      const d = built(g, at);
      const s = new Sigma(d.drawable(), box.current, {
        defaultEdgeType: "line", edgeProgramClasses: { line: EdgeRectangleProgram }, defaultNodeType: "dot", nodeProgramClasses: { dot: NodePointProgram }, labelColor: { color: colour("ink") }, labelFont: "system-ui, sans-serif", labelSize: 12, labelDensity: 0.35, labelRenderedSizeThreshold: 7,
        hideEdgesOnMove: g.edges.from.length > large, hideLabelsOnMove: g.nodes.id.length > large, minCameraRatio: 0.004, maxCameraRatio: 3, zIndex: true, allowInvalidContainer: true,
        defaultDrawNodeHover: hover, defaultDrawNodeLabel: named,
      });
      sigma.current = s;
      dots.current = d;
      s.on("clickNode", ({ node }) => pick.current(Number(node)));
      s.on("clickStage", () => pick.current(undefined));
      setBroken("");
      return () => { s.kill(); sigma.current = undefined; };
    } catch (e) {
      setBroken(String(e));
      return undefined;
    }
  }, [g, at, seen]);
  useEffect(() => {
    const s = sigma.current, d = dots.current;
    if (!s || !d) return;
    const near = chosen === undefined ? new Set<string>() : d.around(chosen);
    const faint = colour("rule"), lit = colour("accent");
    s.setSetting("nodeReducer", chosen === undefined ? null : (n, a) => (near.has(n) ? { ...a, zIndex: 1, forceLabel: n === String(chosen) } : { ...a, color: faint, label: "" }));
    s.setSetting("edgeReducer", chosen === undefined ? null : (e, a) => (d.touches(e, chosen) ? { ...a, color: lit, size: 1, zIndex: 1 } : { ...a, hidden: true }));
  }, [chosen, g, at, seen]);
  const show = (i: number) => {
    setChosen(i);
    goal.current = undefined; // the keys go on from where this leads
    const p = sigma.current?.getNodeDisplayData(String(i));
    if (p) void sigma.current?.getCamera().animate({ x: p.x, y: p.y, ratio: Math.min(sigma.current?.getCamera().ratio ?? 1, g.nodes.id.length > large ? 0.15 : 0.7) }, { duration: glide(300) });
  };
  const keys = (e: KeyboardEvent) => {
    const c = sigma.current?.getCamera();
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (!c || (!by && e.key !== "+" && e.key !== "-" && e.key !== "0")) return;
    e.preventDefault();
    if (e.key === "0") return (goal.current = undefined), void c.animatedReset({ duration: glide(300) });
    // Moved by an animation, from where the last one leads, since lines and names of a
    // large graph are left out only while the camera is animated.
    const st = c.isAnimated() && goal.current ? goal.current : c.getState();
    const ratio = by ? st.ratio : Math.min(3, Math.max(0.004, st.ratio * (e.key === "+" ? 0.8 : 1.25)));
    goal.current = { ...st, x: st.x + (by?.[0] ?? 0) * 0.06 * st.ratio, y: st.y + (by?.[1] ?? 0) * 0.06 * st.ratio, ratio };
    void c.animate(goal.current, { duration: glide(120), easing: "linear" });
  };
  return (
    <section aria-labelledby="graph-title">
      <div class="row apart"><h2 id="graph-title">Every account and place</h2><button type="button" class="small noprint" onClick={() => void snapshot(sigma.current, trail).then(() => setUnsaved(""), (e: unknown) => setUnsaved(e instanceof Error ? e.message : String(e)))}>PNG</button></div>
      {unsaved && <p class="problem" role="alert">No PNG: {unsaved}</p>}
      <Find g={g} show={show} />
      {broken ? <p class="problem">This browser cannot draw the graph (WebGL): {broken}. The flow picture and the table show the same trail.</p> : null}
      <div class="graph" ref={box} tabIndex={0} role="application" aria-label={`Graph of ${plural(g.nodes.id.length, "account and place", "accounts and places")}, ${plural(g.edges.from.length, "connection")}. Arrow keys move, plus and minus zoom, 0 shows all. The search above finds one; the table below holds the figures.`} onKeyDown={keys} />
      <p class="row small quiet">{[...new Set(g.nodes.kind)].map((k) => <span key={k} class="kind"><Shape kind={k} />{kinds[k]?.one ?? k}</span>)}<span>Larger dots hold or pass more, under {g.policies[at]}.</span>{g.hidden.nodes > 0 && <span>{plural(g.hidden.nodes, "account")} are hidden.</span>}</p>
      {chosen !== undefined && <Chosen g={g} i={chosen} at={at} show={show} close={() => setChosen(undefined)} />}
    </section>
  );
}

// hover draws a label that is readable on both grounds.
function hover(c: CanvasRenderingContext2D, d: { x: number; y: number; size: number; label: string | null; color: string }): void {
  const label = d.label ?? "";
  c.font = "12px system-ui, sans-serif";
  const w = c.measureText(label).width;
  c.fillStyle = colour("raised");
  c.strokeStyle = colour("line");
  c.beginPath();
  c.roundRect(d.x + d.size + 2, d.y - 11, w + 12, 22, 4);
  c.fill();
  c.stroke();
  c.fillStyle = colour("ink");
  c.fillText(label, d.x + d.size + 8, d.y + 4);
  c.beginPath();
  c.arc(d.x, d.y, d.size + 2, 0, 7);
  c.strokeStyle = colour("focus");
  c.lineWidth = 2;
  c.stroke();
}

// named draws a label with ground behind it, over lines.
function named(c: CanvasRenderingContext2D, d: { x: number; y: number; size: number; label: string | null; color: string }): void {
  if (!d.label) return;
  c.font = "12px system-ui, sans-serif";
  c.globalAlpha = 0.82;
  c.fillStyle = colour("raised");
  c.fillRect(d.x + d.size + 1, d.y - 9, c.measureText(d.label).width + 6, 18);
  c.globalAlpha = 1;
  c.fillStyle = colour("ink");
  c.fillText(d.label, d.x + d.size + 4, d.y + 4);
}

function Find({ g, show }: { g: Graph; show: (i: number) => void }) {
  const [text, setText] = useState(param("find"));
  const found = useMemo(() => {
    const t = text.trim().toLowerCase();
    const out: number[] = [];
    if (t.length >= 2) for (let i = 0; i < g.nodes.label.length && out.length < 50; i++) if (g.nodes.label[i]?.toLowerCase().includes(t)) out.push(i);
    return out;
  }, [text, g]);
  const submit = (e: Event) => {
    e.preventDefault();
    set({ find: text.trim() }, true);
    const first = found[0];
    if (first === undefined) say("nothing found");
    else show(first), say(`${plural(found.length, "match", "matches")}; the first is shown`);
  };
  return (
    <form class="row noprint" role="search" onSubmit={submit}>
      <label class="sr" for="find">Find an account or place</label>
      <input id="find" type="search" class="grow" value={text} placeholder="Find an address or name" list="found" onInput={(e) => setText(e.currentTarget.value)} />
      <datalist id="found">{found.slice(0, 12).map((i) => <option key={i} value={g.nodes.label[i]} />)}</datalist>
      <button>Find</button>
      {text.trim().length >= 2 && <span class="quiet small">{found.length === 50 ? "50 or more" : found.length} found</span>}
    </form>
  );
}

function Chosen({ g, i, at, show, close }: { g: Graph; i: number; at: number; show: (i: number) => void; close: () => void }) {
  const near = useMemo(() => {
    const out: { other: number; way: string; n: number; amount: string }[] = [];
    g.edges.from.forEach((a, e) => {
      const b = g.edges.to[e] ?? 0, n = g.edges.n[e] ?? 0, amount = g.edges.amounts[at]?.[e] ?? "0";
      if (a === i) out.push({ other: b, way: "to", n, amount });
      else if (b === i) out.push({ other: a, way: "from", n, amount });
    });
    return out;
  }, [g, i, at]);
  const place = g.nodes.place[i], bound = g.nodes.bounded.indexOf(i);
  return (
    <div class="panel" role="status">
      <div class="row apart"><strong><Kind kind={g.nodes.kind[i] ?? ""} /> <Hash text={g.nodes.label[i] ?? ""} /></strong><span class="row">{place && <button type="button" class="small" onClick={() => set({ place })}>Open it</button>}<button type="button" class="small" onClick={close}>Close</button></span></div>
      <p>{plural(g.nodes.hop[i] ?? 0, "hop")} from the theft; <Amount n={g.nodes.amounts[at]?.[i] ?? "0"} asset={g.asset} /> under {g.policies[at]}{bound >= 0 && <>; under any convention at least <Amount n={g.nodes.lower[bound] ?? "0"} asset={g.asset} />, at most <Amount n={g.nodes.upper[bound] ?? "0"} asset={g.asset} />{!g.nodes.tight[bound] && " (ends from one pass, not exact)"}</>}.{g.nodes.alike.includes(i) && <strong> ≈ Another address of this trail looks like it.</strong>}</p>
      <ul>{near.slice(0, 12).map((x, k) => <li key={k}>{x.way} <button type="button" class="link" onClick={() => show(x.other)}><Foreign text={middle(g.nodes.label[x.other] ?? "")} /></button>: <Amount n={x.amount} asset={g.asset} /> in {plural(x.n, "movement")}</li>)}{near.length > 12 && <li class="quiet">and {near.length - 12} more</li>}</ul>
    </div>
  );
}

async function snapshot(s: Sigma | undefined, trail: string): Promise<void> {
  if (!s) return;
  const { width, height } = s.getDimensions(), scale = devicePixelRatio;
  const canvas = document.createElement("canvas");
  canvas.width = width * scale, canvas.height = height * scale;
  const c = canvas.getContext("2d");
  if (!c) return;
  c.fillStyle = colour("raised");
  c.fillRect(0, 0, canvas.width, canvas.height);
  s.refresh();
  for (const layer of Object.values(s.getCanvases())) c.drawImage(layer, 0, 0, canvas.width, canvas.height);
  save(`${trail}-graph.png`, "image/png", await pixels(canvas));
}
