// Which column is what. The keys are those of a case file's mapping.
import type { Preview } from "../client.ts";
import { cut, decimal, plain } from "../text.ts";

export type Mapped = Record<string, unknown>;

const keys = [
  { key: "tx", name: "Transaction", help: "hash or number that names the transfer" },
  { key: "from", name: "From", help: "who pays" },
  { key: "to", name: "To", help: "who is paid" },
  { key: "amount", name: "Amount", help: "what moves" },
  { key: "time", name: "Time", help: "when, in UTC" },
  { key: "contract", name: "Token contract", help: "empty in rows of the ledger's own coin" },
  { key: "asset", name: "Symbol", help: "of the token; a symbol alone is a claim" },
] as const;

const names = ["hash", "transactionhash", "txhash", "txid", "transactionid", "tx"];

// txColumn finds the column that names a transaction, as the mapping says, or by
// the names that presets use.
export function txColumn(p: Preview, map: Mapped | undefined): number | undefined {
  const said = String((map?.columns as Record<string, unknown> | undefined)?.tx ?? "").split("|").map((s) => s.replace(/\?$/, ""));
  let i = p.columns.findIndex((c) => said.includes(c.name));
  if (i < 0 && map?.preset) i = p.columns.findIndex((c) => names.includes(c.name.toLowerCase().replace(/[^a-z]/g, "")));
  return i < 0 ? undefined : i;
}

// usual are the decimals of coins that somebody is likely to name.
const usual: Record<string, number> = { ETH: 18, BTC: 8 };

// own writes a form of times as people say it.
const own = (t: { format?: string; zone?: string }): string => `as ${plain(t.format ?? "")}${t.zone ? `, ${plain(t.zone)}` : ""}`;

// firstAmount says what the first row moves under the unit that is chosen, so that
// a wrong one is seen at once. Tokens are left out: their decimals differ.
function firstAmount(p: Preview, map: Mapped | undefined, ledger: string): { line: number; amount: string } | undefined {
  const columns = (map?.columns ?? {}) as Record<string, string>;
  const native = map?.native as { symbol?: string; decimals?: number } | undefined;
  const coin = ledger === "eip155:1" ? { symbol: "ETH", decimals: 18 } : ledger.startsWith("bip122:000000000019d668") ? { symbol: "BTC", decimals: 8 } : native;
  const at = p.columns.findIndex((c) => c.name === columns.amount), row = p.rows[0];
  const n = row?.fields[at]?.trim() ?? "";
  if (!row || !coin?.symbol || columns.contract || columns.asset || !map?.unit || !/^\d+(\.\d+)?$/.test(n)) return undefined;
  return { line: row.line, amount: `${map.unit === "atomic" ? decimal(n, coin.decimals ?? 0) : n} ${plain(coin.symbol)}` };
}

interface Props { p: Preview; map: Mapped | undefined; change: (m: Mapped) => void; ledger: string; setLedger: (id: string) => void }

const times = [["", "not given"], ["unix", "seconds since 1970"], ["rfc3339", "such as 2018-01-26T00:02:00Z"]];

export function Mapping({ p, map, change, ledger, setLedger }: Props) {
  const columns = (map?.columns ?? {}) as Record<string, string>;
  const preset = String(map?.preset ?? "");
  const put = (k: string, v: unknown) => {
    const next = { ...map };
    if (v === undefined || v === "") delete next[k];
    else next[k] = v;
    change(next);
  };
  const native = map?.native as { symbol?: string; decimals?: number } | undefined;
  const first = firstAmount(p, map, ledger);
  const known = ledger.startsWith("eip155:1") || ledger.startsWith("bip122:000000000019d668");
  return (
    <fieldset class="panel">
      <legend class="sr">How the table is read</legend>
      <div class="fields">
        <div class="field wide"><label for="ledger">Ledger (CAIP-2)</label><input id="ledger" value={ledger} onChange={(e) => setLedger(e.currentTarget.value.trim())} placeholder="eip155:1, or mine:demo" list="ledgers" /><datalist id="ledgers"><option value="eip155:1">Ethereum</option><option value="bip122:000000000019d6689c085ae165831e93">Bitcoin</option></datalist><span class="hint">eip155:1 is Ethereum. A table of no chain gets a name of your own, such as mine:demo.</span></div>
        {p.presets.length > 0 && <div class="field"><label for="preset">Known form</label><select id="preset" value={preset} onChange={(e) => (e.currentTarget.value ? change({ preset: e.currentTarget.value }) : change({ columns: {}, unit: "atomic", sort: true }))}><option value="">none: choose columns</option>{p.presets.map((x) => <option key={x}>{x}</option>)}</select></div>}
        {!preset && keys.map((k) => (
          <div key={k.key} class="field"><label for={`col-${k.key}`} title={k.help}>{k.name}</label>
            <select id={`col-${k.key}`} value={columns[k.key] ?? ""} onChange={(e) => { const next = { ...columns }; if (e.currentTarget.value) next[k.key] = e.currentTarget.value; else delete next[k.key]; put("columns", next); }}>
              <option value="">not there</option>{p.columns.map((c) => <option key={c.name} value={c.name}>{plain(cut(c.name, 60))}</option>)}
            </select></div>
        ))}
        {!preset && <div class="field"><label for="unit">Amounts are</label><select id="unit" value={String(map?.unit ?? "")} onChange={(e) => put("unit", e.currentTarget.value)}><option value="">not said</option><option value="atomic">atomic units (wei, satoshi, cents)</option><option value="decimal">whole units (0.5)</option></select>{first && <span class="hint">Line {first.line} then moves {first.amount}.</span>}</div>}
        {!preset && <div class="field"><label for="time">Times are</label><select id="time" value={typeof map?.time === "string" ? map.time : map?.time ? "own" : ""} onChange={(e) => put("time", e.currentTarget.value)}>{times.map(([v, w]) => <option key={v} value={v}>{w}</option>)}{typeof map?.time === "string" && !times.some(([v]) => v === map.time) && <option value={map.time}>{map.time}</option>}{typeof map?.time === "object" && map.time !== null && <option value="own">{own(map.time as { format?: string; zone?: string })}</option>}</select></div>}
        {!preset && <div class="field"><label for="decimals">Decimals of tokens</label><input id="decimals" type="number" min={0} max={63} value={map?.decimals === undefined ? "" : String(map.decimals)} onChange={(e) => put("decimals", e.currentTarget.value === "" ? undefined : e.currentTarget.valueAsNumber)} placeholder="not said" /></div>}
        {!preset && ledger && !known && <div class="field wide"><label for="native">Coin of the ledger, and its decimals</label><div class="row"><input id="native" class="short" value={native?.symbol ?? ""} placeholder="EUR" onChange={(e) => put("native", e.currentTarget.value ? { id: e.currentTarget.value, symbol: e.currentTarget.value, decimals: native?.decimals ?? usual[e.currentTarget.value.toUpperCase()] ?? 2 } : undefined)} /><input class="tiny" type="number" min={0} max={63} aria-label="Decimals of the coin" value={String(native?.decimals ?? 2)} onChange={(e) => put("native", { ...(native ?? {}), decimals: e.currentTarget.valueAsNumber })} /></div></div>}
      </div>
      {!preset && <div class="checks">
        <label class="check"><input type="checkbox" checked={map?.sort === true} onChange={(e) => put("sort", e.currentTarget.checked || undefined)} />Sort the rows by time</label>
        <label class="check"><input type="checkbox" checked={map?.grouped === true} onChange={(e) => put("grouped", e.currentTarget.checked || undefined)} />Amounts have commas (1,234.5)</label>
      </div>}
    </fieldset>
  );
}
