// What the operations on addresses answer, as far as the page shows it.
import type { Asset } from "../parts/amount.tsx";

export interface Activity { asset: string; received: string; sent: string; balance: string; short: boolean; in: number; out: number; first?: string; last?: string }
export interface Tag { subject: string; ledger: string; network: string; label: string; entity?: string; actor?: string; concepts?: string[]; confidence: string; level: number; source: string; pack: string; file: string; line: number; lastmod?: string; boundary: boolean; alarm?: string; listed?: { list: string; list_date: string; party?: string; programme?: string } }
export interface Cluster { name: string; size: number; balance: string; hypothesis: string; rules_version: number; rules: string[]; members: string[]; more_members: number }
export interface Address {
  ledger: string; address: string; from: string; model: string; assets: Activity[]; completeness: { external: string; internal: string; tokens: string; opening: string };
  tags: Tag[]; stop?: { stops: boolean; name?: string; disputed: boolean }; alike: string[]; uncompared: number; cluster?: Cluster; asset_words: Record<string, { symbol: string; decimals: number; known: boolean }>;
}
export interface Move { id: string; tx: string; time?: string; asset: string; kind: string; in: string; out: string; fee: string; others: string[]; more_others: number; tied: boolean; failed: boolean; evidence?: string }
export interface Balance { asset: string; opening: string; points: { time: string; balance: string }[]; of: number; undated: number }
export interface Neighbour { address: string; in: number; out: number; gave: string; took: string; first?: string; last?: string; tag?: string; alike: boolean }
export interface Neighbours { asset: string; records: Neighbour[]; hidden: number; read: number; of: number }

export const assetOf = (a: Address, id: string): Asset => ({ id, ...(a.asset_words[id] ?? { symbol: "", decimals: 0, known: false }) });

// placeOf is where an address of a ledger is shown.
export const placeOf = (ledger: string, address: string, from: string): string => `/address/${encodeURIComponent(ledger)}/${encodeURIComponent(address)}?${new URLSearchParams({ from })}`;
