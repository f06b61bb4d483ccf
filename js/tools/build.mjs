// Builds the package into js/dist: ESM by tsc, CommonJS by esbuild, and the bytes of the WebAssembly modules in both.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { joinServer } from './join.mjs';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(here, 'dist');
const wasm = process.env.CORSAC_WASM_OUT ?? join(here, '../target/js/wasm');
/** What is imported by its default export: in CommonJS the module is that function. */
const DEFAULTS = ['express', 'koa', 'fastify'];
/** Each module, the file with its bytes, and the name that the file exports. */
const MODULES = [
  ['corsac.wasm', 'engine', 'engine'],
  ['toml.wasm', 'toml', 'toml'],
  ['suffixes.wasm', 'suffix-list', 'list'],
  ['explain.wasm', 'explain', 'explain'],
  ['codes.wasm', 'codes', 'codes'],
  ['regexes.wasm', 'analyser', 'analyser'],
];

/** What only the program has. It reads the file when a command needs it. */
const PROGRAM_MODULES = ['dialects.wasm'];

/** What the package is made of. If it is that of the last time, nothing is built, because somebody may be using it. */
function key() {
  const hash = createHash('sha256').update(readFileSync(join(wasm, 'key')));
  const sources = readdirSync(join(here, 'src'), { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const paths = sources.map((file) => join(file.parentPath ?? file.path, file.name)).sort();
  for (const path of [...paths, ...['package.json', 'package-lock.json', 'tsconfig.json', 'tools/build.mjs', 'tools/join.mjs'].map((name) => join(here, name))]) {
    hash.update(relative(here, path)).update(readFileSync(path));
  }
  return hash.digest('hex');
}

const wanted = key();
if (existsSync(join(dist, 'key')) && readFileSync(join(dist, 'key'), 'utf8') === wanted) process.exit(0);
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '-p', here], { stdio: 'inherit' });

const esm = join(dist, 'esm');
const cjs = join(dist, 'cjs');
mkdirSync(join(dist, 'wasm'), { recursive: true });
for (const [file, module, name] of MODULES) {
  const bytes = readFileSync(join(wasm, file));
  writeFileSync(join(dist, 'wasm', file), bytes);
  writeFileSync(join(esm, `bytes/${module}.js`), `export const ${name} = '${bytes.toString('base64')}';\n`);
  // For runtimes that compile only files.
  writeFileSync(join(esm, `bytes/${module}-file.js`), `export { default as ${name} } from '../../wasm/${file}';\n`);
}

await joinServer(esm);
for (const file of PROGRAM_MODULES) cpSync(join(wasm, file), join(dist, 'wasm', file));

// The program is an ES module, and nothing imports it.
const files = readdirSync(esm, { recursive: true }).filter((file) => /\.js$/.test(file) && !/-file\.js$|^command\//.test(file));
await build({
  entryPoints: files.map((file) => join(esm, file)),
  outdir: cjs,
  outbase: esm,
  format: 'cjs',
  platform: 'neutral',
  target: 'node20',
  logLevel: 'warning',
  logOverride: { 'empty-import-meta': 'silent' },
});
writeFileSync(join(cjs, 'package.json'), '{ "type": "commonjs" }\n');
// The names of package.json's imports lead to ESM. CommonJS has its own files, and no conditions.
const CJS_IMPORTS = { '#engine': 'engine', '#toml': 'toml', '#explain': 'explain', '#codes': 'codes', '#on-demand': 'on-demand-node', '#suffix-list': 'suffix-list', '#analyser': 'analyser' };
for (const file of files) {
  const code = readFileSync(join(cjs, file), 'utf8');
  const named = code.replace(/require\("(#[\w-]+)"\)/g, (_, name) => {
    const path = relative(dirname(join(cjs, file)), join(cjs, 'bytes', `${CJS_IMPORTS[name]}.js`));
    return `require("${path.startsWith('.') ? path : `./${path}`}")`;
  });
  if (named !== code) writeFileSync(join(cjs, file), named);
}
// CommonJS has no import.meta, and needs none.
const onDemand = join(cjs, 'bytes/on-demand-node.js');
const loaders = readFileSync(onDemand, 'utf8');
const own = loaders.replace(/\(0, \w+\.createRequire\)\(import_meta\.url\)/, 'require');
if (own === loaders) throw new Error(`${onDemand} loads files in another way: this build has to know it`);
writeFileSync(onDemand, own);
for (const file of readdirSync(esm, { recursive: true }).filter((file) => file.endsWith('.d.ts'))) {
  cpSync(join(esm, file), join(cjs, file));
}
for (const name of DEFAULTS.filter((name) => existsSync(join(cjs, `${name}.js`)))) {
  const code = join(cjs, `${name}.js`);
  writeFileSync(code, `${readFileSync(code, 'utf8')}module.exports = module.exports.default;\n`);
  const types = readFileSync(join(cjs, `${name}.d.ts`), 'utf8');
  const exported = [...types.matchAll(/^export (?:interface|type) (\w+)/gm), ...types.matchAll(/^export type \{ (\w+) \}/gm)].map((match) => match[1]);
  writeFileSync(join(cjs, `${name}.types.d.ts`), types);
  writeFileSync(
    join(cjs, `${name}.d.ts`),
    `import types = require('./${name}.types.js');\ndeclare const cors: typeof types.default;\ndeclare namespace cors {\n${exported.map((type) => `    type ${type} = types.${type};\n`).join('')}}\nexport = cors;\n`,
  );
}
writeFileSync(join(dist, 'key'), wanted);
