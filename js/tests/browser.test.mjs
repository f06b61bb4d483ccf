// Pages in a real Chromium, with credentials, ask Express and Hono on another origin. A script reads what the policy lets it read.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import corsOfExpress from 'corsac/express';
import { cors as corsOfHono } from 'corsac/hono';
import { listen, quiet } from './server.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const missing = [
  ['/usr/bin/chromium', 'apt-get install --no-install-recommends chromium'],
  [join(root, 'tests/browsers/node_modules/playwright-core'), 'npm ci --ignore-scripts --prefix tests/browsers'],
].filter(([path]) => !existsSync(path)).map(([path, install]) => `${path} is missing: ${install}`).join('; ');
// CI has both, so there it fails where one is missing.
const skip = missing === '' || process.env.CI === 'true' ? false : missing;

const PAGE = readFileSync(join(root, 'nginx/t/browser/page.html'));

/** The same API in both frameworks. */
const STACKS = {
  Express: (options, seen) => {
    const app = express();
    app.use(corsOfExpress({ methods: ['GET', 'POST', 'PUT'], allowedHeaders: ['content-type', 'authorization'], exposedHeaders: ['x-total'], ...options }));
    app.use((request, response, next) => (seen.push(request.method), next()));
    app.post('/login', (request, response) => response.cookie('session', 'a', { httpOnly: true, sameSite: 'lax' }).send('logged in'));
    app.get('/things', (request, response) => (/session=a/.test(request.headers.cookie ?? '') ? response.set({ 'X-Total': '2', 'X-Hidden': '1' }).json(['lamp', 'chair']) : response.status(401).send('log in first')));
    app.put('/things/:number', express.json(), (request, response) => response.json(request.body));
    app.get('/secret', (request, response) => response.send(request.headers.authorization));
    app.get('/moved', (request, response) => response.redirect(307, '/own'));
    app.get('/own', (request, response) => response.set('Access-Control-Allow-Origin', request.headers.origin).send('own'));
    app.get('/broken', () => {
      throw new Error('a bug');
    });
    // Express needs its four parameters.
    app.use((error, request, response, next) => (response.headersSent ? next(error) : response.status(500).send('broken')));
    return listen(app);
  },
  Hono: (options, seen) => {
    const app = new Hono();
    app.use(corsOfHono({ allowMethods: ['GET', 'POST', 'PUT'], allowHeaders: ['content-type', 'authorization'], exposeHeaders: ['x-total'], ...options }));
    app.use((c, next) => (seen.push(c.req.method), next()));
    app.post('/login', (c) => (setCookie(c, 'session', 'a', { httpOnly: true, sameSite: 'Lax' }), c.text('logged in')));
    app.get('/things', (c) => (getCookie(c, 'session') === 'a' ? c.json(['lamp', 'chair'], 200, { 'X-Total': '2', 'X-Hidden': '1' }) : c.text('log in first', 401)));
    app.put('/things/:number', async (c) => c.json(await c.req.json()));
    app.get('/secret', (c) => c.text(c.req.header('authorization')));
    app.get('/moved', (c) => c.redirect('/own', 307));
    app.get('/own', (c) => c.text('own', 200, { 'Access-Control-Allow-Origin': c.req.header('origin') ?? '*' }));
    app.get('/broken', () => {
      throw new Error('a bug');
    });
    app.onError((_error, c) => c.text('broken', 500));
    return listen(getRequestListener(app.fetch));
  },
};

describe('a page in Chromium', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'corsac-chromium-'));
  let pages;
  let start;
  before(async () => {
    ({ start } = await import('../../tests/browsers/chromium.mjs'));
    pages = await listen((request, response) => response.setHeader('Content-Type', 'text/html').end(PAGE), createServer);
  });
  after(() => {
    pages?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [stack, serve] of Object.entries(STACKS)) {
    test(`asks ${stack}`, async () => {
      const seen = [];
      // Cookies belong to a host, whatever its port: so this page is another origin, and the same site.
      const server = await serve({ origin: [`http://api.localhost:${pages.port}`], credentials: true, logger: quiet() }, seen);
      const json = { 'content-type': 'application/json' };
      const batch = [
        ['/things', {}],
        ['/login', { method: 'POST' }],
        ['/things', {}],
        ['/things/1', { method: 'PUT', headers: json, body: '{"name":"sofa"}' }],
        ['/secret', { headers: { authorization: 'Bearer a' } }],
        ['/broken', {}],
        ['/missing', {}],
        ['/moved', {}],
        ['/things/1', { method: 'DELETE' }],
        ['/things', { headers: { 'x-trace': '1' } }],
      ].map(([path, init]) => ({ url: `http://api.localhost:${server.port}${path}`, init: { credentials: 'include', ...init }, read: ['x-total', 'x-hidden'] }));
      const ask = async (host) => {
        const browser = await start(`http://${host}:${pages.port}/`, join(folder, `${stack}-${host}`));
        try {
          const results = await browser.run(batch);
          await browser.settled();
          return { results, lines: browser.lines.join('\n') };
        } finally {
          await browser.stop();
        }
      };
      try {
        const { results, lines } = await ask('api.localhost');
        const read = results.map(({ status, body, error }) => error ?? `${status} ${body}`);
        assert.deepEqual(read.slice(0, 6), ['401 log in first', '200 logged in', '200 ["lamp","chair"]', '200 {"name":"sofa"}', '200 Bearer a', '500 broken']);
        assert.deepEqual(results[2].headers, { 'x-total': '2', 'x-hidden': null });
        assert.equal(results[6].status, 404);
        assert.deepEqual(read.slice(7), ['200 own', 'TypeError', 'TypeError']);
        assert.match(lines, /DELETE is not allowed by Access-Control-Allow-Methods/);
        assert.match(lines, /x-trace is not allowed by Access-Control-Allow-Headers/);
        assert.deepEqual(seen, ['GET', 'POST', 'GET', 'PUT', 'GET', 'GET', 'GET', 'GET', 'GET'], 'no preflight reached the application');

        const evil = await ask('evil.localhost');
        assert.deepEqual(evil.results, batch.map(() => ({ error: 'TypeError' })));
        assert.doesNotMatch(seen.slice(9).join(), /PUT|DELETE|OPTIONS/);
      } finally {
        server.close();
      }
    });
  }
});
