// The records that the study's pages read, by short names, as the API's description has
// them.
import type { StudyAnswer, StudyShare } from "../client.ts";

export type { HeistClaimRecord as Claim, IncidentAnswer as Incident, NumberAnswer, PolicyChoice as Choice, SourceRecord as Source, StudyAnswer as Study, StudyRow as Row, StudyTotal as Total } from "../client.ts";
export type Verdict = StudyAnswer["rows"][0]["attribution"]["verdict"];

export const percent = (s: StudyShare): string => (s.known ? `${Math.floor(s.permille / 10)}.${s.permille % 10} %` : "n/a");

// actors are names as people say them; the register's own name stands in its files.
export const actorOf = (id: string): string => ({ dprk: "North Korea" })[id] ?? id;

// bases say what each amount is of.
export const bases: Record<string, string> = {
  attempted: "asked for, whether it left or not", executed: "what the systems carried out", left_control: "what left the victim's control", proceeds_realised: "what the thieves could spend",
  frozen: "stopped, not yet given back", seized: "taken by an authority", returned_by_attacker: "given back by the thieves", recovered: "got back otherwise", reimbursed_by_victim: "paid by the victim from other money",
  destroyed: "destroyed", net: "what left and never came back", mixed: "each on the basis that a list printed",
};
