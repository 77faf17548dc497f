// Home: what this is, what is inside, and where to begin.
import type { ReplayAnswer, StudyAnswer, StudyTotal } from "../client.ts";
import { useGet, useList, useTrail } from "../get.ts";
import { Amount, Dollars } from "../parts/amount.tsx";
import { Badge } from "../parts/badge.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Hash } from "../parts/hash.tsx";
import { Busy, Problem } from "../parts/problem.tsx";
import { Time } from "../parts/time.tsx";
import { Unread } from "../parts/unread.tsx";
import { useTitle } from "../shell.tsx";
import { big, decimal, plural, units } from "../text.ts";
import { answerOf, type TrailAnswer } from "../trail/answer.ts";
import { Attempted, messages, totalIn, useTotals } from "../trail/attempted.tsx";
import { complete, holes, sure, whole } from "../trail/words.ts";
import type { Bound, Case, Cases, Picture, Place, Trail } from "../types.ts";

// first are the cases that a newcomer opens first: one on accounts, one on coins.
const first = ["bybit-2025", "lubian-2020"];

export default function Home() {
  useTitle("");
  const cases = useGet<Cases>("/cases");
  const list = [...(cases.data?.records ?? [])].sort((a, b) => rank(a.name) - rank(b.name));
  return (
    <>
      <div class="hero">
        <h1>Follow stolen money, and see how sure the answer is</h1>
        <p class="lead">coldtrail follows a theft through its ledger under every rule that courts and analysts use, and proves for each place how little and how much of the loot can be there, whatever rule one takes.</p>
      </div>
      <Answers />
      <section aria-labelledby="cases">
        <h2 id="cases">Cases inside</h2>
        {cases.problem ? <Problem of={cases.problem} retry={cases.again} /> : !cases.data ? <Busy /> : (
          <>
            <ul class="grid plain">{list.map((c) => <CaseCard key={c.name} c={c} />)}</ul>
            <Unread names={cases.data.unread} />
          </>
        )}
      </section>
      <StudyFigures />
      <Begin />
    </>
  );
}

const rank = (name: string): number => (first.indexOf(name) + 1 || 99);

interface Asked { trail: string | undefined; answer: TrailAnswer | undefined; problem: unknown; again: () => void }

// useCase asks a case under its own settings. A trace of these takes less than a
// second, and is kept: opening the case then costs nothing.
function useCase(name: string | undefined): Asked {
  const asked = useTrail(name ? { case: name } : undefined);
  const got = useGet<Trail>(asked.trail && `/trails/${encodeURIComponent(asked.trail)}`);
  return { trail: asked.trail, answer: answerOf(got.data), problem: asked.problem ?? got.problem, again: asked.problem ? asked.again : got.again };
}

function CaseCard({ c }: { c: Case }) {
  const a = useCase(c.kind === "trail" ? c.name : undefined);
  const head = a.answer?.scopes[0];
  const scopes = a.answer?.scopes ?? [];
  const view = head?.view ?? a.answer?.header.views[0]?.name ?? "";
  const places = useList<Place>(a.trail && head ? `/trails/${encodeURIComponent(a.trail)}/places` : undefined, { view, asset: head?.asset.id }, 1000);
  const sums = useTotals(messages(c) ? c.name : undefined);
  const total = totalIn(sums.data, head?.asset.id);
  const problem = a.problem ?? places.problem;
  const seed = a.answer?.seeds.find((s) => s.time) ?? undefined;
  return (
    <li class="card">
      <h3><a class="whole" href={`/trail/${encodeURIComponent(c.name)}`}><Foreign text={c.title} /></a></h3>
      <p class="small clamp"><Foreign text={c.summary} limit={330} prose /></p>
      {problem ? <p class="small quiet">Its trail could not be made: <Foreign text={problem instanceof Error ? problem.message : String(problem)} /></p> : c.kind !== "trail" ? <p class="small push">{sums.data?.totals.map((t) => <span key={t.currency}><Attempted t={t} />. </span>)}<strong>Nothing was credited</strong>: the page shows what was asked for.</p> : (
        <div class="push small min-room">
          {head && <p><strong><Amount n={head.seeded} asset={head.asset} /></strong> stolen{seed && <>, <Time at={seed.time} date /></>}{scopes.length > 1 && <> (“<Foreign text={view} limit={60} />”, the first of {scopes.length} sums that the case follows)</>}. {total && <>In the messages: <Attempted t={total} />. </>}{places.total !== undefined && !places.busy && sure(places.rows, view, head.asset, head.seeded, places.total)}</p>}
          {a.answer && <p class="row"><Doubts a={a.answer} /></p>}
        </div>
      )}
      {sums.problem ? <p class="small quiet">Its payments could not be read: <Foreign text={sums.problem instanceof Error ? sums.problem.message : String(sums.problem)} /></p> : null}
      {c.origin !== "inside" && <p><Badge>{c.origin === "made" ? "made here" : "your file"}</Badge></p>}
    </li>
  );
}

function Doubts({ a }: { a: TrailAnswer }) {
  const h = holes(a.header);
  return (
    <>
      {h.known.length > 0 && <Badge tone="warn" title={complete(a.header)}>data incomplete</Badge>}
      {h.known.length === 0 && h.unknown.length > 0 && <Badge tone="warn" title={complete(a.header)}>completeness not known</Badge>}
      {h.known.length + h.unknown.length === 0 && <Badge tone="good">data complete</Badge>}
      {a.header.ties > 0 && <Badge tone="warn" title={`The order of ${a.header.ties} transfers is not known; bounds hold for every order.`}>order partly unknown</Badge>}
      {a.header.ledgers.some((l) => l.assets.some((x) => !x.known)) && <Badge tone="warn" title="Tokens that nobody vouches for stand in the data.">doubtful tokens</Badge>}
    </>
  );
}

// Answers are the four questions that somebody who has never seen this brings along,
// each with what the evidence says and the way to it.
function Answers() {
  const a = useCase(first[0]);
  const trail = a.trail ? `/trails/${encodeURIComponent(a.trail)}` : undefined;
  const proceeds = a.answer?.scopes.find((s) => s.view.startsWith("swap proceeds"));
  const places = useList<Place>(proceeds && trail ? `${trail}/places` : undefined, { view: proceeds?.view, asset: proceeds?.asset.id }, 1000);
  const picture = useGet<Picture>(proceeds && trail ? `${trail}/picture` : undefined, { view: proceeds?.view, asset: proceeds?.asset.id, limit: 300 });
  const groups = useList<Bound>(proceeds && trail ? `${trail}/bounds` : undefined, { view: proceeds?.view, asset: proceeds?.asset.id, of: "group" }, 100);
  const here = `/trail/bybit-2025?${new URLSearchParams({ view: proceeds?.view ?? "", asset: proceeds?.asset.id ?? "" })}`;
  const out = a.answer?.findings.find((f) => f.title.startsWith("ETH out of 0xdd90071d"));
  const split = a.answer?.findings.find((f) => f.title.startsWith("nine of 10,000"));
  const alike = picture.data?.nodes.filter((n) => n.alike) ?? [];
  const tokens = a.answer?.header.ledgers.flatMap((l) => l.assets.filter((x) => !x.known)) ?? [];
  const edge = a.answer?.totals.find((t) => t.view === proceeds?.view && t.asset === proceeds.asset.id);
  const failed = [a, places, picture, groups].find((x) => x.problem);
  return (
    <section aria-labelledby="answers">
      <h2 id="answers">Answers in five minutes</h2>
      {failed ? <Problem of={failed.problem} retry={failed.again} /> : null}
      <ol class="answers">
        <li>
          <h3><a href={here}>Where did Bybit's 98,055 ETH go?</a></h3>
          <p>{out ? <>Out of <Hash text="0xdd90071d52f20e85c89802e5dc1ec0a7b6475f92" bare />: <Foreign text={sentence(out.got ?? "")} />. {split?.status === "ok" && "Nine payments of 10,000 ETH at once, 45 smaller ones ten days later. "}{edge && edge.edge === edge.held && "None of it reaches a service in these data: it stands where the data end."}{places.total !== undefined && !places.busy && ` Some receivers passed theirs on: the table has ${plural(places.total, "place")}.`}</> : "Reading the case…"}</p>
        </li>
        <li>
          <h3><a href={`${here}#places-title`}>How sure is that?</a></h3>
          <p>{places.total !== undefined && !places.busy ? <>{whole(groups.rows, proceeds?.seeded ?? "", proceeds?.asset)} {sure(places.rows, proceeds?.view ?? "", proceeds?.asset, proceeds?.seeded)} Every bound opens the ledger entries that prove it. {a.answer && complete(a.answer.header)}</> : "Reading the bounds…"}</p>
        </li>
        <li>
          <h3><a href={`${here}#alike`}>Which address imitates which?</a></h3>
          <p>{picture.data && a.answer ? <>{alike.length > 0 ? <>{plural(alike.length, "address", "addresses")} of this path {alike.length === 1 ? "has" : "have"} a double with the same first and last digits: <Hash text={alike[0]?.alike ?? ""} alike={alike[0]?.label} bare /> imitates <Hash text={alike[0]?.label ?? ""} alike={alike[0]?.alike} bare />. </> : "No address of this path has a double. "}{tokens.length > 0 && `${plural(tokens.length, "token")} that borrow the name of ETH or stETH stand in the data; none is followed.`}</> : "Comparing addresses…"}</p>
        </li>
        <li>
          <h3><a href="/guard?replay">What would the guard have said?</a></h3>
          <GuardAnswer />
        </li>
      </ol>
    </section>
  );
}

// sentence writes what a check found as people say it.
const sentence = (got: string): string => got.replace(/rows (\d+)/, "$1 payments").replace(/sum ([^,]+(?:,\d{3})*\S* \S+?)(?=,|$)/, "$1 in all").replace(/receivers (\d+)/, "to $1 receivers").replace(/(\.\d{4})\d+/, "$1…");

function GuardAnswer() {
  const got = useGet<ReplayAnswer>("/guard/replay");
  const s = got.data?.summary, last = got.data?.rows.at(-1)?.verdict;
  if (got.problem) return <Problem of={got.problem} retry={got.again} />;
  if (got.data && (!s?.decision || !last)) return <p>The guard compares what a signer meant with what the bytes will do. The replay goes through the wallet's history up to the theft.</p>;
  if (!s || !last) return <p>Replaying the wallet's history…</p>;
  const minutes = Math.floor((s.ahead_seconds ?? 0) / 60);
  return (
    <p><strong>“{last.decision}”</strong>: <Addressed text={last.reasons?.[0]?.text ?? ""} />. The first stop comes {Math.floor(minutes / 60)} hours and {minutes % 60} minutes before the loss{s.loss && <> of <Foreign text={s.loss} /></>}. Of {s.scored} honest transactions before it, it holds {s.false_holds} back for a second look and denies {s.false_denies || "none"}.</p>
  );
}

// Addressed shortens the addresses in a sentence; each stands whole in its title.
function Addressed({ text }: { text: string }) {
  return <>{text.split(/(0x[0-9a-fA-F]{40})/).map((t, i) => (i % 2 ? <Hash key={i} text={t} bare /> : <Foreign key={i} text={t} limit={400} />))}</>;
}

function StudyFigures() {
  const got = useGet<StudyAnswer>("/study", { parts: "lags" });
  const f = got.data?.front, h = got.data?.header;
  return (
    <section aria-labelledby="study">
      <h2 id="study">The study: what was stolen, and by whom</h2>
      {got.problem ? <Problem of={got.problem} retry={got.again} /> : !f || !h ? <Busy /> : (
        <>
          <p>{plural(h.incidents, "incident")} and {plural(h.claims, "claim")}, each with its source. Figures for {h.from || "the beginning"} to {h.to || "today"}, what left the victims' control, in dollars as booked. Whether Coincheck (<Dollars usd={minus(f.with_coincheck.left_control.usd, f.without_coincheck.left_control.usd)} millions />) counts as North Korea's is disputed, so both readings stand here.</p>
          <ul class="grid fill plain">
            <Reading title="Everybody" s={f.all} words="every theft of the register in the period" />
            <Reading title="North Korea, with Coincheck" s={f.with_coincheck} words="if the attribution of Coincheck is counted" />
            <Reading title="North Korea, without Coincheck" s={f.without_coincheck} words="if it is not" />
          </ul>
        </>
      )}
    </section>
  );
}

// minus subtracts two dollar texts with two decimals, in cents.
function minus(a: string, b: string): string {
  return decimal(String(big(units(a, 2)) - big(units(b, 2))), 2);
}

function Reading({ title, s, words }: { title: string; s: StudyTotal; words: string }) {
  return (
    <li class="card">
      <h3>{title}</h3>
      <p class="figure"><a class="whole" href={`/study?number=${encodeURIComponent(s.number ?? "")}`}><Dollars usd={s.left_control.usd} millions /></a></p>
      <p class="small quiet">{plural(s.n, "incident")}, {words}. Attempted were <Dollars usd={s.attempted.usd} millions />; of what left, <Dollars usd={s.net.usd} millions /> never came back.{s.drafts > 0 && ` ${s.drafts} rest on claims that nobody has checked a second time.`}</p>
    </li>
  );
}

function Begin() {
  return (
    <section aria-labelledby="begin">
      <h2 id="begin">Where to begin</h2>
      <ul class="grid fill plain">
        <li class="card"><h3>An investigator</h3><p>Open <a href="/trail/bybit-2025">a trail</a>, switch the policy and see which figures move. Then <a href="/build">bring your own data</a>: CSV, an ETL export, or the text form. Export the whole as HTML, CSV or GraphML.</p></li>
        <li class="card"><h3>A treasury desk</h3><p>Paste what you are asked to sign into <a href="/guard">the guard</a>, say what you mean to do, and read both side by side. Look up <a href="/address">an address</a> before you pay to it.</p></li>
        <li class="card"><h3>A journalist</h3><p>Move the settings of <a href="/study">the study</a> and see how a headline depends on them. Every number opens its claims and sources. <a href="/docs">The documentation</a> says what each rule can prove, and what not.</p></li>
      </ul>
    </section>
  );
}

