// Our own documents as elements: the server has read their Markdown, and the words are
// put on the page as text.
import type { ComponentChildren } from "preact";

export interface Node { type: string; text?: string; level?: number; ordered?: boolean; head?: boolean; to?: string; children?: Node[] }

// anchor is the id of a heading, as links of documents write it.
export const anchor = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");

const plain = (n: Node): string => (n.text ?? "") + (n.children ?? []).map(plain).join("");

export const Document = ({ tree }: { tree: Node[] }) => <>{tree.map((n, i) => <Part key={i} n={n} />)}</>;

function Part({ n }: { n: Node }): ComponentChildren {
  const inside = n.children ? <Document tree={n.children} /> : n.text;
  switch (n.type) {
    case "heading": {
      const H = `h${Math.min(n.level ?? 2, 4)}` as "h1";
      return <H id={anchor(plain(n))}>{inside}</H>;
    }
    case "paragraph": return <p>{inside}</p>;
    case "code": return <pre tabIndex={0} aria-label="code"><code>{n.text}</code></pre>;
    case "quote": return <blockquote class="note">{inside}</blockquote>;
    case "rule": return <hr />;
    case "list": return n.ordered ? <ol>{inside}</ol> : <ul>{inside}</ul>;
    case "item": return <li>{inside}</li>;
    case "table": return <div class="scroll free" tabIndex={0} role="region" aria-label="table"><table><thead><Document tree={(n.children ?? []).filter((r) => r.head)} /></thead><tbody><Document tree={(n.children ?? []).filter((r) => !r.head)} /></tbody></table></div>;
    case "row": return <tr>{(n.children ?? []).map((c, i) => (n.head ? <th key={i} scope="col"><Cell n={c} /></th> : <td key={i}><Cell n={c} /></td>))}</tr>;
    case "strong": return <strong>{inside}</strong>;
    case "em": return <em>{inside}</em>;
    case "del": return <del>{inside}</del>;
    case "mono": return <code>{n.text}</code>;
    case "break": return <br />;
    case "link": return !n.to ? <code>{inside}</code> : /^https?:/.test(n.to) ? <a href={n.to} rel="noreferrer noopener" target="_blank">{inside}</a> : <a href={n.to}>{inside}</a>;
    case "image": return n.to ? <img src={n.to} alt={plain(n)} loading="lazy" /> : null;
    default: return <>{inside}</>;
  }
}

const Cell = ({ n }: { n: Node }) => <>{n.children ? <Document tree={n.children} /> : n.text}</>;
