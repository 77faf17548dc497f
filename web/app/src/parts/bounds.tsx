// The whisker: what must be there (left end), what can be there (right end), and
// the policy's figure between (point). Dashed when the ends are not exact.
import { big, ratio } from "../text.ts";
import { exact, type Asset } from "./amount.tsx";

interface Props {
  lower: string;
  upper: string;
  point?: string | undefined;
  // most is the value at the right end of the track; the same for all rows.
  most: string;
  tight: boolean;
  asset: Asset | undefined;
  width?: number;
}

export const doubt = (lower: string, upper: string): boolean => big(lower) !== big(upper);

export function Whisker({ lower, upper, point, most, tight, asset, width = 120 }: Props) {
  const at = (n: string) => 3 + ratio(n, most) * (width - 6);
  const [l, u] = [at(lower), at(upper)];
  const words = (doubt(lower, upper) ? `at least ${exact(lower, asset)}, at most ${exact(upper, asset)}` : `exactly ${exact(lower, asset)}`) + (tight ? "" : "; these ends are outer ones, not exact") + (point ? `; the policy puts ${exact(point, asset)} there` : "");
  return (
    <svg class="whisker" width={width} height="14" viewBox={`0 0 ${width} 14`} role="img" aria-label={words}>
      <title>{words}</title>
      <path class="track" d={`M3 7H${width - 3}`} />
      <path class={"reach" + (tight ? "" : " loose")} d={`M${l} 3V11M${l} 7H${u}M${u} 3V11`} />
      {point !== undefined && <circle cx={at(point)} cy="7" r="3.5" />}
    </svg>
  );
}
