// A table whose rows have no name of their own gets one: a copy with a first column
// "tx" that counts its rows. The file itself stays as it is.

// numbered gives that copy, or undefined when it is packed or none of text.
export async function numbered(file: File): Promise<File | undefined> {
  if (/\.(gz|zip|parquet)$/i.test(file.name)) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return undefined;
  }
  const head = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  const count = (c: string) => head.split(c).length;
  const comma = [",", ";", "\t", "|"].reduce((best, c) => (count(c) > count(best) ? c : best));
  const rows: string[] = [];
  let open = false; // a quoted field goes over the end of its line
  for (const line of text.split(/(?<=\n)/)) {
    if (open) rows[rows.length - 1] += line;
    else rows.push(line);
    if (line.split('"').length % 2 === 0) open = !open;
  }
  let n = 0;
  const out = rows.map((row, i) => (row.trim() === "" ? row : (i === 0 ? "tx" : `row-${++n}`) + comma + row));
  return new File([out.join("")], file.name.replace(/(\.[^.]*)?$/, "-numbered$1"), { type: "text/csv", lastModified: file.lastModified });
}
