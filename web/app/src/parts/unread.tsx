// Cases that a list leaves out because they cannot be read now.
import { Foreign } from "./foreign.tsx";
import { plural } from "../text.ts";

export function Unread({ names }: { names: string[] }) {
  if (names.length === 0) return null;
  return <p class="warning" role="note"><strong>Not in this list:</strong> {plural(names.length, "case")} that cannot be read now, {names.map((n, i) => <span key={n}>{i > 0 && ", "}<a href={`/trail/${encodeURIComponent(n)}`}><Foreign text={n} /></a></span>)}. The page of each says why.</p>;
}
