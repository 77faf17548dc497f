// Badges have a shape and a word; the colour only helps.
import type { ComponentChildren } from "preact";

const marks = { good: "✓", warn: "▲", bad: "✕", info: "●" } as const;
export type Tone = keyof typeof marks;

export function Badge({ tone = "info", children, title }: { tone?: Tone; children: ComponentChildren; title?: string | undefined }) {
  return <span class={"badge " + tone} title={title}><span aria-hidden="true">{marks[tone]}</span>{children}</span>;
}

// kinds of places and nodes: a word, what it means, and a shape.
export const kinds: Record<string, { one: string; means: string; shape: string }> = {
  theft: { one: "theft", means: "where stolen value enters", shape: "M2 2H14V14H2Z" },
  account: { one: "account", means: "value passed through it", shape: "M8 3A5 5 0 1 1 8 13A5 5 0 1 1 8 3Z" },
  entity: { one: "entity", means: "several accounts under one name", shape: "M8 1L15 8L8 15L1 8Z" },
  mixed: { one: "several accounts", means: "coins of several accounts spent together", shape: "M8 2L14 5.5V10.5L8 14L2 10.5V5.5Z" },
  exit: { one: "exit", means: "value reached a service or boundary, where tracing stops", shape: "M1 3H9L15 8L9 13H1Z" },
  held: { one: "held", means: "value still stands there", shape: "M2 3H14V13H2Z" },
  edge: { one: "edge of the data", means: "the data end here: what happened there later is not known", shape: "M2 2H5V14H2ZM7 2H9V14H7ZM11 2H14V14H11Z" },
  fee: { one: "fees", means: "paid to the ledger's miners or operators", shape: "M8 2L14 14H2Z" },
  burn: { one: "burnt", means: "destroyed", shape: "M3 1L8 6L13 1L15 3L10 8L15 13L13 15L8 10L3 15L1 13L6 8L1 3Z" },
  converted: { one: "converted", means: "changed into another asset, where the trail goes on or ends", shape: "M1 5H10V2L15 7H1ZM15 11H6V14L1 9H15Z" },
  debt: { one: "debt", means: "covers an overdraft", shape: "M2 6H14V10H2Z" },
  elsewhere: { one: "elsewhere", means: "outside what this ledger shows", shape: "M8 2L9.8 6H14L10.6 9L12 14L8 11L4 14L5.4 9L2 6H6.2Z" },
};

export function Shape({ kind }: { kind: string }) {
  return <svg viewBox="0 0 16 16" class={"k-" + (kinds[kind] ? kind : "account")} aria-hidden="true"><path d={(kinds[kind] ?? kinds.account)?.shape} stroke-width="0" /></svg>;
}

export function Kind({ kind }: { kind: string }) {
  const k = kinds[kind];
  return <span class="kind" title={k?.means}><Shape kind={kind} />{k?.one ?? kind}</span>;
}
