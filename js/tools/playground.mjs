// js/tools/playground.mjs FOLDER: writes the playground there, a page that loads nothing from elsewhere. It needs js/dist.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('a folder is missing: node js/tools/playground.mjs target/site/playground');
  process.exit(2);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const file of ['index.html', 'playground.css', 'playground.js']) cpSync(join(here, 'playground', file), join(folder, file));
await build({
  entryPoints: [join(here, 'playground/worker.js')],
  outfile: join(folder, 'worker.js'),
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  logLevel: 'warning',
});
// What the worker loads when it needs it.
for (const [name, register] of [['suffixes', 'registerSuffixes'], ['codes', 'registerCodes']]) {
  const bytes = readFileSync(join(here, `dist/wasm/${name}.wasm`)).toString('base64');
  writeFileSync(join(folder, `${name}.js`), `${register}('${bytes}');\n`);
}

const hash = createHash('sha256');
for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
const offline = readFileSync(join(here, 'playground/offline.js'), 'utf8').replace("'unbuilt'", `'corsac-playground-${hash.digest('hex').slice(0, 16)}'`);
writeFileSync(join(folder, 'offline.js'), offline);
