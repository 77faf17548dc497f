// Amounts are strings of atomic units and stand with their asset. They are written
// exactly, by integer arithmetic; what is cut off for room ends in "…" and stands
// whole in the title and in what is copied.
import { decimal, grouped, plain } from "../text.ts";
import { Foreign } from "./foreign.tsx";
import { Copy } from "./hash.tsx";

export interface Asset {
  id: string;
  symbol?: string;
  decimals: number;
  known: boolean;
}

export const symbolOf = (a: Asset | undefined): string => a?.symbol || a?.id || "";

export function exact(n: string, a: Asset | undefined): string {
  return `${grouped(decimal(n, a?.decimals ?? 0))} ${plain(symbolOf(a)) || "atomic units"}`;
}

// written is the number alone, in whole units and without commas: what files hold.
export const written = (n: string | undefined, a: Asset | undefined): string => (n ? decimal(n, a?.decimals ?? 0) : "");

// brief is exact cut off after four digits of its fraction, never rounded: for
// sentences whose whole figure stands elsewhere on the page.
export const brief = (n: string, a: Asset | undefined): string => exact(n, a).replace(/(\.\d{4})\d+/, "$1…");

interface Props {
  n: string;
  asset: Asset | undefined;
  // digits of the fraction that are shown; the rest is cut off, never rounded.
  digits?: number;
  bare?: boolean;
  copy?: boolean;
}

export function Amount({ n, asset, digits = 4, bare, copy }: Props) {
  const [whole = "", rest = ""] = grouped(decimal(n, asset?.decimals ?? 0)).split(".");
  const shown = rest.slice(0, digits) + (rest.length > digits ? "…" : "");
  return (
    <span class="num nowrap" title={exact(n, asset)}>
      {whole}
      {shown && <span class="frac">.{shown}</span>}
      {!bare && asset && <> <Foreign text={symbolOf(asset)} limit={12} /></>}
      {copy && <Copy text={decimal(n, asset?.decimals ?? 0)} what={exact(n, asset)} />}
    </span>
  );
}

// Dollars are written by the study as decimal text.
export function Dollars({ usd, millions }: { usd: string | undefined; millions?: boolean }) {
  if (!usd) return <span class="quiet">not known</span>;
  const [whole = "0"] = usd.split(".");
  const text = millions ? `$${grouped(String((BigInt(whole) + 50_000n) / 100_000n).replace(/^(\d)$/, "0$1").replace(/(\d)$/, ".$1"))} million` : `$${grouped(usd)}`;
  return <span class="num nowrap" title={`$${grouped(usd)}`}>{text}</span>;
}
