// What bank messages ordered, credited and returned, in total: it stands beside what a
// trail calls stolen, which is only what was credited.
import { useGet } from "../get.ts";
import { Amount } from "../parts/amount.tsx";
import type { Asset, Case, PaymentsAnswer, PaymentTotal } from "../types.ts";

// messages says whether a case has bank messages: a bank's ledger in another form has none.
export const messages = (c: Pick<Case, "ledgers">): boolean => c.ledgers.some((l) => l.format === "swift" || l.format === "iso20022");

// currency is an ISO 4217 code as an asset.
export const currency = (x: { currency: string; decimals: number }): Asset => ({ id: `iso4217:${x.currency}`, symbol: x.currency, decimals: x.decimals, known: true });

// useTotals asks for the sums of a case's messages; undefined asks nothing.
export const useTotals = (name: string | undefined) => useGet<PaymentsAnswer>(name && `/cases/${encodeURIComponent(name)}/payments`, { limit: 1 });

// totalIn is the sum in the asset that is shown, of all the messages whatever the theft.
export const totalIn = (a: PaymentsAnswer | undefined, asset: string | undefined): PaymentTotal | undefined => a?.totals.find((t) => currency(t).id === asset);

// Attempted is one total as a part of a sentence.
export function Attempted({ t }: { t: PaymentTotal }) {
  const unit = currency(t);
  return <><strong><Amount n={t.attempted} asset={unit} /></strong> attempted, <Amount n={t.credited} asset={unit} /> credited, <Amount n={t.returned} asset={unit} /> returned</>;
}
