// Guard: what was meant beside what the bytes will do, and the verdict; a theft played
// against it; and the log of receipts.
import { Tabs } from "../parts/tabs.tsx";
import { param, set } from "../route.ts";
import { useTitle } from "../shell.tsx";
import { Check } from "../guard/check.tsx";
import { Receipts } from "../guard/receipts.tsx";
import { Replay } from "../guard/replay.tsx";

const parts = { check: { name: "Check a transfer", Part: Check }, replay: { name: "A theft, replayed", Part: Replay }, receipts: { name: "Receipts", Part: Receipts } };

export default function Guard() {
  useTitle("Guard");
  const asked = param("tab") || (new URLSearchParams(location.search).has("replay") ? "replay" : "check");
  const tab = (asked in parts ? asked : "check") as keyof typeof parts;
  const { Part } = parts[tab];
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Guard</h1>
          <p class="lead">Before a key signs: paste the exact bytes and say what was meant. The guard reads the bytes alone, computes their hash itself, and answers allow, hold or deny, with reasons. It holds no keys and sends nothing anywhere.</p>
        </div>
        <p class="small"><a href="/docs/guard">What it can stop, and what it cannot</a></p>
      </div>
      <Tabs label="Parts of the guard" tabs={Object.entries(parts).map(([key, p]) => ({ key, name: p.name }))} chosen={tab} choose={(key) => set({ tab: key, replay: undefined })}>
        <Part />
      </Tabs>
    </>
  );
}
