// Times are UTC. A time that is not known is said to be so.
import { utc } from "../text.ts";

export function Time({ at, date }: { at: string | undefined; date?: boolean }) {
  if (!at) return <span class="quiet">not known</span>;
  const text = utc(at);
  return <time class="num nowrap" dateTime={at} title={text + " UTC"}>{date ? text.slice(0, 10) : text}</time>;
}

export function Period({ first, last }: { first: string | undefined; last: string | undefined }) {
  if (!first && !last) return <span class="quiet">not known</span>;
  return first === last || !last ? <Time at={first} /> : <><Time at={first} /> to <Time at={last} /></>;
}
