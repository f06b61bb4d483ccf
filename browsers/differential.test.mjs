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
/** So many differences are shown; the rest is counted. */
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
  test(`${browser.name} does what the model says, ${count} times from seed ${SEED}`, { timeout: 60_000 + count * 400 }, async (t) => {
    const server = await serve(3);
    const profile = mkdtempSync(join(tmpdir(), `corsac-${browser.name}-`));
    t.after(async () => {
      await server.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    });
    const seeds = Array.from({ length: count }, (_, place) => (ONE ? SEED : seedOf(SEED, place)));
    const exchanges = seeds.map((seed, place) => generate(seed, `n${place}n`, server.origins));
    const models = await judge(exchanges);
    const results = await ran(browser, server, profile, exchanges);
    const reports = exchanges.flatMap((exchange, place) => {
      const { got, lines } = results.get(exchange.id);
      const found = differences(browser.name, exchange, models[place], got, server.seen(exchange.id), lines);
      return found.length === 0 ? [] : [report(browser, exchange, models[place], got, server.seen(exchange.id), lines, found)];
    });
    t.diagnostic(outcomes(exchanges, results));
    for (const text of reports.slice(0, SHOWN)) console.error(text);
    assert.equal(reports.length, 0, `${reports.length} of ${count} exchanges differ`);
  });
}

/** Runs all exchanges, and gives what the script and the console saw of each. */
async function ran(browser, server, profile, exchanges) {
  const driven = await browser.start(`${server.origins[0]}/`, profile, server);
  const answers = [];
  try {
    for (let at = 0; at < exchanges.length; at += BATCH) {
      const batch = exchanges.slice(at, at + BATCH);
      batch.forEach((exchange) => server.add(exchange));
      answers.push(...await driven.run(batch.map((exchange) => ({ ...exchange, hops: undefined, mark: `${server.origins[0]}/mark/${exchange.id}` }))));
    }
    // The console is a little behind.
    await new Promise((done) => setTimeout(done, 1000));
  } finally {
    await driven.stop();
  }
  const lines = new Map(exchanges.map(({ id }) => [id, []]));
  for (const line of driven.lines) lines.get(/\/x\/(\w+)\//.exec(line)?.[1])?.push(line);
  return new Map(answers.map((got) => [got.id, { got, lines: lines.get(got.id) }]));
}

function outcomes(exchanges, results) {
  const counts = {};
  for (const { id } of exchanges) {
    const { outcome } = results.get(id).got;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return JSON.stringify(counts);
}

function report(browser, exchange, model, got, seen, lines, found) {
  const requests = seen.map((one) => (one.mark ? 'then' : `${one.method}${one.preflight ? ' (preflight)' : ''} at hop ${one.hop}`));
  return [
    '',
    `${browser.name} differs: CORSAC_SEED=${exchange.seed} CORSAC_ONE=1 node --test --test-name-pattern=${browser.name}`,
    ...found.map((text) => `  ${text}`),
    `  exchange ${JSON.stringify(asked(exchange))} in a ${exchange.frame} by ${exchange.api}${exchange.body ? ' with a body' : ''}`,
    `  model ${JSON.stringify({ verdict: model.verdict[browser.name], blocked_by: model.blocked_by, console: model.console[browser.name] })}`,
    `  ${browser.name} ${JSON.stringify({ outcome: got.outcome, error: got.error, requests, console: lines })}`,
  ].join('\n');
}
