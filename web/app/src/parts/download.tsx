// Everything on the page can be taken away: pictures as SVG and PNG, tables as CSV
// and JSON. Files are made here, from what is shown; nothing is asked for.
import type { RefObject } from "preact";
import { useState } from "preact/hooks";

export function save(name: string, type: string, data: BlobPart): void {
  const url = URL.createObjectURL(new Blob([data], { type }));
  const a = document.createElement("a");
  a.href = url;
  a.download = name.replace(/[^\w.-]+/g, "-").replace(/^[-.]+/, "").slice(0, 120) || "coldtrail";
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// cell is one cell of a CSV file. A text that a spreadsheet would take for a formula
// gets an apostrophe in front (OWASP, CSV injection), as the command does.
export function cell(s: string): string {
  const inert = /^[=+\-@\t\r]/.test(s) && !/^-?[\d.]+$/.test(s) ? "'" + s : s;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

export const csv = (rows: string[][]): string => rows.map((r) => r.map(cell).join(",")).join("\r\n") + "\r\n";

const kept = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "paint-order", "visibility", "display"];

// drawing is an SVG of the page with its colours written into it, so that it looks
// the same elsewhere, without a stylesheet.
export function drawing(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((el, i) => {
    const style = getComputedStyle(el), target = to[i];
    for (const k of kept) target?.setAttribute(k, style.getPropertyValue(k));
    for (const k of ["class", "style", "tabindex", "data-id", "data-of", "role", "aria-label"]) target?.removeAttribute(k);
  });
  const box = svg.viewBox.baseVal;
  const [w, h] = box.width ? [box.width, box.height] : [svg.clientWidth, svg.clientHeight];
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(w));
  copy.setAttribute("height", String(h));
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [k, v] of Object.entries({ x: box.x, y: box.y, width: w, height: h, fill: getComputedStyle(document.body).backgroundColor })) ground.setAttribute(k, String(v));
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}

export async function png(svg: SVGSVGElement, scale = 2): Promise<Blob> {
  const text = drawing(svg);
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const img = new Image();
    img.src = url;
    await img.decode();
    const canvas = document.createElement("canvas");
    canvas.width = img.naturalWidth * scale;
    canvas.height = img.naturalHeight * scale;
    canvas.getContext("2d")?.drawImage(img, 0, 0, canvas.width, canvas.height);
    return await pixels(canvas);
  } finally {
    URL.revokeObjectURL(url);
  }
}

// pixels is what stands on a canvas, as PNG.
export function pixels(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((ok, no) => canvas.toBlob((b) => (b ? ok(b) : no(new Error("The picture is too large for this browser."))), "image/png"));
}

// SavePicture saves a drawing of the page.
export function SavePicture({ of, name }: { of: RefObject<SVGSVGElement | null>; name: string }) {
  const [wrong, setWrong] = useState("");
  const failed = (e: unknown) => setWrong(e instanceof Error ? e.message : String(e));
  const withPicture = (f: (s: SVGSVGElement) => void) => () => of.current && f(of.current);
  return (
    <div class="row noprint" role="group" aria-label="Save the picture">
      <button type="button" class="small" onClick={withPicture((s) => save(name + ".svg", "image/svg+xml", drawing(s)))}>SVG</button>
      <button type="button" class="small" onClick={withPicture((s) => void png(s).then((b) => (setWrong(""), save(name + ".png", "image/png", b))).catch(failed))}>PNG</button>
      {wrong && <span class="small" role="alert">No PNG: {wrong}</span>}
    </div>
  );
}
