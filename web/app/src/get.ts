// Asking while a page is open: an answer that is not wanted any more is given up,
// one that was had is shown at once. The browser keeps answers by their ETags.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, path, post, prefix, Problem, send, type Query } from "./api.ts";
import type { Asked as Answered, Job } from "./client.ts";

// had holds the last answers by URL; the oldest goes first.
const had = new Map<string, unknown>();
const most = 60;

function keep(url: string, v: unknown): void {
  had.delete(url);
  had.set(url, v);
  for (const k of had.keys()) if (had.size > most) had.delete(k);
}

// unfinished is a trail that is still computed: it is not kept.
const unfinished = (data: unknown): boolean => typeof data === "object" && data !== null && "job" in data && "state" in data && data.state !== "done";

// forget drops answers whose URL begins so, after a change.
export function forget(start: string): void {
  for (const k of [...had.keys()]) if (k.startsWith(prefix + start)) had.delete(k);
}

export interface Got<T> {
  // data is the last answer: of the present question, or, while busy, of the one before.
  data: T | undefined;
  problem: unknown;
  busy: boolean;
  again: () => void;
}

// useGet asks for a path; undefined asks nothing. fresh asks again although an
// answer was had.
export function useGet<T>(p: string | undefined, query: Query = {}, fresh = false): Got<T> {
  const url = p === undefined ? undefined : path(p, query);
  const [state, setState] = useState<{ url: string | undefined; data: T | undefined; problem: unknown; busy: boolean }>(() => ({ url, data: url ? (had.get(url) as T | undefined) : undefined, problem: undefined, busy: url !== undefined }));
  const [n, setN] = useState(0);
  const forced = useRef(0);
  useEffect(() => {
    if (url === undefined || p === undefined) return setState({ url, data: undefined, problem: undefined, busy: false });
    const known = had.get(url) as T | undefined;
    if (known !== undefined && !fresh && forced.current === n) return setState({ url, data: known, problem: undefined, busy: false });
    forced.current = n;
    const stop = new AbortController();
    setState((s) => ({ url, data: known ?? s.data, problem: undefined, busy: true }));
    get<T>(p, query, stop.signal).then(
      (data) => (unfinished(data) || keep(url, data), setState({ url, data, problem: undefined, busy: false })),
      (problem: unknown) => stop.signal.aborted || setState((s) => ({ url, data: s.data, problem, busy: false })),
    );
    return () => stop.abort();
  }, [url, n]);
  return { data: state.data, problem: state.url === url ? state.problem : undefined, busy: state.busy || state.url !== url, again: () => setN((x) => x + 1) };
}

// Page is a part of a list.
export interface Page<T> { records: T[]; next: string; total: number }

export interface Listed<T> {
  rows: T[];
  // total is how many there are in all; undefined while the first page is asked for.
  total: number | undefined;
  problem: unknown;
  busy: boolean;
  // more asks for as many again; undefined when there are no more.
  more: (() => void) | undefined;
  again: () => void;
}

// useList reads a list page by page, up to a number of rows; more goes on from there.
export function useList<T>(p: string | undefined, query: Query = {}, most = 2000): Listed<T> {
  const url = p === undefined ? undefined : path(p, query);
  const [want, setWant] = useState(most);
  const [n, setN] = useState(0);
  const [s, setS] = useState<{ url: string | undefined; rows: T[]; total: number | undefined; next: string; problem: unknown; busy: boolean }>({ url: undefined, rows: [], total: undefined, next: "", problem: undefined, busy: true });
  useEffect(() => {
    if (p === undefined) return;
    const stop = new AbortController();
    let rows = s.url === url && !s.problem ? s.rows : [], next = s.url === url && !s.problem ? s.next : "";
    if (s.url === url && !s.problem && s.total !== undefined && (!next || rows.length >= want)) return;
    setS((o) => ({ ...o, busy: true, problem: undefined }));
    void (async () => {
      try {
        do {
          const page = await get<Page<T>>(p, { ...query, limit: Math.min(1000, want - rows.length), cursor: next || undefined }, stop.signal);
          rows = [...rows, ...page.records];
          next = page.next;
          if (stop.signal.aborted) return;
          setS({ url, rows, total: page.total, next, problem: undefined, busy: Boolean(next) && rows.length < want });
        } while (next && rows.length < want);
      } catch (problem) {
        if (!stop.signal.aborted) setS((o) => ({ ...o, url, problem, busy: false }));
      }
    })();
    return () => stop.abort();
  }, [url, want, n]);
  const mine = s.url === url;
  return { rows: s.rows, total: mine ? s.total : undefined, problem: mine ? s.problem : undefined, busy: s.busy || !mine, more: mine && s.next ? () => setWant((w) => w + most) : undefined, again: () => setN((x) => x + 1) };
}

// Progress is a job as the API writes it.
export type Progress = Job;

// follow watches a job to its end by server-sent events. It resolves when the job
// is done, and fails with the job's problem, or when it was cancelled.
export function follow(job: string, saw: (p: Progress) => void, signal?: AbortSignal): Promise<void> {
  return new Promise((ok, no) => {
    const events = new EventSource(path(`/jobs/${encodeURIComponent(job)}/events`));
    let failures = 0;
    const end = (f: () => void) => (events.close(), f());
    const read = (e: MessageEvent<string>) => {
      failures = 0;
      const p = JSON.parse(e.data) as Progress;
      saw(p);
      if (p.state === "done") end(ok);
      else if (p.state === "failed") end(() => no(new Problem(p.problem?.status ?? 0, p.problem?.detail ?? "The work failed.", p.problem?.hint ?? "", p.problem as never)));
      else if (p.state === "cancelled") end(() => no(new Problem(0, "The work was cancelled.", "Ask again to begin anew.")));
    };
    for (const name of ["progress", "done", "failed", "cancelled"]) events.addEventListener(name, read as EventListener);
    events.onerror = () => ++failures > 3 && end(() => no(new Problem(0, "The server does not answer any more.", "Is coldtrail serve still running? Start it again, then reload.")));
    signal?.addEventListener("abort", () => end(() => no(new DOMException("given up", "AbortError"))));
  });
}

export const cancel = (job: string): Promise<unknown> => send(`/jobs/${encodeURIComponent(job)}`, "DELETE").catch(() => undefined); // one that has ended needs none

// renew asks for the trail of a case anew, whose work failed or was cancelled: what the
// server has forgotten it makes by itself. The same question has the same address.
export async function renew(name: string): Promise<void> {
  const a = await post<{ trail: string; job?: string }>("/trails", { case: name });
  if (a.job) await follow(a.job, () => undefined);
}

export interface Asked { trail: string | undefined; progress: Progress | undefined; problem: unknown; cancel: (() => void) | undefined; again: () => void }

// useTrail asks a question and follows the job until its trail can be read.
export function useTrail(ask: object | undefined): Asked {
  const key = ask && JSON.stringify(ask);
  const [s, setS] = useState<Omit<Asked, "again"> & { key: string | undefined }>({ key, trail: undefined, progress: undefined, problem: undefined, cancel: undefined });
  const [n, setN] = useState(0);
  useEffect(() => {
    if (!key) return;
    const stop = new AbortController();
    const put = (x: Partial<typeof s>) => stop.signal.aborted || setS((o) => ({ ...o, key, ...x }));
    put({ trail: undefined, problem: undefined, progress: undefined });
    void (async () => {
      try {
        const a = await post<Answered>("/trails", JSON.parse(key));
        if (a.job) {
          const job = a.job;
          put({ cancel: () => void cancel(job) });
          await follow(job, (progress) => put({ progress }), stop.signal);
        }
        put({ trail: a.trail, cancel: undefined });
      } catch (problem) {
        put({ problem, cancel: undefined });
      }
    })();
    return () => stop.abort();
  }, [key, n]);
  const mine = s.key === key;
  return { trail: mine ? s.trail : undefined, progress: s.progress, problem: mine ? s.problem : undefined, cancel: s.cancel, again: () => setN((x) => x + 1) };
}
