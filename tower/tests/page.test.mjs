// A page in a real Chromium, with credentials, asks an axum server on another origin (examples/page.rs). A script reads what the policy lets it read.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'target/debug/examples/page');
const missing = [
  ['/usr/bin/chromium', 'apt-get install --no-install-recommends chromium'],
  [join(root, 'tests/browsers/node_modules/playwright-core'), 'npm ci --ignore-scripts --prefix tests/browsers'],
].filter(([path]) => !existsSync(path)).map(([path, install]) => `${path} is missing: ${install}`).join('; ');
// CI has both, so there it fails where one is missing.
const skip = missing === '' || process.env.CI === 'true' ? false : missing;

describe('a page in Chromium', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'corsac-chromium-'));
  const page = readFileSync(join(root, 'nginx/t/browser/page.html'));
  const pages = createServer((request, response) => response.setHeader('Content-Type', 'text/html').end(page));
  let start;
  before(async () => {
    ({ start } = await import('../../tests/browsers/chromium.mjs'));
    await once(pages.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => {
    pages.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('reads what the policy lets it read', async () => {
    const { port } = pages.address();
    // Cookies belong to a host, whatever its port: so this page is another origin, and the same site.
    // One handler panics, which is nothing to look at.
    const server = spawn(program, [`http://api.localhost:${port}`], { stdio: ['pipe', 'pipe', 'ignore'] });
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const address = `http://api.localhost:${(await lines.next()).value}`;
    const json = { 'content-type': 'application/json' };
    const batch = [
      ['/things', {}],
      ['/login', { method: 'POST' }],
      ['/things', {}],
      ['/things', { method: 'PUT', headers: json, body: '{"name":"sofa"}' }],
      ['/broken', {}],
      ['/missing', {}],
      ['/own', {}],
      ['/things', { method: 'DELETE' }],
      ['/things', { headers: { 'x-trace': '1' } }],
    ].map(([path, init]) => ({ url: `${address}${path}`, init: { credentials: 'include', ...init }, read: ['x-total', 'x-hidden'] }));
    const ask = async (host) => {
      const browser = await start(`http://${host}:${port}/`, join(folder, host));
      try {
        const results = await browser.run(batch);
        await browser.settled();
        return { results, console: browser.lines.join('\n') };
      } finally {
        await browser.stop();
      }
    };
    try {
      const { results, console } = await ask('api.localhost');
      const read = results.map(({ status, body, error }) => error ?? `${status} ${body}`);
      const broken = '500 Service panicked';
      assert.deepEqual(read, ['401 log in first', '200 logged in', '200 ["lamp"]', '200 {"name":"sofa"}', broken, '404 ', '200 own', 'TypeError', 'TypeError']);
      assert.deepEqual(results[2].headers, { 'x-total': '1', 'x-hidden': null });
      assert.match(console, /DELETE is not allowed by Access-Control-Allow-Methods/);
      assert.match(console, /x-trace is not allowed by Access-Control-Allow-Headers/);
      const evil = await ask('evil.localhost');
      assert.deepEqual(evil.results, batch.map(() => ({ error: 'TypeError' })));
    } finally {
      server.stdin.end();
      await once(server, 'exit');
    }
  });
});
