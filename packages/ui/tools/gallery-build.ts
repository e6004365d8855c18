/** Builds the component gallery as static HTML under .run/gallery, for looking at components without an app or a server. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const outdir = fileURLToPath(new URL('../../../.run/gallery/', import.meta.url));
mkdirSync(outdir, { recursive: true });
await build({
  entryPoints: [fileURLToPath(new URL('./gallery.tsx', import.meta.url))],
  outdir,
  bundle: true,
  format: 'esm',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.woff2': 'file', '.module.css': 'local-css' },
  logLevel: 'warning',
});
writeFileSync(
  `${outdir}index.html`,
  '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>Basalt gallery</title><link rel="stylesheet" href="gallery.css"><div id="root"></div><script type="module" src="gallery.js"></script></html>\n',
);
