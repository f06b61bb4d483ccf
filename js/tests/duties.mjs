// What every adapter owes, asked of a real server: one list for all of them.

import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, describe, test } from 'node:test';
import { Policy, PolicyError, PolicyHolder } from 'corsac';
import { ask, quiet } from './server.mjs';

export const APP = 'https://app.example.com';
export const OTHER = 'https://other.example.com';
export const EVIL = 'https://evil.example';
export const preflight = (origin, method = 'PUT', names = 'content-type') => ({
  method: 'OPTIONS',
  headers: { Origin: origin, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': names },
});
export const allowed = (response) => response.headers['access-control-allow-origin'];

/** Says when a stream breaks: once its beginning has arrived, however long that takes. */
const arrived = new EventTarget();
export const whenArrived = (then) => arrived.addEventListener('arrived', then, { once: true });

/** Sends a request over HTTP/1, and returns what breaks its connection. */
const abandoned = (port) => (path, headers) => {
  const request = httpRequest({ port, path, headers });
  request.on('error', () => undefined).end();
  return () => request.destroy();
};

/**
 * The application of each stack has the same paths:
 * `/data` (POST), `/private` (401 without authorization), `/throws`, `/stream`, `/breaks`, `/redirect`, `/cached` (304), `/cookies` (two),
 * `/body` (POST, at most ten bytes), `/method` (any method, responds with it), `/own` (reflects the origin, `Vary: Accept`), `/open`.
 *
 * @param start starts a server of it, with these options. Other paths are not found. The server has its own `ask` and `abandon` where
 * HTTP/1 is not what it speaks.
 * @param names how the package calls its options
 */
export function duties(stack, start, names = { methods: 'methods', headers: 'allowedHeaders', expose: 'exposedHeaders' }) {
  describe(stack, () => {
    const serving = async (options) => {
      const log = quiet();
      const server = await start({ logger: log, ...options });
      after(server.close);
      const send = server.ask ?? ((path, init) => ask(server, path, init));
      return { log, ask: send, from: (origin, path = '/method') => send(path, { headers: { Origin: origin } }), abandon: server.abandon ?? abandoned(server.port) };
    };
    const options = { origin: [APP], credentials: true, [names.methods]: ['GET', 'POST', 'PUT'], [names.headers]: ['content-type', 'authorization'], [names.expose]: ['x-total'] };
    const shared = (response, path) => {
      assert.equal(allowed(response), APP, path);
      assert.equal(response.headers['access-control-allow-credentials'], 'true', path);
      assert.match(response.headers.vary, /\bOrigin\b/, path);
    };

    test('preflights get their response before authentication and routing', async () => {
      const server = await serving(options);
      for (const path of ['/data', '/private', '/missing', '/throws']) {
        const response = await server.ask(path, preflight(APP));
        assert.deepEqual([response.status, response.body], [204, ''], path);
        shared(response, path);
        assert.equal(response.headers['access-control-allow-methods'], 'GET, POST, PUT');
        assert.equal(response.headers['access-control-allow-headers'], 'authorization, content-type');
        assert.equal(response.headers['access-control-expose-headers'], undefined);
        assert.equal(response.headers.vary, 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
      }
    });

    test('a denied preflight says why in body and log', async () => {
      const server = await serving(options);
      const response = await server.ask('/data?secret=1', preflight(EVIL));
      assert.deepEqual([response.status, response.body], [403, 'origin "https://evil.example" is not allowed\n']);
      assert.deepEqual([response.headers['content-type'], response.headers['x-content-type-options'], allowed(response)], ['text/plain', 'nosniff', undefined]);
      assert.match(server.log.lines.at(-1), /^warn corsac: preflight denied: origin "https:\/\/evil.example" is not allowed; OPTIONS \/data( from |$)/);
      const method = await server.ask('/data', preflight(APP, 'DELETE'));
      assert.deepEqual([method.status, allowed(method), method.headers['access-control-allow-methods']], [204, APP, 'GET, POST, PUT']);
      for (let time = 0; time < 100; time += 1) await server.ask('/data', preflight(`https://evil-${time}.example`));
      assert.ok(server.log.lines.length < 25, `${server.log.lines.length} lines`);
    });

    test('every response has the headers of the policy', async () => {
      const server = await serving(options);
      for (const [path, status, init] of [
        ['/data', 200, { method: 'POST' }],
        ['/private', 401, {}],
        ['/throws', 500, {}],
        ['/stream', 200, {}],
        ['/redirect', 302, {}],
        ['/cached', 304, { headers: { 'If-None-Match': '"one"' } }],
        ['/missing', 404, {}],
        ['/body', 413, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":"more than ten bytes"}' }],
        ['/own', 200, {}],
        ['/stream', 200, { method: 'HEAD' }],
      ]) {
        const response = await server.ask(path, { ...init, headers: { ...init.headers, Origin: APP } });
        assert.equal(response.status, status, path);
        shared(response, path);
        assert.equal(response.headers['access-control-expose-headers'], 'x-total', path);
        if (path === '/stream' && init.method === undefined) assert.equal(response.body, 'onetwo');
      }
      const cookies = await server.from(APP, '/cookies');
      assert.deepEqual(cookies.headers['set-cookie'], ['a=1', 'b=2']);
      shared(cookies);
    });

    test('a denied request reaches the application and shares nothing', async () => {
      const server = await serving(options);
      for (let time = 0; time < 2; time += 1) {
        const response = await server.from(EVIL, '/own');
        assert.deepEqual([response.body, allowed(response), response.headers['access-control-allow-credentials'], response.headers.vary], ['own', undefined, undefined, 'Accept, Origin']);
      }
      const replaced = server.log.lines.filter((line) => line.includes("the application's header access-control-allow-origin;") || line.includes("the application's header access-control-allow-origin:"));
      assert.equal(replaced.length, 1, server.log.lines.join('\n'));
    });

    test('a response that equals the policy is not reported replaced', async () => {
      const server = await serving({ origin: '*' });
      assert.equal(allowed(await server.from(APP, '/open')), '*');
      assert.deepEqual(server.log.lines, []);
    });

    test('a plain OPTIONS is left to the application', async () => {
      const server = await serving(options);
      for (const headers of [{}, { Origin: APP }, { 'Access-Control-Request-Method': 'PUT' }]) {
        const response = await server.ask('/method', { method: 'OPTIONS', headers });
        assert.deepEqual([response.status, response.body, response.headers['access-control-allow-methods']], [200, 'OPTIONS', undefined]);
        assert.equal((await server.ask('/missing', { method: 'OPTIONS', headers })).status, 404);
      }
    });

    test('requests without an origin and malformed ones share nothing', async () => {
      const server = await serving(options);
      const plain = await server.ask('/method');
      assert.deepEqual([plain.body, allowed(plain), plain.headers.vary], ['GET', undefined, 'Origin']);
      for (const origin of ['null', `${APP}/`, `${APP}, ${APP}`, 'x'.repeat(400), '']) {
        const response = await server.from(origin);
        assert.deepEqual([response.status, allowed(response), response.headers.vary], [200, undefined, 'Origin'], origin);
      }
    });

    test('a broken stream ends the response, not the server', async () => {
      const server = await serving(options);
      const onData = () => arrived.dispatchEvent(new Event('arrived'));
      await assert.rejects(server.ask('/breaks', { headers: { Origin: APP }, onData }));
      shared(await server.from(APP, '/stream'));
    });

    test('an origin function that takes its time is awaited', async () => {
      const isOther = async (origin) => (await new Promise(setImmediate), origin === OTHER);
      // Koa's function has the context, the others the origin.
      const server = await serving({ credentials: true, origin: (first) => isOther(typeof first === 'string' ? first : first.get('Origin')) });
      assert.equal(allowed(await server.from(OTHER)), OTHER);
      const denied = await server.from(EVIL);
      assert.deepEqual([denied.body, allowed(denied)], ['GET', undefined]);
      assert.equal((await server.ask('/method', preflight(OTHER))).status, 204);
      assert.equal((await server.ask('/method', preflight(EVIL))).status, 403);
    });

    test('a failing origin function denies, and the application still runs', async () => {
      for (const origin of [() => Promise.reject(new Error('down')), () => {
        throw new Error('down');
      }]) {
        const server = await serving({ origin, credentials: true });
        const response = await server.from(OTHER);
        assert.deepEqual([response.status, response.body, allowed(response)], [200, 'GET', undefined]);
        assert.match(server.log.lines[0], /^error corsac: the origin function failed, so "https:\/\/other\.example\.com" is denied; GET \/method/);
      }
    });

    test('a request that ends before its origin check reaches nothing', async () => {
      let admit;
      let asked = 0;
      const server = await serving({ origin: () => ((asked += 1), asked === 1 ? new Promise((resolve) => (admit = resolve)) : true) });
      const abandon = server.abandon('/count', { origin: APP });
      while (admit === undefined) await new Promise(setImmediate);
      abandon();
      await new Promise((resolve) => setTimeout(resolve, 50));
      // A busy server sees that the client has gone before it serves the next one.
      await server.from(APP);
      admit(true);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal((await server.from(APP, '/count')).body, '1');
    });

    test('a set chooses by path and denies ambiguous paths', async () => {
      const server = await serving({ policies: [{ allowOrigins: [APP] }, { path: '/open', allowOrigins: ['*'] }, { path: '/own', cors: false }] });
      assert.equal(allowed(await server.from(EVIL, '/open?a=/b')), '*');
      assert.equal(allowed(await server.from(EVIL)), undefined);
      const own = await server.from(EVIL, '/own');
      assert.deepEqual([allowed(own), own.headers.vary], [EVIL, 'Accept']);
      assert.doesNotMatch(String((await server.ask('/own', preflight(EVIL))).headers.vary), /Origin/);
      assert.equal(allowed(await server.from(APP, '/open/..%2fa')), undefined);
    });

    test('a policy is swapped while serving', async () => {
      const holder = new PolicyHolder(new Policy({ allowOrigins: [APP] }));
      const server = await serving({ policy: holder });
      assert.equal(allowed(await server.from(OTHER)), undefined);
      holder.policy = new Policy({ allowOrigins: [OTHER] });
      assert.deepEqual([allowed(await server.from(OTHER)), allowed(await server.from(APP))], [OTHER, undefined]);
    });

    test('report only changes nothing, and logs each unlisted origin once', async () => {
      const server = await serving({ origin: [APP], reportOnly: true });
      for (let time = 0; time < 3; time += 1) {
        const response = await server.from(OTHER, '/own');
        assert.deepEqual([allowed(response), response.headers.vary], [OTHER, 'Accept']);
        assert.equal((await server.ask('/method', preflight(OTHER))).body, 'OPTIONS');
      }
      assert.equal(server.log.lines.filter((line) => line.includes(`add "${OTHER}"`)).length, 1);
    });

    test('report only says whether the application\'s own response passes', async () => {
      const server = await serving({ origin: [APP], reportOnly: true });
      const said = () => server.log.lines.splice(0).filter((line) => line.includes('own response')).map((line) => line.replace(/; \w+ \/.*/, ''));
      await server.from(OTHER, '/own');
      assert.deepEqual(said(), [`warn corsac: report only: this request would be denied: origin "${OTHER}" is not allowed; the application's own response passes`]);
      await server.from(APP, '/own');
      assert.deepEqual(said(), ["debug corsac: report only: this request would be allowed; the application's own response passes"]);
      await server.from(APP, '/method');
      assert.deepEqual(said(), ["warn corsac: report only: this request would be allowed; the application's own response does not pass [acao-missing]"]);
      await server.ask('/method', preflight(APP, 'GET', 'content-type'));
      assert.match(said().join('\n'), /^(?:warn|debug) corsac: report only: this preflight would be (?:allowed|denied: .*); the application's own response does not pass \[acao-missing\]$/);
    });

    test('false leaves responses and preflights to the application', async () => {
      const server = await serving({ origin: false });
      const response = await server.ask('/method', preflight(APP));
      assert.deepEqual([response.body, allowed(response), response.headers.vary], ['OPTIONS', undefined, undefined]);
    });

    test('preflightContinue passes preflights on, and adds the headers', async () => {
      const server = await serving({ ...options, preflightContinue: true });
      const response = await server.ask('/method', preflight(APP));
      assert.deepEqual([response.status, response.body, allowed(response)], [200, 'OPTIONS', APP]);
    });

    test('wrong options are refused at the start, by their names', async () => {
      await assert.rejects(async () => start({}), /origin is missing\. Write one of these/);
      await assert.rejects(async () => start({ origin: '*', credentials: true }), (error) => {
        assert.ok(error instanceof PolicyError);
        return /1\. list your pages/.test(error.message);
      });
      await assert.rejects(async () => start({ origin: ['app.example.com'], [names.expose.replace('Headers', 'Header')]: ['a'] }), (error) => {
        assert.match(error.message, new RegExp(`did you mean ${names.expose}\\?`));
        return /^error: origin\[0\]: /m.test(error.message);
      });
    });

    test('lists that are left out are those of the package', async () => {
      const server = await serving({ origin: [APP] });
      const response = await server.ask('/data', preflight(APP, 'POST', 'x-a,X-B'));
      assert.equal(response.headers['access-control-allow-headers'], 'x-a,X-B');
      assert.deepEqual(response.headers['access-control-allow-methods'].split(', ').sort(), stack.startsWith('Fastify') ? ['GET', 'HEAD', 'POST'] : ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']);
    });
  });
}
