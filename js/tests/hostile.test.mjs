// Hostile input: to the module's exports, to the engine, and to servers.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { Policy, PolicySet } from 'corsac';
import cors from 'corsac/express';
import { listen, quiet } from './server.mjs';

const APP = 'https://app.example.com';
const exportsOf = (policy) => policy[Symbol.for('corsac.evaluator')].instance.exports;

test('exports called with wrong lengths read nothing else', () => {
  const policy = new Policy({ allowOrigins: [APP], allowCredentials: true });
  const before = policy.evaluate('GET', { origin: APP });
  const module = exportsOf(policy);
  const numbers = [0, 1, 3, 11, 12, 13, 4096, 65535, 65536, 0x7fffffff, 0xffffffff];
  for (const length of numbers) {
    for (const other of numbers) {
      for (const checked of [0, 1, 2, 9]) module.decide(length, other, checked);
      // There is an image already, so that neither may replace it.
      assert.equal(module.compile(length, other, result(other)), 3);
      module.missing_vary(length, other);
      module.denial_sentence(length, other);
      module.decision_sentence(length, other, length);
      module.replaces(length, other);
      module.unknown_option(length, other);
    }
    assert.equal(module.open(length) >>> 0, 0xffffffff);
    module.escape(length);
  }
  assert.deepEqual(policy.evaluate('GET', { origin: APP }), before);
  assert.equal(policy.evaluate('GET', { origin: 'https://evil.example' }).allowed, false);

  function result(number) {
    return number & 1;
  }
});

test('addresses outside of what was written are refused', () => {
  const fresh = new Policy({ allowOrigins: [APP] })[Symbol.for('corsac.evaluator')].instance.constructor;
  for (const word of [0, 0xffffffff, 8, 1 << 20]) {
    const instance = new fresh();
    const at = instance.room(256);
    // One table whose every word is this: addresses and lengths of the path and of all lists.
    instance.words.fill(word, at / 4, at / 4 + 16);
    assert.equal(instance.exports.compile(256, 1, 1), 3, String(word));
    assert.equal(instance.exports.compile(256, 5000, 1), 3);
  }
});

/** A module whose only function traps. */
const TRAP = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11]);

test('a trap leaves the policy usable', () => {
  const policy = new Policy({ allowOrigins: [APP], allowMethods: ['GET', 'PUT'], allowCredentials: true });
  const preflight = { origin: APP, 'access-control-request-method': 'PUT' };
  const before = [policy.evaluate('GET', { origin: APP }), policy.evaluate('OPTIONS', preflight)];
  const evaluator = policy[Symbol.for('corsac.evaluator')];
  const { instance } = evaluator;
  const { t: trap } = new WebAssembly.Instance(new WebAssembly.Module(TRAP)).exports;
  instance.exports = { ...instance.exports, decide: () => trap() };
  assert.throws(() => policy.evaluate('OPTIONS', preflight), WebAssembly.RuntimeError);
  assert.notEqual(evaluator.instance, instance);
  assert.deepEqual([policy.evaluate('GET', { origin: APP }), policy.evaluate('OPTIONS', preflight)], before);
  assert.equal(policy.evaluate('GET', { origin: 'https://evil.example' }).allowed, false);
});

/** A module of the package, with its output as text. */
function moduleOf(file) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(new URL(`../dist/wasm/${file}`, import.meta.url))), { corsac: { parse_url: () => 0 } });
  const said = (length) => new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(exports.memory.buffer, exports.output(), length));
  const write = (text) => {
    const at = exports.room(text.length);
    new Uint8Array(exports.memory.buffer, at, text.length).set(new TextEncoder().encode(text));
  };
  return { exports, said, write };
}

const LENGTHS = [1, 3, 4096, 65536, 0x7fffffff, 0x80000000, 0xffffffff];

test('exports of the diagnosis survive wrong lengths', () => {
  const modules = {
    'explain.wasm': ['console', 'stack_names', 'capture', 'exchange', 'next', 'own', 'twice', 'live_begin', 'live_next', 'live_end'],
    'codes.wasm': ['code', 'code_names'],
  };
  for (const [file, names] of Object.entries(modules)) {
    const { exports, said, write } = moduleOf(file);
    for (const name of names) {
      for (const length of LENGTHS) {
        // No room, and a room that is smaller.
        for (const text of ['', '{']) {
          write(text);
          const { error } = JSON.parse(said(exports[name](length)));
          assert.match(error, length === 1 && text === '{' ? /EOF/ : /the room is smaller than the options/, `${name} ${length}`);
        }
      }
      // Inside of the room, at every place of it.
      for (let length = 0; length < 16; length += 1) {
        write('{"shape":{}}{{{{');
        assert.equal(typeof JSON.parse(said(exports[name](length))), 'object');
      }
    }
  }
  const { exports, said, write } = moduleOf('codes.wasm');
  write('{}');
  assert.ok(JSON.parse(said(exports.code_names(2))).codes.length > 100);
});

test('exports of the dialects survive wrong lengths', () => {
  const { exports, said, write } = moduleOf('dialects.wasm');
  for (const name of ['check', 'import', 'known', 'export', 'kind', 'diff', 'open', 'line']) {
    for (const length of LENGTHS) {
      for (const text of ['', '{']) {
        write(text);
        const { error } = JSON.parse(said(exports[name](length)));
        assert.match(error, length === 1 && text === '{' ? /EOF/ : /the room is smaller than the options/, `${name} ${length}`);
      }
    }
    // Inside of the room, at every place of it.
    for (let length = 0; length < 8; length += 1) {
      write('{}a: [&b');
      assert.equal(typeof JSON.parse(said(exports[name](length))), 'object');
    }
  }
  // What a file may hold: too deep, too many aliases, an image that is not one.
  for (const [name, text, says] of [
    ['import', `{}${'['.repeat(5000)}`, /recursion limit exceeded/],
    ['import', `{}a: &a [x]\nb: [${'*a, '.repeat(11_000)}]`, /alias|repeat/],
    ['export', '{}corsac', /is not a dialect: write one of kong/],
    ['diff', '{}', /a file is longer than the room/],
    ['line', '{}{}', /no simulator is open/],
  ]) {
    write(text);
    assert.match(JSON.parse(said(exports[name](2))).error, says, text.slice(0, 20));
  }
});

test('the diagnosis goes on after a trap', async () => {
  const { exports } = moduleOf('explain.wasm');
  // More than there can be.
  assert.throws(() => exports.room(0xffffffff), WebAssembly.RuntimeError);
  const { explainCode, ExplainError } = await import('corsac/explain');
  assert.throws(() => explainCode({ length: 0xf0000000 }), (error) => error instanceof ExplainError && error.cause instanceof WebAssembly.RuntimeError);
  assert.match(explainCode('acao-missing').text, /acao-missing/);
});

test('exports of the analyser survive wrong lengths', () => {
  const { exports, said, write } = moduleOf('regexes.wasm');
  for (const length of LENGTHS) {
    for (const text of ['', '^']) {
      write(text);
      assert.match(said(exports.analyse(length, 0)), length === 1 && text === '^' ? /^refused / : /^refused cannot be read, because the room is smaller/);
    }
  }
  for (const text of ['('.repeat(5000), '(a|b)'.repeat(3000), `[${'a-z'.repeat(4000)}]`, String.raw`\u{1F600}`, String.raw`\p{L}`, 'a{0,1000}'.repeat(500)]) {
    write(text);
    assert.match(said(exports.analyse(text.length, 1)), /^refused /, text.slice(0, 20));
  }
  const fine = String.raw`^https://a\.example$`;
  write(fine);
  assert.equal(said(exports.analyse(fine.length, 0)).split('\n')[0], 'bound https://a.example');
});

test('a room that does not fit is refused', () => {
  assert.equal(exportsOf(new Policy({ allowOrigins: [APP] })).room(0xfffffff0), 0);
});

test('bytes that are not an image do not open', () => {
  const image = new Policy({ allowOrigins: [APP] }).image;
  for (const length of [0, 1, 16, image.length - 1]) assert.throws(() => Policy.fromImage(image.subarray(0, length)), /not the image of a policy/);
  for (let at = 0; at < image.length; at += 3) {
    const changed = image.slice();
    changed[at] ^= 0x55;
    try {
      Policy.fromImage(changed).evaluate('GET', { origin: APP });
    } catch (error) {
      assert.match(error.message, /not the image of a policy/);
    }
  }
  const set = new PolicySet([{ allowOrigins: [APP] }, { path: '/a', allowOrigins: ['*'] }]);
  assert.throws(() => Policy.fromImage(set.image), /open it with PolicySet.fromImage/);
});

test('characters that no header can hold are denied', () => {
  const policy = new Policy({ allowOrigins: ['https://h.example'], allowMethods: ['*'], allowHeaders: ['*'] });
  // U+0168 has the low byte of `h`.
  for (const origin of ['https://\u0168.example', 'https://h.example\u0100', '\ud800', 'https://\u{1F600}.example']) {
    const decision = policy.evaluate('GET', { origin });
    assert.equal(decision.allowed, false);
    assert.equal(decision.headers.length, 1);
  }
  const preflight = policy.evaluate('OPTIONS', [['origin', 'https://h.example'], ['access-control-request-method', 'PUT'], ['access-control-request-headers', 'x-\u0161']]);
  assert.equal(preflight.allowed, false);
});

test('names such as __proto__ are names like others', () => {
  const policy = new Policy({ allowOrigins: [APP] });
  const headers = JSON.parse(`{"__proto__": "x", "constructor": "y", "origin": "${APP}"}`);
  assert.equal(policy.evaluate('GET', headers).allowed, true);
  assert.equal(policy.evaluate('GET', [['__proto__', 'x'], ['hasOwnProperty', 'y']]).class, 'plain');
  Object.prototype.origin = APP;
  try {
    assert.equal(policy.evaluate('GET', {}).class, 'plain');
  } finally {
    delete Object.prototype.origin;
  }
  assert.throws(() => new Policy(JSON.parse('{"allowOrigins": ["*"], "__proto__": {"allowCredentials": true}}')), /unknown option "__proto__"/);
});

test('a megabyte of header is decided in bounded memory', () => {
  const policy = new Policy({ allowOrigins: [APP], allowHeaders: ['x-a'] });
  const long = 'a'.repeat(1 << 20);
  for (let time = 0; time < 5; time += 1) {
    assert.equal(policy.evaluate('GET', { origin: `https://${long}` }).denial.code, 'too-large');
    const names = { origin: APP, 'access-control-request-method': 'GET', 'access-control-request-headers': `x-a,${long}` };
    assert.equal(policy.evaluate('OPTIONS', names).denial.code, 'header-not-allowed');
  }
  assert.ok(policy.evaluate('GET', { origin: APP }).allowed);
  assert.ok(exportsOf(policy).memory.buffer.byteLength < 3 << 20);
});

test('a server serves 1 MiB of Origin, and then others', async () => {
  const log = quiet();
  const handle = cors({ origin: [APP], logger: log });
  const app = (request, response) => handle(request, response, () => response.end('ok'));
  const { port, close } = await listen(app, (listener) => createServer({ maxHeaderSize: 4 << 20 }, listener));
  after(close);
  const send = (text) =>
    new Promise((resolve, reject) => {
      let received = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
      socket.on('data', (data) => (received += data.toString('latin1'))).on('end', () => resolve(received)).on('error', reject);
    });
  const origin = 'https://' + 'a'.repeat(1 << 20);
  const preflight = `OPTIONS / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccess-Control-Request-Method: GET\r\n`;
  const denied = await send(`${preflight}Origin: ${origin}\r\n\r\n`);
  assert.match(denied, /^HTTP\/1.1 403/);
  assert.ok(denied.length < 1000, 'the response repeats what the request said');
  assert.ok(log.lines.every((line) => line.length < 500));
  const many = Array.from({ length: 30 }, (_, number) => `Access-Control-Request-Headers: x-${number}\r\n`).join('');
  assert.match(await send(`${preflight}Origin: ${APP}\r\n${many}\r\n`), /access-control-allow-headers: x-0\r/i);
  assert.match(await send(`${preflight}Origin: ${APP}\r\n\r\n`), /^HTTP\/1.1 204/);
});

test('hostile text reaches no log and no body unescaped', () => {
  const { denial } = new Policy({ allowOrigins: [APP] }).evaluate('GET', { origin: 'https://\x1b[31m<script>"' });
  assert.equal(denial.message, 'Origin "https://\\x1B[31m\\x3Cscript>\\x22" is not a single well-formed origin');
});

test('policies that nothing uses are collected', { skip: globalThis.gc === undefined && 'run with --expose-gc' }, async () => {
  const settle = async () => {
    for (let time = 0; time < 5; time += 1) {
      globalThis.gc();
      await new Promise(setImmediate);
    }
    return process.memoryUsage().rss;
  };
  const make = async (count) => {
    for (let number = 0; number < count; number += 1) {
      new Policy({ allowOrigins: [`https://a${number}.example`] }).evaluate('GET', { origin: APP });
      // Their memory is outside of the heap, so that nothing else makes the collector run.
      if (number % 20 === 0) globalThis.gc();
    }
    return settle();
  };
  const before = await make(50);
  const after = await make(250);
  assert.ok(after - before < 64 << 20, `${(after - before) >> 20} MiB more`);
});
