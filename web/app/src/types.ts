// The records of the API that the trail pages read. They are those of the command's
// JSON Lines (docs/reference/jsonl.md); amounts are strings of atomic units.
import type { Asset } from "./parts/amount.tsx";

export type { Asset };

export interface Case {
  name: string; title: string; summary: string; kind: string; origin: string; sha256: string; sources: { url?: string; what: string }[];
  ledgers: { id?: string; path: string; format: string }[]; thefts: { name: string; continues?: string; why?: string; seeds: number }[]; expect: { title: string; source?: string; text?: string }[];
}
export interface Party { name?: string; account?: string; bic?: string }
export interface Payment {
  id: string; amount: string; currency: string; date?: string; debtor: Party; creditor: Party; states: { state: string; time?: string; reason?: string; type: string; evidence: string }[];
  moved: boolean; shown: boolean; returned?: string; altered?: { amount: string; currency: string; creditor: Party; evidence: string }[]; evidence: string;
}
export interface CaseWhole extends Case { file: string; payments?: { text: string; records: Payment[] }; notes?: string[] }
export interface Scoped { view: string; asset: Asset; model: string; seeded: string; bounded: boolean; why?: string; policies: string[] }
export interface Trail {
  trail: string; state: string; job?: string; case?: string; question: Record<string, unknown>; header?: Header; scopes?: Scoped[]; seeds?: Seed[]; warnings?: Warning[];
  summary?: { totals: Total[]; findings?: Finding[]; records: Record<string, number> }; groups?: string[]; skipped: number; mistaken: number;
}
export interface Policy { name: string; conserves: boolean; rule: string; source: string; on: string }
export interface View { name: string; continues?: string }
export interface Completeness { external: string; internal: string; tokens: string; opening: string }
export interface Ledger { id: string; model: string; native?: string; input?: string; sha256?: string; assets: Asset[]; notes?: string[]; skipped: number }
export interface Header {
  title?: string; question?: string; tool?: string; inputs: { name: string; sha256?: string }[]; ledgers: Ledger[]; policies: Policy[]; views: View[];
  fee_rule?: string; fee_fate?: string; ignore_fees: boolean; boundary_digest?: string; until?: string; through?: string[]; speculative: boolean; ties: number;
  completeness: Completeness; read: number; transfers: number;
}
export interface Seed { theft: string; transfer?: string; injected: boolean; ledger: string; account: string; asset: string; amount: string; overlap: string; time?: string; evidence?: string }
export interface Warning { code: string; text: string; ledger?: string; account?: string; asset?: string; amount?: string }
export interface Finding { title: string; status: string; want?: string; got?: string; source?: string; text?: string }
export interface Total {
  view: string; asset: string; policy: string; conserves: boolean; seeded: string; converted_in: string; exits: string; held: string; edge: string;
  fees: string; burnt: string; debts: string; converted: string; elsewhere: string; bounded: boolean; why?: string;
}
export interface Figure { view: string; amounts: Record<string, string>; lower: string; upper: string; tight: boolean }
export interface Tag { account: string; label: string; entity?: string; concepts?: string[]; confidence: string; source: string }
export interface Place {
  id: string; kind: string; name: string; named: boolean; ledger: string; accounts: string[]; asset: string; value: string; first?: string; last?: string;
  boundary?: { kind: string; name?: string; why?: string }; tags?: Tag[]; figures: Figure[];
  hops?: number; // least number of movements from the theft; -1: not known
}
export interface Flow {
  transfer?: string; ledger: string; time?: string; asset: string; from?: string; to?: string; out?: number; fee: boolean; place?: string; value: string; tied: boolean; seed: boolean; figures: Figure[];
}
export interface Cut { kind: string; transfer?: string; out?: number; account?: string; to?: string; amount: string; time?: string }
export interface Bound { of: string; id: string; places?: string[]; view: string; asset: string; amounts?: Record<string, string>; lower: string; upper: string; cut_upper: Cut[]; cut_lower: Cut[] }

export interface Folded { n: number; why: string }
export interface Node {
  id: string; kind: string; ends: boolean; label: string; short: string; place?: string; ledger?: string; accounts: string[]; more_accounts: number; folded?: Folded;
  column: number; first?: string; last?: string; hop: number; x: number; y: number; w: number; slot: number; h: number[]; top: number[]; amounts: string[];
  lower?: string; upper?: string; tight: boolean; tags: number; tag?: string; alike?: string; alike_off?: boolean; imposter?: string;
}
export interface Link { id: string; from: string; to: string; n: number; first?: string; last?: string; amounts: string[]; h: number[]; y0: number[]; y1: number[]; back: boolean; fee: boolean; conversion: boolean }
export interface Hidden { places: number; nodes: number; flows: number; amounts: string[] }
export interface Picture {
  view: string; asset: Asset & { imposter?: string }; policies: string[]; conserves: boolean[]; entered: string[]; scale: string[]; most: string; width: number; height: number; right: number;
  nodes: Node[]; links: Link[]; folds: { why: string; nodes: number; n: number; amounts: string[] }[]; hidden: Hidden; within: { flows: number; amounts: string[] };
  from?: string; until?: string; bounded: boolean; why?: string;
}
export interface Graph {
  view: string; asset: Asset; policies: string[]; conserves: boolean[]; width: number; height: number;
  nodes: { id: string[]; label: string[]; kind: string[]; x: number[]; y: number[]; place: string[]; amounts: string[][]; hop: number[]; alike: number[] };
  edges: { from: number[]; to: number[]; n: number[]; amounts: string[][] };
  hidden: Hidden;
}
