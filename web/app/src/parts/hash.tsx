// Addresses and hashes: shortened in the middle, copied whole, compared by their ends.
import { useState } from "preact/hooks";
import { cut, middle, pieces, plain } from "../text.ts";
import { say } from "./say.tsx";

interface Props {
  text: string;
  // whole shows every character, for places where there is room.
  whole?: boolean | undefined;
  href?: string | undefined;
  // alike is the address that this one imitates: the ends that agree are marked.
  alike?: string | undefined;
  // bare leaves out the button.
  bare?: boolean | undefined;
}

export function Hash({ text, whole, href, alike, bare }: Props) {
  const shown = whole ? cut(text, 2000) : middle(text);
  const inner = alike ? <Marked shown={shown} text={text} alike={alike} /> : written(shown);
  return (
    <span class={shown.length < 40 ? "hash short" : "hash"}>
      {href ? <a href={href} title={plain(cut(text, 300))}><bdi class="foreign">{inner}</bdi></a> : <bdi class="foreign" title={plain(cut(text, 300))}>{inner}</bdi>}
      {!bare && <Copy text={text} what={middle(text, 8, 6)} />}
    </span>
  );
}

const written = (s: string) => pieces(s).map((p, i) => (p.odd ? <span key={i} class="odd" title={p.odd}>{p.text}</span> : p.text));

function Marked({ shown, text, alike }: { shown: string; text: string; alike: string }) {
  const skip = /^0x/.test(text) ? 2 : 0;
  let head = skip, tail = 0;
  while (head < text.length && text[head]?.toLowerCase() === alike[head]?.toLowerCase()) head++;
  while (tail < text.length - head && text.at(-1 - tail)?.toLowerCase() === alike.at(-1 - tail)?.toLowerCase()) tail++;
  head = Math.min(head, 12), tail = Math.min(tail, 10);
  return (
    <>
      {written(shown.slice(0, skip))}<mark>{written(shown.slice(skip, head))}</mark>
      {written(shown.slice(head, shown.length - tail))}<mark>{written(tail ? shown.slice(-tail) : "")}</mark>
    </>
  );
}

// Copy puts a text on the clipboard, where the browser lets it, and says so.
export function Copy({ text, what, label = "copy" }: { text: string; what: string; label?: string }) {
  const [done, setDone] = useState("");
  const copy = async (e: Event) => {
    e.stopPropagation();
    try {
      await navigator.clipboard.writeText(text);
      setDone("copied");
      say(`${plain(what)} copied`);
    } catch {
      setDone("not allowed");
      say("The browser does not let this page copy. Select the text instead.");
    }
    setTimeout(() => setDone(""), 1500);
  };
  return <button type="button" class="copy" onClick={copy} aria-label={`copy ${plain(what)}`}>{done || label}</button>;
}
