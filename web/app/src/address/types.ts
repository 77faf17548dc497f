// The records that the page of an address reads, by short names, as the API's
// description has them.
import type { AddressAnswer } from "../client.ts";
import type { Asset } from "../parts/amount.tsx";

export type { AddressAnswer as Address, BalanceAnswer as Balance, ClusterAnswer as Why, ClusterRecord as Cluster, MoveRecord as Move, NeighboursAnswer as Neighbours, TagRecord as Tag, TagsAnswer } from "../client.ts";

export const assetOf = (a: AddressAnswer, id: string): Asset => ({ id, ...(a.asset_words[id] ?? { symbol: "", decimals: 0, known: false }) });

// placeOf is where an address of a ledger is shown.
export const placeOf = (ledger: string, address: string, from: string): string => `/address/${encodeURIComponent(ledger)}/${encodeURIComponent(address)}?${new URLSearchParams({ from })}`;
