// The browser model against the browsers: random exchanges, the same in both, and no difference.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as chromium from './chromium.mjs';
import * as firefox from './firefox.mjs';
import * as webkit from './webkit.mjs';
import { differences } from './compare.mjs';
import { generate } from './generate.mjs';
import { asked, judge } from './model.mjs';
import { seedOf } from './random.mjs';
import { serve } from './server.mjs';

const SEED = Number(process.env.CORSAC_SEED ?? 1);
const ONE = process.env.CORSAC_ONE === '1';
const COUNTS = { chromium: 2000, firefox: 500, webkit: 500 };
const BATCH = 100;
/** Chromium's preflight cache has 1 024 places: a new browser is started before they are used up. */
const LIFE = 1000;
/** How many differences are shown; the rest is counted. */
const SHOWN = Number(process.env.CORSAC_SHOWN ?? 5);

for (const browser of [chromium, firefox, webkit]) {
  const count = ONE ? 1 : Number(process.env[browser.name.toUpperCase()] ?? COUNTS[browser.name]);
  const missing = browser.needs.filter((file) => !existsSync(file));
  if (missing.length > 0) {
    const reason = `${browser.name} is not installed: apt-get install --yes --no-install-recommends ${browser.packages}`;
    console.error(`SKIPPED ${reason}`);
    test(browser.name, { skip: process.env.CI ? false : reason }, () => assert.fail(reason));
    continue;
  }
  test(`${browser.name} does what the model says, ${count} times from seed ${SEED}`, { timeout: 300_000 + count * 400 }, async (t) => {
    const server = await serve(3);
    const profile = mkdtempSync(join(tmpdir(), `corsac-${browser.name}-`));
    t.after(async () => {
      await server.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    });
    const seeds = Array.from({ length: count }, (_, place) => (ONE ? SEED : seedOf(SEED, place)));
    const exchanges = seeds.map((seed, place) => generate(seed, `n${place}n`, server.origins));
    const models = await judge(exchanges);
    const results = await ran(browser, server, profile, exchanges, t.signal);
    const reports = exchanges.flatMap((exchange, place) => {
      const { got, lines } = results.get(exchange.id);
      const seen = server.seen(exchange.id);
      const found = differences(browser.name, exchange, models[place], got, seen, lines);
      return found.length === 0 ? [] : [report(browser.name, exchange, models[place], got, seen, lines, found)];
    });
    t.diagnostic(outcomes(exchanges, results));
    for (const text of reports.slice(0, SHOWN)) console.error(printable(text));
    assert.equal(reports.length, 0, `${reports.length} of ${count} exchanges differ`);
  });
}

/** Runs all exchanges, and gives what the script and the console saw of each. */
async function ran(browser, server, profile, exchanges, signal) {
  // Those that wait for a cache to expire do it together.
  const waits = ({ then }) => then.some((later) => later.after_seconds > 0);
  const ordered = [...exchanges.filter((exchange) => !waits(exchange)), ...exchanges.filter(waits)];
  const results = new Map();
  for (const part of parts(ordered, LIFE)) {
    const home = mkdtempSync(join(profile, 'profile-'));
    for (const [id, result] of await lived(browser, server, home, part, signal)) results.set(id, result);
  }
  return results;
}

/** The life of one browser. */
async function lived(browser, server, home, exchanges, signal) {
  const driven = await browser.start(`${server.origins[0]}/`, home, server);
  // A run that takes too long leaves no browser behind.
  const stop = () => driven.stop();
  signal.addEventListener('abort', stop);
  const answers = [];
  try {
    for (const batch of parts(exchanges, BATCH)) {
      batch.forEach((exchange) => server.add(exchange));
      const asks = ({ id, frame, api, body, request, then }) => ({ id, frame, api, body, request, then, mark: `${server.origins[0]}/mark/${id}` });
      answers.push(...await driven.run(batch.map(asks)));
    }
    await settled(driven, server, exchanges, signal);
  } finally {
    signal.removeEventListener('abort', stop);
    await driven.stop();
  }
  const lines = new Map(exchanges.map(({ id }) => [id, []]));
  for (const line of driven.lines) lines.get(/\/x\/(\w+)\//.exec(line)?.[1])?.push(line);
  return answers.map((got) => [got.id, { got, lines: lines.get(got.id) }]);
}

/**
 * Waits for the console, which is a little behind. In each kind of document a last request, which every browser blocks, writes the last line.
 */
async function settled(driven, server, exchanges, signal) {
  const frames = new Set(exchanges.map(({ frame }) => frame));
  const last = [...frames].map((frame) => {
    const id = `last${frame}`;
    server.add({ id, hops: [{ response: { status: 200, headers: [['Content-Length', '0']] } }] });
    return { id, frame, api: 'fetch', request: { url: `${server.origins[1]}/x/${id}/0`, method: 'GET', headers: [], credentials: 'omit', mode: 'cors' } };
  });
  await driven.run(last);
  while (!last.every(({ id }) => driven.lines.some((line) => line.includes(`/x/${id}/`)))) {
    signal.throwIfAborted();
    await new Promise((done) => setTimeout(done, 20));
  }
}

function parts(list, size) {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, place) => list.slice(place * size, (place + 1) * size));
}

function outcomes(exchanges, results) {
  const counts = {};
  for (const { id } of exchanges) {
    const { outcome } = results.get(id).got;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return JSON.stringify(counts);
}

/** Hostile bytes never reach a terminal. */
function printable(text) {
  return text.replace(/[^\x20-\x7e\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function report(name, exchange, model, got, seen, lines, found) {
  const requests = seen.map((one) => (one.mark ? 'then' : `${one.method}${one.preflight ? ' (preflight)' : ''} at hop ${one.hop}`));
  return [
    '',
    `${name} differs: CORSAC_SEED=${exchange.seed} CORSAC_ONE=1 node --test --test-name-pattern='^${name}'`,
    ...found.map((text) => `  ${text}`),
    `  exchange ${JSON.stringify(asked(exchange))} in a ${exchange.frame} by ${exchange.api}${exchange.body ? ' with a body' : ''}`,
    `  model ${JSON.stringify({ verdict: model.verdict[name], blocked_by: model.blocked_by, console: model.console[name] })}`,
    `  ${name} ${JSON.stringify({ outcome: got.outcome, error: got.error, requests, console: lines })}`,
  ].join('\n');
}
