// A drawing of the page, to be taken away as SVG and PNG.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { SavePicture } from "./download.tsx";

export function Drawn({ name, label, w, h, children }: { name: string; label: string; w: number; h: number; children: ComponentChildren }) {
  const svg = useRef<SVGSVGElement>(null);
  return (
    <figure class="drawn">
      <div class="row end noprint"><SavePicture of={svg} name={name} /></div>
      <div class="scroll free" tabIndex={0} role="region" aria-label={label}><svg ref={svg} viewBox={`0 0 ${w} ${h}`} width={w} height={h} role="group" aria-label={label}>{children}</svg></div>
    </figure>
  );
}
