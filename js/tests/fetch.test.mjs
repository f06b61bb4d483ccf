// Fetch handlers, on a real server and called directly.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { withCors } from 'corsac/fetch';
import { allowed, APP, duties, EVIL, whenArrived } from './duties.mjs';
import { ask, listen, quiet } from './server.mjs';

const encode = (text) => new TextEncoder().encode(text);

function handler() {
  let count = 0;
  return async (request) => {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case '/data':
        return Response.json({ message: 'Success' });
      case '/private':
        return request.headers.has('authorization') ? new Response('secret') : new Response(null, { status: 401 });
      case '/throws':
        throw new Error('on purpose');
      case '/stream':
      case '/breaks':
        return new Response(
          new ReadableStream({
            async start(controller) {
              controller.enqueue(encode('one'));
              if (pathname === '/breaks') {
                await new Promise(whenArrived);
                return controller.error(new Error('on purpose'));
              }
              await new Promise(setImmediate);
              controller.enqueue(encode('two'));
              return controller.close();
            },
          }),
        );
      case '/redirect':
        // Its headers cannot be changed.
        return Response.redirect('http://localhost/data');
      case '/cached':
        return request.headers.get('if-none-match') === '"one"' ? new Response(null, { status: 304 }) : new Response('cached');
      case '/cookies':
        return new Response('cookies', { headers: [['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']] });
      case '/body':
        return (await request.text()).length > 10 ? new Response(null, { status: 413 }) : new Response('small');
      case '/method':
        return new Response(request.method);
      case '/own':
        return new Response('own', { headers: { 'Access-Control-Allow-Origin': request.headers.get('origin') ?? '*', 'Access-Control-Allow-Credentials': 'true', Vary: 'Accept' } });
      case '/open':
        return new Response('open', { headers: { 'Access-Control-Allow-Origin': '*' } });
      case '/count':
        return new Response(String((count += 1)));
      default:
        return new Response('not found', { status: 404 });
    }
  };
}

// The default of this server replaces the global Response: the real one is tested, too.
for (const overrideGlobalObjects of [false, true]) {
  duties(`fetch, ${overrideGlobalObjects ? "with the server's own" : 'with the standard'} Response`, async (options) =>
    listen(getRequestListener(withCors(options, handler()), { overrideGlobalObjects, errorHandler: () => undefined })),
  );
}

const URL_ = 'https://api.example.com/a?b';
const from = (origin, init = {}) => new Request(URL_, { ...init, headers: { ...init.headers, Origin: origin } });

test('what is behind the request is passed on', async () => {
  const fetch = withCors({ origin: [APP] }, (request, environment, context) => Response.json([environment, context]));
  const response = await fetch(from(APP), { KEY: 1 }, 'context');
  assert.deepEqual(await response.json(), [{ KEY: 1 }, 'context']);
  assert.equal(response.headers.get('access-control-allow-origin'), APP);
});

test('one policy makes several handlers for a Next route', async () => {
  const cors = withCors({ origin: [APP] });
  const [GET, OPTIONS] = [cors(() => new Response('hello')), cors(() => new Response(null, { status: 204, headers: { Allow: 'GET' } }))];
  assert.equal((await GET(from(APP))).headers.get('access-control-allow-origin'), APP);
  const denied = await OPTIONS(from(EVIL, { method: 'OPTIONS', headers: { 'Access-Control-Request-Method': 'GET' } }));
  assert.equal(denied.status, 403);
  assert.equal((await OPTIONS(new Request(URL_, { method: 'OPTIONS' }))).headers.get('allow'), 'GET');
});

test('a response returned twice has headers of each request', async () => {
  const constant = new Response(null, { status: 204, headers: { 'X-A': '1' } });
  const fetch = withCors({ origin: [APP] }, () => constant);
  const [first, second] = [await fetch(from(APP)), await fetch(from(EVIL))];
  assert.deepEqual([first, second].map((one) => one.headers.get('access-control-allow-origin')), [APP, null]);
  assert.equal(constant.headers.get('vary'), null);
});

test('thrown responses and thrown framework signals stay as they are', async () => {
  const thrown = withCors({ origin: [APP] }, () => {
    throw new Response('gone', { status: 410 });
  });
  const response = await thrown(from(APP));
  assert.deepEqual([response.status, response.headers.get('access-control-allow-origin')], [410, APP]);
  const signal = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;replace;/login;307;' });
  await assert.rejects(withCors({ origin: [APP] }, () => Promise.reject(signal))(from(APP)), signal);
});

test('a handler that fails is logged with its cause', async () => {
  const log = quiet();
  const response = await withCors({ origin: [APP], logger: log }, () => Promise.reject(new Error('secret detail')))(from(APP));
  assert.deepEqual([response.status, await response.text()], [500, 'Internal Server Error']);
  assert.deepEqual(log.lines, ['error corsac: the handler failed, so the response is a 500; GET /a']);
});

test('what is not an HTTP response is passed on untouched', async () => {
  for (const odd of [undefined, Response.error(), { status: 101, webSocket: {} }]) {
    assert.equal(await withCors({ origin: [APP] }, () => odd)(from(APP)), odd);
  }
});

test('an inner policy works only if the outer is off', async () => {
  const log = quiet();
  const inner = withCors({ origin: '*', logger: log }, () => new Response('hello'));
  const outer = withCors({ origin: [APP] }, inner);
  assert.equal((await outer(from(EVIL))).headers.get('access-control-allow-origin'), null);
  assert.match(log.lines[0], /^warn corsac: a second policy has no effect/);
  assert.equal((await withCors({ origin: false }, inner)(from(EVIL))).headers.get('access-control-allow-origin'), '*');
});

test('an origin function is awaited for at most five seconds', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const log = quiet();
  const fetch = withCors({ origin: () => new Promise(() => undefined), logger: log }, () => new Response('hello'));
  const pending = fetch(from(APP));
  context.mock.timers.tick(4_999);
  await Promise.resolve();
  assert.deepEqual(log.lines, []);
  context.mock.timers.tick(1);
  assert.equal((await pending).headers.get('access-control-allow-origin'), null);
  assert.match(log.lines[0], /^error corsac: the origin function failed/);
});

test('a handler that is none is refused', () => {
  assert.throws(() => withCors({ origin: [APP] }, {}), /must be a function from a Request to a Response/);
});

test('a handler that gets a bare URL governs its root', async () => {
  const server = await listen(getRequestListener(withCors({ policies: [{ allowOrigins: [APP] }] }, () => new Response('root'))));
  after(server.close);
  assert.equal(allowed(await ask(server, '/', { headers: { Origin: APP } })), APP);
});

test('hostile requests are denied, and reach the application', async () => {
  const fetch = withCors({ policies: [{ allowOrigins: [APP], allowHeaders: ['x-a'] }, { path: '/open', allowOrigins: ['*'], allowHeaders: ['*'] }], logger: quiet() }, () => new Response('hello'));
  const long = 'x'.repeat(1 << 20);
  for (const [url, headers] of [
    [URL_, { origin: `https://${long}` }],
    [URL_, { origin: '\xff\xfe' }],
    [URL_, { origin: '__proto__' }],
    [`https://api.example.com/${long}`, { origin: EVIL }],
    ['https://api.example.com/%2e%2e%2fopen', { origin: EVIL }],
    ['https://api.example.com/%zz', { origin: EVIL }],
  ]) {
    const response = await fetch(new Request(url, { headers }));
    assert.deepEqual([await response.text(), response.headers.get('access-control-allow-origin')], ['hello', null], url.slice(0, 60));
  }
  for (const names of [long, `${'a,'.repeat(10_000)}x-a`, 'x-a\xff', 'x-a,'.repeat(1000)]) {
    for (const path of ['/', '/open']) {
      const headers = { origin: APP, 'access-control-request-method': 'GET', 'access-control-request-headers': names };
      const response = await fetch(new Request(new URL(path, URL_), { method: 'OPTIONS', headers }));
      // Any header may be asked for at the second path, but not any number of bytes.
      assert.ok((response.headers.get('access-control-allow-headers') ?? '').length <= (path === '/' ? 3 : 4096));
      assert.ok((await response.text()).length < 1000);
    }
  }
});
