// What the study's operations answer, as far as the page shows it.

export interface Dollar { usd: string; basis: string; valuation: string; as_known_on: string }
export interface Share { permille: number; known: boolean }
export type Verdict = "counted" | "disputed" | "below_threshold" | "not_attributed";
export interface Total { attempted: Dollar; left_control: Dollar; net: Dollar; n: number; drafts: number; number: string }
export interface Amount { value: Dollar; low: Dollar; high: Dollar; known: boolean; stands: boolean; claims: string[] | null }
export interface Row {
  id: string; title: string; occurred: string; year: number; sector: string; country: string; scope: string; method: string; draft: boolean; independent_sources: number;
  amounts: Amount[]; attribution: { verdict: Verdict; actor: string; status: string; confidence: string; asserted_on: string; parties: string[] | null };
}
export interface Rank { rank: number; id: string; title: string; value: Dollar; verdict: Verdict; draft: boolean; stands: boolean; number: string }
export interface Top { basis: string; rows: Rank[] | null; actor_count: number; actor_share: Share; number: string }
export interface Header {
  policy: string; policy_title: string; register_sha256: string; incidents: number; claims: number; terms: { basis: string; valuation: string; as_known_on: string }; now: boolean;
  scope: string; from: string; to: string; min_confidence: string; min_status: string; disputed: string; runs: number; seed: number; reviewed_only: boolean; drafts: number; revalued: number; as_booked: number;
}
export interface Choice { id: string; title: string; basis: string; valuation: string; as_known_on: string; scope: string[]; sectors: string[]; from: string; to: string; min_confidence: string; min_status: string; disputed: string; reviewed_only: boolean; note?: string }
export interface Study {
  tool: string; header: Header;
  front: {
    actor: string; all: Total; with_coincheck: Total; without_coincheck: Total; with_every_disputed: Total; without_any_disputed: Total; share_with_coincheck: Share; share_without_coincheck: Share; disputed: string[] | null;
    interval: { central: Dollar; low: Dollar; high: Dollar; mean: Dollar; p5: Dollar; p95: Dollar };
  };
  tops: Top[]; rows: Row[]; excluded: { id: string; title: string; reason: string }[] | null; policies: Choice[]; figures: string[]; tables: string[];
}
export interface Behind { id: string; says: string; grade: string; asserted_on: string; draft: boolean; sources: string[] | null }
export interface Source { id: string; url?: string; archived_url?: string; sha256?: string; publisher: string; title: string; lang?: string; published_on?: string; kind: string; reliability?: string; derived_from?: string[]; note?: string }
export interface NumberAnswer { id: string; what: string; text: string; rows: string[] | null; claims: string[] | null; behind: Behind[]; sources: Source[] }
export interface Claim { id: string; property: string; holds: boolean; known_then: boolean; basis?: string; asset?: string; value?: string; low?: string; high?: string; missing?: string; valuation?: string; on?: string; actor?: string; status?: string; confidence?: string; likelihood?: string; polarity?: string; text?: string; grade: string; asserted_on?: string; recorded_on: string; draft: boolean; sources: string[] | null }
export interface Incident { incident: { id: string; title: string; victim: string; sector: string; scope: string; status: string; occurred?: string; public_then: boolean; notes?: string }; claims: Claim[]; sources: Source[] }

export const percent = (s: Share): string => (s.known ? `${Math.floor(s.permille / 10)}.${s.permille % 10} %` : "n/a");

// actors are names as people say them; the register's own name stands in its files.
export const actorOf = (id: string): string => ({ dprk: "North Korea" })[id] ?? id;

// bases say what each amount is of.
export const bases: Record<string, string> = {
  attempted: "asked for, whether it left or not", executed: "what the systems carried out", left_control: "what left the victim's control", proceeds_realised: "what the thieves could spend",
  frozen: "stopped, not yet given back", seized: "taken by an authority", returned_by_attacker: "given back by the thieves", recovered: "got back otherwise", reimbursed_by_victim: "paid by the victim from other money",
  destroyed: "destroyed", net: "what left and never came back", mixed: "each on the basis that a list printed",
};
