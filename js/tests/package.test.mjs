// The package as it is published: small, without dependencies, and the same for every runtime.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { test } from 'node:test';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

/** What the modules may have, in bytes and compressed. Lower them where a change makes a module smaller. */
const SIZES = {
  'corsac.wasm': [135_400, 54_400],
  'toml.wasm': [120_400, 50_000],
  'suffixes.wasm': [267_500, 100_400],
  'regexes.wasm': [121_200, 45_800],
  'explain.wasm': [1_010_000, 354_200],
  'codes.wasm': [244_200, 70_700],
  'dialects.wasm': [1_570_000, 490_000],
};

test('each module is as small as it was', () => {
  for (const [file, [bytes, compressed]] of Object.entries(SIZES)) {
    const module = readFileSync(join(here, 'dist/wasm', file));
    assert.ok(module.length <= bytes, `${file} has ${module.length} bytes, more than ${bytes}`);
    const small = brotliCompressSync(module).length;
    assert.ok(small <= compressed, `${file} has ${small} bytes with brotli, more than ${compressed}`);
  }
});

test('only the explain module imports: a parser of URLs', async () => {
  for (const file of Object.keys(SIZES)) {
    const module = await WebAssembly.compile(readFileSync(join(here, 'dist/wasm', file)));
    const wanted = file === 'explain.wasm' ? [{ module: 'corsac', name: 'parse_url', kind: 'function' }] : [];
    assert.deepEqual(WebAssembly.Module.imports(module), wanted);
  }
});

test('no path of this machine is in a module', () => {
  for (const file of Object.keys(SIZES)) {
    // The entries of codes have an example of a page that is a file.
    const text = readFileSync(join(here, 'dist/wasm', file), 'latin1').replaceAll('file:///home/me/', '');
    assert.doesNotMatch(text, /\/(?:home|root|work|tmp|proc)\//, file);
  }
});

test('the package has no dependency and no install script', () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.peerDependencies, undefined);
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) assert.equal(manifest.scripts[name], undefined);
});

test('every entry is there, as ESM and as CommonJS', async () => {
  const require = createRequire(import.meta.url);
  for (const entry of Object.keys(manifest.exports)) {
    if (entry.endsWith('.json')) continue;
    const name = `corsac${entry.slice(1)}`;
    const [esm, cjs] = [await import(name), require(name)];
    const names = Object.keys(esm).filter((one) => one !== 'default' && one !== 'module.exports').sort();
    if ('default' in esm && typeof cjs === 'function') continue;
    assert.deepEqual(Object.keys(cjs).sort(), names, name);
  }
});

test('every class has the name that it is exported by', async () => {
  for (const entry of ['corsac', 'corsac/explain', 'corsac/express', 'corsac/fastify', 'corsac/koa', 'corsac/hono', 'corsac/node', 'corsac/fetch']) {
    for (const [name, exported] of Object.entries(await import(entry))) {
      if (/^[A-Z]/.test(name) && typeof exported === 'function') assert.equal(exported.name, name, entry);
    }
  }
});

test('a bundle runs, in Node and without Node', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'corsac-bundle-'));
  try {
    const core = `import { Policy } from 'corsac';
      const decision = new Policy({ allowOrigins: ['https://a.example'] }).evaluate('GET', { origin: 'https://a.example' });
      console.log(decision.headers.length, decision.allowed);`;
    const handlers = `import { withCors } from 'corsac/fetch';
      import { cors } from 'corsac/hono';
      const response = await withCors({ origin: 'https://a.example' }, () => new Response('hello'))(new Request('https://b.example', { headers: { origin: 'https://a.example' } }));
      console.log([...response.headers.keys()].length, cors({ origin: '*' }).length);`;
    const servers = `import express from 'corsac/express';
      import fastify from 'corsac/fastify';
      import koa from 'corsac/koa';
      import { withCors } from 'corsac/node';
      console.log(...[express({ origin: '*' }), fastify, koa({ origin: '*' }), withCors({ origin: '*' }, () => undefined)].map((one) => one.length));`;
    const expression = `import cors from 'corsac/express';
      try {
        cors({ origin: /^https:\\/\\/a\\.example$/, credentials: true });
        console.log('proved');
      } catch (error) {
        console.log(error.message.includes("add \`import 'corsac/regexes'\`"));
      }`;
    const code = `import { explainCode, stackNames } from 'corsac/explain';
      try {
        console.log(stackNames().length > 20, explainCode('acao-missing').entries[0].code);
      } catch (error) {
        console.log(error.message.includes("add \`import 'corsac/codes'\`"));
      }`;
    for (const [program, platform, printed] of [
      [code, 'browser', 'true'],
      [`import 'corsac/codes';\n${code}`, 'browser', 'true acao-missing'],
      [expression, 'browser', 'true'],
      [`import 'corsac/regexes';\n${expression}`, 'browser', 'proved'],
      [core, 'node', '2 true'],
      [core, 'browser', '2 true'],
      [handlers, 'browser', '3 2'],
      [servers, 'node', '3 3 2 2'],
    ]) {
      const outfile = join(folder, `${platform}.mjs`);
      await build({ stdin: { contents: program, resolveDir: here }, bundle: true, format: 'esm', platform, target: 'node20', outfile, logLevel: 'error' });
      assert.equal(execFileSync(process.execPath, [outfile], { encoding: 'utf8' }), `${printed}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('each way to read base64 gives the same module', () => {
  const decides = "const { Policy } = await import('corsac'); console.log(new Policy({ allowOrigins: ['https://a.example'] }).image.length);";
  const none = 'Uint8Array.fromBase64 = undefined; globalThis.Buffer = undefined;';
  // Newer runtimes have it themselves.
  const own = "let called = false; Uint8Array.fromBase64 = (text) => { called = true; return new Uint8Array(Buffer.from(text, 'base64')); }; process.on('exit', () => { if (!called) process.exitCode = 1; });";
  const lengths = ['', none, own].map((before) => execFileSync(process.execPath, ['--input-type=module', '--eval', `${before} ${decides}`], { cwd: here, encoding: 'utf8' }));
  assert.ok(Number(lengths[0]) > 100 && new Set(lengths).size === 1, lengths.join());
});

test('the core and the fetch handlers use nothing of Node', () => {
  const core = ['', 'engine', 'fetch', 'options'].flatMap((folder) => readdirSync(join(here, 'dist/esm', folder)).filter((file) => file.endsWith('.js')).map((file) => join(folder, file)));
  const nodes = core.filter((file) => /from 'node:/.test(readFileSync(join(here, 'dist/esm', file), 'utf8')));
  // A file is followed with node:fs.
  assert.deepEqual(nodes, ['file.js']);
});


test('no files import each other in a circle', () => {
  // The sources, because core.js joins most of what is built. Imports of types alone are not there when it runs.
  const files = readdirSync(join(here, 'src'), { recursive: true }).filter((file) => file.endsWith('.ts'));
  const imports = new Map(
    files.map((file) => {
      const found = readFileSync(join(here, 'src', file), 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*? from '(\.[^']+)\.js'/gm);
      return [file, [...found].map(([, path]) => `${join(file, '..', path)}.ts`)];
    }),
  );
  assert.ok(imports.get('policy.ts').includes('decision.ts'));
  const done = new Set();
  const follow = (file, above) => {
    assert.ok(!above.includes(file), [...above.slice(above.indexOf(file)), file].join(' -> '));
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) follow(next, [...above, file]);
    done.add(file);
  };
  for (const file of files) follow(file, []);
});
