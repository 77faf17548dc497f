// A reader's notes and pins. They are kept by the server under a version: a change
// that was made from an old one is not lost and not forced, but shown beside.
import { useState } from "preact/hooks";
import { post, Problem as Failure } from "../api.ts";
import type { Note, Notes as Wrote } from "../client.ts";
import { Foreign } from "../parts/foreign.tsx";
import { Problem } from "../parts/problem.tsx";
import { say } from "../parts/say.tsx";
import { useGet } from "../get.ts";


export function useNotes(trail: string) {
  const url = `/notes/${encodeURIComponent(trail)}`;
  const got = useGet<Wrote>(url, {}, true);
  const [mine, setMine] = useState<Wrote>();
  const [clash, setClash] = useState<{ theirs: Wrote; mine: Note[] }>();
  const [problem, setProblem] = useState<unknown>();
  const now = mine ?? got.data ?? { trail, version: 0, notes: [] };
  // put is false when nothing was kept: what was written must then stay where it is.
  const put = async (notes: Note[], version = now.version): Promise<boolean> => {
    setProblem(undefined);
    try {
      setMine(await post<Wrote>(url, { notes }, "PUT", { "If-Match": `"${version}"` }));
      setClash(undefined);
      say("notes saved");
    } catch (e) {
      if (!(e instanceof Failure && e.status === 412)) return setProblem(e), false;
      setClash({ theirs: e.more.present as Wrote, mine: notes });
    }
    return true;
  };
  return { now, put, clash, setClash, setMine, problem: problem ?? got.problem };
}

const fresh = (): string => [...crypto.getRandomValues(new Uint8Array(9))].map((b) => b.toString(36)).join("").slice(0, 16);

type Book = ReturnType<typeof useNotes>;

export function Notes({ kept, about }: { kept: Book; about?: string }) {
  const shown = about === undefined ? kept.now.notes : kept.now.notes.filter((n) => n.on === about);
  const [text, setText] = useState("");
  const add = (e: Event) => {
    e.preventDefault();
    if (!text.trim()) return;
    void kept.put([...kept.now.notes, { id: fresh(), ...(about ? { on: about } : {}), text: text.trim() }]).then((kept) => kept && setText(""));
  };
  const change = (note: Note, to: Note | undefined) => kept.put(kept.now.notes.flatMap((n) => (n === note ? (to ? [to] : []) : [n])));
  const id = `note-${about ?? "all"}`.replace(/\W+/g, "-");
  const H = about === undefined ? "h2" : "h3";
  return (
    <section class="notes">
      <H>{about === undefined ? "Your notes" : "Your notes on it"}</H>
      {kept.problem ? <Problem of={kept.problem} /> : null}
      {kept.clash && <Clash kept={kept} clash={kept.clash} />}
      {shown.length > 0 && <ul class="plain">{[...shown].sort((a, b) => Number(b.pin ?? false) - Number(a.pin ?? false)).map((n, i) => (
        <li key={n.id} class="panel row apart top">
          <div>{n.pin && <strong>Pinned. </strong>}<Foreign text={n.text ?? ""} limit={1000} />{about === undefined && n.on && <div class="quiet small">on <Foreign text={n.on} limit={90} /></div>}</div>
          <span class="row noprint"><button type="button" class="small plain" aria-pressed={Boolean(n.pin)} onClick={() => change(n, { ...n, pin: !n.pin })}>Pin</button><button type="button" class="small plain" onClick={() => change(n, undefined)} aria-label={`Delete the note ${i + 1}`}>Delete</button></span>
        </li>))}</ul>}
      <form class="row top noprint" onSubmit={add}>
        <label class="sr" for={id}>New note</label>
        <input id={id} class="grow" value={text} maxLength={4000} onInput={(e) => setText(e.currentTarget.value)} placeholder={about === undefined ? "A note on this trail" : "A note on this place"} />
        <button disabled={!text.trim()}>Add</button>
      </form>
    </section>
  );
}

function Clash({ kept, clash }: { kept: Book; clash: NonNullable<Book["clash"]> }) {
  const theirs = clash.theirs.notes, lost = clash.mine.filter((m) => !theirs.some((t) => t.id === m.id && t.text === m.text));
  return (
    <div class="warning" role="alert">
      <p><strong>The notes were changed in another tab.</strong> Yours are not saved yet. {lost.length > 0 && "These are yours alone:"}</p>
      <ul>{lost.map((n) => <li key={n.id}><Foreign text={n.text ?? ""} /></li>)}</ul>
      <p class="row">
        <button type="button" class="small" onClick={() => kept.put([...theirs.filter((t) => !lost.some((m) => m.id === t.id)), ...lost], clash.theirs.version)}>Keep both</button>
        <button type="button" class="small" onClick={() => kept.put(clash.mine, clash.theirs.version)}>Keep mine only</button>
        <button type="button" class="small" onClick={() => (kept.setMine(clash.theirs), kept.setClash(undefined))}>Keep the other tab's only</button>
      </p>
    </div>
  );
}
