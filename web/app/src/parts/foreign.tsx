// Text from outside, shown as text: cut when long, with what is not seen written out.
import { useState } from "preact/hooks";
import { cut, grouped, oneLine, pieces } from "../text.ts";

// prose takes line ends as spaces, for texts that were written over several lines;
// lines keeps them, for files.
export function Foreign({ text: given, limit = 280, prose, lines }: { text: string; limit?: number; prose?: boolean; lines?: boolean }) {
  const text = prose ? oneLine(given) : given;
  const [whole, setWhole] = useState(false);
  const shown = whole ? text : cut(text, limit);
  const left = text.length - shown.length;
  return (
    <bdi class="foreign">
      {pieces(shown).map((p, i) => (p.odd && !(lines && p.text === "U+000A") ? <span key={i} class="odd" title={p.odd}>{p.text}</span> : p.odd ? "\n" : p.text))}
      {(left > 0 || whole) && (
        <>
          {" "}
          <button type="button" class="link small" aria-expanded={whole} onClick={(e) => (e.stopPropagation(), setWhole(!whole))}>
            {whole ? "shorten" : `… ${grouped(String(left))} more characters`}
          </button>
        </>
      )}
    </bdi>
  );
}
