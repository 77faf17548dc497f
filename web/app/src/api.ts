// Asks the server. Errors are RFC 9457 problems, shown as they are.

export const prefix = "/api/v1";

export interface Fault { message: string; location?: string; file?: string; line?: number; column?: string; hint?: string }

export class Problem extends Error {
  // more is the whole problem as the server wrote it: its faults, and what stands
  // now where a change was lost to another.
  constructor(readonly status: number, readonly detail: string, readonly hint: string, readonly more: { errors?: Fault[]; [key: string]: unknown } = {}) {
    super(detail);
  }
}

export type Query = Record<string, string | number | boolean | undefined>;

export function path(p: string, query: Query = {}): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== "") q.set(k, String(v));
  const text = q.toString();
  return prefix + p + (text ? "?" + text : "");
}

async function problem(r: Response): Promise<Problem> {
  const text = await r.text();
  try {
    const p = JSON.parse(text) as { detail?: string; title?: string; hint?: string; errors?: Fault[] };
    return new Problem(r.status, p.detail ?? p.title ?? r.statusText, p.hint ?? "", p as Problem["more"]);
  } catch {
    return new Problem(r.status, text || r.statusText, "");
  }
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  let r: Response;
  try {
    r = await fetch(url, init);
  } catch (e) {
    if (e instanceof DOMException && e.name === "AbortError") throw e;
    throw new Problem(0, "The server does not answer.", "Is coldtrail serve still running? Start it again, then reload.");
  }
  if (!r.ok) throw await problem(r);
  return r;
}

async function call<T>(url: string, init: RequestInit): Promise<T> {
  return (await (await ask(url, init)).json()) as T;
}

// send asks for something that answers nothing.
export async function send(p: string, method: string): Promise<void> {
  await ask(path(p), { method });
}

export function get<T>(p: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return call<T>(path(p, query), signal ? { signal } : {});
}

export function post<T>(p: string, body: unknown, method = "POST", headers: Record<string, string> = {}): Promise<T> {
  return call<T>(path(p), { method, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
}

// upload sends files; the browser sets the content type with its boundary.
export function upload<T>(p: string, form: FormData): Promise<T> {
  return call<T>(path(p), { method: "POST", body: form });
}
