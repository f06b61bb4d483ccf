// The package as npm packs it, bundled by Vite, webpack, Rollup and Parcel, for Node and for pages. Each bundle is run.
//
// `make nightly-js-bundlers` installs the bundlers into target/js/bundlers. esbuild is in package.test.mjs.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = fileURLToPath(new URL('../../..', import.meta.url));
const packages = join(here, '../target/js/bundlers/node_modules');
const skip = existsSync(packages) || process.env.CI === 'true' ? false : 'the bundlers are missing: make nightly-js-bundlers installs them';

/** Each program, where it runs, and what it prints. */
const PROGRAMS = {
  core: {
    platforms: ['browser', 'node'],
    printed: '2 true',
    text: `import { Policy } from 'corsac';
      const decision = new Policy({ allowOrigins: ['https://a.example'] }).evaluate('GET', { origin: 'https://a.example' });
      console.log(decision.headers.length, decision.allowed);`,
  },
  whole: {
    platforms: ['browser', 'node'],
    printed: 'no-cors-headers true refused',
    text: `import 'corsac/suffixes';
      import { explainText } from 'corsac/explain';
      import { fromToml } from 'corsac/toml';
      import { Policy } from 'corsac';
      const { readings } = explainText("Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.");
      const policy = fromToml('allow_origins = ["https://*.example.com"]\\nallow_credentials = true');
      let said = 'allowed';
      try {
        new Policy({ allowOrigins: ['https://*.github.io'], allowCredentials: true });
      } catch {
        said = 'refused';
      }
      console.log(readings[0].cause, policy.evaluate('GET', { origin: 'https://a.example.com' }).allowed, said);`,
  },
  handlers: {
    platforms: ['browser', 'node'],
    printed: '3 2',
    text: `import { withCors } from 'corsac/fetch';
      import { cors } from 'corsac/hono';
      const handler = withCors({ origin: 'https://a.example' }, () => new Response('hello'));
      handler(new Request('https://b.example', { headers: { origin: 'https://a.example' } })).then((response) => {
        console.log([...response.headers.keys()].length, cors({ origin: '*' }).length);
      });`,
  },
  servers: {
    platforms: ['node'],
    printed: '3 3 2 2',
    text: `import express from 'corsac/express';
      import fastify from 'corsac/fastify';
      import koa from 'corsac/koa';
      import { withCors } from 'corsac/node';
      console.log(...[express({ origin: '*' }), fastify, koa({ origin: '*' }), withCors({ origin: '*' }, () => undefined)].map((one) => one.length));`,
  },
};

const load = (name) => import(pathToFileURL(createRequire(join(packages, 'x.js')).resolve(name)));
const builtins = [...builtinModules, /^node:/];

/** Each bundler: it bundles the entry into the folder. */
const BUNDLERS = {
  Vite: async (entry, out, platform) => {
    const { build } = await import(pathToFileURL(join(packages, 'vite/dist/node/index.js')));
    await build({
      configFile: false,
      root: join(entry, '..'),
      logLevel: 'error',
      ...(platform === 'node' ? { ssr: { noExternal: true } } : {}),
      build: { outDir: out, target: 'es2022', minify: true, ...(platform === 'node' ? { ssr: entry } : { lib: { entry, formats: ['es'], fileName: 'bundle' } }) },
    });
  },
  webpack: async (entry, out, platform) => {
    const { default: webpack } = await load('webpack');
    const compiler = webpack({ mode: 'production', target: platform === 'node' ? 'node20' : 'web', entry, output: { path: out, filename: 'bundle.cjs' }, context: join(entry, '..') });
    const stats = await new Promise((resolve, reject) => compiler.run((error, done) => (error ? reject(error) : resolve(done))));
    assert.deepEqual(stats.toJson({ all: false, errors: true }).errors, []);
    await new Promise((resolve) => compiler.close(resolve));
  },
  Rollup: async (entry, out, platform) => {
    const { rollup } = await import(pathToFileURL(join(packages, 'rollup/dist/es/rollup.js')));
    const { default: nodeResolve } = await load('@rollup/plugin-node-resolve');
    const bundle = await rollup({
      input: entry,
      plugins: [nodeResolve({ browser: platform === 'browser', exportConditions: [platform], preferBuiltins: true })],
      external: builtins,
      onwarn: (warning) => assert.fail(warning.message),
    });
    await bundle.write({ file: join(out, 'bundle.mjs'), format: 'es', inlineDynamicImports: true });
    await bundle.close();
  },
  Parcel: async (entry, out, platform) => {
    // It looks for the root of the project from here on: a folder with a lock file.
    process.chdir(join(entry, '..'));
    const { Parcel } = createRequire(join(packages, 'x.js'))('@parcel/core');
    const bundler = new Parcel({
      entries: entry,
      defaultConfig: createRequire(join(packages, 'x.js')).resolve('@parcel/config-default'),
      mode: 'production',
      shouldDisableCache: true,
      cacheDir: `${out}-cache`,
      shouldPatchConsole: false,
      targets: {
        main: {
          distDir: out,
          distEntry: 'bundle.mjs',
          context: platform,
          outputFormat: 'esmodule',
          isLibrary: true,
          includeNodeModules: true,
          scopeHoist: true,
          sourceMap: false,
          engines: platform === 'node' ? { node: '>=20' } : { browsers: ['last 1 chrome version'] },
        },
      },
    });
    await bundler.run();
  },
};

describe('a bundle', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'corsac-bundlers-'));
  before(() => {
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'corsac'), { recursive: true });
    // As npm packs it, so that a file which is left out is missed.
    const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: here, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', join(modules, 'corsac'), '--strip-components', '1']);
    symlinkSync(join(here, 'node_modules/hono'), join(modules, 'hono'));
    writeFileSync(join(folder, 'package-lock.json'), '{}\n');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true, "name": "bundled", "@parcel/resolver-default": { "packageExports": true } }\n');
    for (const [name, { text }] of Object.entries(PROGRAMS)) writeFileSync(join(folder, `${name}.mjs`), `${text}\n`);
  });
  after(() => {
    process.chdir(here);
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [bundler, bundle] of Object.entries(BUNDLERS)) {
    for (const [name, { platforms, printed }] of Object.entries(PROGRAMS)) {
      for (const platform of platforms) {
        test(`of ${bundler} runs: ${name}, for ${platform}`, async () => {
          const out = join(folder, `${bundler}-${name}-${platform}`);
          await bundle(join(folder, `${name}.mjs`), out, platform);
          const file = readdirSync(out).filter((one) => /\.[cm]?js$/.test(one));
          assert.equal(file.length, 1, file.join());
          // Where no package can be found, the bundle has everything.
          const alone = mkdtempSync(join(tmpdir(), 'corsac-alone-'));
          try {
            const copy = join(alone, file[0].endsWith('.cjs') ? 'bundle.cjs' : 'bundle.mjs');
            execFileSync('cp', [join(out, file[0]), copy]);
            assert.equal(execFileSync(process.execPath, [copy], { encoding: 'utf8' }), `${printed}\n`);
          } finally {
            rmSync(alone, { recursive: true });
          }
        });
      }
    }
  }
});
