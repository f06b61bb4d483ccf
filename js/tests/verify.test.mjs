// `verify` in process: it finds nothing at our own adapters, names what is wrong with others, and sends nothing that it must not.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import cors from 'cors';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { cors as honos } from 'hono/cors';
import supertest from 'supertest';
import { Policy } from 'corsac';
import corsOfExpress from 'corsac/express';
import { withCors } from 'corsac/fetch';
import { verify } from 'corsac/testing';
import { listen, quiet } from './server.mjs';
import { ADAPTERS, examples, findsNothing, generated } from './verify.mjs';

const APP = 'https://app.example.com';
const POLICY = new Policy({ allowOrigins: [APP], allowMethods: ['GET', 'PUT'], allowHeaders: ['content-type'], allowCredentials: true });

for (const adapter of Object.keys(ADAPTERS)) {
  // All of the list are asked nightly.
  test(`nothing is found at our adapter: ${adapter}`, () => findsNothing(adapter, [...examples(), ...generated(25)]));
}

/** A right application of Express. `wrong` is in front of it. */
function right(...wrong) {
  const app = express();
  for (const middleware of wrong) app.use(middleware);
  app.use(corsOfExpress({ policy: POLICY, logger: quiet() }));
  app.get('/private', (request, response) => response.status(request.headers.authorization === 'Bearer s3cret' ? 200 : 401).end());
  app.get('/{*page}', (request, response) => response.end('a page'));
  return app;
}

/** The message of the assertion. */
async function report(client, options = {}) {
  let message = '';
  await assert.rejects(verify(client, POLICY, options), (error) => {
    message = error.message;
    return error.code === 'ERR_ASSERTION' && error.name === 'AssertionError' && message.startsWith('the application does not keep the policy\n');
  });
  return message;
}

test('a reflected origin of Express is named, with the fix', async () => {
  const app = express().use(cors({ origin: true, credentials: true, methods: ['GET', 'PUT'], allowedHeaders: ['content-type'] }));
  const said = await report(app.get('/{*page}', (request, response) => response.end()), { stack: 'express' });
  assert.match(said, /\[origin-reflected\]/);
  assert.match(said, /curl -i -H 'Origin: https:\/\/corsac-check\.test'/);
  assert.match(said, /Fix: /);
});

test('a preflight that Fastify asks for a password is named', async () => {
  const app = Fastify();
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization === undefined) return reply.code(401).send();
    reply.headers({ 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true', vary: 'Origin' });
  });
  app.get('/*', async () => 'a page');
  assert.match(await report(app, { headers: { authorization: 'Bearer s3cret' } }), /\[listed-origin-refused: acao-missing/);
});

test('a suffix that Hono lets in is named', async () => {
  const app = new Hono();
  app.use(honos({ origin: (origin) => (origin.endsWith('app.example.com') ? origin : null), allowMethods: ['GET', 'PUT'], allowHeaders: ['content-type'], credentials: true }));
  app.all('*', (context) => context.text('a page'));
  assert.match(await report(app), /\[origin-suffix-match\]/);
});

test('two layers of a server of Node are named', async () => {
  const twice = createServer((request, response) => {
    const lines = request.headers.origin === APP ? ['Access-Control-Allow-Origin', APP, 'Access-Control-Allow-Origin', APP] : [];
    response.writeHead(200, [...lines, 'Vary', 'Origin']).end();
  });
  assert.match(await report(twice), /acao-multiple/);
  assert.equal(twice.listening, false);
});

test('every kind of client finds nothing at a right application', async () => {
  const page = withCors({ policy: POLICY, logger: quiet() }, () => new Response('a page'));
  for (const client of [right(), supertest(right()), page, { fetch: page }]) assert.deepEqual(await verify(client, POLICY), []);
});

test('a listening server is asked and listens on', async () => {
  const server = await listen(right());
  const url = `http://127.0.0.1:${server.port}/things`;
  assert.deepEqual(await verify(fetch, POLICY, { url }), []);
  server.close();
  const own = createServer(right()).listen(0);
  assert.deepEqual(await verify(own, POLICY, { url: '/things' }), []);
  assert.equal(own.listening, true);
  own.close();
});

test('warnings are returned and fail nothing', async () => {
  const page = withCors({ policy: POLICY, logger: quiet() }, () => new Response('a page'));
  const found = await verify(async (request) => {
    const response = await page(request);
    response.headers.delete('vary');
    return response;
  }, POLICY);
  assert.deepEqual(found.map(({ code, severity }) => [code, severity]), [['vary-origin-missing', 'warning']]);
  assert.equal(found[0].see, 'docs/errors.md#vary-origin-missing');
});

test('only safe methods are sent, without a secret in preflights', async () => {
  const seen = [];
  const app = right((request, response, next) => (seen.push([request.method, request.headers.authorization]), next()));
  const headers = { authorization: 'Bearer s3cret' };
  assert.deepEqual(await verify(app, POLICY, { url: '/private', headers }), []);
  assert.deepEqual([...new Set(seen.map(([method]) => method))].sort(), ['GET', 'OPTIONS']);
  assert.ok(seen.every(([method, secret]) => (method === 'OPTIONS') === (secret === undefined)));
  const said = await report(express().use((request, response) => response.status(200).end()), { headers });
  assert.ok(said.includes('authorization: ...') && !said.includes('s3cret'), said);
  seen.length = 0;
  await verify(app, POLICY, { sendUnsafe: true }).catch(() => undefined);
  assert.ok(seen.some(([method]) => method === 'PUT'));
});

test('checks at the same time do not mix', async () => {
  const failing = () => Promise.reject(new Error('no route to the host'));
  const page = withCors({ policy: POLICY, logger: quiet() }, () => new Response('a page'));
  const results = await Promise.allSettled([verify(page, POLICY), verify(failing, POLICY), verify(page, POLICY), report(() => new Response('a page'))]);
  assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  assert.match(results[1].reason.message, /no route to the host/);
});

test('wrong usage says what to write', async () => {
  await assert.rejects(verify(right(), { allowOrigins: [APP] }), /policy must be a Policy or a PolicySet: write new Policy\(/);
  await assert.rejects(verify(right(), POLICY, { stack: 'no-such-stack' }), /not a known stack: write one of/);
  await assert.rejects(verify({}, POLICY), /the client must be supertest's request\(app\)/);
  await assert.rejects(verify(right(), POLICY, { url: 'ftp://a.example/' }), /is not a URL: write https:\/\/HOST\/PATH/);
});
