// Bank messages: what was ordered, what was credited, what came back, and which
// message says so.
import { useGet } from "../get.ts";
import { Amount, written } from "../parts/amount.tsx";
import { Badge } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { big, grouped, plural } from "../text.ts";
import type { Party, Payment, PaymentSum, PaymentTotal, PaymentsAnswer, Published } from "../types.ts";
import { currency } from "./attempted.tsx";
import { Source } from "./drawer.tsx";

const tone: Record<string, "good" | "warn" | "bad" | "info"> = { rejected: "good", returned: "good", credited: "bad", debited: "bad", recalled: "warn" };

const named = (p: Party): string => [p.name, p.account, p.bic].filter(Boolean).join(", ");

// Reconstruction marks what was written from reports.
export const Reconstruction = () => <Badge tone="warn" title="No message of this case is public: these were written from reports. The case says what is published and what is invented.">reconstruction</Badge>;

// Ordered shows the payments of a case and what became of them.
export function Ordered({ name }: { name: string }) {
  const got = useGet<PaymentsAnswer>(`/cases/${encodeURIComponent(name)}/payments`, { limit: 1000 });
  const a = got.data;
  return (
    <section aria-labelledby="payments">
      <h2 id="payments" tabIndex={-1}>Ordered, credited, returned {a?.header.reconstruction && <Reconstruction />}</h2>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : !a ? <Busy what="Reading the payments…" /> : (
        <div class="payments">
          <div class="panel">
            {a.totals.map((t) => <Totals key={t.currency} t={t} sums={a.sums.filter((x) => x.currency === t.currency)} />)}
            <p class="small">An order moves nothing. Value moves when a credit is reported; every state below names its message.</p>
            {a.published.map((p) => <Differs key={p.title} p={p} />)}
          </div>
          <List name={name} a={a} />
        </div>
      )}
    </section>
  );
}

function Totals({ t, sums }: { t: PaymentTotal; sums: PaymentSum[] }) {
  const n = (state: string) => plural(sums.find((s) => s.state === state)?.payments ?? 0, "payment");
  const rows = [
    ["Ordered", t.attempted, `${n("ordered")} asked for`],
    ["Credited", t.credited, `${n("credited")}, by a reported credit`],
    ["Returned", t.returned, `${n("returned")}, by a reported return`],
    ["Credited and not returned", t.kept, "payment by payment"],
    ["Rejected", t.rejected, n("rejected")],
    ["Neither credited nor rejected", t.open, "in these messages"],
  ] as const;
  return <dl class="facts">{rows.filter(([what, sum]) => sum !== "0" || what === "Credited" || what === "Returned").map(([what, sum, how]) => <div key={what}><dt>{what}</dt><dd><Amount n={sum} asset={currency(t)} digits={4} /><small>{how}</small></dd></div>)}</dl>;
}

// Differs states how a published figure differs from the messages.
function Differs({ p }: { p: Published }) {
  const [n = "", unit = ""] = p.figure.split(" "), [d = "", of = ""] = (p.difference ?? "").split(" ");
  return (
    <p class="small"><strong><Foreign text={p.title} />:</strong> <Foreign text={p.who} /> say {grouped(n)} {unit}{d && <>; the messages differ by {grouped(d)} {of}</>}: <strong>{p.verdict}</strong>{p.text && <> (<Foreign text={p.text} />)</>}. <Source text={p.source} /></p>
  );
}

function List({ name, a }: { name: string; a: PaymentsAnswer }) {
  const all = a.total > a.records.length ? `the first ${grouped(String(a.records.length))} of ${plural(a.total, "payment")}; coldtrail trace payments lists them all` : plural(a.total, "payment");
  return (
    <Table<Payment> name={`${name}-payments`} caption={all} rows={a.records} id={(p) => p.id} page={10} columns={[
      { key: "id", head: "Payment", first: true, cell: (p) => <><Foreign text={p.id} limit={60} /><div class="quiet small"><Foreign text={p.evidence} /></div></>, text: (p) => p.id, by: (p) => p.id },
      { key: "amount", head: "Amount", num: true, cell: (p) => <Amount n={p.amount} asset={currency(p)} digits={4} bare />, text: (p) => written(p.amount, currency(p)), by: (p) => big(p.amount) },
      { key: "currency", head: "Currency", cell: (p) => <Foreign text={p.currency} />, text: (p) => p.currency },
      { key: "from", head: "From", cell: (p) => <Foreign text={named(p.debtor)} />, text: (p) => named(p.debtor) },
      { key: "to", head: "To", cell: (p) => <><Foreign text={named(p.creditor)} />{p.altered?.map((x, i) => <div key={i}><Badge tone="bad">altered</Badge> <Amount n={x.amount} asset={currency(x)} digits={4} /> to <Foreign text={named(x.creditor)} /></div>)}</>, text: (p) => named(p.creditor) },
      { key: "states", head: "What became of it", help: "point at a state for its message", cell: (p) => <span class="row">{p.states.map((s, i) => <Badge key={i} tone={tone[s.state] ?? "info"} title={`${s.type}, ${s.evidence}${s.reason ? `: ${s.reason}` : ""}`}>{s.state}</Badge>)}{p.shown && <Badge title="No order is known: these entries show the payment. It counts in no total.">no order seen</Badge>}</span>, text: (p) => p.states.map((s) => s.state).join(", "), by: (p) => p.states.at(-1)?.state ?? "" },
      { key: "date", head: "Value date", cell: (p) => <Time at={p.date} date />, text: (p) => p.date ?? "", by: (p) => p.date ?? "" },
    ]} />
  );
}

// Payments is the page of a case of which nothing was credited.
export function Payments({ name, text }: { name: string; text: string }) {
  return (
    <>
      <p>Nothing was credited in these messages, so there is nothing to follow: this page shows what was asked for and what became of it.</p>
      <Ordered name={name} />
      <details class="fold"><summary>The same in words, as the command prints it</summary><pre class="words">{text.split("\n").map((line, i) => <div key={i}><Foreign text={line || " "} limit={4000} /></div>)}</pre></details>
    </>
  );
}
