// The frame around every page: where one can go, and what went wrong.
import type { ComponentType } from "preact";
import { useEffect, useErrorBoundary, useState } from "preact/hooks";
import { Problem } from "./parts/problem.tsx";
import { Said, say } from "./parts/say.tsx";
import { decoded, here } from "./route.ts";
import { theme, type Theme } from "./theme.ts";

type Page = ComponentType<{ rest: string }>;

// Pages are loaded when they are first opened.
const pages: Record<string, { name: string; load: () => Promise<{ default: Page }> }> = {
  "": { name: "Home", load: () => import("./pages/home.tsx") },
  trail: { name: "Trail", load: () => import("./pages/trail.tsx") },
  build: { name: "Builder", load: () => import("./pages/build.tsx") },
  address: { name: "Address", load: () => import("./pages/address.tsx") },
  study: { name: "Study", load: () => import("./pages/study.tsx") },
  guard: { name: "Guard", load: () => import("./pages/guard.tsx") },
  docs: { name: "Docs", load: () => import("./pages/docs.tsx") },
};

export function Shell() {
  const [first = "", ...rest] = here.value.pathname.slice(1).split("/");
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <Bar first={first} />
      <main id="main" tabIndex={-1}>
        <Opened key={first} first={first} rest={rest.map(decoded).join("/")} />
      </main>
      <footer class="foot">
        <span>coldtrail runs on this machine and sends nothing anywhere.</span>
        <span>Amounts are exact; times are UTC. <a href="/docs/limits">What it cannot say</a></span>
      </footer>
      <Said />
    </>
  );
}

function Bar({ first }: { first: string }) {
  const [open, setOpen] = useState(false);
  const path = here.value.pathname;
  useEffect(() => setOpen(false), [path]);
  return (
    <header class="bar">
      <a class="brand" href="/"><svg viewBox="0 0 32 32" aria-hidden="true"><path d="M3 6c12 0 8 10 14 10M17 16c4 0 5-7 12-7M17 16c4 0 5 9 12 9" fill="none" stroke="var(--accent)" stroke-width="4.5" stroke-linecap="round" /></svg>coldtrail</a>
      <button type="button" class="menu" aria-expanded={open} aria-controls="pages" onClick={() => setOpen(!open)}>Menu</button>
      <nav id="pages" class={open ? "open" : ""} aria-label="Pages">
        {Object.entries(pages).map(([key, p]) => <a key={key} href={"/" + key} aria-current={key === first ? "page" : undefined}>{p.name}</a>)}
      </nav>
      <label class="row small">
        <span class="sr">Theme</span>
        <select value={theme.value} onChange={(e) => (theme.value = e.currentTarget.value as Theme)}>
          <option value="auto">◐ System</option><option value="light">○ Light</option><option value="dark">● Dark</option>
        </select>
      </label>
    </header>
  );
}

// useTitle names the page, in the tab and to a screen reader.
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = (title ? title + " – " : "") + "coldtrail";
  }, [title]);
}

let visited = "";

function Opened({ first, rest }: { first: string; rest: string }) {
  const [page, setPage] = useState<Page | null>(null);
  const [failed, setFailed] = useState<unknown>();
  const [broken] = useErrorBoundary((e) => console.error(e));
  const entry = pages[first];
  const path = here.value.pathname;
  useEffect(() => {
    document.title = (entry ? entry.name : "Not found") + " – coldtrail";
    entry?.load().then((m) => setPage(() => m.default), (e: unknown) => setFailed(e));
  }, [first]);
  // A new page takes the focus, as a loaded document would; the first one has it.
  useEffect(() => {
    if (!page || visited === path) return;
    if (visited && !here.peek().hash) {
      document.getElementById("main")?.focus({ preventScroll: true });
      say(document.title);
    }
    visited = path;
  }, [path, page]);
  if (!entry) return <><h1>Not found</h1><p class="problem">There is no page at this address. <a href="/">Begin at home.</a></p></>;
  if (broken) return <><h1>{entry.name}</h1><Problem of={broken} /><p>This page failed; nothing was lost. <a href="/">Go home</a> or reload.</p></>;
  if (failed) return <><h1>{entry.name}</h1><Problem of={failed} retry={() => location.reload()} /></>;
  const Page = page;
  return Page ? <Page rest={rest} /> : <p class="quiet" role="status">Loading…</p>;
}
