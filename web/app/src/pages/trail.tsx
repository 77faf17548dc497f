// The trail of a case: where stolen value went, under every rule, with bounds.
import { useGet, useTrail } from "../get.ts";
import { Badge } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { useTitle } from "../shell.tsx";
import { plain } from "../text.ts";
import { TrailView, type TrailAnswer } from "../trail/view.tsx";
import type { Case } from "../types.ts";

export default function Trail({ rest }: { rest: string }) {
  return rest ? <One key={rest} name={rest} /> : <All />;
}

function All() {
  const got = useGet<{ records: Case[] }>("/cases");
  useTitle("Trails");
  return (
    <>
      <h1>Trails</h1>
      <p class="lead">Choose a case to see where its money went, or <a href="/build">make one from your own data</a>.</p>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : !got.data ? <Busy /> : (
        <ul class="plain stack">{got.data.records.map((c) => <li key={c.case} class="card"><h2><a class="whole" href={`/trail/${encodeURIComponent(c.case)}`}><Foreign text={c.title} /></a></h2><p><Foreign text={c.summary} limit={600} prose /></p></li>)}</ul>
      )}
    </>
  );
}

function One({ name }: { name: string }) {
  const about = useGet<Case>(`/cases/${encodeURIComponent(name)}`);
  const asked = useTrail({ case: name });
  const got = useGet<TrailAnswer>(asked.trail && `/trails/${encodeURIComponent(asked.trail)}`);
  const title = got.data?.header.title ?? about.data?.title ?? name;
  useTitle(plain(title));
  const text = got.data?.header.question ?? about.data?.summary ?? "";
  return (
    <>
      <div class="page-head">
        <div>
          <h1><Foreign text={title} /></h1>
          <p class="lead"><Foreign text={text} limit={900} prose /></p>
        </div>
        {about.data?.kind === "payments" && <Badge>bank messages</Badge>}
      </div>
      {asked.problem ? <Problem of={asked.problem} retry={asked.again} /> : got.problem ? <Problem of={got.problem} retry={got.again} />
        : !got.data || !asked.trail ? <Busy what={asked.progress?.stage ? `Tracing: ${asked.progress.stage}…` : "Tracing…"} done={asked.progress?.total ? asked.progress.done : undefined} of={asked.progress?.total} cancel={asked.cancel} />
          : <TrailView trail={asked.trail} answer={got.data} />}
    </>
  );
}
