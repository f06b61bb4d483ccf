// Express 4 and 5 on a real server: the program of people who come from `cors`, and everything that may begin a response.

import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import { createRequire } from 'node:module';
import express5 from 'express';
import express4 from 'express4';
import cors from 'corsac/express';
import { Policy } from 'corsac';
import { ask, listen, quiet } from './server.mjs';

const APP = 'https://your-frontend-domain.com';
const EVIL = 'https://evil.example';
const OPTIONS = {
  origin: APP,
  methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
  allowedHeaders: ['Content-Type', 'Authorization'],
  credentials: true,
  optionsSuccessStatus: 200,
};
const preflight = (origin, method = 'POST', names = 'content-type') => ({
  method: 'OPTIONS',
  headers: { Origin: origin, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': names },
});

for (const [version, express] of [['4', express4], ['5', express5]]) {
  describe(`Express ${version}`, () => {
    const log = quiet();
    const app = express();
    const options = { ...OPTIONS, logger: log };
    app.use(cors(options));
    app.options(version === '4' ? '*' : '/{*splat}', cors(options));
    app.use('/private', (req, res, next) => (req.headers.authorization === undefined ? res.status(401).end() : next()));
    app.post('/api/data', (req, res) => res.json({ message: 'Success' }));
    app.get('/private/data', (req, res) => res.send('secret'));
    app.get('/throws', () => {
      throw new Error('on purpose');
    });
    app.get('/rejects', (req, res, next) => Promise.reject(new Error('on purpose')).catch(next));
    app.get('/stream', (req, res) => {
      res.write('one');
      setImmediate(() => res.end('two'));
    });
    app.get('/breaks', (req, res) => {
      res.write('one');
      setImmediate(() => res.destroy());
    });
    app.get('/redirect', (req, res) => res.redirect('/api/data'));
    app.get('/cached', (req, res) => res.set('ETag', '"one"').send('cached'));
    app.get('/own', (req, res) => {
      res.set({ 'Access-Control-Allow-Origin': req.headers.origin ?? '*', 'Access-Control-Allow-Credentials': 'true', Vary: 'Accept' });
      res.send('own');
    });
    app.get('/flat', (req, res) => res.writeHead(200, ['X-A', '1', 'Access-Control-Allow-Origin', '*', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']).end());
    app.get('/object', (req, res) => res.writeHead(201, 'Made', { 'X-A': '1', 'access-control-allow-origin': '*' }).end());
    app.get('/twice', (req, res) => {
      res.writeHead(200);
      let code;
      try {
        res.writeHead(200);
      } catch (error) {
        code = error.code;
      }
      res.end(code);
    });
    app.get('/invalid', (req, res) => res.writeHead(200, { 'x-bad': 'a\nb' }).end());
    app.post('/body', express.json({ limit: 10 }), (req, res) => res.json(req.body));
    // Express needs its four parameters.
    app.use((error, req, res, next) => (res.headersSent ? next(error) : res.status(error.status ?? 500).send(error.message)));
    const server = listen(app);
    after(() => server.then(({ close }) => close()));

    const expectShared = (response) => {
      assert.equal(response.headers['access-control-allow-origin'], APP);
      assert.equal(response.headers['access-control-allow-credentials'], 'true');
      assert.match(response.headers.vary, /\bOrigin\b/);
    };

    test('a preflight of the program gets its response before authentication', async () => {
      for (const path of ['/api/data', '/private/data']) {
        const response = await ask(await server, path, preflight(APP));
        assert.equal(response.status, 200);
        expectShared(response);
        assert.deepEqual(new Set(response.headers['access-control-allow-methods'].split(', ')), new Set(OPTIONS.methods));
        assert.equal(response.headers['access-control-allow-headers'], 'authorization, content-type');
        assert.equal(response.headers['content-length'], '0');
      }
    });

    test('a denied preflight says why in body and log', async () => {
      const response = await ask(await server, '/api/data', preflight(EVIL));
      assert.equal(response.status, 403);
      assert.equal(response.body, 'origin "https://evil.example" is not allowed\n');
      assert.equal(response.headers['x-content-type-options'], 'nosniff');
      assert.equal(response.headers['access-control-allow-origin'], undefined);
      assert.match(log.lines.at(-1), /^warn corsac: preflight denied: origin "https:\/\/evil.example" is not allowed; OPTIONS \/api\/data from /);
    });

    test('every response has the headers of the policy', async () => {
      for (const [path, status, init] of [
        ['/api/data', 200, { method: 'POST' }],
        ['/private/data', 401, {}],
        ['/throws', 500, {}],
        ['/rejects', 500, {}],
        ['/stream', 200, {}],
        ['/redirect', 302, {}],
        ['/cached', 304, { headers: { 'If-None-Match': '"one"' } }],
        ['/missing', 404, {}],
        ['/body', 413, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":"more than ten"}' }],
        ['/own', 200, {}],
        ['/flat', 200, {}],
        ['/object', 201, {}],
        ['/invalid', 500, {}],
      ]) {
        const response = await ask(await server, path, { ...init, headers: { ...init.headers, Origin: APP } });
        assert.equal(response.status, status, path);
        expectShared(response);
      }
    });

    test('a denied request reaches the application and shares nothing', async () => {
      const response = await ask(await server, '/own', { headers: { Origin: EVIL } });
      assert.equal(response.body, 'own');
      assert.equal(response.headers['access-control-allow-origin'], undefined);
      assert.equal(response.headers['access-control-allow-credentials'], undefined);
      assert.equal(response.headers.vary, 'Accept, Origin');
      assert.ok(log.lines.some((line) => line.includes("replaced or removed the application's header access-control-allow-origin")));
    });

    test('each form of writeHead keeps headers other than CORS', async () => {
      const flat = await ask(await server, '/flat', { headers: { Origin: APP } });
      assert.deepEqual([flat.headers['x-a'], flat.headers['set-cookie']], ['1', ['a=1', 'b=2']]);
      const object = await ask(await server, '/object', { headers: { Origin: APP } });
      assert.deepEqual([object.headers['x-a'], object.message], ['1', 'Made']);
      assert.equal((await ask(await server, '/twice', { headers: { Origin: APP } })).body, 'ERR_HTTP_HEADERS_SENT');
    });

    test('a broken stream ends the response, not the server', async () => {
      await assert.rejects(ask(await server, '/breaks', { headers: { Origin: APP } }));
      expectShared(await ask(await server, '/stream', { headers: { Origin: APP } }));
    });

    test('a plain OPTIONS is left to the application', async () => {
      const response = await ask(await server, '/api/data', { method: 'OPTIONS' });
      assert.equal(response.status, 200);
      assert.equal(response.headers['access-control-allow-methods'], undefined);
      assert.equal(response.headers.vary, 'Origin');
    });

    test('repeated lines and odd bytes are denied', async () => {
      const { port } = await server;
      const raw = (lines) =>
        new Promise((resolve, reject) => {
          let text = '';
          const socket = connect(port, '127.0.0.1', () => socket.write(`GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines}\r\n\r\n`, 'latin1'));
          socket.on('data', (data) => (text += data.toString('latin1'))).on('end', () => resolve(text)).on('error', reject);
        });
      for (const lines of [`Origin: ${APP}\r\nOrigin: ${EVIL}`, `Origin: ${APP}\r\nOrigin: ${APP}`, `Origin: ${APP}\xFC`, 'Origin:', `Origin: ${APP}/`, `Origin: null`]) {
        const response = await raw(lines);
        assert.match(response, /^HTTP\/1.1 200/, lines);
        assert.doesNotMatch(response, /access-control/i, lines);
        assert.match(response, /^vary: Origin\r$/im, lines);
      }
      assert.match(await raw(`oRiGiN: ${APP}`), /access-control-allow-origin: https:\/\/your-frontend-domain.com\r/i);
    });
  });
}

test('CommonJS has the middleware itself', () => {
  const required = createRequire(import.meta.url)('corsac/express');
  assert.equal(typeof required, 'function');
  assert.equal(typeof required({ origin: '*' }), 'function');
});

test('a policy of the ESM copy works in CommonJS', async () => {
  const required = createRequire(import.meta.url)('corsac/express');
  const { close, ...server } = await listen(express5().use(required({ policy: new Policy({ allowOrigins: [APP] }) })));
  const response = await ask(server, '/', { headers: { Origin: APP } });
  assert.equal(response.headers['access-control-allow-origin'], APP);
  close();
});

test('a request that ends before its origin check reaches nothing', async () => {
  let seen = 0;
  let admit;
  const app = express5();
  app.use(cors({ origin: () => new Promise((resolve) => (admit = resolve)) }));
  app.use((req, res) => {
    seen += 1;
    res.end();
  });
  const { close, port } = await listen(app);
  const request = httpRequest({ port, headers: { Origin: APP } });
  request.on('error', () => undefined).end();
  while (admit === undefined) await new Promise(setImmediate);
  request.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  admit(true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(seen, 0);
  close();
});
