// Real products judge the simulators: the same configurations and requests, and the same responses. A difference names its seed.
//
// DIALECTS=koa runs one product, DIALECTS_COUNT=500 as many configurations for each, and DIALECTS_SEED=7 the configuration of that seed.

import assert from 'node:assert/strict';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { Agent, request as open } from 'node:http';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { Random, seedOf } from '../browsers/random.mjs';
import { freePort, start } from '../stacks/program.mjs';
import { CONFIGURATIONS, request } from './generate.mjs';
import { simulate } from './simulator.mjs';

const PYTHON = process.env.DIALECTS_PYTHON ?? fileURLToPath(new URL('../../target/python-venv/bin/python', import.meta.url));
const FOLDER = fileURLToPath(new URL('../stacks/out/dialects/', import.meta.url));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const NODE = { program: process.execPath, server: here('node_server.mjs'), needs: here('../stacks/node_modules/express/package.json'), install: 'make tests/stacks/node_modules/.package-lock.json' };
const PYTHONS = { program: PYTHON, server: here('python_server.py'), needs: PYTHON, install: 'make python-tools' };
const PRODUCTS = { express: NODE, fastify: NODE, koa: NODE, hono: NODE, starlette: PYTHONS, 'flask-cors': PYTHONS, 'django-cors-headers': PYTHONS };

const COUNT = Number(process.env.DIALECTS_COUNT ?? 25);
const RUN = Number(process.env.DIALECTS_RUN ?? 1);
const SEEDS = process.env.DIALECTS_SEED === undefined ? Array.from({ length: COUNT }, (_, at) => seedOf(RUN, at)) : [Number(process.env.DIALECTS_SEED)];
const REQUESTS = 16;
const TIMEOUT = 600_000;
/** Servers add others, such as Date. */
const COMPARED = ['vary', 'cache-control', 'cross-origin-opener-policy', 'cross-origin-embedder-policy'];

const isCompared = (name) => name.startsWith('access-control-') || COMPARED.includes(name);

/** What both say in one form: names in lower case, in an order. */
function plain({ status, headers, reaches_upstream: reaches, unknown = [] }, doubted = unknown) {
  const compared = headers
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .filter((line) => isCompared(line.split(':')[0]) && !doubted.includes(line.split(':')[0]))
    .sort();
  return [doubted.includes('status') ? 'status unknown' : `status ${status}`, `application ${reaches ? 'asked' : 'not asked'}`, ...compared];
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
test.after(() => agent.destroy());

/** Sends a request as it is. */
function send(port, path, { method, headers, upstream }) {
  return new Promise((done, failed) => {
    const body = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) ? [['Content-Length', '0']] : [];
    const all = [['Host', `127.0.0.1:${port}`], ['X-Upstream', JSON.stringify(upstream)], ...body, ...headers];
    const sent = open({ port, host: '127.0.0.1', path, method, agent, headers: all.flat() }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => {
        const raw = response.rawHeaders;
        const pairs = Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at], raw[2 * at + 1]]);
        done({ status: response.statusCode, headers: pairs, reaches_upstream: response.headers['x-reached'] === 'yes', text });
      });
    });
    sent.on('error', failed).end();
  });
}

/** Skips where a product is missing, and fails where that must not be. */
async function isMissing(t, product) {
  const { needs, install } = PRODUCTS[product];
  if (await access(needs).then(() => true, () => false)) return false;
  assert.ok(!process.env.CI, `${needs} is missing: ${install}`);
  t.skip(`${needs} is missing: ${install}`);
  return true;
}

/** Starts a product with all configurations. */
async function serve(t, product, configurations) {
  const folder = `${FOLDER}${product}/`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}configurations.json`, JSON.stringify(configurations));
  const port = await freePort();
  const { program, server } = PRODUCTS[product];
  await start(t, program, [server, product, `${folder}configurations.json`], { port, env: { PORT: String(port), NODE_ENV: 'production' } });
  const { version, refused } = JSON.parse((await send(port, '/', { method: 'GET', headers: [], upstream: {} })).text);
  return { port, version, refused, folder };
}

/** Every difference between a product and a dialect, as a text for people. */
async function differences(t, product, dialect, seeds) {
  const made = seeds.map((seed) => {
    const random = new Random(seed);
    return { seed, configuration: CONFIGURATIONS[product](random), requests: Array.from({ length: REQUESTS }, () => request(random)) };
  });
  const { port, version, refused, folder } = await serve(t, product, made.map(({ configuration }) => configuration));
  const found = [];
  for (const [at, { seed, configuration, requests }] of made.entries()) {
    const says = await simulate(dialect, version, configuration, requests, `${folder}${at}.json`);
    const about = `DIALECTS=${product} DIALECTS_SEED=${seed}\n${JSON.stringify(configuration)}`;
    if ((says.refused === null) !== (refused[at] === undefined)) {
      found.push(`${about}\n${product} ${refused[at] ?? 'takes it'}, and the simulator ${says.refused ?? 'takes it'}`);
      continue;
    }
    for (const [number, simulated] of says.sent.entries()) {
      const real = plain(await send(port, `/${at}`, requests[number]), simulated.unknown);
      const expected = plain(simulated);
      if (real.join('\n') !== expected.join('\n')) {
        found.push(`${about}\n${JSON.stringify(requests[number])}\n${product} ${version} sends:\n  ${real.join('\n  ')}\nthe simulator sends:\n  ${expected.join('\n  ')}`);
      }
    }
  }
  return found;
}

for (const product of Object.keys(PRODUCTS).filter((name) => name === (process.env.DIALECTS ?? name))) {
  test(`${product}: the simulator sends what the product sends`, { timeout: TIMEOUT }, async (t) => {
    if (await isMissing(t, product)) return;
    const found = await differences(t, product, product, SEEDS);
    assert.equal(found.length, 0, `${found.length} differences, the first of them:\n${found.slice(0, 3).join('\n\n')}`);
  });
}

test('a simulator of another product is noticed', { timeout: TIMEOUT }, async (t) => {
  if (await isMissing(t, 'koa')) return;
  assert.notEqual((await differences(t, 'koa', 'hono', SEEDS.slice(0, 5))).length, 0);
});
