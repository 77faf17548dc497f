// Where the reader is. The URL is the whole state: what is not in it is not kept.
import { computed, signal, type ReadonlySignal } from "@preact/signals";

export const here = signal(new URL(location.href));

// steps counts what was done since the page was opened, and how much of it could be
// done again: undo is the browser's own way back.
export const steps = signal({ at: 0, most: 0 });

const numbered = (): number => Number((history.state as { step?: number } | null)?.step ?? 0);
steps.value = { at: numbered(), most: numbered() };

addEventListener("popstate", () => {
  steps.value = { at: numbered(), most: Math.max(steps.value.most, numbered()) };
  here.value = new URL(location.href);
});

export function go(to: string, replace = false): void {
  const url = new URL(to, location.href);
  if (url.href === here.value.href) return;
  const at = steps.value.at + (replace ? 0 : 1);
  if (replace) history.replaceState({ step: at }, "", url);
  else history.pushState({ step: at }, "", url);
  if (!replace) steps.value = { at, most: at };
  here.value = url;
}

// set changes parameters of the present place; undefined or "" takes one away.
export function set(params: Record<string, string | undefined>, replace = false): void {
  const url = new URL(here.value);
  for (const [k, v] of Object.entries(params)) v === undefined || v === "" ? url.searchParams.delete(k) : url.searchParams.set(k, v);
  go(url.href, replace);
}

const params = new Map<string, ReadonlySignal<string>>();

// param reads a parameter of the URL. Who reads one is drawn again when that one
// changes, and not with every other.
export function param(name: string): string {
  let p = params.get(name);
  if (!p) params.set(name, (p = computed(() => here.value.searchParams.get(name) ?? "")));
  return p.value;
}

// decoded reads a part of an address; one that is not well formed is taken as it stands.
export function decoded(s: string): string {
  try {
    return decodeURIComponent(s);
  } catch {
    return s;
  }
}

// Links inside the page are followed without loading it again.
addEventListener("click", (e) => {
  const a = (e.target as Element).closest?.("a");
  if (!a || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  if (a.origin !== location.origin || a.target || a.hasAttribute("download") || a.pathname.startsWith("/api/")) return;
  // Within a page the browser itself scrolls and moves the focus.
  if (a.hash && a.pathname === location.pathname && a.search === location.search) return;
  e.preventDefault();
  go(a.href);
  if (!a.hash) scrollTo(0, 0);
});
