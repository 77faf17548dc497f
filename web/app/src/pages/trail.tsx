// The trail of a case: where stolen value went, under every rule, with bounds.
import { path } from "../api.ts";
import { useEffect, useState } from "preact/hooks";
import { follow, useGet, useTrail } from "../get.ts";
import { Foreign } from "../parts/foreign.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { Unread } from "../parts/unread.tsx";
import { useTitle } from "../shell.tsx";
import { plain } from "../text.ts";
import { Payments } from "../trail/payments.tsx";
import { answerOf } from "../trail/answer.ts";
import { TrailView } from "../trail/view.tsx";
import type { Cases, CaseWhole, Trail as Whole } from "../types.ts";

export default function Trail({ rest }: { rest: string }) {
  return rest ? <One key={rest} name={rest} /> : <All />;
}

function All() {
  const got = useGet<Cases>("/cases");
  useTitle("Trails");
  return (
    <>
      <h1>Trails</h1>
      <p class="lead">Choose a case to see where its money went, or <a href="/build">make one from your own data</a>.</p>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : !got.data ? <Busy /> : (
        <>
          <ul class="plain stack">{got.data.records.map((c) => <li key={c.name} class="card"><h2><a class="whole" href={`/trail/${encodeURIComponent(c.name)}`}><Foreign text={c.title} /></a></h2><p><Foreign text={c.summary} limit={600} prose /></p></li>)}</ul>
          <Unread names={got.data.unread} />
        </>
      )}
    </>
  );
}

// A case is asked; an id of a trail is one that was asked before.
function One({ name }: { name: string }) {
  const id = /^[0-9a-f]{24}$/.test(name);
  const about = useGet<CaseWhole>(id ? undefined : `/cases/${encodeURIComponent(name)}`);
  const only = about.data?.kind === "payments";
  const asked = useTrail(id || !about.data || only ? undefined : { case: name });
  // By the name of its case a trail is found again even by a server that was started anew.
  const trail = id || asked.trail ? name : undefined;
  const got = useGet<Whole>(trail && `/trails/${encodeURIComponent(trail)}`);
  const answer = answerOf(got.data);
  const [failed, setFailed] = useState<unknown>();
  // A trail that was let go is computed again when it is asked for.
  useEffect(() => {
    const job = got.data && !got.data.header ? got.data.job : undefined;
    if (!job) return;
    const stop = new AbortController();
    follow(job, () => undefined, stop.signal).then(got.again, (e: unknown) => stop.signal.aborted || setFailed(e));
    return () => stop.abort();
  }, [got.data]);
  const title = answer?.header.title ?? about.data?.title ?? name;
  const problem = about.problem ?? asked.problem ?? got.problem ?? failed;
  const again = failed ? () => (setFailed(undefined), got.again()) : about.problem ? about.again : asked.problem ? asked.again : got.again;
  useTitle(plain(title));
  const text = answer?.header.question ?? about.data?.summary ?? "";
  const lead = text && <p class="lead"><Foreign text={text} limit={900} prose /></p>;
  return (
    <>
      <div class="page-head">
        <h1><Foreign text={title} /></h1>
        {about.data && <p class="row"><a class="button small" href={path(`/cases/${encodeURIComponent(name)}/file`)} download>Case file</a></p>}
      </div>
      {!answer && lead}
      {problem ? <Problem of={problem} retry={again} />
        : only && about.data?.payments ? <Payments name={name} text={about.data.payments.text} />
          : !answer || !trail ? <div class="flow-room"><Busy what={asked.progress?.ahead ? `Waiting: ${asked.progress.ahead} before…` : asked.progress?.stage ? `Tracing: ${asked.progress.stage}…` : "Tracing…"} done={asked.progress?.total ? asked.progress.done : undefined} of={asked.progress?.total} cancel={asked.cancel} /></div>
            : <TrailView name={name} of={got.data?.case ?? ""} trail={trail} answer={answer} lead={lead} />}
    </>
  );
}
