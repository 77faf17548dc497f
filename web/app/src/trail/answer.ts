// The head of a trail, when it is done.
import type { Finding, Header, Scoped, Seed, Total, Trail, Warning } from "../types.ts";

// TrailAnswer is a trail that is done, taken apart.
export interface TrailAnswer { header: Header; seeds: Seed[]; warnings: Warning[]; totals: Total[]; findings: Finding[]; scopes: Scoped[]; skipped: number }

export function answerOf(t: Trail | undefined): TrailAnswer | undefined {
  if (!t?.header || !t.summary) return undefined;
  return { header: t.header, seeds: t.seeds ?? [], warnings: t.warnings ?? [], totals: t.summary.totals, findings: t.summary.findings ?? [], scopes: t.scopes ?? [], skipped: t.skipped };
}
