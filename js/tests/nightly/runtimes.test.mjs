// One application of Hono, one handler and every shared case in Deno, Bun and workerd: the same bundle, and the same responses as in Node.
//
// `make nightly-js` installs the three into target/js/runtimes.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { allowed, APP, EVIL, preflight } from '../duties.mjs';
import { ask } from '../server.mjs';
import { COUNTS } from '../vectors.mjs';

const here = fileURLToPath(new URL('../..', import.meta.url));
const packages = join(here, '../target/js/runtimes/node_modules');
/** As long as one takes to start, many times over. */
const PATIENCE = 60_000;

const FILES = ['corsac.wasm', 'toml.wasm', 'suffixes.wasm', 'explain.wasm', 'codes.wasm', 'regexes.wasm'];

const PROGRAM = `
  import { Hono } from 'hono';
  import 'corsac/regexes';
  import 'corsac/suffixes';
  import { withCors } from 'corsac/fetch';
  import { cors } from 'corsac/hono';
  import { fromToml } from 'corsac/toml';
  import { problemsOf } from './tests/vectors.mjs';
  ${Object.keys(COUNTS).map((name, number) => `import cases${number} from '../vectors/${name}.json';`).join('\n')}

  const options = { origin: async (origin) => origin === '${APP}', credentials: true };
  const app = new Hono();
  app.use(cors({ ...options, allowMethods: ['GET', 'PUT'] }));
  app.get('/hono', (c) => c.text('hono', 200, { 'Access-Control-Allow-Origin': '*', Vary: 'Accept' }));
  app.get('/throws', () => {
    throw new Error('on purpose');
  });
  const handler = withCors({ policy: fromToml('allow_origins = ["${APP}"]') }, (request) => {
    if (request.url.endsWith('/throws')) throw new Error('on purpose');
    if (request.url.endsWith('/redirect')) return Response.redirect('https://a.example/', 302);
    return new Response('fetch', { headers: [['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']] });
  });
  const proved = withCors({ origin: /^https:\\/\\/(app|www)\\.example\\.com$/, credentials: true }, () => new Response('proved'));
  const vectors = () => Response.json([${Object.keys(COUNTS).map((name, number) => `['${name}', problemsOf('${name}', cases${number})]`).join(', ')}]);
  app.get('/vectors', vectors);
  export default { fetch: (request, ...rest) => (new URL(request.url).pathname === '/proved/' ? proved(request) : new URL(request.url).pathname.startsWith('/fetch/') ? handler(request) : app.fetch(request, ...rest)) };
`;

const RUNTIMES = {
  deno: {
    binary: '@deno/linux-x64-glibc/deno',
    start: (folder, port) => ['serve', '--no-check', '--host', '127.0.0.1', '--port', String(port), join(folder, 'bundle.mjs')],
  },
  bun: {
    binary: '@oven/bun-linux-x64/bin/bun',
    start: (folder, port) => {
      writeFileSync(join(folder, 'bun.mjs'), `import worker from './bundle.mjs';\nBun.serve({ hostname: '127.0.0.1', port: ${port}, fetch: worker.fetch });\n`);
      return [join(folder, 'bun.mjs')];
    },
  },
  workerd: {
    binary: '@cloudflare/workerd-linux-64/bin/workerd',
    start: (folder, port) => {
      // It compiles WebAssembly only from files.
      writeFileSync(
        join(folder, 'worker.capnp'),
        `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .worker) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ]
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    ${FILES.map((file) => `(name = "${file}", wasm = embed "${file}")`).join(',\n    ')}
  ],
  compatibilityDate = "2025-01-01"
);
`,
      );
      return ['serve', join(folder, 'worker.capnp')];
    },
  },
};

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Bundles the program. workerd's leaves the modules in files of their own, next to it. */
async function bundle(folder) {
  const common = { stdin: { contents: PROGRAM, resolveDir: here }, bundle: true, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'error' };
  await build({ ...common, outfile: join(folder, 'bundle.mjs') });
  const files = { name: 'wasm', setup: (one) => one.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: path.split('/').at(-1), external: true })) };
  await build({ ...common, conditions: ['workerd'], plugins: [files], outfile: join(folder, 'worker.mjs') });
  for (const file of FILES) copyFileSync(join(here, 'dist/wasm', file), join(folder, file));
}

describe('the same application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'corsac-runtimes-'));
  before(() => bundle(folder));
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, { binary, start }] of Object.entries(RUNTIMES)) {
    const path = join(packages, binary);
    const skip = existsSync(path) || process.env.CI === 'true' ? false : `${name} is missing: make nightly-js installs it`;
    test(`in ${name}`, { skip }, async () => {
      const port = await freePort();
      const child = spawn(path, start(folder, port), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      let printed = '';
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
      const ended = new Promise((resolve) => child.once('close', resolve));
      try {
        const until = Date.now() + PATIENCE;
        for (;;) {
          try {
            await ask({ port }, '/fetch/');
            break;
          } catch (error) {
            if (child.exitCode !== null || Date.now() > until) throw new Error(`${name} does not listen:\n${printed}`, { cause: error });
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }
        const from = (origin, at) => ask({ port }, at, { headers: { Origin: origin } });
        const hono = await from(APP, '/hono');
        assert.deepEqual([hono.status, hono.body, allowed(hono), hono.headers.vary], [200, 'hono', APP, 'Accept, Origin']);
        const denied = await from(EVIL, '/hono');
        assert.deepEqual([denied.body, allowed(denied), denied.headers.vary], ['hono', undefined, 'Accept, Origin']);
        for (const at of ['/missing', '/throws', '/fetch/', '/fetch/throws', '/fetch/redirect']) {
          const response = await from(APP, at);
          assert.deepEqual([response.status, allowed(response)], [{ '/missing': 404, '/fetch/': 200, '/fetch/redirect': 302 }[at] ?? 500, APP], at);
        }
        assert.deepEqual((await from(APP, '/fetch/')).headers['set-cookie'], ['a=1', 'b=2']);
        const passed = await ask({ port }, '/hono', preflight(APP));
        assert.deepEqual([passed.status, passed.headers['access-control-allow-methods']], [204, 'GET, PUT']);
        const refused = await ask({ port }, '/hono', preflight(EVIL));
        assert.deepEqual([refused.status, refused.body], [403, 'origin "https://evil.example" is not allowed\n']);
        assert.equal((await ask({ port }, '/fetch/', { method: 'OPTIONS' })).body, 'fetch');
        const [listed, strange] = [await from('https://www.example.com', '/proved/'), await from(EVIL, '/proved/')];
        assert.deepEqual([listed.body, allowed(listed), allowed(strange)], ['proved', 'https://www.example.com', undefined]);
        // Every shared case, decisions and explanations.
        assert.deepEqual(JSON.parse((await ask({ port }, '/vectors')).body), Object.keys(COUNTS).map((name) => [name, []]));
      } finally {
        child.kill();
        await ended;
      }
    });
  }
});
