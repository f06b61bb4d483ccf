// The options of `cors`: what they mean here, and what is refused with a way out.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import cors from 'corsac/express';
import { Policy, PolicyError, PolicyHolder, PolicySet } from 'corsac';
import express from 'express';
import { camel, vocabulary } from '../dist/esm/engine/vocabulary.js';
import { ask, listen, quiet } from './server.mjs';

const APP = 'https://app.example.com';
const OTHER = 'https://other.example.com';

/** The message of what is thrown. */
function refusal(options) {
  try {
    cors(options);
  } catch (error) {
    return error.message;
  }
  return assert.fail('it was accepted');
}

describe('what is refused', () => {
  test('no origin says what to write', () => {
    for (const given of [undefined, {}, { methods: ['GET'] }]) assert.match(refusal(given), /origin is missing\. Write one of these:\n {2}origin: \["https:\/\/app\.example\.com"\]/);
    assert.match(refusal({ origin: undefined }), /^origin is undefined: is a variable of the environment missing\?/);
    assert.match(refusal({ origin: '' }), /^origin is empty/);
  });

  test('any origin with credentials names the alternatives in order', () => {
    for (const origin of ['*', true, ['*'], [APP, '*']]) {
      const said = refusal({ origin, credentials: true });
      assert.match(said, /any origin would let every site act as the user/);
      assert.match(said, /1\. list your pages:[^]*2\. while you develop:[^]*3\. if you do not know them:[^]*4\. a page on the same origin/);
      assert.equal(said.includes('origin: true reflects any origin'), origin === true);
    }
  });

  test('all mistakes are named at once, as cors names them', () => {
    try {
      cors({ origin: ['https://app.example.com/', 'app.example.com', 7], credentials: 'yes', allowedHeader: ['x-a'], allowedOrigins: [], optionsSuccessStatus: 404, maxAge: '1h' });
      assert.fail('it was accepted');
    } catch (error) {
      assert.ok(error instanceof PolicyError);
      const found = error.findings.map((one) => `${one.field} ${one.index} ${one.code}`);
      for (const wanted of ['origin 0 trailing-slash', 'origin 2 wrong-type', 'credentials null wrong-type', 'allowedHeader null unknown-key', 'allowedOrigins null unknown-key', 'optionsSuccessStatus null out-of-range', 'maxAge null wrong-type']) {
        assert.ok(found.includes(wanted), `${wanted}: ${found.join(', ')}`);
      }
      assert.match(error.message, /allowedHeader: unknown option "allowedHeader"; did you mean allowedHeaders\?/);
      assert.match(error.message, /allowedOrigins: unknown option "allowedOrigins"; did you mean origin\?/);
    }
  });

  test('expressions with flags that keep state are refused', () => {
    assert.match(refusal({ origin: [APP, /a/g] }), /flag g or y/);
    assert.match(refusal({ origin: [APP, /a/y], credentials: true }), /flag g or y/);
  });

  test('an unproved expression with credentials says what to write', () => {
    for (const [origin, wanted] of [
      [/\.example\.com$/, /refused with credentials, because it can match in the middle of an origin: begin it with `\^`; /],
      [/^https:\/\/.*example\.com$/, /because it is covered only by a pattern that is refused: .*"https:\/\/\*\.com".*; write \["https:\/\/\*\.example\.com","https:\/\/example\.com"\] instead, which match less than the expression/],
      [/^https:\/\/.*\.example.com$/, /escape each dot/],
      [/^https:\/\/(?!evil).*\.example\.com$/, /a look-around/],
      [/^https:\/\/[a-z]+\.example\.com$/v, /flag v/],
      [/^https?:\/\/.*\.example\.com$/, /"http:\/\/\*\.example\.com"/],
      [/^https:\/\/app-\d+\.vercel\.app$/, /vercel\.app/],
      [[APP, /^https:\/\/a\.example$/, /./], /"https:\/\/app\.example\.com"|begin it with/],
    ]) {
      assert.match(refusal({ origin, credentials: true }), wanted, String(origin));
    }
  });

  test('a proved expression with credentials decides within its bounds', async () => {
    for (const [origin, more, yes, no] of [
      [/^https:\/\/preview-\d+\.example\.com$/, {}, 'https://preview-7.example.com', 'https://preview-x.example.com'],
      [/^http:\/\/localhost(:\d+)?$/i, {}, 'http://localhost:3000', 'http://localhost.evil.example'],
      [/^https:\/\/app-\d+\.vercel\.app$/, { dangerouslyAllowPublicSuffixes: ['vercel.app'] }, 'https://app-1.vercel.app', 'https://app-x.vercel.app'],
      [[/^https:\/\/(a|b)\.example\.com$/, 'https://c.example'], {}, 'https://b.example.com', 'https://c.example.com'],
    ]) {
      const server = await listen((request, response) => cors({ origin, credentials: true, logger: quiet(), ...more })(request, response, () => response.end()));
      try {
        for (const [asks, wanted] of [[yes, yes], [no, undefined]]) {
          const response = await ask(server, '/', { headers: { Origin: asks } });
          assert.equal(response.headers['access-control-allow-origin'], wanted, `${origin} ${asks}`);
        }
      } finally {
        server.close();
      }
    }
    // An expression that says one thing to the analyser, and another to the engine of expressions.
    const liar = /^https:\/\/a\.example$/;
    liar.test = () => true;
    const server = await listen((request, response) => cors({ origin: liar, credentials: true, logger: quiet() })(request, response, () => response.end()));
    assert.equal((await ask(server, '/', { headers: { Origin: 'https://evil.example' } })).headers['access-control-allow-origin'], undefined);
    server.close();
  });

  test('a polluted prototype adds no option', () => {
    Object.prototype.origin = '*';
    Object.prototype.credentials = true;
    try {
      assert.match(refusal({}), /origin is missing/);
      assert.equal(cors({ origin: APP }).length, 3);
    } finally {
      delete Object.prototype.origin;
      delete Object.prototype.credentials;
    }
    assert.match(refusal(JSON.parse('{"origin":"https://app.example.com","__proto__":1}')), /unknown option "__proto__"/);
  });

  test('an option next to a policy is refused as ineffective', () => {
    assert.match(refusal({ policy: new Policy({ allowOrigins: [APP] }), credentials: true }), /credentials has no effect with policy/);
    assert.match(refusal({ policy: {} }), /policy must be a Policy/);
  });
});

/** A server with these options, and what it says to a request from an origin. */
async function serving(options, use = (app) => app.use((req, res) => res.send(req.method))) {
  const log = quiet();
  const app = express().disable('x-powered-by');
  app.use(cors(typeof options === 'function' ? options : { logger: log, ...options }));
  use(app);
  const server = await listen(app);
  after(server.close);
  return { log, ask: (origin, init = {}) => ask(server, init.path ?? '/', { ...init, headers: { ...init.headers, ...(origin === undefined ? {} : { Origin: origin }) } }) };
}
const preflight = { method: 'OPTIONS', headers: { 'Access-Control-Request-Method': 'PATCH', 'Access-Control-Request-Headers': 'x-a,X-B' } };
const allowed = (response) => response.headers['access-control-allow-origin'];

test('every option that the engine has changes the policy', () => {
  const base = { allowOrigins: ['https://*.github.io'] };
  const given = {
    allow_origins: [APP], allow_methods: ['PUT'], allow_headers: ['x-a'], allow_credentials: true, expose_headers: ['x-b'], max_age: 5,
    preflight_status: 200, denied_preflight_status: 400, external_origins: true, allow_timing: true, allow_private_network: true,
    dangerously_allow_null_origin: true, dangerously_allow_insecure_origins: true, dangerously_allow_public_suffixes: ['github.io'],
  };
  assert.deepEqual(Object.keys(given), vocabulary().options);
  const names = Object.fromEntries(vocabulary().options.map((name) => [name, camel(name)]));
  for (const [name, value] of Object.entries(given)) {
    // A switch changes no image if nothing needs it, so each has its own policy.
    const needed = { allow_credentials: { allowOrigins: [APP] }, allow_private_network: { allowOrigins: [APP] } }[name] ?? base;
    const changed = { ...needed, [names[name]]: value };
    assert.notDeepEqual(outcome(changed), outcome(needed), name);
  }
});

/** The image and the findings, or those of the refusal. */
function outcome(options) {
  try {
    const policy = new Policy(options);
    return [policy.image, policy.findings.map(({ code }) => code)];
  } catch (error) {
    return error.findings.map(({ code }) => code);
  }
}

describe('what each option does', () => {
  test('the defaults are those of cors', async () => {
    const server = await serving({ origin: [APP] });
    const response = await server.ask(APP, preflight);
    assert.equal(response.status, 204);
    assert.equal(allowed(response), APP);
    assert.deepEqual(response.headers['access-control-allow-methods'].split(', ').sort(), ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']);
    assert.equal(response.headers['access-control-allow-headers'], 'x-a,X-B');
    assert.equal(response.headers['access-control-max-age'], undefined);
  });

  test('texts with commas are lists, maxAge may be text', async () => {
    const server = await serving({ origin: APP, methods: 'GET, PATCH', allowedHeaders: 'X-A,x-b', exposedHeaders: 'X-C , x-d', maxAge: '60' });
    const response = await server.ask(APP, preflight);
    assert.equal(response.headers['access-control-allow-methods'], 'GET, PATCH');
    assert.equal(response.headers['access-control-allow-headers'], 'x-a, x-b');
    assert.equal(response.headers['access-control-max-age'], '60');
    assert.equal((await server.ask(APP)).headers['access-control-expose-headers'], 'x-c, x-d');
  });

  test('true and * are any origin, without Vary', async () => {
    for (const origin of ['*', true]) {
      const server = await serving({ origin });
      for (const from of [APP, 'null', undefined]) {
        const response = await server.ask(from);
        assert.equal(allowed(response), '*');
        assert.equal(response.headers.vary, undefined);
      }
    }
  });

  test('false leaves responses and preflights to the application', async () => {
    const server = await serving({ origin: false });
    const response = await server.ask(APP, preflight);
    assert.deepEqual([response.body, allowed(response), response.headers.vary], ['OPTIONS', undefined, undefined]);
  });

  test('an expression without credentials matches as in cors', async () => {
    const server = await serving({ origin: [APP, /\.example\.com$/] });
    for (const [origin, wanted] of [[OTHER, OTHER], [APP, APP], ['https://example.com', undefined]]) assert.equal(allowed(await server.ask(origin)), wanted);
  });

  test('preflightContinue passes preflights on, and adds the headers', async () => {
    const server = await serving({ origin: APP, preflightContinue: true }, (app) => app.use((req, res) => res.status(202).set('Access-Control-Allow-Origin', '*').send('mine')));
    const response = await server.ask(APP, preflight);
    assert.deepEqual([response.status, response.body, allowed(response)], [202, 'mine', APP]);
    assert.equal(allowed(await server.ask(OTHER, preflight)), undefined);
  });

  test('a policy, a set and a holder decide as elsewhere', async () => {
    const policy = new Policy({ allowOrigins: [APP] });
    assert.equal(allowed(await (await serving({ policy })).ask(APP)), APP);
    const tables = [{ allowOrigins: [APP] }, { path: '/open', allowOrigins: ['*'] }, { path: '/own', cors: false }];
    for (const options of [{ policies: tables }, { policy: new PolicySet(tables) }]) {
      const server = await serving(options, (app) => app.use('/own', (req, res) => res.set('Access-Control-Allow-Origin', 'x').send()));
      assert.equal(allowed(await server.ask(OTHER, { path: '/open/a?b=%2f' })), '*');
      assert.equal(allowed(await server.ask(OTHER, { path: '/' })), undefined);
      assert.equal(allowed(await server.ask(OTHER, { path: '/own' })), 'x');
      // Two programs could read this path differently.
      assert.equal(allowed(await server.ask(APP, { path: '/open/..%2fa' })), undefined);
    }
  });

  test('a holder swaps policies while serving and refuses other values', async () => {
    const holder = new PolicyHolder(new Policy({ allowOrigins: [APP] }));
    const server = await serving({ policy: holder });
    assert.equal(allowed(await server.ask(OTHER)), undefined);
    holder.policy = new Policy({ allowOrigins: [OTHER] });
    assert.deepEqual([allowed(await server.ask(OTHER)), allowed(await server.ask(APP))], [OTHER, undefined]);
    assert.throws(() => (holder.policy = { allowOrigins: [APP] }), /must be a Policy/);
    assert.equal(allowed(await server.ask(OTHER)), OTHER);
  });

  test('report only changes nothing and logs each unlisted origin once', async () => {
    const server = await serving({ origin: APP, reportOnly: true }, (app) => app.use((req, res) => res.set('Access-Control-Allow-Origin', '*').send(req.method)));
    for (let time = 0; time < 3; time += 1) {
      const response = await server.ask(OTHER, preflight);
      assert.deepEqual([response.body, allowed(response), response.headers.vary], ['OPTIONS', '*', undefined]);
    }
    await server.ask(OTHER, { headers: { 'Sec-Fetch-Site': 'same-origin' } });
    assert.equal(server.log.lines.filter((line) => line.includes(`add "${OTHER}"`)).length, 1);
    for (let number = 0; number < 150; number += 1) await server.ask(`https://a${number}.example`);
    assert.equal(server.log.lines.filter((line) => line.includes('report only: this origin')).length, 100);
  });

  test('a second policy on the same request has no effect', async () => {
    const log = quiet();
    const server = await serving({ origin: APP }, (app) => app.use(cors({ origin: '*', logger: log }), (req, res) => res.send('')));
    for (let time = 0; time < 2; time += 1) assert.equal(allowed(await server.ask(OTHER)), undefined);
    assert.deepEqual(log.lines.map((line) => line.slice(0, 40)), ['warn corsac: a second policy has no effe']);
  });
});

describe('origin functions', () => {
  const functions = {
    callback: (origin, callback) => callback(null, origin === OTHER),
    'late callback': (origin, callback) => void setTimeout(callback, 5, null, origin),
    'callback with a list': (origin, callback) => callback(null, [APP, OTHER]),
    async: async (origin) => origin === OTHER,
    'async of three': async (origin, _callback, request) => origin === OTHER && request.method === 'GET',
    returning: (origin) => origin === OTHER,
  };
  for (const [name, origin] of Object.entries(functions)) {
    test(`a ${name} function allows what it says`, async () => {
      const server = await serving({ origin, credentials: true });
      assert.equal(allowed(await server.ask(OTHER)), OTHER);
      if (name !== 'late callback') assert.equal(allowed(await server.ask('https://evil.example')), undefined);
    });
  }

  test('it is asked only about origins that could be listed', async () => {
    const seen = [];
    const server = await serving({ origin: (origin, callback) => (seen.push(origin), callback(null, true)), credentials: true });
    for (const origin of [undefined, 'null', 'a b', `${APP}, ${OTHER}`, 'http://plain.example', OTHER]) await server.ask(origin);
    assert.deepEqual(seen, [OTHER]);
  });

  for (const [name, origin] of Object.entries({
    'an error in the callback': (_origin, callback) => callback(new Error('not allowed by CORS')),
    'an exception': () => {
      throw new Error('data base down');
    },
    'a rejection': () => Promise.reject(new Error('data base down')),
    'a star with credentials': (_origin, callback) => callback(null, '*'),
  })) {
    test(`${name} denies, is logged, and the application still runs`, async () => {
      const server = await serving({ origin, credentials: true });
      const response = await server.ask(OTHER);
      assert.deepEqual([response.status, response.body, allowed(response), response.headers.vary], [200, 'GET', undefined, 'Origin']);
      assert.match(server.log.lines.find((line) => line.startsWith('error')), /^error corsac: the origin function failed, so "https:\/\/other\.example\.com" is denied; GET \/ from/);
    });
  }

  test('one that admits every site is warned about once', async () => {
    const server = await serving({ origin: (_origin, callback) => callback(null, true), credentials: true });
    for (let number = 0; number < 30; number += 1) await server.ask(`https://www.site-${number}.example`);
    assert.equal(server.log.lines.filter((line) => line.includes('has admitted 20 sites')).length, 1);
  });

  test('options from a function are compiled once per content', async () => {
    const server = await serving((request, callback) => callback(null, request.url === '/open' ? { origin: '*' } : { origin: [APP] }));
    assert.equal(allowed(await server.ask(OTHER, { path: '/open' })), '*');
    assert.equal(allowed(await server.ask(OTHER)), undefined);
    assert.equal(allowed(await server.ask(APP)), APP);
    // A logger counts by identity, whatever it keeps. A maximum age of over a day is warned about when it is compiled.
    const log = quiet();
    const warned = await serving((_request, callback) => callback(null, { origin: [APP], maxAge: 100_000, logger: log }));
    for (let time = 0; time < 3; time += 1) assert.equal(allowed(await warned.ask(APP)), APP);
    assert.equal(log.lines.length, 1);
    const failing = await serving((_request, callback) => callback(new Error('no options')));
    assert.equal((await failing.ask(APP)).status, 500);
  });
});
