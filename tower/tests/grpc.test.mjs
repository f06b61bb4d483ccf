// A page in a real Chromium, with credentials, calls a tonic server on another origin (examples/grpc.rs) through the client
// for gRPC-web that its users have. It reads messages, statuses and trailers.

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

import { PATIENCE } from '../../tests/browsers/patience.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'target/debug/examples/grpc');
const modules = join(root, 'tests/browsers/node_modules');
const missing = [
  ['/usr/bin/chromium', 'apt-get install --no-install-recommends chromium'],
  [join(modules, 'playwright-core'), 'npm ci --ignore-scripts --prefix tests/browsers'],
  [join(modules, 'grpc-web'), 'npm ci --ignore-scripts --prefix tests/browsers'],
].filter(([path]) => !existsSync(path)).map(([path, install]) => `${path} is missing: ${install}`).join('; ');
// CI has all of them, so there it fails where one is missing.
const skip = missing === '' || process.env.CI === 'true' ? false : missing;

const OK = 0;
const NOT_FOUND = 5;
const RESOURCE_EXHAUSTED = 8;
const UNAUTHENTICATED = 16;

describe('a page that calls gRPC-web', { skip, timeout: 2 * PATIENCE }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'corsac-chromium-'));
  const files = new Map([
    ['/', ['text/html', join(root, 'tower/tests/grpc.html')]],
    ['/grpc-web.js', ['text/javascript', join(modules, 'grpc-web/index.esm.js')]],
  ]);
  const pages = createServer((request, response) => {
    const [type, path] = files.get(request.url) ?? files.get('/');
    response.setHeader('Content-Type', type).end(readFileSync(path));
  });
  let start, server, address, port;
  before(async () => {
    ({ start } = await import('../../tests/browsers/chromium.mjs'));
    await once(pages.listen(0, '127.0.0.1'), 'listening');
    ({ port } = pages.address());
    // Cookies belong to a host, whatever its port: so this page is another origin, and the same site.
    server = spawn(program, [`http://api.localhost:${port}`], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    address = `http://api.localhost:${(await lines.next()).value}`;
  });
  after(async () => {
    pages.close();
    rmSync(folder, { recursive: true, force: true });
    server.stdin.end();
    await once(server, 'exit');
  });

  const call = (format, method, options = {}) => ({ address, format, method, metadata: {}, ...options });
  const ask = async (host, batch) => {
    const browser = await start(`http://${host}:${port}/`, mkdtempSync(join(folder, host)));
    try {
      const results = await browser.run(batch);
      await browser.settled();
      return { results, console: browser.lines.join('\n') };
    } finally {
      await browser.stop();
    }
  };

  for (const format of ['text', 'binary']) {
    test(`reads messages, statuses and trailers (${format})`, async () => {
      // The client sends this as `grpc-timeout`.
      const metadata = { deadline: String(Date.now() + 3_600_000) };
      const { results } = await ask('api.localhost', [
        call(format, '/Things/Get'),
        call(format, '/Things/Login', { metadata }),
        call(format, '/Things/Get', { metadata }),
        call(format, '/Things/List', { isStream: true, metadata }),
        call(format, '/Things/Missing'),
      ]);
      const [refused, login, got, listed, absent] = results;
      // The status of this response is in its headers, so the page reads it only because the policy exposes them.
      assert.deepEqual(refused.status, { code: UNAUTHENTICATED, details: 'log in first', left: null });
      assert.equal(absent.status.code, NOT_FOUND);
      assert.deepEqual(login.messages, ['hello lamp']);
      assert.equal(login.status.code, OK);
      assert.deepEqual(got.messages, ['a lamp']);
      assert.equal(got.headers['x-total'], '1');
      assert.ok(!('x-hidden' in got.headers), 'a header that is not exposed');
      // Trailers are in the body. No policy hides them.
      assert.deepEqual(listed.messages, ['lamp', 'sofa']);
      assert.deepEqual(listed.status, { code: RESOURCE_EXHAUSTED, details: 'two are shown', left: '7' });
    });
  }

  test('of another origin reads nothing', async () => {
    const { results, console } = await ask('evil.localhost', [call('text', '/Things/Login'), call('text', '/Things/Get')]);
    for (const { messages, headers, status } of results) {
      assert.deepEqual([messages, Object.keys(headers ?? {})], [[], []]);
      assert.ok(![OK, UNAUTHENTICATED].includes(status?.code), 'the status of the service');
    }
    assert.match(console, /blocked by CORS policy/);
  });

  test('cannot read that a timeout of tonic ended its call', async () => {
    const headers = { Origin: `http://api.localhost:${port}`, 'Content-Type': 'application/grpc-web-text', 'X-Grpc-Web': '1' };
    const post = (path, more) => fetch(`http://127.0.0.1:${new URL(address).port}${path}`, { method: 'POST', headers: { ...headers, ...more }, body: 'AAAAAAA=' });
    const ended = await post('/Things/Wait', { 'Grpc-Timeout': '1m' });
    // tonic responds outside of every layer. Its own status is there, but no page may read it.
    assert.equal(ended.headers.get('grpc-status'), '1');
    assert.equal(ended.headers.get('access-control-allow-origin'), null);
    const refused = await post('/Things/Get', {});
    assert.equal(refused.headers.get('access-control-allow-origin'), headers.Origin);
  });
});
