// Hono on a real server of Node, and what the tests of hono/cors check.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { stream } from 'hono/streaming';
import { cors } from 'corsac/hono';
import { APP, duties, EVIL, OTHER, whenArrived } from './duties.mjs';
import { listen, quiet } from './server.mjs';

function application(options) {
  let count = 0;
  const app = new Hono();
  app.onError((error, c) => error.getResponse?.() ?? c.text(error.message, 500));
  app.use(cors(options));
  app.use('/private', (c, next) => (c.req.header('authorization') === undefined ? c.body(null, 401) : next()));
  app.post('/data', (c) => c.json({ message: 'Success' }));
  app.get('/private', (c) => c.text('secret'));
  app.get('/throws', () => {
    throw new Error('on purpose');
  });
  app.get('/stream', (c) =>
    stream(c, async (out) => {
      await out.write('one');
      await out.sleep(10);
      await out.write('two');
    }),
  );
  app.get('/breaks', () => new Response(new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode('one'));
      await new Promise(whenArrived);
      controller.error(new Error('on purpose'));
    },
  })));
  app.get('/redirect', (c) => c.redirect('/data'));
  app.get('/cached', (c) => (c.req.header('if-none-match') === '"one"' ? c.body(null, 304) : c.text('cached')));
  app.get('/cookies', (c) => {
    c.header('Set-Cookie', 'a=1', { append: true });
    c.header('Set-Cookie', 'b=2', { append: true });
    return c.text('cookies');
  });
  app.post('/body', bodyLimit({ maxSize: 10 }), (c) => c.text('small'));
  app.all('/method', (c) => c.text(c.req.method));
  app.get('/own', (c) => {
    c.header('Access-Control-Allow-Origin', c.req.header('origin') ?? '*');
    c.header('Access-Control-Allow-Credentials', 'true');
    c.header('Vary', 'Accept');
    return c.text('own');
  });
  app.get('/open', (c) => c.text('open', 200, { 'Access-Control-Allow-Origin': '*' }));
  app.get('/count', (c) => c.text(String((count += 1))));
  return app;
}

duties('Hono', async (options) => listen(getRequestListener(application(options).fetch, { errorHandler: () => undefined })), { methods: 'allowMethods', headers: 'allowHeaders', expose: 'exposeHeaders' });

describe('what the tests of hono/cors check', () => {
  const asking = async (options, { path = '/method', ...init } = {}) => application({ logger: quiet(), ...options }).request(path, init);
  const preflight = (origin, method = 'GET', names = undefined) => ({
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': method, ...(names === undefined ? {} : { 'Access-Control-Request-Headers': names }) },
  });
  const origin = (response) => response.headers.get('access-control-allow-origin');

  test('any origin is a star, and Vary does not change', async () => {
    const response = await asking({ origin: '*' });
    assert.deepEqual([origin(response), response.headers.get('vary')], ['*', null]);
    const own = await asking({ origin: '*' }, { path: '/own', headers: { Origin: EVIL } });
    assert.deepEqual([origin(own), own.headers.get('vary'), own.headers.get('access-control-allow-credentials')], ['*', 'Accept', null]);
  });

  test('a preflight has every option', async () => {
    const response = await asking(
      { origin: 'http://example.com', allowHeaders: ['X-Custom-Header', 'Upgrade-Insecure-Requests'], allowMethods: ['POST', 'GET', 'OPTIONS'], exposeHeaders: ['Content-Length'], maxAge: 600, credentials: true, dangerouslyAllowInsecureOrigins: true },
      preflight('http://example.com', 'POST'),
    );
    assert.deepEqual([response.status, origin(response)], [204, 'http://example.com']);
    assert.deepEqual(new Set(response.headers.get('access-control-allow-methods').split(', ')), new Set(['POST', 'GET', 'OPTIONS']));
    assert.deepEqual(new Set(response.headers.get('access-control-allow-headers').split(', ')), new Set(['x-custom-header', 'upgrade-insecure-requests']));
    assert.deepEqual([response.headers.get('access-control-max-age'), response.headers.get('access-control-allow-credentials')], ['600', 'true']);
  });

  test('an empty list of headers allows what is asked for', async () => {
    for (const allowHeaders of [undefined, []]) {
      const response = await asking({ origin: '*', allowHeaders }, preflight(EVIL, 'GET', 'X-PINGOTHER, Content-Type'));
      assert.equal(response.headers.get('access-control-allow-headers'), 'X-PINGOTHER, Content-Type');
    }
  });

  test('functions return an origin, or a promise of one', async () => {
    for (const decide of [(text) => (text.endsWith('.example.com') ? text : OTHER), async (text) => (text.endsWith('.example.com') ? text : null)]) {
      assert.equal(origin(await asking({ origin: decide }, { headers: { Origin: APP } })), APP);
      assert.equal(origin(await asking({ origin: decide }, { headers: { Origin: EVIL } })), null);
    }
    const withContext = (text, c) => (c.req.path === '/method' ? text : null);
    assert.equal(origin(await asking({ origin: withContext }, { headers: { Origin: EVIL } })), EVIL);
  });

  test('headers come once if the middleware is used twice', async () => {
    const app = new Hono();
    app.use('/api/*', cors({ origin: APP }));
    app.use('/api/*', cors({ origin: APP, logger: quiet() }));
    app.get('/api/a', () => new Response('raw', { headers: { Vary: 'Accept' } }));
    const response = await app.request('/api/a', { headers: { Origin: APP } });
    assert.deepEqual([origin(response), response.headers.get('vary')], [APP, 'Accept, Origin']);
    assert.equal((await app.request('/other', { headers: { Origin: APP } })).headers.get('vary'), null);
  });

  test('functions for methods are refused with what to write', () => {
    assert.throws(() => cors({ origin: APP, allowMethods: () => ['GET'] }), /allowMethods: the methods cannot be a function; list the methods of each path with policies/);
  });
});

test('an application of its own is governed below its path', async () => {
  const api = new Hono().use(cors({ origin: [APP] })).get('/a', (c) => c.text('a'));
  const app = new Hono().route('/api', api);
  for (const [path, expected] of [['/api/a', APP], ['/api/missing', APP], ['/missing', null]]) {
    assert.equal((await app.request(path, { headers: { Origin: APP } })).headers.get('access-control-allow-origin'), expected, path);
  }
});

test('failing error handlers and thrown values become governed 500s', async () => {
  for (const thrown of [new Error('on purpose'), 'a text']) {
    const log = quiet();
    const app = new Hono();
    app.onError(() => {
      throw new Error('again');
    });
    app.use(cors({ origin: [APP], logger: log }));
    app.get('/', () => {
      throw thrown;
    });
    const response = await app.request('/', { headers: { Origin: APP } });
    assert.deepEqual([response.status, response.headers.get('access-control-allow-origin')], [500, APP]);
    assert.match(log.lines[0], /^error corsac: the handler failed/);
  }
});

test('headers of an outer middleware are kept', async () => {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header('X-Late', '1');
  });
  app.use(cors({ origin: [APP] }));
  app.get('/', (c) => c.text('hello'));
  const response = await app.request('/', { headers: { Origin: APP } });
  assert.deepEqual([response.headers.get('x-late'), response.headers.get('access-control-allow-origin')], ['1', APP]);
});
