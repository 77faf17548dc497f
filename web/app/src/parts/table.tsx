// Tables: sorted by their heads, in pages, saved as CSV and JSON. Order and page
// stand in the URL, under the table's name.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { param, set } from "../route.ts";
import { plain, plural } from "../text.ts";
import { csv, save } from "./download.tsx";
import { say } from "./say.tsx";

export interface Column<T> {
  key: string;
  head: string;
  // help stands in the title of the head.
  help?: string;
  cell: (row: T) => ComponentChildren;
  // text is what CSV holds; a column without one is left out there.
  text?: (row: T) => string;
  // by gives what rows are ordered by; atomic units as bigint.
  by?: (row: T) => string | number | bigint;
  num?: boolean;
  // first marks the column that names the row.
  first?: boolean;
}

interface Props<T> {
  // name is short and unique on the page: it stands in the URL and in file names.
  name: string;
  caption: ComponentChildren;
  columns: Column<T>[];
  rows: T[];
  id: (row: T) => string;
  chosen?: string | undefined;
  choose?: (row: T) => void;
  over?: (row: T | undefined) => void;
  empty?: ComponentChildren;
  // page is how many rows stand on one page.
  page?: number;
  // order is the first one, as "key" or "key.desc".
  order?: string;
  // raw gives what JSON holds; rows as they are when absent.
  raw?: (row: T) => unknown;
  rowClass?: (row: T) => string;
  tools?: ComponentChildren;
}

export function Table<T>(p: Props<T>) {
  const order = param("sort." + p.name) || p.order || "";
  const [key = "", way] = order.split(".");
  const size = p.page ?? 50;
  const column = p.columns.find((c) => c.key === key);
  const rows = column?.by ? sorted(p.rows, column.by, way === "desc") : p.rows;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const at = Math.min(Math.max(1, Number(param("page." + p.name)) || 1), pages);
  const shown = rows.slice((at - 1) * size, at * size);
  const sort = (c: Column<T>) => {
    const down = c.key === key ? way !== "desc" : Boolean(c.num);
    set({ ["sort." + p.name]: c.key + (down ? ".desc" : ""), ["page." + p.name]: undefined }, true);
    say(`sorted by ${c.head}, ${down ? "largest first" : "smallest first"}`);
  };
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Only the table scrolls to the chosen row, never the page.
    const el = box.current, row = el?.querySelector<HTMLElement>("tr.chosen");
    if (el && row && (row.offsetTop < el.scrollTop + 40 || row.offsetTop + row.offsetHeight > el.scrollTop + el.clientHeight)) el.scrollTop = row.offsetTop - el.clientHeight / 2;
  }, [p.chosen]);
  return (
    <section class="table">
      <header>
        <strong>{p.caption}</strong>
        <span class="row">{p.tools}{p.rows.length > 0 && <Save {...p} rows={rows} />}</span>
      </header>
      {p.rows.length === 0 ? <p class="empty">{p.empty ?? "Nothing here."}</p> : (
        <div class="scroll" ref={box} tabIndex={0} role="region" aria-label={typeof p.caption === "string" ? p.caption : p.name}>
          <table>
            <caption class="sr">{p.caption}</caption>
            <thead><tr>{p.columns.map((c) => <Head key={c.key} c={c} way={c.key === key ? (way === "desc" ? "descending" : "ascending") : undefined} sort={sort} />)}</tr></thead>
            <tbody>{shown.map((row) => <Row key={p.id(row)} row={row} p={p} />)}</tbody>
          </table>
        </div>
      )}
      {pages > 1 && (
        <nav class="pager" aria-label={`Pages of ${p.name}`}>
          <button type="button" class="small" disabled={at === 1} onClick={() => set({ ["page." + p.name]: String(at - 1) }, true)}>Earlier</button>
          <span>{(at - 1) * size + 1} to {(at - 1) * size + shown.length} of {plural(rows.length, "row")}</span>
          <button type="button" class="small" disabled={at === pages} onClick={() => set({ ["page." + p.name]: String(at + 1) }, true)}>Later</button>
        </nav>
      )}
    </section>
  );
}

function Head<T>({ c, way, sort }: { c: Column<T>; way: "ascending" | "descending" | undefined; sort: (c: Column<T>) => void }) {
  return (
    <th scope="col" class={c.num ? "num" : ""} title={c.help} aria-sort={way}>
      {c.by ? <button type="button" class="sort" onClick={() => sort(c)}>{c.head}<span class="arrow" aria-hidden="true">{way ? (way === "descending" ? "▼" : "▲") : "↕"}</span></button> : c.head}
    </th>
  );
}

function Row<T>({ row, p }: { row: T; p: Props<T> }) {
  const chosen = p.chosen !== undefined && p.chosen === p.id(row);
  const open = (e: MouseEvent) => !(e.target as Element).closest("a, button, input, select, summary") && !getSelection()?.toString() && p.choose?.(row);
  return (
    <tr class={[chosen ? "chosen" : "", p.choose ? "can" : "", p.rowClass?.(row) ?? ""].join(" ").trim()} onClick={p.choose && open} onPointerEnter={p.over && (() => p.over?.(row))} onPointerLeave={p.over && (() => p.over?.(undefined))} onFocusCapture={p.over && (() => p.over?.(row))}>
      {p.columns.map((c) => (c.first
        ? <th key={c.key} scope="row" class={c.num ? "num" : ""}>{c.cell(row)}</th>
        : <td key={c.key} class={c.num ? "num" : ""}>{c.cell(row)}</td>))}
    </tr>
  );
}

function sorted<T>(rows: T[], by: (row: T) => string | number | bigint, down: boolean): T[] {
  const keyed = rows.map((row, i) => ({ row, i, k: by(row) }));
  keyed.sort((a, b) => (a.k === b.k ? a.i - b.i : (a.k < b.k) !== down ? -1 : 1));
  return keyed.map((x) => x.row);
}

function Save<T>(p: Props<T>) {
  const columns = p.columns.filter((c) => c.text);
  const asCSV = () => save(p.name + ".csv", "text/csv", csv([columns.map((c) => c.key), ...p.rows.map((r) => columns.map((c) => c.text?.(r) ?? ""))]));
  const asJSON = () => save(p.name + ".json", "application/json", JSON.stringify(p.rows.map(p.raw ?? ((r) => r)), null, 1) + "\n");
  return (
    <span class="row noprint" role="group" aria-label={`Save the table ${plain(p.name)}`}>
      <button type="button" class="small plain" onClick={asCSV}>CSV</button>
      <button type="button" class="small plain" onClick={asJSON}>JSON</button>
    </span>
  );
}
