// Words from outside. Tags, token symbols and payment texts are written by anybody,
// also by thieves: characters that are not seen, or that turn the order of others,
// are written out by their number, so that two texts that differ look different.

// odd matches what a reader cannot see or what moves other characters: controls,
// formats (bidi, zero width, tags), surrogates without a partner, private use,
// separators other than the space, and letters that draw nothing.
const odd = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0\u00a0\u2000-\u200a\u202f\u205f\u3000]|\p{M}{4,}/gu;

const names: Record<string, string> = {
  "\u200b": "zero width space", "\u200c": "zero width non-joiner", "\u200d": "zero width joiner", "\u200e": "left-to-right mark", "\u200f": "right-to-left mark",
  "\u202a": "left-to-right embedding", "\u202b": "right-to-left embedding", "\u202c": "end of embedding", "\u202d": "left-to-right override", "\u202e": "right-to-left override",
  "\u2066": "left-to-right isolate", "\u2067": "right-to-left isolate", "\u2069": "end of isolate", "\ufeff": "byte order mark", "\u00ad": "soft hyphen", "\u00a0": "no-break space", "\n": "line end", "\r": "carriage return", "\t": "tab", "\0": "zero byte",
};

export interface Piece {
  text: string;
  // odd pieces stand for something that is not seen; why says what.
  odd?: string;
}

// pieces cuts a text into what can be shown as it is and what must be written out.
export function pieces(s: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const m of s.matchAll(odd)) {
    if (m.index > at) out.push({ text: s.slice(at, m.index) });
    const code = m[0].codePointAt(0) ?? 0;
    const number = "U+" + code.toString(16).toUpperCase().padStart(4, "0");
    if (/\p{M}/u.test(m[0])) out.push({ text: `${m[0].length} marks`, odd: "marks stacked on one letter" });
    else out.push({ text: number, odd: names[m[0]] ?? "a character that is not seen" });
    at = m.index + m[0].length;
  }
  if (at < s.length) out.push({ text: s.slice(at) });
  return out;
}

// plain is a text for titles, files and attributes, odd characters written out.
export const plain = (s: string): string => pieces(s).map((p) => (p.odd ? `[${p.text}]` : p.text)).join("");

// oneLine takes line ends as spaces. Not by a pattern: one that allows spaces on both
// sides of a line end takes seconds for a text of 40,000 spaces.
export const oneLine = (s: string): string => s.split("\n").map((l) => l.trim()).filter(Boolean).join(" ");

// middle shortens an address or hash, keeping both ends, which are what people
// compare. Twelve and ten characters: look-alikes are made to agree in four.
export function middle(s: string, head = 12, tail = 10): string {
  return s.length <= head + tail + 1 ? s : s.slice(0, head) + "…" + s.slice(-tail);
}

// cut shortens a long text to n characters, without breaking a pair.
export function cut(s: string, n: number): string {
  if (s.length <= n) return s;
  return s.slice(0, /[\ud800-\udbff]/.test(s[n - 1] ?? "") ? n - 1 : n);
}

// decimal writes atomic units as an exact decimal number: no float is ever made.
export function decimal(atomic: string, decimals: number): string {
  if (!/^-?\d+$/.test(atomic)) return atomic;
  const sign = atomic.startsWith("-") ? "-" : "";
  const digits = atomic.replace("-", "").padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/^0+(?=\d)/, "");
  const rest = decimals ? digits.slice(-decimals).replace(/0+$/, "") : "";
  return sign + whole + (rest ? "." + rest : "");
}

// grouped puts commas into the whole part, as the command does.
export function grouped(number: string): string {
  const [whole = "", rest] = number.split(".");
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") + (rest ? "." + rest : "");
}

// units reads an exact decimal number of whole units as atomic units; undefined
// when it is none or finer than the asset.
export function units(text: string, decimals: number): string | undefined {
  const m = /^(\d+)(?:\.(\d+))?$/.exec(text.replaceAll(",", "").trim());
  if (!m) return undefined;
  const rest = (m[2] ?? "").replace(/0+$/, "");
  return rest.length > decimals ? undefined : (m[1] + rest.padEnd(decimals, "0")).replace(/^0+(?=\d)/, "");
}

const zero = 0n;
export const big = (s: string | undefined): bigint => (s && /^-?\d+$/.test(s) ? BigInt(s) : zero);

// ratio is a/b for drawing only, 0 to 1 and beyond: never shown as a figure.
export function ratio(a: string | undefined, b: string | undefined): number {
  const d = big(b);
  return d === zero ? 0 : Number((big(a) * 1_000_000n) / d) / 1e6;
}

// percent is a share in words, cut off after two digits as the command does.
export function percent(a: string | undefined, b: string | undefined): string {
  const d = big(b);
  if (d === zero) return "–";
  const p = (big(a) * 10_000n) / d;
  if (p === zero && big(a) > zero) return "< 0.01%";
  return decimal(String(p), 2).replace(/^(\d+)$/, "$1.00").replace(/\.(\d)$/, ".$10") + "%";
}

// utc writes an RFC 3339 time as people read it; all times are UTC.
export const utc = (t: string | undefined): string => (t ? t.replace("T", " ").replace(/(\.\d+)?(Z|\+00:00)$/, "") : "");

export const plural = (n: number, one: string, many = one + "s"): string => `${grouped(String(n))} ${n === 1 ? one : many}`;
