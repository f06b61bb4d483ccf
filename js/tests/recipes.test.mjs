// The recipes of MIGRATING.md for Nest and Next. Both are too large to be installed here. Their code is run on what those are made of:
// Nest's `app.use` and `app.register` are those of Express and Fastify, and a route of Next is a set of functions from a
// Request to a Response, or a listener of node:http.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import express from 'express';
import Fastify from 'fastify';
import corsOfExpress from 'corsac/express';
import corsOfFastify from 'corsac/fastify';
import { withCors } from 'corsac/fetch';
import { allowed, APP, EVIL, preflight } from './duties.mjs';
import { ask, listen } from './server.mjs';

const page = readFileSync(new URL('../MIGRATING.md', import.meta.url), 'utf8');
/** The block that begins with this comment, without imports and exports, as a function of what it imports. */
function recipe(comment, results, ...names) {
  const [, code] = page.split(`\`\`\`js\n// ${comment}`);
  assert.ok(code !== undefined, comment);
  const body = code.slice(code.indexOf('\n'), code.indexOf('\n```')).replaceAll(/^import .*$/gm, '').replaceAll(/^export (?:default )?/gm, '');
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
  return new AsyncFunction(...names, `${body}\nreturn ${results};`);
}

describe('Nest', () => {
  test('with Express', async () => {
    const app = express();
    let server;
    const NestFactory = { create: async () => ({ use: (middleware) => app.use(middleware), listen: async () => (server = await listen(app)) }) };
    await recipe('main.js, with Express', 'app', 'NestFactory', 'AppModule', 'cors')(NestFactory, {}, corsOfExpress);
    after(server.close);
    // A guard, which Nest adds when it listens.
    app.use((request, response) => response.status(401).end());
    assert.equal((await ask(server, '/', preflight(APP))).status, 204);
    const response = await ask(server, '/', { headers: { Origin: APP } });
    assert.deepEqual([response.status, allowed(response)], [401, APP]);
  });

  test('with Fastify', async () => {
    const app = Fastify();
    const NestFactory = { create: async () => ({ register: (...given) => app.register(...given), listen: () => app.ready() }) };
    await recipe('main.js, with the FastifyAdapter', 'app', 'NestFactory', 'AppModule', 'FastifyAdapter', 'cors')(NestFactory, {}, class {}, corsOfFastify);
    assert.equal((await app.inject({ url: '/', ...preflight(APP) })).statusCode, 204);
    assert.equal(allowed(await app.inject({ url: '/', headers: { origin: APP } })), APP);
  });
});

describe('Next', () => {
  test('a route handler', async () => {
    const cors = await recipe('lib/cors.js', 'cors', 'withCors')(withCors);
    const { GET, OPTIONS } = await recipe('app/api/things/route.js', '{ GET, OPTIONS }', 'cors')(cors);
    const from = (origin, init = {}) => new Request('https://next.example/api/things', { ...init, headers: { ...init.headers, Origin: origin } });
    const response = await GET(from(APP), { params: Promise.resolve({}) });
    assert.deepEqual([response.headers.get('access-control-allow-origin'), await response.json()], [APP, { things: [] }]);
    assert.equal((await OPTIONS(from(APP, preflight(APP, 'GET')))).status, 204);
    assert.equal((await OPTIONS(from(EVIL, preflight(EVIL, 'GET')))).status, 403);
  });

  test('an API route', async () => {
    const handler = await recipe('pages/api/things.js', 'handler', 'cors')(corsOfExpress);
    // What Next adds to a response of node:http.
    const helpers = { status(code) { this.statusCode = code; return this; }, json(value) { this.end(JSON.stringify(value)); } };
    const server = await listen((request, response) => handler(request, Object.assign(response, helpers)));
    after(server.close);
    assert.equal((await ask(server, '/api/things', preflight(APP))).status, 204);
    const response = await ask(server, '/api/things', { headers: { Origin: APP } });
    assert.deepEqual([response.status, response.body, allowed(response)], [200, '{"things":[]}', APP]);
  });
});
