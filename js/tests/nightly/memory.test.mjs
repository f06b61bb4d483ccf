// Memory stays flat: over a million requests, and over ten thousand policies that are made and dropped.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Policy } from 'corsac';
import cors from 'corsac/express';

const MEBIBYTE = 1 << 20;
/** What may stay: caches are bounded, and the collector keeps some room. A leak of ten bytes a request would be more. */
const KEPT_MAX = 8 * MEBIBYTE;
const APP = 'https://app.example.com';

/** Everything that the process keeps after a collection. Memories of WebAssembly are array buffers or external. */
async function kept() {
  for (let time = 0; time < 3; time += 1) {
    globalThis.gc();
    // Finalizers run between tasks.
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** How much more is kept after the second half of a run than after the first. */
async function growth(times, run) {
  for (let time = 0; time < times / 2; time += 1) await run(time);
  const before = await kept();
  for (let time = times / 2; time < times; time += 1) await run(time);
  return (await kept()) - before;
}

function responseOf() {
  const headers = new Map();
  return {
    headersSent: false,
    setHeader: (name, value) => void headers.set(name.toLowerCase(), value),
    getHeader: (name) => headers.get(name.toLowerCase()),
    hasHeader: (name) => headers.has(name.toLowerCase()),
    getHeaderNames: () => [...headers.keys()],
    removeHeader: (name) => void headers.delete(name.toLowerCase()),
    writeHead() {
      return this;
    },
    end() {
      this.writeHead(this.statusCode ?? 200);
    },
  };
}

test('a million requests keep nothing, whatever strangers send', { skip: globalThis.gc === undefined ? 'run it with --expose-gc' : false }, async () => {
  const silent = () => undefined;
  const handler = cors({ origin: [APP, 'https://*.example.com'], credentials: true, logger: { error: silent, warn: silent, info: silent, debug: silent } });
  const grown = await growth(1_000_000, (number) => {
    // One of each: allowed, an origin that never comes again, a denied one, a preflight with a name that never comes again.
    const origin = [APP, `https://a${number}.example.com`, `https://a${number}.example`, APP][number % 4];
    const isPreflight = number % 4 === 3;
    const headers = { origin, ...(isPreflight ? { 'access-control-request-method': 'PUT', 'access-control-request-headers': `x-${number}` } : {}) };
    const request = { method: isPreflight ? 'OPTIONS' : 'GET', url: `/${number}`, headers, rawHeaders: Object.entries(headers).flat() };
    const response = responseOf();
    response.setHeader(`X-${number}`, 'a');
    response.setHeader('Vary', `A${number}`);
    handler(request, response, () => response.end());
  });
  assert.ok(grown < KEPT_MAX, `${grown} bytes more after the second half`);
});

test('ten thousand policies that are dropped keep nothing', { skip: globalThis.gc === undefined ? 'run it with --expose-gc' : false }, async () => {
  const grown = await growth(10_000, async (number) => {
    const policy = new Policy({ allowOrigins: [`https://a${number}.example`] });
    assert.ok(policy.evaluate('GET', { origin: `https://a${number}.example` }).allowed);
    // As a server does, which makes a policy now and then.
    if (number % 50 === 0) await turn();
  });
  assert.ok(grown < KEPT_MAX, `${grown} bytes more after the second half`);
});

test('what is kept on purpose is noticed', { skip: globalThis.gc === undefined ? 'run it with --expose-gc' : false }, async () => {
  const policies = [];
  const grown = await growth(600, (number) => void policies.push(new Policy({ allowOrigins: [`https://a${number}.example`] })));
  assert.ok(grown > KEPT_MAX, `${grown} bytes of ${policies.length} policies`);
});
