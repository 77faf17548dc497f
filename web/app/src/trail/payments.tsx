// Bank messages of which nothing was credited: what was asked for, what became of
// it, and which message says so. There is nothing to trace.
import { Amount, written } from "../parts/amount.tsx";
import { Badge } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Table, units } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { big, plural } from "../text.ts";
import type { Party, Payment } from "../types.ts";

const tone: Record<string, "good" | "warn" | "bad" | "info"> = { rejected: "good", returned: "good", credited: "bad", debited: "bad", recalled: "warn" };

// currencies have two decimals here, but for those of ISO 4217 that have none.
const asset = (currency: string) => ({ id: currency, symbol: currency, decimals: ["JPY", "KRW", "CLP", "ISK", "VND", "XAF", "XOF"].includes(currency) ? 0 : 2, known: true });

const named = (p: Party): string => [p.name, p.account, p.bic].filter(Boolean).join(", ");

export function Payments({ name, list, text }: { name: string; list: Payment[]; text: string }) {
  const sums = new Map<string, { asked: bigint; moved: bigint; back: bigint }>();
  for (const p of list) {
    const s = sums.get(p.currency) ?? { asked: 0n, moved: 0n, back: 0n };
    sums.set(p.currency, { asked: s.asked + big(p.amount), moved: s.moved + (p.moved ? big(p.amount) : 0n), back: s.back + big(p.returned) });
  }
  return (
    <>
      <dl class="facts">{[...sums].flatMap(([c, s]) => [["asked for", s.asked], ["credited", s.moved], ["came back", s.back]].map(([what, n]) => (
        <div key={`${c}${what}`}><dt>{String(what)}</dt><dd><Amount n={String(n)} asset={asset(c)} digits={2} /></dd></div>)))}
      </dl>
      <p>Nothing was credited in these messages, so there is nothing to follow: this page shows what was asked for and what became of it.</p>
      <h2>The payments</h2>
      <Table<Payment> name={`${name}-payments`} caption={plural(list.length, "payment")} rows={list} id={(p) => p.id} columns={[
        { key: "id", head: "Payment", first: true, cell: (p) => <><Foreign text={p.id} limit={60} /><div class="quiet small"><Foreign text={p.evidence} /></div></>, text: (p) => p.id, by: (p) => p.id },
        { key: "amount", head: "Amount", num: true, cell: (p) => <Amount n={p.amount} asset={asset(p.currency)} digits={2} />, text: (p) => written(p.amount, asset(p.currency)), by: (p) => units(p.amount) },
        { key: "currency", head: "Currency", cell: (p) => <Foreign text={p.currency} />, text: (p) => p.currency },
        { key: "from", head: "From", cell: (p) => <Foreign text={named(p.debtor)} />, text: (p) => named(p.debtor) },
        { key: "to", head: "To", cell: (p) => <><Foreign text={named(p.creditor)} />{p.altered?.map((a, i) => <div key={i}><Badge tone="bad">altered</Badge> <Amount n={a.amount} asset={asset(a.currency)} digits={2} /> to <Foreign text={named(a.creditor)} /></div>)}</>, text: (p) => named(p.creditor) },
        { key: "states", head: "What became of it", cell: (p) => <span class="row">{p.states.map((s, i) => <Badge key={i} tone={tone[s.state] ?? "info"} title={`${s.type}, ${s.evidence}${s.reason ? `: ${s.reason}` : ""}`}>{s.state}</Badge>)}</span>, text: (p) => p.states.map((s) => s.state).join(", "), by: (p) => p.states.at(-1)?.state ?? "" },
        { key: "date", head: "Value date", cell: (p) => <Time at={p.date} date />, text: (p) => p.date ?? "", by: (p) => p.date ?? "" },
      ]} />
      <details class="fold"><summary>The same in words, as the command prints it</summary><pre class="words">{text.split("\n").map((line, i) => <div key={i}><Foreign text={line || " "} limit={4000} /></div>)}</pre></details>
    </>
  );
}
