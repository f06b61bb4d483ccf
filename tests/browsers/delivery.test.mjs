// Whether a request leaves the browser: the model against the browsers, and no difference.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { browsers } from './delivery_browsers.mjs';
import { differences } from './delivery_compare.mjs';
import { asked, generate } from './delivery_generate.mjs';
import { serve } from './delivery_server.mjs';
import { judge } from './model.mjs';
import { seedOf } from './random.mjs';
import { printable } from './report.mjs';

const SEED = Number(process.env.CORSAC_SEED ?? 1);
const ONE = process.env.CORSAC_ONE === '1';
const COUNT = ONE ? 1 : Number(process.env.DELIVERIES ?? 60);
const SHOWN = Number(process.env.CORSAC_SHOWN ?? 5);
/**
 * What a browser can be made to believe: address spaces, and that an address of another machine is in one. Firefox reaches such addresses by a
 * proxy, where it does not check local networks, so it gets them only where they are mixed content.
 */
const KNOWS = {
  chromium: { spaces: true, literals: true },
  firefox: { spaces: true, literals: false },
  webkit: { spaces: false, literals: true },
};

test('every deviation of a delivery is a difference', () => {
  const all = (value) => ({ chromium: value, firefox: value, webkit: value });
  const sent = [0, 1].map(() => ({ needs_preflight: all(true) }));
  const reason = { code: 'mixed-content', verdict: 'refused', at: 'preflight', hop: 1, profiles: ['chromium'] };
  const model = { delivery: all('refused'), delivery_by: [reason], delivery_console: all('Mixed'), verdict: all('allowed'), sent };
  const found = (change, of = {}) => {
    const { outcome, seen, lines } = { outcome: 'blocked', seen: ['preflight 0', 'request 0'], lines: ['Mixed'], ...change };
    return differences('chromium', { kind: 'fetch' }, { ...model, ...of }, outcome, seen, lines).map((text) => text.slice(0, text.indexOf(':')));
  };
  const all_sent = ['preflight 0', 'request 0', 'preflight 1', 'request 1'];
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ seen: ['preflight 0'] }), ['sent']);
  assert.deepEqual(found({ seen: all_sent.slice(0, 3) }), ['sent']);
  assert.deepEqual(found({ seen: ['preflight 0 access-control-request-private-network', 'request 0'] }), ['sent']);
  assert.deepEqual(found({ outcome: 'allowed' }), ['outcome']);
  assert.deepEqual(found({ lines: [] }), ['console']);
  assert.deepEqual(found({}, { delivery: all('unknown') }), ['verdict']);
  const passes = { delivery: all('ok'), delivery_by: [], delivery_console: all(null) };
  assert.deepEqual(found({ outcome: 'allowed', seen: all_sent, lines: [] }, passes), []);
  assert.deepEqual(found({}, passes), ['sent', 'outcome']);
  const denied = (url) => [`Local Network Access detected: accessing target “${url}” (127.0.0.1:1) via fetch. prompt action: auto_deny`];
  assert.deepEqual(found({ lines: denied('http://a') }, { delivery_console: all(null) }), ['console']);
  assert.deepEqual(found({ lines: denied('https://a') }, { delivery_console: all(null) }), []);
  assert.deepEqual(found({ lines: denied('http://a') }, { delivery_console: all(denied('http://b')[0]) }), ['console']);
  assert.deepEqual(found({ lines: denied('http://a') }, { delivery_console: all(denied('http://a')[0].replace('127.0.0.1', '10.0.0.1')) }), []);
});

test('a preflight of Private Network Access is noticed', { timeout: 60_000 }, async (t) => {
  const server = await serve();
  t.after(() => server.close());
  server.add({ id: 'd0d', hops: [{ preflight: { status: 204, headers: [] } }] });
  const headers = { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Private-Network': 'true' };
  const asked = http.request({ host: '127.0.0.1', port: server.ports.http.loopback, path: '/x/d0d/0', method: 'OPTIONS', headers }).end();
  (await once(asked, 'response'))[0].resume();
  assert.deepEqual(server.seen('d0d'), ['preflight 0 access-control-request-private-network']);
});

for (const browser of browsers) {
  const missing = [...browser.needs, '/usr/bin/openssl'].filter((file) => !existsSync(file));
  if (missing.length > 0) {
    const reason = `${browser.name} is not installed: apt-get install --yes --no-install-recommends ${browser.packages} openssl`;
    console.error(`SKIPPED ${reason}`);
    test(`delivery in ${browser.name}`, { skip: process.env.CI ? false : reason }, () => assert.fail(reason));
    continue;
  }
  test(`${browser.name} sends what the model says, ${COUNT} times, seed ${SEED}`, { timeout: 300_000 + COUNT * 400 }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), `corsac-delivery-${browser.name}-`));
    after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
    const server = await serve();
    t.after(() => server.close());
    const seeds = Array.from({ length: COUNT }, (_, place) => (ONE ? SEED : seedOf(SEED, place)));
    const exchanges = seeds.map((seed, place) => generate(seed, `d${place}d`, server.ports, KNOWS[browser.name]));
    const models = await judge(exchanges, asked);
    const results = await ran(browser, server, join(folder, 'profile'), exchanges, t.signal);
    const verdicts = {};
    const reports = exchanges.flatMap((exchange, place) => {
      const { outcome, lines } = results.get(exchange.id);
      const [model, seen] = [models[place], server.seen(exchange.id)];
      const code = model.delivery_by.find(({ profiles }) => profiles.includes(browser.name))?.code ?? 'ok';
      verdicts[code] = (verdicts[code] ?? 0) + 1;
      const found = differences(browser.name, exchange, model, outcome, seen, lines);
      return found.length === 0 ? [] : [report(browser.name, exchange, model, outcome, seen, lines, found)];
    });
    t.diagnostic(JSON.stringify(verdicts));
    for (const text of reports.slice(0, SHOWN)) console.error(printable(text));
    assert.equal(reports.length, 0, `${reports.length} of ${COUNT} exchanges differ`);
  });
}

/** Runs all exchanges, page by page, and gives what the script and the console saw of each. */
async function ran(browser, server, profile, exchanges, signal) {
  exchanges.forEach((exchange) => server.add(exchange));
  const pages = new Map();
  for (const exchange of exchanges) {
    const { origin } = exchange.request;
    if (!pages.has(origin)) pages.set(origin, []);
    pages.get(origin).push({ id: exchange.id, kind: exchange.kind, request: exchange.request });
  }
  const driven = await browser.start(server, profile, [...pages.keys()]);
  const stop = () => driven.stop();
  signal.addEventListener('abort', stop);
  const outcomes = new Map();
  try {
    for (const [origin, batch] of pages) {
      for (const { id, outcome } of await driven.run(origin, batch)) outcomes.set(id, outcome);
      await settled(driven, server, origin, signal);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await driven.stop();
  }
  const lines = new Map(exchanges.map(({ id }) => [id, []]));
  for (const line of driven.lines) lines.get(/\/x\/(\w+)\//.exec(line)?.[1])?.push(line);
  return new Map(exchanges.map(({ id }) => [id, { outcome: outcomes.get(id), lines: lines.get(id) }]));
}

let lasts = 0;

/** Waits for the console of a page, which is a little behind: a last request, which every browser blocks, writes the last line. */
async function settled(driven, server, origin, signal) {
  const id = `last${lasts += 1}l`;
  const { protocol, port } = new URL(origin);
  server.add({ id, hops: [{ response: { status: 200, headers: [['Content-Length', '0']] } }] });
  const url = `${protocol}//last.example:${port}/x/${id}/0`;
  await driven.run(origin, [{ id, kind: 'fetch', request: { url, method: 'GET', headers: [], mode: 'cors', credentials: 'omit' } }]);
  while (!driven.lines.some((line) => line.includes(`/x/${id}/`))) {
    signal.throwIfAborted();
    await new Promise((done) => { setTimeout(done, 20); });
  }
}

function report(name, exchange, model, outcome, seen, lines, found) {
  return [
    '',
    `${name} differs: CORSAC_SEED=${exchange.seed} CORSAC_ONE=1 node --test --test-name-pattern='^${name} sends' delivery.test.mjs`,
    ...found.map((text) => `  ${text}`),
    `  exchange ${JSON.stringify(asked(exchange))} by ${exchange.kind}`,
    `  model ${JSON.stringify({ delivery: model.delivery[name], delivery_by: model.delivery_by })}`,
    `  ${name} ${JSON.stringify({ outcome, seen, console: lines })}`,
  ].join('\n');
}
