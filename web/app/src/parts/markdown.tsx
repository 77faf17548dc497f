// Our own documents, Markdown, as elements: the words are cut by marked, and put on
// the page as text. HTML in a document is shown as it is written.
import { lexer, type Token, type Tokens } from "marked";
import type { ComponentChildren } from "preact";

// anchor is the id of a heading, as links of documents write it.
export const anchor = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");

// linked turns a link of a document at a path into a place of the page: documents are
// shown here, files of the repository are named and not linked.
function linked(href: string, at: string): string | undefined {
  if (/^(https?:|mailto:)/.test(href) || href.startsWith("#")) return href;
  const [file = "", hash] = href.split("#");
  const base = file.startsWith("docs/") ? "http://x/" : `http://x/docs/${at}`;
  const path = new URL(file, base).pathname;
  if (!/^\/docs\/.*\.md$/.test(path)) return undefined;
  return path.replace(/\.md$/, "") + (hash ? "#" + hash : "");
}

export function Markdown({ text, at }: { text: string; at: string }) {
  return <>{blocks(lexer(text), at)}</>;
}

function blocks(tokens: Token[], at: string): ComponentChildren[] {
  return tokens.map((t, i) => <Block key={i} t={t} at={at} />);
}

function Block({ t, at }: { t: Token; at: string }): ComponentChildren {
  switch (t.type) {
    case "heading": {
      const h = t as Tokens.Heading;
      const H = `h${Math.min(h.depth, 4)}` as "h1";
      return <H id={anchor(plainOf(h.tokens))}>{inline(h.tokens, at)}</H>;
    }
    case "paragraph": return <p>{inline((t as Tokens.Paragraph).tokens, at)}</p>;
    case "text": {
      const x = t as Tokens.Text;
      return <>{x.tokens ? inline(x.tokens, at) : x.text}</>;
    }
    case "code": return <pre tabIndex={0} aria-label="code"><code>{(t as Tokens.Code).text}</code></pre>;
    case "blockquote": return <blockquote class="note">{blocks((t as Tokens.Blockquote).tokens, at)}</blockquote>;
    case "hr": return <hr />;
    case "list": {
      const l = t as Tokens.List;
      const items = l.items.map((x, i) => <li key={i}>{blocks(x.tokens, at)}</li>);
      return l.ordered ? <ol start={Number(l.start) || 1}>{items}</ol> : <ul>{items}</ul>;
    }
    case "table": {
      const x = t as Tokens.Table;
      return (
        <div class="scroll free" tabIndex={0} role="region" aria-label="table">
          <table>
            <thead><tr>{x.header.map((c, i) => <th key={i} scope="col">{inline(c.tokens, at)}</th>)}</tr></thead>
            <tbody>{x.rows.map((r, i) => <tr key={i}>{r.map((c, j) => <td key={j}>{inline(c.tokens, at)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      );
    }
    case "space": case "def": return null;
    default: return <p>{t.raw}</p>;
  }
}

function inline(tokens: Token[], at: string): ComponentChildren[] {
  return tokens.map((t, i) => <Inline key={i} t={t} at={at} />);
}

function Inline({ t, at }: { t: Token; at: string }): ComponentChildren {
  switch (t.type) {
    case "strong": return <strong>{inline((t as Tokens.Strong).tokens, at)}</strong>;
    case "em": return <em>{inline((t as Tokens.Em).tokens, at)}</em>;
    case "del": return <del>{inline((t as Tokens.Del).tokens, at)}</del>;
    case "codespan": return <code>{(t as Tokens.Codespan).text}</code>;
    case "br": return <br />;
    case "escape": return <>{(t as Tokens.Escape).text}</>;
    case "link": {
      const l = t as Tokens.Link;
      const to = linked(l.href, at);
      const words = inline(l.tokens, at);
      if (to === undefined) return <code title={l.href}>{words}</code>;
      return /^https?:/.test(to) ? <a href={to} rel="noreferrer noopener" target="_blank">{words}</a> : <a href={to}>{words}</a>;
    }
    case "image": {
      const x = t as Tokens.Image;
      return <img src={"/api/v1/docs/img/" + encodeURIComponent(x.href.split("/").pop() ?? "")} alt={x.text} loading="lazy" />;
    }
    case "text": {
      const x = t as Tokens.Text;
      return <>{x.tokens ? inline(x.tokens, at) : unescaped(x.text)}</>;
    }
    default: return <>{t.raw}</>;
  }
}

// unescaped undoes the entities that marked writes; the text goes out as text again.
const unescaped = (s: string): string => s.replace(/&(amp|lt|gt|quot|#39);/g, (m) => ({ "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" })[m] ?? m);

function plainOf(tokens: Token[]): string {
  return tokens.map((t) => ("tokens" in t && t.tokens ? plainOf(t.tokens) : "text" in t ? String(t.text) : t.raw)).join("");
}
