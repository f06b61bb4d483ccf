// Without a browser: the comparison finds differences, the sources repeat themselves, an exchange shrinks, and the server writes each byte of a response.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';

import { certificate } from './certificate.mjs';
import { Choices, changed } from './choices.mjs';
import { differences } from './compare.mjs';
import { derive } from './derive.mjs';
import { generate } from './generate.mjs';
import { RULES } from './grammar.mjs';
import { PATIENCE } from './patience.mjs';
import { Random, seedOf } from './random.mjs';
import { counting } from './reached.mjs';
import { packed, unpacked } from './report.mjs';
import { HOST, serve } from './server.mjs';
import { shrunk, size } from './shrink.mjs';
import { Steering, steered } from './steer.mjs';

const ORIGINS = ['http://app.localhost:1', 'http://app.localhost:2', 'http://app.localhost:3'];
const EVEN = (rule) => RULES[rule].map((_, place) => [1, place]);

test('a seed gives one exchange, a run gives seeds', () => {
  assert.deepEqual(generate(7, 'n', ORIGINS), generate(7, 'n', ORIGINS));
  assert.notDeepEqual(generate(7, 'n', ORIGINS), generate(8, 'n', ORIGINS));
  const seeds = Array.from({ length: 10_000 }, (_, place) => seedOf(1, place));
  assert.ok(new Set(seeds).size > 9_990);
});

test('only a response without a length ends its connection', { timeout: 60_000 }, async (t) => {
  const server = await serve(1);
  t.after(() => server.close());
  for (const [status, headers, ends] of [[200, [], true], [302, [['Location', '/x']], true], [200, [['content-length', '0']], false], [204, [], false]]) {
    server.add({ id: 'n0n', hops: [{ response: { status, headers } }] });
    const socket = net.connect(server.ports[0], '127.0.0.1');
    const ask = () => socket.write('GET /x/n0n/0 HTTP/1.1\r\n\r\n');
    ask();
    await once(socket, 'data');
    if (ends) await once(socket, 'end');
    else await Promise.all([once(socket, 'data'), ask()]);
    socket.destroy();
  }
});

test('the server writes odd lines byte for byte, remembering requests', async () => {
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

test('a difference of any kind is found', () => {
  const each = (value) => ({ chromium: value, firefox: value, webkit: value });
  const exchange = { id: 'n', frame: 'page', request: { origin: ORIGINS[0], url: `${ORIGINS[1]}/x/n/0`, mode: 'cors' }, then: [] };
  const step = { method: 'PUT', origin: ORIGINS[0], url: `${ORIGINS[1]}/x/n/0`, sends_cookies: each(false), needs_preflight: each(true), requested_headers: each('x-a') };
  const model = { verdict: each('allowed'), exposed: each(['etag']), console: each(null), blocked_by: [], then: [], sent: [step] };
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
  assert.deepEqual(found({ lines: ['Access to fetch at that has been blocked'] }), ['console']);
  // A console names URLs, and not the exchange.
  const unnamed = { ...exchange, request: { ...exchange.request, url: 'about:srcdoc' } };
  assert.deepEqual(found({ exchange: unnamed, lines: ['Access to fetch at that has been blocked'] }), []);
  const spoiled = (name) => ({ model: { ...model, exposed: each(['x\x80']) }, got: { ...got, names: [name] } });
  assert.deepEqual([found(spoiled('x\ufffd')), found(spoiled('x'))], [[], ['exposed']]);

  const cookies = [seen[0], { ...seen[1], headers: [...headers, ['Cookie', 'c=1']] }];
  assert.deepEqual(found({ seen: cookies }), ['sent']);
  // The cookies of this browser count, and those of mode no-cors, but not those of an opaque origin.
  const sends = { ...model, sent: [{ ...step, sends_cookies: { chromium: true, firefox: false, webkit: false } }] };
  assert.deepEqual(found({ model: sends, seen: cookies }), []);
  assert.deepEqual(found({ model: sends }), ['sent']);
  const noCors = { ...exchange, request: { ...exchange.request, mode: 'no-cors' } };
  assert.deepEqual(found({ exchange: noCors, seen: cookies }), ['sent']);
  assert.deepEqual(found({ exchange: { ...exchange, frame: 'data' }, seen: cookies }), []);
  // Nothing is sent where the URL is the response, or where a header forbids it.
  assert.deepEqual(found({ model: { ...model, sent: [{ ...step, url: 'data:,x' }] }, seen: [] }), []);
  const reserved = { code: 'header-reserved', hop: 0, at: 'response', profiles: ['chromium'], first_in: ['chromium'] };
  assert.deepEqual(found({ model: { ...model, blocked_by: [reserved] }, seen: [] }), []);
  assert.deepEqual(found({ model: { ...model, blocked_by: [reserved] } }), ['sent']);

  const then = { exchange: { ...exchange, then: [{ after_seconds: 0 }] }, model: { ...model, then: [{ needs_preflight: each(false) }] } };
  const later = { ...then, got: { ...got, then: [{ waited: 1 }] } };
  assert.deepEqual(found({ ...later, seen: [...seen, { mark: true }, seen[1]] }), []);
  assert.deepEqual(found({ ...later, seen: [...seen, { mark: true }, ...seen] }), ['preflight of later request 0']);
  // A preflight at a later hop is not about the first one's.
  assert.deepEqual(found({ ...later, seen: [...seen, { mark: true }, seen[1], { ...seen[0], hop: 1 }] }), []);
});

test('the server writes any bytes over HTTP/2', async (t) => {
  const identity = certificate(HOST);
  if (!identity) {
    assert.ok(!process.env.CI, 'openssl is not installed: apt-get install --yes openssl');
    t.skip('openssl is not installed: apt-get install --yes openssl');
    return;
  }
  const server = await serve(1, identity);
  const long = 'l'.repeat(20_000);
  const headers = [['X-Odd', 'a\xff'], ['x-odd', ''], ['X-Long', long]];
  server.add({ id: 'n', hops: [{ preflight: { status: 299, headers: [] }, response: { status: 503, headers } }] });
  const client = http2.connect(`https://127.0.0.1:${server.ports[0]}`, { ca: identity.cert, servername: HOST });
  const ask = async (lines) => {
    const request = client.request(lines).end();
    const [got] = await once(request, 'response');
    request.resume();
    return got;
  };
  const got = await ask({ ':method': 'POST', ':path': '/x/n/0', 'X-Sent': '1' });
  assert.deepEqual([got[':status'], got['x-odd'], got['x-long']], [503, 'a\xff, ', long]);
  const preflight = await ask({ ':method': 'OPTIONS', ':path': '/x/n/0', 'access-control-request-method': 'PUT' });
  assert.equal(preflight[':status'], 299);
  assert.deepEqual(server.seen('n').map(({ method, preflight: is, headers: lines }) => [method, is, lines.length]), [['POST', false, 1], ['OPTIONS', true, 1]]);
  client.close();
  await server.close();
});

test('a printed exchange can run again on other ports', () => {
  const worlds = (port) => ({ '1.1': { ports: [port, port + 1, port + 2] }, '2': { ports: [port + 3, port + 4, port + 5] } });
  const origins = (port) => [0, 1, 2].map((at) => `http://app.localhost:${port + at}`);
  assert.deepEqual(unpacked(packed(generate(7, 'n', origins(4000)), worlds(4000)), worlds(5000)), generate(7, 'n', origins(5000)));
});

test('the grammar repeats itself and takes every alternative', () => {
  const all = (count) => {
    const random = new Random(1);
    return Array.from({ length: count }, () => derive(random, 'n', ORIGINS, EVEN));
  };
  assert.deepEqual(all(20), all(20));
  const used = new Set(all(8_000).flatMap(({ used: some }) => [...some]));
  const missing = Object.entries(RULES).flatMap(([rule, alternatives]) => alternatives.map((_, at) => `${rule} ${at}`)).filter((key) => !used.has(key));
  assert.deepEqual(missing, []);
});

test('choices give the same exchange again, and changed ones another', () => {
  const other = new Choices(8);
  derive(other, 'n', ORIGINS, EVEN);
  let kept = 0;
  for (let seed = 1; seed <= 100; seed += 1) {
    const random = new Random(seed);
    const first = new Choices(seed);
    const { exchange } = derive(first, 'n', ORIGINS, EVEN);
    assert.deepEqual(derive(new Choices(seed + 1, first.parts), 'n', ORIGINS, new Steering().weightsOf).exchange, exchange);
    const near = derive(new Choices(seed + 1, changed(random, first.parts, other.parts)), 'n', ORIGINS, EVEN).exchange;
    const parts = Object.keys(exchange.request).filter((name) => JSON.stringify(near.request[name]) === JSON.stringify(exchange.request[name]));
    kept += parts.length / Object.keys(exchange.request).length;
    assert.ok(parts.length > 0);
  }
  assert.ok(kept > 70 && kept < 99, `${kept} of 100`);
});

/** A model with a place for each length of a rare header. */
function reachOf(exchanges) {
  return Promise.resolve(exchanges.map(({ request }) => [0, ...request.headers.filter(([name]) => /^if-/i.test(name)).map(([, value]) => value.length)]));
}

test('the grammar is steered to what is rare', async () => {
  const places = Array.from({ length: 400 }, (_, at) => ({ id: `n${at}n`, origins: ORIGINS }));
  const isRare = ({ request }) => request.headers.some(([name]) => /^if-/i.test(name));
  const found = (await steered(1, places, reachOf)).filter(isRare).length;
  const random = new Random(1);
  const unsteered = new Steering();
  const plain = places.map(({ id, origins }) => derive(random, id, origins, unsteered.weightsOf).exchange).filter(isRare).length;
  assert.ok(found > 3 * plain, `${found} instead of ${plain}`);
});

test('steering reaches more of the code of the model', { timeout: PATIENCE }, async (t) => {
  const model = counting(t.signal);
  t.after(model.stop);
  const places = Array.from({ length: 200 }, (_, at) => ({ id: `n${at}n`, origins: ORIGINS }));
  const reachedBy = async (exchanges) => new Set((await model.reach(exchanges)).flat()).size;
  const random = new Random(1);
  const unsteered = new Steering();
  const plain = await reachedBy(places.map(({ id, origins }) => derive(random, id, origins, unsteered.weightsOf).exchange));
  const found = await reachedBy(await steered(1, places, model.reach));
  assert.ok(plain > 1000 && found > plain + 100, `${found} places, and ${plain} without`);
});

test('an exchange shrinks to the smallest with its difference', async () => {
  const random = new Random(3);
  // A planted difference: two lines of one name, the second with this byte, behind a redirect.
  const differs = ({ hops, request }) => hops.length === 2 && request.credentials === 'include'
    && hops[1].response.headers.filter(([name]) => /^access-control-allow-origin$/i.test(name)).length === 2
    && hops[1].response.headers.some(([, value]) => value.includes('\x80'));
  let exchange;
  do ({ exchange } = derive(random, 'n', ORIGINS, EVEN)); while (!(exchange.hops.length > 2 && exchange.request.headers.length > 0 && exchange.then.length > 0));
  exchange.request.credentials = 'include';
  exchange.hops[1].response.headers.push(['Access-Control-Allow-Origin', 'a'], ['access-control-allow-origin', `${'b'.repeat(40)}\x80c`], ['X-A', 'c']);
  exchange.hops = exchange.hops.slice(0, 2);
  exchange.hops[1].response.headers = exchange.hops[1].response.headers.filter(([name], at, all) => !/allow-origin/i.test(name) || at >= all.length - 3);
  assert.ok(differs(exchange));
  const small = await shrunk(exchange, ORIGINS[0], (exchanges) => Promise.resolve(exchanges.map(differs)));
  assert.ok(differs(small) && size(small) < size(exchange));
  assert.deepEqual(small.request.headers, []);
  assert.deepEqual(small.then, []);
  assert.equal(small.hops.length, 2);
  assert.deepEqual(small.hops[0].response.headers.map(([name]) => name), ['Location']);
  assert.deepEqual(small.hops[1].response.headers.map(([, value]) => value).sort(), ['', '\x80']);
});
