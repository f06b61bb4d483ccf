// Koa on a real server.

import assert from 'node:assert/strict';
import { connect as connect2, createServer as createServer2 } from 'node:http2';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import Koa from 'koa';
import cors from 'corsac/koa';
import { allowed, APP, duties, EVIL, preflight, whenArrived } from './duties.mjs';
import { ask, listen, quiet } from './server.mjs';

const HANDLERS = {
  '/private': (ctx) => (ctx.get('Authorization') === '' ? ctx.throw(401) : (ctx.body = 'secret')),
  '/throws': () => {
    throw new Error('on purpose');
  },
  '/stream': (ctx) => {
    const stream = new PassThrough();
    ctx.body = stream;
    stream.write('one');
    setImmediate(() => stream.end('two'));
  },
  '/breaks': (ctx) => {
    const stream = new PassThrough();
    ctx.body = stream;
    stream.write('one');
    whenArrived(() => stream.destroy(new Error('on purpose')));
  },
  '/redirect': (ctx) => ctx.redirect('/data'),
  '/cached': (ctx) => {
    ctx.etag = 'one';
    ctx.status = 200;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = 'cached';
  },
  '/cookies': (ctx) => {
    ctx.set('Set-Cookie', ['a=1', 'b=2']);
    ctx.body = 'cookies';
  },
  '/body': (ctx) => ((Number(ctx.get('Content-Length')) > 10 ? ctx.throw(413) : undefined), (ctx.body = 'small')),
  '/method': (ctx) => (ctx.body = ctx.method),
  '/own': (ctx) => {
    ctx.set({ 'Access-Control-Allow-Origin': ctx.get('Origin') || '*', 'Access-Control-Allow-Credentials': 'true', Vary: 'Accept' });
    ctx.body = 'own';
  },
  '/open': (ctx) => {
    ctx.set('Access-Control-Allow-Origin', '*');
    ctx.body = 'open';
  },
};

function application(options) {
  let count = 0;
  const app = new Koa();
  app.silent = true;
  app.use(cors(options));
  app.use((ctx) => {
    if (ctx.path === '/data' && ctx.method === 'POST') ctx.body = { message: 'Success' };
    else if (ctx.path === '/count') ctx.body = String((count += 1));
    else HANDLERS[ctx.path]?.(ctx);
  });
  return app;
}

duties('Koa', async (options) => listen(application(options).callback()), { methods: 'allowMethods', headers: 'allowHeaders', expose: 'exposeHeaders' });

test('headers of outer middleware are kept unless set too late', async () => {
  let isDone = false;
  const app = new Koa();
  app.use(async (ctx, next) => {
    ctx.set('X-Id', '1');
    await next();
    isDone = true;
    ctx.status = 500;
    ctx.set('X-Late', '1');
  });
  app.use(cors({ origin: [APP] }));
  const server = await listen(app.callback());
  after(server.close);
  const response = await ask(server, '/', preflight(APP));
  assert.deepEqual([response.status, response.headers['x-id'], allowed(response)], [204, '1', APP]);
  assert.equal(isDone, true);
});

test('headers of application errors are kept, Vary is merged', async () => {
  for (const [vary, expected] of [['Accept', 'Accept, Origin'], ['*', '*'], ['origin', 'origin']]) {
    const app = new Koa();
    app.silent = true;
    app.use(cors({ origin: [APP] }));
    app.use((ctx) => ctx.throw(400, 'on purpose', { headers: { 'X-Own': '1', Vary: vary, 'Access-Control-Allow-Origin': '*' } }));
    const server = await listen(app.callback());
    after(server.close);
    const response = await ask(server, '/', { headers: { Origin: APP } });
    assert.deepEqual([response.status, response.headers['x-own'], response.headers.vary, allowed(response)], [400, '1', expected, APP]);
  }
});

test('options of @koa/cors mean what they mean there', async () => {
  for (const allowHeaders of ['X-A, x-b', ['x-a', 'X-B']]) {
    const server = await listen(application({ origin: APP, allowHeaders, allowMethods: 'GET,PUT', exposeHeaders: 'content-length', maxAge: '60', logger: quiet() }).callback());
    after(server.close);
    const response = await ask(server, '/', preflight(APP, 'PUT', 'x-a,x-b'));
    assert.deepEqual([response.headers['access-control-allow-headers'], response.headers['access-control-max-age']], ['x-a, x-b', '60']);
    const actual = await ask(server, '/method', { headers: { Origin: APP } });
    assert.deepEqual([actual.headers['access-control-expose-headers'], actual.headers['access-control-max-age']], ['content-length', undefined]);
  }
  for (const allowHeaders of [undefined, '', []]) {
    const server = await listen(application({ origin: '*', allowHeaders }).callback());
    after(server.close);
    assert.equal((await ask(server, '/', preflight(EVIL, 'PUT', 'x-a'))).headers['access-control-allow-headers'], 'x-a');
  }
  const server = await listen(application({ origin: [APP], privateNetworkAccess: true }).callback());
  after(server.close);
  const asked = preflight(APP);
  asked.headers['Access-Control-Request-Private-Network'] = 'true';
  assert.equal((await ask(server, '/', asked)).headers['access-control-allow-private-network'], 'true');
});

test('a function of @koa/cors gets the context', async () => {
  const server = await listen(application({ logger: quiet(), origin: (ctx) => (ctx.path === '/open' ? '*' : ctx.path === '/method' && ctx.get('Origin')) }).callback());
  after(server.close);
  for (const [path, expected] of [['/open', EVIL], ['/method', EVIL], ['/own', undefined]]) {
    assert.equal(allowed(await ask(server, path, { headers: { Origin: EVIL } })), expected, path);
  }
});

test('unsupported options of @koa/cors say what to do', () => {
  for (const [options, expected] of [
    [{ origin: APP, secureContext: true }, /secureContext: this is not CORS; set Cross-Origin-Opener-Policy/],
    [{ origin: APP, keepHeadersOnError: false }, /keepHeadersOnError: every response has the headers/],
    [{ origin: APP, credentials: () => true }, /credentials: /],
    [{ origin: APP, allowedHeaders: [] }, /did you mean allowHeaders\?/],
  ]) assert.throws(() => cors(options), expected);
  cors({ origin: APP, secureContext: false, keepHeadersOnError: true });
});

test('HTTP/2 is governed, too', async () => {
  const { port, close } = await listen(application({ origin: [APP], logger: quiet() }).callback(), (listener) => createServer2(listener));
  const client = connect2(`http://127.0.0.1:${port}`);
  after(() => {
    client.close();
    close();
  });
  const send = (headers) =>
    new Promise((resolve, reject) => {
      const stream = client.request(headers);
      stream.on('response', resolve).on('error', reject).resume().end();
    });
  for (const [path, status] of [['/own', 200], ['/stream', 200], ['/missing', 404], ['/throws', 500]]) {
    const response = await send({ ':path': path, origin: APP });
    assert.deepEqual([response[':status'], response['access-control-allow-origin']], [status, APP], path);
    assert.equal((await send({ ':path': path, origin: EVIL }))['access-control-allow-origin'], undefined, path);
  }
  const response = await send({ ':method': 'OPTIONS', ':path': '/data', origin: APP, 'access-control-request-method': 'PUT' });
  assert.deepEqual([response[':status'], response['access-control-allow-origin']], [204, APP]);
});
