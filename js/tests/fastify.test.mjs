// Fastify on a real server, and what the tests of @fastify/cors check.

import assert from 'node:assert/strict';
import { connect as connect2 } from 'node:http2';
import { PassThrough } from 'node:stream';
import { createRequire } from 'node:module';
import { after, describe, test } from 'node:test';
import Fastify from 'fastify';
import { Policy } from 'corsac';
import cors from 'corsac/fastify';
import { allowed, APP, duties, EVIL, OTHER, preflight, whenArrived } from './duties.mjs';
import { quiet } from './server.mjs';

function routes(app) {
  let count = 0;
  // Authentication, which comes after the policy.
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/private' && request.headers.authorization === undefined) return reply.code(401).send();
    return undefined;
  });
  app.post('/data', async () => ({ message: 'Success' }));
  app.get('/private', async () => 'secret');
  app.get('/throws', async () => {
    throw new Error('on purpose');
  });
  app.get('/stream', async (request, reply) => {
    const stream = new PassThrough();
    stream.write('one');
    setImmediate(() => stream.end('two'));
    return reply.send(stream);
  });
  app.get('/breaks', (request, reply) => {
    // Around Fastify, as servers of events do it.
    reply.hijack();
    reply.raw.writeHead(200, { 'Content-Type': 'text/plain' });
    reply.raw.write('one');
    whenArrived(() => reply.raw.destroy());
  });
  app.get('/redirect', async (request, reply) => reply.redirect('/data'));
  app.get('/cached', async (request, reply) => (request.headers['if-none-match'] === '"one"' ? reply.code(304).send() : 'cached'));
  app.get('/cookies', async (request, reply) => reply.header('Set-Cookie', ['a=1', 'b=2']).send('cookies'));
  app.post('/body', { bodyLimit: 10 }, async () => 'small');
  app.route({ method: ['GET', 'PUT', 'OPTIONS'], url: '/method', handler: async (request) => request.method });
  app.get('/own', async (request, reply) =>
    reply.headers({ 'Access-Control-Allow-Origin': request.headers.origin ?? '*', 'Access-Control-Allow-Credentials': 'true', Vary: 'Accept' }).send('own'),
  );
  app.get('/open', async (request, reply) => reply.header('Access-Control-Allow-Origin', '*').send('open'));
  app.get('/count', async () => String((count += 1)));
}

async function start(options, settings = {}) {
  const app = Fastify(settings);
  app.register(cors, options);
  app.register(async (inner) => routes(inner));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const close = () => {
    app.server.closeAllConnections?.();
    return app.close();
  };
  return { app, port: app.server.address().port, close };
}

duties('Fastify', start);

const get = (app, url, origin, init = {}) => app.inject({ url, ...init, headers: { ...init.headers, ...(origin === undefined ? {} : { origin }) } });

describe('instances', () => {
  test('a policy belongs to the instance that registers it', async () => {
    const app = Fastify();
    app.register(
      async (api) => {
        await api.register(cors, { origin: [APP], methods: ['PUT'], logger: quiet() });
        api.put('/a', async () => 'a');
        api.register(async (inner) => inner.put('/b', async () => 'b'), { prefix: '/inner' });
      },
      { prefix: '/api' },
    );
    app.put('/outside', async () => 'outside');
    for (const [url, expected] of [['/api/a', APP], ['/api/inner/b', APP], ['/outside', undefined]]) {
      assert.equal(allowed(await get(app, url, APP, { method: 'PUT' })), expected, url);
      const response = await app.inject({ url, ...preflight(APP) });
      assert.deepEqual([response.statusCode, allowed(response)], [expected === undefined ? 404 : 204, expected], url);
    }
  });

  test('two instances have two policies, also below a disabled root', async () => {
    const app = Fastify();
    app.register(cors, { origin: false });
    for (const [prefix, origin] of [['/a', APP], ['/b', OTHER]]) {
      app.register(async (api) => {
        await api.register(cors, { origin: [origin], logger: quiet() });
        api.get('/', async () => prefix);
      }, { prefix });
    }
    assert.equal(allowed(await get(app, '/a', APP)), APP);
    assert.equal(allowed(await get(app, '/b', APP)), undefined);
    assert.equal((await app.inject({ url: '/b', ...preflight(OTHER, 'POST') })).statusCode, 204);
  });

  test('an inner policy has no effect, as the log says', async () => {
    const log = quiet();
    const app = Fastify();
    app.register(cors, { origin: [APP], logger: quiet() });
    app.register(async (api) => {
      await api.register(cors, { origin: '*', logger: log });
      api.get('/a', async () => 'a');
    });
    assert.equal(allowed(await get(app, '/a', EVIL)), undefined);
    assert.match(log.lines[0], /^warn corsac: a second policy has no effect/);
  });

  test('error handlers and not-found handlers keep the headers', async () => {
    const app = Fastify();
    app.register(cors, { origin: [APP] });
    app.setErrorHandler((error, request, reply) => reply.code(418).send('teapot'));
    app.setNotFoundHandler((request, reply) => reply.code(404).send('nothing'));
    app.get('/throws', () => {
      throw new Error('on purpose');
    });
    for (const [url, status] of [['/throws', 418], ['/missing', 404]]) {
      const response = await get(app, url, APP);
      assert.deepEqual([response.statusCode, allowed(response)], [status, APP]);
    }
  });

  test("Fastify's logger has the lines, where there is one", async () => {
    const lines = [];
    const app = Fastify({ logger: { level: 'warn', stream: { write: (line) => lines.push(JSON.parse(line)) } } });
    app.register(cors, { origin: () => Promise.reject(new Error('down')), credentials: true });
    app.get('/', async () => 'hello');
    await app.inject({ url: '/', ...preflight(OTHER) });
    assert.deepEqual(lines.map(({ level }) => level), [50, 40]);
    assert.match(lines[0].msg, /^corsac: the origin function failed/);
    assert.equal(lines[0].err.message, 'down');
  });

  test('HTTP/2 is governed, too', async () => {
    const { port, close } = await start({ origin: [APP] }, { http2: true });
    const client = connect2(`http://127.0.0.1:${port}`);
    after(() => {
      client.close();
      return close();
    });
    const send = (headers) => new Promise((resolve, reject) => {
      const stream = client.request(headers);
      stream.on('response', resolve).on('error', reject).resume().end();
    });
    for (const path of ['/open', '/stream', '/missing', '/throws']) {
      const response = await send({ ':path': path, origin: APP });
      assert.deepEqual([response['access-control-allow-origin'], response.vary], [APP, 'Origin'], path);
    }
    const response = await send({ ':method': 'OPTIONS', ':path': '/data', origin: APP, 'access-control-request-method': 'POST' });
    assert.deepEqual([response[':status'], response['access-control-allow-origin']], [204, APP]);
  });

  test('CommonJS has the plugin itself', async () => {
    const required = createRequire(import.meta.url)('corsac/fastify');
    assert.equal(typeof required, 'function');
    const app = Fastify();
    app.register(required, { policy: new Policy({ allowOrigins: [APP] }) });
    assert.equal(allowed(await get(app, '/', APP)), APP);
    assert.equal(app.hasPlugin('corsac'), true);
  });
});

describe('what the tests of @fastify/cors check', () => {
  const asking = async (options, url, origin, init, add = () => undefined) => {
    const app = Fastify();
    app.register(cors, typeof options === 'function' ? options : { logger: quiet(), ...options });
    routes(app);
    add(app);
    return get(app, url, origin, init);
  };

  test('options of each request come from callbacks or promises', async () => {
    const choose = (request) => ({ origin: request.url === '/open' ? '*' : [APP], logger: quiet() });
    for (const options of [
      () => (request, callback) => callback(null, choose(request)),
      () => async (request) => choose(request),
      { delegator: (request, callback) => callback(null, choose(request)), logger: undefined },
      { delegator: async (request) => choose(request), logger: undefined },
    ]) {
      assert.equal(allowed(await asking(options, '/open', EVIL)), '*');
      assert.equal(allowed(await asking(options, '/method', EVIL)), undefined);
      assert.equal((await asking(options, '/data', APP, preflight(APP, 'POST'))).statusCode, 204);
    }
    for (const options of [() => (_request, callback) => callback(new Error('none')), () => async () => ({}), () => () => Promise.reject(new Error('none'))]) {
      assert.equal((await asking(options, '/method', APP)).statusCode, 500);
    }
    await assert.rejects(asking({ delegator: choose, origin: '*', logger: undefined }, '/method', APP), /origin has no effect with a delegator/);
  });

  test('an origin function may call back or return a promise', async () => {
    function origin(text, callback) {
      callback(null, this.prefix === '' && text === OTHER);
    }
    assert.equal(allowed(await asking({ origin }, '/method', OTHER)), OTHER);
    assert.equal(allowed(await asking({ origin: async (text) => text === OTHER }, '/method', OTHER)), OTHER);
    assert.equal(allowed(await asking({ origin: (_text, callback) => callback(null, undefined) }, '/method', OTHER)), undefined);
  });

  test('lists, expressions and * mean what they mean there', async () => {
    assert.equal(allowed(await asking({ origin: [APP, /\.example\.org$/] }, '/method', 'https://a.example.org')), 'https://a.example.org');
    assert.equal(allowed(await asking({ origin: ['*'] }, '/method', EVIL)), '*');
    const response = await asking({ origin: APP, methods: 'GET,PUT', allowedHeaders: 'x-a,x-b', exposedHeaders: 'x-c', maxAge: 10 }, '/method', APP, preflight(APP, 'PUT', 'x-a'));
    assert.deepEqual(['methods', 'headers'].map((name) => response.headers[`access-control-allow-${name}`]), ['GET, PUT', 'x-a, x-b']);
    assert.equal(response.headers['access-control-max-age'], '10');
  });

  test('a preflight can have another status, and Cache-Control', async () => {
    for (const [cacheControl, expected] of [[3600, 'max-age=3600'], ['no-store', 'no-store'], [undefined, undefined]]) {
      const response = await asking({ origin: APP, optionsSuccessStatus: 200, cacheControl }, '/data', APP, preflight(APP, 'POST'));
      assert.deepEqual([response.statusCode, response.body, response.headers['content-length'], response.headers['cache-control']], [200, '', '0', expected]);
      assert.equal((await asking({ origin: APP, cacheControl }, '/method', APP)).headers['cache-control'], undefined);
    }
  });

  test('preflight: false and preflightContinue leave preflights to routes', async () => {
    for (const options of [{ preflight: false }, { preflightContinue: true }]) {
      const response = await asking({ origin: APP, ...options }, '/method', APP, preflight(APP, 'POST'));
      assert.deepEqual([response.body, allowed(response)], ['OPTIONS', APP]);
      // The wildcard belongs to the application then.
      const own = await asking({ origin: APP, ...options }, '/data', APP, preflight(APP, 'POST'), (app) => app.options('*', async () => 'mine'));
      assert.deepEqual([own.body, allowed(own)], ['mine', APP]);
    }
  });

  test('strictPreflight changes nothing, and other OPTIONS reach the application', async () => {
    for (const strictPreflight of [true, false]) {
      assert.equal((await asking({ origin: APP, strictPreflight }, '/method', undefined, { method: 'OPTIONS' })).body, 'OPTIONS');
    }
  });

  test('the preflight route can be shown and have log levels', async () => {
    for (const hideOptionsRoute of [true, false, undefined]) {
      const seen = [];
      const app = Fastify();
      app.addHook('onRoute', (route) => seen.push([route.url, route.schema?.hide, route.logLevel]));
      await app.register(cors, { origin: APP, hideOptionsRoute, logLevel: 'silent' });
      assert.deepEqual(seen, [['*', hideOptionsRoute ?? true, 'silent']]);
    }
  });

  test('another hook is refused, because it would come after authentication', async () => {
    await assert.rejects(asking({ origin: APP, hook: 'preHandler' }, '/method', APP), /hook: the policy decides in onRequest[^]*remove hook/);
    assert.equal(allowed(await asking({ origin: APP, hook: 'onRequest' }, '/method', APP)), APP);
  });

  test('a route can turn the policy off or change options', async () => {
    const add = (app) =>
      app.register(async (inner) => {
        inner.get('/off', { config: { cors: false } }, async (request, reply) => reply.header('Access-Control-Allow-Origin', 'x').send());
        inner.get('/any', { config: { cors: { origin: '*' } } }, async () => 'any');
      });
    assert.equal(allowed(await asking({ origin: APP }, '/off', EVIL, {}, add)), 'x');
    assert.equal(allowed(await asking({ origin: APP }, '/any', EVIL, {}, add)), '*');
    assert.equal(allowed(await asking({ origin: APP }, '/method', EVIL, {}, add)), undefined);
    const wrong = (app) => app.register(async (inner) => void inner.get('/any', { config: { cors: { origin: 'a.example' } } }, async () => ''));
    await assert.rejects(asking({ origin: APP }, '/method', APP, {}, wrong), /origin\[0\]/);
    const lost = (app) => app.register(async (inner) => void inner.get('/any', { config: { cors: { origin: '*' } } }, async () => ''));
    await assert.rejects(asking(() => async () => ({ origin: APP }), '/method', APP, {}, lost), /config\.cors of a route has no effect with a delegator/);
  });

  test('Vary that is a list, or a star, is merged', async () => {
    for (const [vary, expected] of [[['accept', 'x-a'], ['accept', 'x-a', 'Origin']], ['*', '*'], ['origin', 'origin']]) {
      const app = Fastify();
      app.register(cors, { origin: [APP] });
      app.get('/', async (request, reply) => reply.header('Vary', vary).send());
      assert.deepEqual((await get(app, '/', APP)).headers.vary, expected);
    }
  });
});
