// Docs: the documents inside the program, and where words stand in them.
import { useEffect, useState } from "preact/hooks";
import { useGet } from "../get.ts";
import { anchor, Document, type Node } from "../parts/markdown.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { decoded, here, param, set } from "../route.ts";
import { useTitle } from "../shell.tsx";
import { plural } from "../text.ts";

interface Doc { path: string; title: string; headings: string[] | null }
interface Text extends Doc { tree: Node[] }
interface Hit { path: string; title: string; heading: string; line: number; text: string }

// parts of the list, in the order in which somebody reads.
const groups: { name: string; has: (path: string) => boolean }[] = [
  { name: "Begin", has: (p) => ["tour", "methods", "limits"].includes(p) },
  { name: "Ledgers", has: (p) => ["bitcoin", "ethereum", "nem", "bank", "nodes", "parquet", "text-form"].includes(p) },
  { name: "Questions", has: (p) => ["study", "register", "figures", "tags", "clustering", "guard", "guard-decoding"].includes(p) },
  { name: "Reference", has: (p) => p.startsWith("reference/") },
  { name: "How it is built", has: () => true },
];

export default function Docs({ rest }: { rest: string }) {
  const list = useGet<Doc[]>("/docs");
  const q = param("q");
  const path = rest || (q ? "" : "tour");
  return (
    <div class="docs">
      <aside class="noprint" aria-label="Documents">
        <Search q={q} />
        {list.problem ? <Problem of={list.problem} retry={list.again} /> : <List all={list.data ?? []} path={path} />}
      </aside>
      <article class="paper">{q ? <Hits q={q} /> : <Shown path={path} />}</article>
    </div>
  );
}

function Search({ q }: { q: string }) {
  const [words, setWords] = useState(q);
  useEffect(() => setWords(q), [q]);
  return (
    <form role="search" class="field" onSubmit={(e) => (e.preventDefault(), set({ q: words.trim() || undefined }))}>
      <label for="words">Search the documents</label>
      <span class="row"><input id="words" class="grow" type="search" value={words} onInput={(e) => setWords(e.currentTarget.value)} /><button type="submit">Search</button></span>
    </form>
  );
}

function List({ all, path }: { all: Doc[]; path: string }) {
  const left = [...all];
  return (
    <nav aria-label="Documents">
      {groups.map((g) => {
        const mine = left.filter((d) => g.has(d.path));
        for (const d of mine) left.splice(left.indexOf(d), 1);
        return mine.length > 0 && (
          <section key={g.name}>
            <h2 class="small quiet">{g.name}</h2>
            <ul class="plain">
              {mine.map((d) => (
                <li key={d.path}>
                  <a href={"/docs/" + d.path} aria-current={d.path === path ? "page" : undefined}>{d.title}</a>
                  {d.path === path && d.headings && d.headings.length > 1 && <ul class="plain small">{d.headings.map((h) => <li key={h}><a href={`/docs/${d.path}#${anchor(h)}`}>{h}</a></li>)}</ul>}
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}

function Shown({ path }: { path: string }) {
  const got = useGet<Text>("/docs/page", { path });
  const hash = here.value.hash;
  useTitle(got.data?.title ?? "Docs");
  useEffect(() => {
    if (got.data && hash) document.getElementById(decoded(hash.slice(1)))?.scrollIntoView();
  }, [got.data, hash]);
  if (got.problem) return <><h1>No such document</h1><Problem of={got.problem} /></>;
  if (!got.data || got.data.path !== path) return <Busy />;
  return <Document tree={got.data.tree} />;
}

function Hits({ q }: { q: string }) {
  const got = useGet<{ records: Hit[]; total: number }>("/docs/search", { q });
  useTitle("Search");
  return (
    <>
      <h1>“{q}” in the documents</h1>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : !got.data ? <Busy /> : (
        <>
          <p role="status">{plural(got.data.total, "line")}{got.data.total > got.data.records.length && `, the first ${got.data.records.length} shown`}. Lines that hold all the words, in whatever case.</p>
          <ul class="plain">
            {got.data.records.map((h) => (
              <li key={h.path + h.line}>
                <a href={`/docs/${h.path}${h.heading ? "#" + anchor(h.heading) : ""}`}>{h.title}{h.heading && ": " + h.heading}</a> <span class="quiet small">docs/{h.path}.md, line {h.line}</span>
                <br /><span class="small wrap">{h.text}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
