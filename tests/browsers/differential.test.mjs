// The browser model against the browsers: random exchanges of two sources, the same in both, and no difference.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';

import * as chromium from './chromium.mjs';
import * as firefox from './firefox.mjs';
import * as webkit from './webkit.mjs';
import { differences } from './compare.mjs';
import { generate } from './generate.mjs';
import { wellFormed } from './http2.mjs';
import { judge } from './model.mjs';
import { seedOf } from './random.mjs';
import { counting } from './reached.mjs';
import { outcomes, report, unpacked } from './report.mjs';
import { arena, lived, ran } from './run.mjs';
import { shrunk } from './shrink.mjs';
import { Steering, steered } from './steer.mjs';

const SEED = Number(process.env.CORSAC_SEED ?? 1);
const ONE = process.env.CORSAC_EXCHANGE;
const COUNTS = { chromium: 2000, firefox: 500, webkit: 500 };
/** How many differences are made small and shown; the rest is counted. */
const SHOWN = Number(process.env.CORSAC_SHOWN ?? 5);
/** Of four exchanges one is over HTTP/2. */
const VERSIONS = ['1.1', '1.1', '1.1', '2'];

for (const browser of [chromium, firefox, webkit]) {
  const count = ONE ? 1 : Number(process.env[browser.name.toUpperCase()] ?? COUNTS[browser.name]);
  if (count === 0) continue;
  const missing = browser.needs.filter((file) => !existsSync(file));
  if (missing.length > 0) {
    const reason = `${browser.name} is not installed: apt-get install --yes --no-install-recommends ${browser.packages}`;
    console.error(`SKIPPED ${reason}`);
    test(browser.name, { skip: process.env.CI ? false : reason }, () => assert.fail(reason));
    continue;
  }
  test(`${browser.name} does what the model says, ${count} times, seed ${SEED}`, { timeout: 300_000 + count * 400 }, async (t) => {
    const place = await arena(browser.name);
    t.after(place.close);
    if (!place.worlds['2']) {
      const reason = 'HTTP/2 is not tried, because openssl is not installed: apt-get install --yes openssl';
      assert.ok(!process.env.CI, reason);
      console.error(`SKIPPED ${reason}`);
    }
    const steering = new Steering();
    const exchanges = ONE ? [unpacked(ONE, place.worlds)] : (await both(count, place.worlds, steering, t.signal)).map(fit(browser)).filter((exchange) => !browser.endsPage(exchange));
    const models = await judge(exchanges);
    const results = await ran(browser, place, exchanges, t.signal);
    const differing = exchanges.map((exchange, at) => compared(browser, exchange, models[at], results.get(exchange.id))).filter(({ found }) => found.length > 0);
    t.diagnostic(`${outcomes(exchanges, results)}, the grammar reaches ${steering.reached} places of the model's code`);
    for (const one of differing.slice(0, SHOWN)) {
      console.error(report(browser.name, '', one, place.worlds));
      const small = await smallest(browser, place, one, t.signal);
      if (small) console.error(report(browser.name, ' here, too, where all that can be is left out', small, place.worlds));
    }
    assert.equal(differing.length, 0, `${differing.length} of ${count} exchanges differ`);
  });
}

/** Half of the exchanges from the seeds, half from the grammar. */
async function both(count, worlds, steering, signal) {
  const places = Array.from({ length: count }, (_, at) => ({ id: `n${at}n`, origins: (worlds[VERSIONS[at >> 1 & 3]] ?? worlds['1.1']).origins }));
  const [plain, derived] = [0, 1].map((half) => places.filter((_, at) => at % 2 === half));
  const generated = plain.map(({ id, origins }, at) => generate(seedOf(SEED, at), id, origins));
  const model = counting(signal);
  try {
    return [...generated, ...await steered(SEED, derived, model.reach, steering)];
  } finally {
    await model.stop();
  }
}

/** An exchange as this browser can have it. */
function fit({ endsBrokenHttp2 }) {
  return (exchange) => (endsBrokenHttp2 || exchange.request.http_version === '1.1' ? exchange : wellFormed(exchange));
}

function compared(browser, exchange, model, result) {
  return { exchange, model, result, found: differences(browser.name, exchange, model, result.got, result.seen, result.lines) };
}

/** The smallest exchange with a difference of the same kind. */
async function smallest(browser, { worlds, profile }, { exchange, found }, signal) {
  const kind = (text) => text.slice(0, text.indexOf(':'));
  const server = worlds[exchange.request.http_version];
  const life = await lived(browser, server, mkdtempSync(join(profile, 'profile-')), signal);
  const tried = new Map();
  const differ = async (exchanges) => {
    const models = await judge(exchanges);
    const results = await life.run(exchanges);
    return exchanges.map((one, at) => {
      const after = compared(browser, one, models[at], results.get(one.id));
      tried.set(one.id, after);
      return after.found.length > 0 && kind(after.found[0]) === kind(found[0]);
    });
  };
  try {
    const small = await shrunk(exchange, server.origins[0], differ);
    return tried.get(small.id);
  } finally {
    await life.stop();
  }
}
