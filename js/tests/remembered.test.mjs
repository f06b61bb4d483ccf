// Decisions that come again: a remembered one is the one that the engine would give, and strangers cannot fill the memory.

import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import { test } from 'node:test';
import { Policy } from 'corsac';
import cors from 'corsac/express';
import { Remembered } from '../dist/esm/engine/remembered.js';
import { quiet } from './server.mjs';

const options = { deniedPreflightStatus: 403, methods: ['PUT', 'DELETE'], allowedHeaders: ['a', 'b', '1'], credentials: true };
const origins = ['https://a.example', 'https://*.b.example'];

/** What a middleware writes for a request of Node. */
function respond(middleware, method, lines) {
  const request = new IncomingMessage(null);
  request.method = method;
  request.url = '/';
  request.rawHeaders = lines.flat();
  // Node joins lines, as a server does.
  for (const [name, value] of lines) request._addHeaderLine(name, value, request.headers);
  const response = new ServerResponse(request);
  middleware(request, response, () => response.end());
  return response._header.split('\r\n').filter((line) => /^(HTTP|Access-Control|Vary)/.test(line)).sort();
}

/** The same by the engine, which remembers nothing. */
function evaluated(policy, method, lines) {
  const decision = policy.evaluate(method, lines);
  const { status, headers } = decision.class === 'preflight' ? decision.preflightResponse() : { status: 200, headers: decision.headers };
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...headers.map((header) => header.join(': '))].filter((line) => /^(HTTP|Access-Control|Vary)/.test(line)).sort();
}

/** Numbers that are the same in each run. */
function* numbers(seed) {
  for (;;) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    yield seed >>> 16;
  }
}

test('remembered decisions are those of the engine', () => {
  const middleware = cors({ ...options, origin: origins.map((one) => (one.includes('*') ? /^https:\/\/[a-z]+\.b\.example$/ : one)), logger: quiet() });
  const policy = new Policy({ allowOrigins: origins, allowMethods: options.methods, allowHeaders: options.allowedHeaders, allowCredentials: true, deniedPreflightStatus: 403 });
  const random = numbers(7);
  const one = (list) => list[random.next().value % list.length];
  const seen = new Set();
  for (let round = 0; round < 16_000; round += 1) {
    const lines = [['Origin', one(['https://a.example', 'https://x.b.example', 'https://evil.example', 'null'])]];
    if (one([0, 1, 2, 3]) > 0) lines.push(['Access-Control-Request-Method', one(['PUT', 'PUT', 'DELETE', 'PATCH'])]);
    // Values that look like other lines of a key, and the same names in one line and in several.
    for (let count = one([0, 1, 1, 2, 2]); count > 0; count -= 1) {
      lines.push(['Access-Control-Request-Headers', one(['a', 'a,b', 'a, b', '1', 'b', 'b,1', 'a 2 b', 'a2b', 'PUT', 'c'])]);
    }
    if (one([0, 1]) === 1) lines.reverse();
    const method = one(['OPTIONS', 'OPTIONS', 'GET']);
    const said = respond(middleware, method, lines);
    seen.add(said.join());
    assert.deepEqual(said, evaluated(policy, method, lines), JSON.stringify([method, lines]));
  }
  // A name that reads like two lines: 2 is the number of these lines.
  for (const names of [['a', 'b'], ['a2b'], ['a21 b'], ['a,b']]) {
    const lines = [['Origin', 'https://a.example'], ['Access-Control-Request-Method', 'PUT'], ...names.map((name) => ['Access-Control-Request-Headers', name])];
    assert.deepEqual(respond(middleware, 'OPTIONS', lines), evaluated(policy, 'OPTIONS', lines), names.join());
  }
  assert.ok(seen.size > 7, `${seen.size} kinds of responses`);
});

test('what is not asked for again is forgotten', () => {
  const remembered = new Remembered();
  const decision = (name) => /** @type {any} */ ({ name });
  remembered.set('often', decision('often'));
  for (let number = 0; number < 3000; number += 1) {
    remembered.set(`stranger ${number}`, decision(number));
    assert.equal(remembered.get('often')?.name, 'often', `${number}`);
  }
  assert.equal(remembered.get('stranger 0'), undefined);
  assert.equal(remembered.get('stranger 2999')?.name, 2999);
  const kept = Array.from({ length: 3000 }, (_, number) => remembered.get(`stranger ${number}`)).filter((one) => one !== undefined);
  assert.ok(kept.length <= 1024, `${kept.length} are kept`);
});

test('long texts of strangers are not kept', () => {
  const remembered = new Remembered();
  remembered.set('x'.repeat(512), /** @type {any} */ ({}));
  remembered.set('x'.repeat(513), /** @type {any} */ ({}));
  assert.deepEqual([remembered.get('x'.repeat(512)), remembered.get('x'.repeat(513))], [{}, undefined]);
});
