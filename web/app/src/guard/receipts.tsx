// The log of receipts: what was decided, chained and signed.
import { useGet } from "../get.ts";
import { Badge } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { plural } from "../text.ts";
import type { Decision, ReceiptsAnswer } from "./types.ts";
import { marks, Mark } from "./verdict.tsx";

export function Receipts() {
  const got = useGet<ReceiptsAnswer>("/guard/receipts", { limit: 1000 }, true);
  const a = got.data;
  if (got.problem) return <Problem of={got.problem} retry={got.again} />;
  if (!a) return <Busy what="Reading the log…" />;
  if (!a.open) {
    return (
      <>
        <p class="empty">This server was started without a log. A receipt is a signed line that names the one before: it proves later what was asked and answered.</p>
        <pre tabIndex={0} aria-label="commands">{"coldtrail guard keygen receipts.key\ncoldtrail serve --guard-log receipts.log --guard-key receipts.key"}</pre>
      </>
    );
  }
  return (
    <>
      <p class="row">{a.fault ? <Badge tone="bad">the chain is broken</Badge> : <Badge tone="good">the chain holds</Badge>}<span>{plural(a.total, "receipt")} in <code class="wrap">{a.file}</code>, each signed, each naming the one before.</span></p>
      {a.fault && <p class="problem" role="alert"><Foreign text={a.fault} limit={600} /></p>}
      <Table
        name="receipts" caption="Receipts, the last first" rows={a.records} id={(r) => r.id} empty="No receipt yet. Check a transfer with “leave a receipt”."
        columns={[
          { key: "seq", head: "No.", num: true, first: true, by: (r) => r.seq, cell: (r) => r.seq, text: (r) => String(r.seq) },
          { key: "at", head: "Time (UTC)", by: (r) => r.at ?? "", cell: (r) => <Time at={r.at} />, text: (r) => r.at ?? "" },
          { key: "decision", head: "Verdict", by: (r) => r.decision ?? "", cell: (r) => (r.decision && r.decision in marks ? <Mark d={r.decision as Decision} /> : <span class="quiet">another entry</span>), text: (r) => r.decision ?? "" },
          { key: "wallet", head: "Wallet", by: (r) => r.wallet ?? "", cell: (r) => <Foreign text={r.wallet ?? ""} />, text: (r) => r.wallet ?? "" },
          { key: "key", head: "Signed by", cell: (r) => <Foreign text={r.key_id} />, text: (r) => r.key_id },
          { key: "id", head: "Receipt", cell: (r) => <details><summary class="mono">{r.id.slice(0, 19)}…</summary><pre tabIndex={0} aria-label="the signed note">{r.note}</pre><pre tabIndex={0} aria-label="what was signed">{JSON.stringify(r.body, null, 1)}</pre></details>, text: (r) => r.id },
        ]}
      />
    </>
  );
}
