// Builds the page into ../dist: the same sources give the same bytes. Names in
// assets/ carry a digest, so that browsers may keep them.
import { build } from "esbuild";
import { rm, mkdir, writeFile, readFile, cp } from "node:fs/promises";
import { basename } from "node:path";

const out = new URL("../dist/", import.meta.url).pathname;
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const result = await build({
  entryPoints: { main: "src/main.tsx", style: "src/style.css" },
  absWorkingDir: new URL(".", import.meta.url).pathname,
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "linked",
  entryNames: "assets/[name]-[hash]",
  chunkNames: "assets/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  outdir: out,
  metafile: true,
});

const files = Object.entries(result.metafile.outputs);
const named = (entry) => basename(files.find(([, o]) => o.entryPoint === entry)[0]);

// What the first picture of a trail needs is asked for at once, not file by file as
// each names the next.
const outputs = result.metafile.outputs;
const early = new Set();
function needs(name) {
  if (early.has(name)) return;
  early.add(name);
  for (const i of outputs[name].imports) if (i.kind === "import-statement") needs(i.path);
}
for (const source of ["src/main.tsx", "src/pages/trail.tsx"]) needs(files.find(([, o]) => o.entryPoint === source)[0]);
const preload = [...early].map((name) => basename(name)).filter((name) => name !== named("src/main.tsx")).sort().map((name) => `<link rel="modulepreload" href="/assets/${name}">`).join("\n");

const shell = await readFile(new URL("src/index.html", import.meta.url), "utf8");
await writeFile(out + "index.html", shell.replace("{{script}}", named("src/main.tsx")).replace("{{style}}", named("src/style.css")).replace("{{preload}}", preload));
await cp(new URL("static/", import.meta.url), out, { recursive: true });
