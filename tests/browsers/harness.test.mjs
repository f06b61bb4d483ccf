// Without a browser: the comparison finds differences, the generator repeats itself, and the server writes each byte of a response.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';

import { differences } from './compare.mjs';
import { generate } from './generate.mjs';
import { seedOf } from './random.mjs';
import { serve } from './server.mjs';

const ORIGINS = ['http://app.localhost:1', 'http://app.localhost:2', 'http://app.localhost:3'];

test('a seed gives one exchange, and a run a seed for each', () => {
  assert.deepEqual(generate(7, 'n', ORIGINS), generate(7, 'n', ORIGINS));
  assert.notDeepEqual(generate(7, 'n', ORIGINS), generate(8, 'n', ORIGINS));
  const seeds = Array.from({ length: 10_000 }, (_, place) => seedOf(1, place));
  assert.ok(new Set(seeds).size > 9_990);
});

test('the server writes odd lines byte for byte, and remembers who asked', async () => {
  const server = await serve(1);
  const headers = [['x-Odd', 'a\xff', '\t a\xff '], ['x-Odd', '']];
  server.add({ id: 'n', hops: [{ preflight: { status: 299, headers: [] }, response: { status: 600, headers } }] });
  const ask = async (head) => {
    const socket = net.connect(server.ports[0], '127.0.0.1').setEncoding('latin1');
    socket.write(`${head}\r\n\r\n`);
    const [text] = await once(socket, 'data');
    socket.destroy();
    return text;
  };
  assert.equal(await ask('GET /x/n/0 HTTP/1.1\r\nOrigin: null'), 'HTTP/1.1 600 Status\r\nx-Odd:\t a\xff \r\nx-Odd: \r\n\r\n');
  assert.match(await ask('OPTIONS /x/n/0 HTTP/1.1\r\nAccess-Control-Request-Method: PUT'), /^HTTP\/1.1 299 /);
  assert.match(await ask('OPTIONS /x/n/0 HTTP/1.1'), /^HTTP\/1.1 600 /);
  assert.deepEqual(server.seen('n').map(({ method, preflight }) => [method, preflight]), [['GET', false], ['OPTIONS', true], ['OPTIONS', false]]);
  await server.close();
});

test('whatever the browser does otherwise is a difference', () => {
  const each = (value) => ({ chromium: value, firefox: value, webkit: value });
  const exchange = { frame: 'page', request: { origin: ORIGINS[0], mode: 'cors' }, then: [] };
  const model = {
    verdict: each('allowed'),
    exposed: each(['etag']),
    console: each(null),
    blocked_by: [],
    then: [],
    sent: [{ method: 'PUT', origin: ORIGINS[0], cookies: false, needs_preflight: each(true), requested_headers: each('x-a') }],
  };
  const got = { outcome: 'allowed', names: ['etag'], then: [] };
  const headers = [['Origin', ORIGINS[0]]];
  const asks = [['Access-Control-Request-Method', 'PUT'], ['Access-Control-Request-Headers', 'x-a']];
  const seen = [{ hop: 0, preflight: true, method: 'OPTIONS', headers: [...headers, ...asks] }, { hop: 0, preflight: false, method: 'PUT', headers }];
  const found = (change) => {
    const all = { exchange, model, got, seen, lines: [], ...change };
    return differences('chromium', all.exchange, all.model, all.got, all.seen, all.lines).map((text) => text.slice(0, text.indexOf(':')));
  };
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ got: { outcome: 'blocked', then: [] } }), ['verdict']);
  assert.deepEqual(found({ got: { ...got, names: [] } }), ['exposed']);
  assert.deepEqual(found({ seen: seen.slice(1) }), ['sent']);
  assert.deepEqual(found({ seen: [seen[0], { ...seen[1], headers: [['Origin', 'null']] }] }), ['sent']);
  assert.deepEqual(found({ seen: [seen[0], { ...seen[1], headers: [...headers, ['Cookie', 'c=1']] }] }), ['sent']);
  assert.deepEqual(found({ lines: ['Access to fetch at that has been blocked'] }), ['console']);
  const then = { exchange: { ...exchange, then: [{ after_seconds: 0 }] }, model: { ...model, then: [{ needs_preflight: each(false) }] } };
  const later = { ...then, got: { ...got, then: [{ waited: 1 }] } };
  assert.deepEqual(found({ ...later, seen: [...seen, { mark: true }, seen[1]] }), []);
  assert.deepEqual(found({ ...later, seen: [...seen, { mark: true }, ...seen] }), ['preflight of later request 0']);
});
