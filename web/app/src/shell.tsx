// The frame around every page: where one can go, and what went wrong.
import type { ComponentType } from "preact";
import { useEffect, useErrorBoundary, useState } from "preact/hooks";
import { here } from "./route.ts";

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
      <header class="bar">
        <a class="brand" href="/">coldtrail</a>
        <nav aria-label="Pages">
          {Object.entries(pages).map(([key, p]) => (
            <a key={key} href={"/" + key} aria-current={key === first ? "page" : undefined}>{p.name}</a>
          ))}
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        <Opened key={first} first={first} rest={rest.map(decodeURIComponent).join("/")} />
      </main>
    </>
  );
}

function Opened({ first, rest }: { first: string; rest: string }) {
  const [page, setPage] = useState<Page | null>(null);
  const [failed, setFailed] = useState<string>("");
  const [broken] = useErrorBoundary();
  const entry = pages[first];
  useEffect(() => {
    document.title = (entry ? entry.name : "Not found") + " – coldtrail";
    entry?.load().then((m) => setPage(() => m.default), (e: unknown) => setFailed(String(e)));
  }, [first]);
  if (!entry) return <p class="problem">There is no page at this address. <a href="/">Begin at home.</a></p>;
  if (broken) return <p class="problem" role="alert">This page failed: {String(broken)}. Nothing was lost; <a href="/">go home</a> or reload.</p>;
  if (failed) return <p class="problem" role="alert">The page could not be loaded: {failed}</p>;
  const Page = page;
  return Page ? <Page rest={rest} /> : <p class="quiet" role="status">Loading…</p>;
}
