// Whose money is in each account that stolen money reached, under every rule that
// courts use. The shares are the program's, exact; this file only shows them.
import { useGet } from "../get.ts";
import { Badge } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Hash } from "../parts/hash.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { say } from "../parts/say.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Segments } from "../parts/tabs.tsx";
import { param, set } from "../route.ts";
import { big, grouped, plain, plural } from "../text.ts";
import type { CaseWhole, Exact, OwnerRule, Owners as Row, OwnersAnswer } from "../types.ts";
import { messages } from "./attempted.tsx";
import { addressOf } from "./drawer.tsx";
import { Ordered, Reconstruction } from "./payments.tsx";

const kindWords: Record<string, string> = {
  tracing: "A rule of tracing, applied at every hop alike.",
  cap: "A cap on each claim, on top of a rule: the lowest balance since the claimant's money came. Caps of several claimants may exceed the balance.",
  distribution: "A distribution of what is left, by what each paid in. It follows no money.",
};

// Bank is the part of a trail's page that only cases of bank messages have.
export default function Bank({ name }: { name: string }) {
  const about = useGet<CaseWhole>(`/cases/${encodeURIComponent(name)}`);
  if (about.problem) return <Problem of={about.problem} retry={about.again} />;
  if (!about.data || !messages(about.data)) return null;
  return (
    <>
      <Ordered name={name} />
      <Owners name={name} />
    </>
  );
}

function Owners({ name }: { name: string }) {
  const got = useGet<OwnersAnswer>(`/cases/${encodeURIComponent(name)}/owners`, { limit: 1000 });
  const a = got.data;
  const rule = a?.rules.find((r) => r.rule === param("rule")) ?? a?.rules[0];
  return (
    <section aria-labelledby="owners">
      <h2 id="owners" tabIndex={-1}>Whose money is it {a?.header.reconstruction && <Reconstruction />}</h2>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : !a || !rule ? <Busy what="Applying the rules of the courts…" /> : (
        <>
          <p class="quiet">What each claimant has in every account that stolen money reached, at the end of the data and under the case's own settings. None of the rules is the default: which one a court applies is for the court.</p>
          <div class="tools"><Segments label="Rule between the owners of one account" chosen={rule.rule} options={a.rules.map((r) => ({ key: r.rule, name: r.name, title: r.authority }))} choose={(r) => (set({ rule: r === a.rules[0]?.rule ? undefined : r }, true), say(`shares under ${a.rules.find((x) => x.rule === r)?.name ?? r}`))} /></div>
          <p class="note"><strong>{rule.name[0]?.toUpperCase() + rule.name.slice(1)}.</strong> {kindWords[rule.kind]} <cite>{rule.authority}</cite>.</p>
          <Shares name={name} a={a} rule={rule} />
        </>
      )}
    </section>
  );
}

// same says whether every rule of tracing gives an account the same shares.
const same = (x: Row, rules: OwnerRule[]): boolean => {
  const tracing = rules.filter((r) => r.kind === "tracing").map((r) => JSON.stringify(under(x, r.rule)?.shares));
  return tracing.every((t) => t === tracing[0]);
};

const under = (x: Row, rule: string) => x.rules.find((r) => r.rule === rule);

function Shares({ name, a, rule }: { name: string; a: OwnersAnswer; rule: OwnerRule }) {
  const own = a.header.own;
  const claimants = [...new Set(a.records.flatMap((x) => x.rules.flatMap((r) => [...r.shares, ...(r.debt ?? [])].map((s) => s.claimant))))].sort((x, y) => Number(x === own) - Number(y === own) || (x < y ? -1 : 1));
  const share = (x: Row, who: string) => under(x, rule.rule)?.shares.find((s) => s.claimant === who);
  const columns: Column<Row>[] = claimants.map((who) => ({
    key: who, head: who === own ? "Own or unknown" : plain(who), num: true, help: `under ${rule.name}: ${rule.authority}`,
    cell: (x) => (under(x, rule.rule) ? <Figure x={share(x, who)} title={`${rule.name}: ${rule.authority}`} /> : <span class="quiet" title="No victim's money was credited here directly.">does not apply</span>),
    text: (x) => share(x, who)?.exact ?? (under(x, rule.rule) ? "0" : ""), by: (x) => floor(share(x, who)),
  }));
  const debts = a.records.some((x) => under(x, rule.rule)?.debt);
  const all = a.total > a.records.length ? `the ${grouped(String(a.records.length))} largest of ${plural(a.total, "account")}` : plural(a.total, "account");
  return (
    <Table<Row> name={`${name}-owners`} caption={`${all}, under ${rule.name}`} rows={a.records} id={(x) => `${x.ledger} ${x.account} ${x.asset.id}`} page={25} columns={[
      { key: "account", head: "Account", first: true, cell: (x) => <Hash text={x.account} whole bare href={addressOf(x.ledger, x.account)} />, text: (x) => x.account, by: (x) => x.account },
      ...columns,
      { key: "balance", head: "Balance", num: true, cell: (x) => <Figure x={x.balance} title="what is in the account at the end of the data" />, text: (x) => x.balance.exact, by: (x) => floor(x.balance) },
      ...(debts ? [{ key: "debt", head: "Paid a debt", help: "extinguished a debt of the account, and cannot be followed", cell: (x: Row) => under(x, rule.rule)?.debt?.map((d) => <div key={d.claimant}><Foreign text={d.claimant} /> <Figure x={d} title={`${rule.name}: ${rule.authority}`} /></div>), text: (x: Row) => (under(x, rule.rule)?.debt ?? []).map((d) => `${d.claimant} ${d.exact}`).join("; ") }] : []),
      { key: "same", head: "Tracing rules", help: "whether the four rules of tracing agree", cell: (x) => (same(x, a.rules) ? <Badge tone="good">agree</Badge> : <Badge tone="warn">differ</Badge>), text: (x) => (same(x, a.rules) ? "agree" : "differ"), by: (x) => (same(x, a.rules) ? 0 : 1) },
      { key: "tied", head: "Order not known", help: "bookings of one time: they are taken as listed", num: true, cell: (x) => (x.tied ? plural(x.tied, "booking") : "–"), text: (x) => String(x.tied), by: (x) => x.tied },
      { key: "rule", head: "Rule", cell: () => rule.name, text: () => rule.rule },
    ]} />
  );
}

// floor orders rationals by their whole units.
function floor(x: Exact | undefined): bigint {
  const [p = "0", q = "1"] = (x?.exact ?? "0").split("/");
  return big(p) / (big(q) || 1n);
}

// Figure writes an exact share; a fraction of a unit stands below it.
function Figure({ x, title }: { x: Exact | undefined; title: string }) {
  const text = x?.text ?? "nothing";
  const [, whole = text, rest] = /^(.*) and (\d+\/\d+ of a unit)$/.exec(text) ?? [];
  return <span class={x ? "num share" : "num share quiet"} title={x ? `${plain(x.text)}; ${title}` : title}><span class="nowrap">{plain(whole)}</span>{rest && <small class="quiet nowrap">and {rest}</small>}</span>;
}
