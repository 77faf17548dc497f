// What went wrong, what helps, and trying again; and waiting for what takes time.
import { Problem as Failure } from "../api.ts";
import { Foreign } from "./foreign.tsx";

export function Problem({ of, retry }: { of: unknown; retry?: (() => void) | undefined }) {
  const p = of instanceof Failure ? of : new Failure(0, of instanceof Error ? of.message : String(of), "");
  return (
    <div class="problem" role="alert">
      <p><strong><Foreign text={p.detail || "This did not work."} /></strong>{p.status > 0 && <span class="quiet small"> (status {p.status})</span>}</p>
      {p.more.errors && p.more.errors.length > 0 && <ul>{p.more.errors.slice(0, 20).map((f, i) => <li key={i}>{f.file && <><Foreign text={f.file} />{f.line ? `:${f.line}` : ""}: </>}{f.location && <code>{f.location}: </code>}<Foreign text={f.message} />{f.hint && <span class="quiet"> <Foreign text={f.hint} /></span>}</li>)}{p.more.errors.length > 20 && <li>and {p.more.errors.length - 20} more</li>}</ul>}
      {p.hint && <p class="hint"><Foreign text={p.hint} /></p>}
      {retry && <p><button type="button" class="small" onClick={retry}>Try again</button></p>}
    </div>
  );
}

export function Busy({ what = "Loading…", done, of, cancel }: { what?: string; done?: number | undefined; of?: number | undefined; cancel?: (() => void) | undefined }) {
  return (
    <div class="busy" role="status">
      <span>{what}</span>
      {done !== undefined && <progress value={done} max={of || 1} aria-label={what} />}
      {cancel && <button type="button" class="small" onClick={cancel}>Cancel</button>}
    </div>
  );
}
