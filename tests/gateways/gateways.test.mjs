// Real servers, each right where it can be and with the commonest mistakes planted one at a time. `corsac verify` must find and name
// every plant, and blame no right server. GATEWAYS chooses servers: a part of a name, or all, with the gateways of the nightly run.

import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { freePort, start } from '../stacks/program.mjs';
import { ENVOYS } from './envoy.mjs';
import { FRAMEWORKS, isThere } from './frameworks.mjs';
import { ADDS, CACHE, layer, NGINX, STRIPS } from './nginx.mjs';
import { PLANTS, POLICY } from './plants.mjs';
import { PROXIES } from './proxies.mjs';
import { ask, exchange, FOREIGN, QUESTIONS } from './questions.mjs';
import { tables } from './table.mjs';
import { codes, said, verify } from './verify.mjs';

const QUICK = { ...NGINX, ...FRAMEWORKS, ...ENVOYS };
const CHOSEN = process.env.GATEWAYS;
const SERVERS = CHOSEN === undefined ? QUICK : named({ ...QUICK, ...PROXIES }, CHOSEN);
const CODE = Object.fromEntries(PLANTS.map(([name, , code]) => [name, code]));
// A server that never starts ends the run, on a busy machine too.
const TIMEOUT = 120_000;
// Next to the modules of tests/stacks, so that Express is found.
const FOLDER = fileURLToPath(new URL('../stacks/out/gateways/', import.meta.url));

/** An application that knows nothing of CORS: two pages are there, all else is not, and preflights have no route. */
async function application(t) {
  const server = createServer((request, response) => {
    const status = request.method === 'OPTIONS' ? 405 : PAGES.includes(request.url.split('?')[0]) ? 200 : 404;
    response.writeHead(status).end('ok');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

/** The servers that have a part of a name. */
function named(servers, part) {
  return Object.fromEntries(Object.entries(servers).filter(([name]) => part === 'all' || name.includes(part)));
}

// The second is the one that tests/stacks waits for.
const PAGES = ['/things', '/api/things'];

let runs = 0;

/** An empty folder for a server. */
async function folder() {
  const path = `${FOLDER}${(runs += 1)}/`;
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  return path;
}

/** Starts a server with a mistake, or right. Resolves to its port. */
async function serve(t, name, plant) {
  const port = await freePort();
  const run = (program, args, options) => start(t, program, args, options);
  await SERVERS[name].start(run, await folder(), port, await application(t), plant);
  return port;
}

/** Starts a layer of nginx in front of a port. */
async function inFront(t, behind, parts) {
  const port = await freePort();
  await layer((program, args, options) => start(t, program, args, options), await folder(), port, behind, parts);
  return port;
}

const url = (port) => `http://127.0.0.1:${port}/things`;
const policy = async (name) => {
  const path = `${await folder()}policy.toml`;
  await writeFile(path, SERVERS[name].policy ?? POLICY);
  return path;
};

/** Skips where the program is missing, and fails where that must not be. */
async function isMissing(t, name) {
  const { program, install } = SERVERS[name];
  if (await isThere(program)) return false;
  assert.ok(!process.env.CI, `${program} is missing: ${install}`);
  t.skip(`${program} is missing: ${install}`);
  return true;
}

test('the documentation has the tables of these lists', async () => {
  const page = await readFile(new URL('../../docs/verify.md', import.meta.url), 'utf8');
  for (const table of tables({ ...QUICK, ...PROXIES })) assert.ok(page.includes(`\n${table}\n`), `docs/verify.md lacks this table:\n${table}`);
});

for (const [name, { plants, own = [], codes: others = {} }] of Object.entries(SERVERS)) {
  test(`${name}: right, nothing is blamed`, { timeout: TIMEOUT }, async (t) => {
    if (await isMissing(t, name)) return;
    const port = await serve(t, name);
    const responses = await ask(url(port));
    assert.deepEqual(Object.keys(responses), Object.keys(QUESTIONS));
    assert.equal(responses['actual allowed'].headers['access-control-allow-origin'], 'https://app.example.com');
    assert.ok(!['*', FOREIGN].includes(responses['actual of a foreign origin'].headers['access-control-allow-origin']));
    const { code, report } = await verify(await policy(name), [url(port)]);
    assert.deepEqual(codes(report), own, said(report));
    assert.equal(code, 0);
  });

  for (const plant of plants) {
    test(`${name}: ${plant} is named`, { timeout: TIMEOUT }, async (t) => {
      if (await isMissing(t, name)) return;
      const { code, report } = await verify(await policy(name), [url(await serve(t, name, plant))]);
      const expected = others[plant] ?? CODE[plant];
      assert.ok(codes(report).includes(expected), `${expected} is not among\n${said(report)}`);
      const isBroken = report.layers[0].findings.some((finding) => finding.severity === 'broken');
      assert.equal(code, isBroken ? 1 : 0);
    });
  }
}

/** The plants that are a layer in front: of each server. */
for (const name of Object.keys(SERVERS)) {
  test(`${name}: behind an stripping edge, the edge is named`, { timeout: TIMEOUT }, async (t) => {
    if (await isMissing(t, name)) return;
    const behind = await serve(t, name);
    const edge = await inFront(t, behind, STRIPS);
    const { code, report } = await verify(await policy(name), [url(edge), url(behind)]);
    assert.equal(code, 1);
    assert.ok(codes(report).includes(CODE.stripped), said(report));
    assert.equal(report.lost[0]?.at ?? report.lost[0]?.url, url(edge), JSON.stringify(report.lost));
  });

  test(`${name}: two layers with the header are found`, { timeout: TIMEOUT }, async (t) => {
    if (await isMissing(t, name)) return;
    const { code, report } = await verify(await policy(name), [url(await inFront(t, await serve(t, name), ADDS))]);
    assert.equal(code, 1);
    assert.ok(codes(report).includes(CODE['two-layers']), said(report));
    assert.match(said(report), /\[(?:duplicate|multiple)/);
  });

  // Where responses are the same for all origins, a cache mixes up none.
  if (SERVERS[name].isStatic) continue;
  test(`${name}: a cache that ignores Origin is named`, { timeout: TIMEOUT }, async (t) => {
    if (await isMissing(t, name)) return;
    const cache = await inFront(t, await serve(t, name), CACHE);
    const { code, report } = await verify(await policy(name), [url(cache)]);
    assert.equal(code, 1);
    assert.ok(codes(report).includes(CODE.cached), said(report));
    // A user of the service, afterwards: what the cache has is from a listed origin, or has no origin.
    const { headers } = await exchange(url(cache), 'GET', { origin: 'https://app.example.com' });
    assert.ok([undefined, 'https://app.example.com'].includes(headers['access-control-allow-origin']), JSON.stringify(headers));
  });
}
