// The assertions for test suites, through each kind of client.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, describe, test } from 'node:test';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import supertest from 'supertest';
import corsOfExpress from 'corsac/express';
import corsOfFastify from 'corsac/fastify';
import { withCors } from 'corsac/fetch';
import { cors as corsOfHono } from 'corsac/hono';
import { assertCorsAllows, assertCorsDenies } from 'corsac/testing';
import { APP, EVIL } from './duties.mjs';
import { listen, quiet } from './server.mjs';

const JSON_ = { 'content-type': 'application/json' };
const seen = [];

/** An application in each client's form: `/orders/7` needs a cookie, `/moved` leads to it, `/login` to another server. */
function expressApp(options) {
  const app = express();
  app.use((request, response, next) => (seen.push(`${request.method} ${request.headers.cookie ?? ''}`), next()));
  if (options !== null) app.use(corsOfExpress(options));
  app.all('/orders/7', express.text({ type: () => true }), (request, response) => (request.headers.cookie === 'session=a' ? response.send(request.body ?? 'order') : response.status(401).end()));
  app.get('/moved', (request, response) => response.redirect('/orders/7'));
  app.get('/login', (request, response) => response.redirect('https://login.example/'));
  return app;
}

function fastifyApp(options) {
  const app = Fastify();
  if (options !== null) app.register(corsOfFastify, options);
  app.put('/orders/7', async (request, reply) => (request.headers.cookie === 'session=a' ? request.body : reply.code(401).send()));
  app.get('/moved', async (request, reply) => reply.redirect('/orders/7'));
  return app;
}

function honoApp(options) {
  const app = new Hono();
  if (options !== null) app.use(corsOfHono({ ...options, allowMethods: options.methods, allowHeaders: options.allowedHeaders, methods: undefined, allowedHeaders: undefined }));
  app.put('/orders/7', async (c) => c.text(await c.req.text()));
  app.get('/moved', (c) => c.redirect('/orders/7'));
  return app;
}

const handler = (options) => (options === null ? () => new Response('order') : withCors(options, () => new Response('order')));
const OPTIONS = { origin: [APP], methods: ['GET', 'PUT'], allowedHeaders: ['content-type'], credentials: true, logger: quiet() };
const CLIENTS = {
  supertest: (options) => supertest(expressApp(options)),
  'an application of Express': expressApp,
  'a server of node:http': (options) => createServer(expressApp(options)),
  "Fastify's inject": fastifyApp,
  'an application of Hono': honoApp,
  'a handler': handler,
  'a worker': (options) => ({ fetch: handler(options) }),
};

for (const [name, make] of Object.entries(CLIENTS)) {
  describe(name, () => {
    const put = { method: 'PUT', headers: JSON_, credentials: 'include', cookie: 'session=a', body: '{}' };

    test('an allowed page passes, and a denied one does not', async () => {
      const client = make(OPTIONS);
      const explained = await assertCorsAllows(client, '/orders/7', { ...put, origin: APP });
      assert.equal(explained.diagnosis.verdict.chromium, 'allowed');
      await assertCorsDenies(client, '/orders/7', { ...put, origin: EVIL });
      await assert.rejects(assertCorsDenies(client, '/orders/7', { ...put, origin: APP }), /a page at https:\/\/app\.example\.com may read PUT \/orders\/7 in spec, chromium, firefox, webkit/);
    });

    test('a failure has the cause and the fix', async () => {
      for (const [options, call, expected] of [
        [null, { origin: APP }, /a page at https:\/\/app\.example\.com may not read GET \/orders\/7\n[^]*Fix:/],
        [OPTIONS, { ...put, origin: EVIL }, /may not read PUT[^]*Fix:/],
        [OPTIONS, { ...put, origin: APP, method: 'DELETE' }, /DELETE[^]*Fix:/],
        [OPTIONS, { ...put, origin: APP, headers: { 'x-trace': '1' } }, /x-trace[^]*Fix:/],
      ]) {
        await assert.rejects(assertCorsAllows(make(options), '/orders/7', call), (error) => error.code === 'ERR_ASSERTION' && error.name === 'AssertionError' && expected.test(error.message));
      }
    });
  });
}

test('preflights have no cookie, and denied requests are not sent', async () => {
  const client = supertest(expressApp({ ...OPTIONS, preflightContinue: false }));
  seen.length = 0;
  await assertCorsDenies(client, '/orders/7', { origin: EVIL, method: 'DELETE', credentials: 'include', cookie: 'session=a' });
  await assertCorsAllows(client, '/orders/7', { origin: APP, method: 'PUT', credentials: 'include', cookie: 'session=a' });
  await assertCorsAllows(client, '/orders/7', { origin: APP, credentials: 'omit', cookie: 'session=a' });
  assert.deepEqual(seen, ['OPTIONS ', 'OPTIONS ', 'PUT session=a', 'GET ']);
});

test('redirects are followed as a browser follows them', async () => {
  const client = supertest(expressApp(OPTIONS));
  seen.length = 0;
  const explained = await assertCorsAllows(client, '/moved', { origin: APP, credentials: 'include', cookie: 'session=a' });
  assert.equal(explained.diagnosis.sent.length, 2);
  assert.deepEqual(seen, ['GET session=a', 'GET session=a']);
});

test('fetch itself asks a server that listens', async () => {
  const server = await listen(expressApp(OPTIONS));
  after(server.close);
  const url = `http://127.0.0.1:${server.port}/orders/7`;
  await assertCorsAllows(fetch, url, { origin: APP, method: 'PUT', headers: JSON_, credentials: 'include', body: '{}' });
  await assertCorsDenies(fetch, url, { origin: EVIL });
});

test('a client that is none is refused', async () => {
  for (const client of [{}, null, 'https://a.example']) {
    await assert.rejects(assertCorsAllows(client, '/', { origin: APP }), /the client must be supertest's request\(app\)/);
  }
});
