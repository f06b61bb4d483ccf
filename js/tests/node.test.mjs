// node:http, node:http2's compatibility API, and other middleware that waits for the headers, inside and outside of ours.

import assert from 'node:assert/strict';
import { createServer as createServer2, connect as connect2 } from 'node:http2';
import { after, test } from 'node:test';
import compression from 'compression';
import express from 'express';
import session from 'express-session';
import helmet from 'helmet';
import morgan from 'morgan';
import onHeaders from 'on-headers';
import cors from 'corsac/express';
import { withCors } from 'corsac/node';
import { ask, listen, quiet } from './server.mjs';

const APP = 'https://app.example.com';
const preflight = { method: 'OPTIONS', headers: { Origin: APP, 'Access-Control-Request-Method': 'PUT' } };

test('a server of node:http has the headers on every response', async () => {
  const server = await listen(
    withCors({ origin: [APP], credentials: true, logger: quiet() }, (request, response) => {
      if (request.url === '/flush') response.flushHeaders();
      if (request.url === '/head') response.writeHead(404, { 'access-control-allow-origin': '*' });
      response.end('hello');
    }),
  );
  after(server.close);
  for (const path of ['/', '/flush', '/head']) {
    const response = await ask(server, path, { headers: { Origin: APP } });
    assert.equal(response.headers['access-control-allow-origin'], APP, path);
    assert.equal(response.headers.vary, 'Origin');
    assert.equal((await ask(server, path, { headers: { Origin: 'https://evil.example' } })).headers['access-control-allow-origin'], undefined);
  }
  const response = await ask(server, '/', preflight);
  assert.deepEqual([response.status, response.body, response.headers['access-control-allow-credentials']], [204, '', 'true']);
});

test('interim responses are left alone, the last is governed', async () => {
  const server = await listen(
    withCors({ origin: [APP] }, (request, response) => {
      response.writeContinue();
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.end('hello');
    }),
  );
  after(server.close);
  const response = await ask(server, '/', { headers: { Origin: APP } });
  assert.deepEqual([response.status, response.headers['access-control-allow-origin']], [200, APP]);
});

test('the compatibility API of node:http2 is governed, too', async () => {
  const listener = withCors({ origin: [APP], logger: quiet() }, (request, response) => {
    if (request.url === '/head') response.writeHead(200, { 'access-control-allow-origin': '*', 'x-a': '1' });
    response.end('hello');
  });
  const server = await listen(listener, (app) => createServer2(app));
  const client = connect2(`http://127.0.0.1:${server.port}`);
  after(() => {
    client.close();
    server.close();
  });
  const send = (headers) =>
    new Promise((resolve, reject) => {
      const stream = client.request(headers);
      stream.on('response', resolve).on('error', reject).resume().end();
    });
  for (const path of ['/', '/head']) {
    const response = await send({ ':path': path, origin: APP });
    assert.deepEqual([response[':status'], response['access-control-allow-origin'], response.vary], [200, APP, 'Origin'], path);
  }
  const response = await send({ ':method': 'OPTIONS', ':path': '/', origin: APP, 'access-control-request-method': 'PUT' });
  assert.deepEqual([response[':status'], response['access-control-allow-origin']], [204, APP]);
  const denied = await send({ ':path': '/head', origin: 'https://evil.example' });
  assert.deepEqual([denied['access-control-allow-origin'], denied['x-a']], [undefined, '1']);
});

const OTHERS = {
  compression: () => compression({ threshold: 0 }),
  morgan: () => morgan('tiny', { stream: { write: () => undefined } }),
  helmet: () => helmet(),
  'express-session': () => session({ secret: 'a', resave: false, saveUninitialized: true }),
  'on-headers 1.0.2': () => (request, response, next) => {
    onHeaders(response, () => response.setHeader('X-Late', '1'));
    next();
  },
};
for (const [name, make] of Object.entries(OTHERS)) {
  for (const isOutside of [false, true]) {
    test(`${name} keeps its headers ${isOutside ? 'outside' : 'inside'} of ours`, async () => {
      const ours = cors({ origin: [APP], logger: quiet() });
      const app = express();
      app.use(...(isOutside ? [make(), ours] : [ours, make()]));
      app.get('/', (request, response) => response.set('Access-Control-Allow-Origin', '*').type('text').send('hello '.repeat(100)));
      app.get('/flat', (request, response) => response.writeHead(200, ['X-A', '1', 'Access-Control-Allow-Origin', '*']).end('hello'));
      const server = await listen(app);
      after(server.close);
      const headers = { Origin: APP, 'Accept-Encoding': 'gzip' };
      // With a flat list, this version of on-headers itself throws, unless we are in front of it.
      const paths = name.startsWith('on-headers') && !isOutside ? ['/'] : ['/', '/flat'];
      for (const path of paths) {
        const response = await ask(server, path, { headers });
        assert.deepEqual([response.status, response.headers['access-control-allow-origin']], [200, APP], path);
        assert.match(response.headers.vary, /\bOrigin\b/);
        if (name === 'compression' && path === '/') assert.match(response.headers.vary, /Accept-Encoding/);
        if (name === 'helmet') assert.equal(response.headers['x-content-type-options'], 'nosniff');
        if (name === 'express-session') assert.match(String(response.headers['set-cookie']), /^connect\.sid=/);
        if (name.startsWith('on-headers')) assert.equal(response.headers['x-late'], '1');
      }
      assert.equal((await ask(server, '/', { headers: { ...headers, Origin: 'https://evil.example' } })).headers['access-control-allow-origin'], undefined);
      const response = await ask(server, '/', preflight);
      assert.deepEqual([response.status, response.headers['access-control-allow-origin']], [204, APP]);
    });
  }
}

test('a preflight is not answered twice', async () => {
  const { promise, resolve } = deferred();
  let asked = deferred();
  const listener = withCors({ origin: () => (asked.resolve(), promise), logger: quiet() }, () => assert.fail('a preflight came to the application'));
  const server = await listen((request, response) => {
    listener(request, response);
    // A middleware in front has waited long enough.
    asked.promise.then(() => response.writeHead(503).end('too late', () => resolve(true)));
  });
  after(server.close);
  for (let time = 0; time < 2; time += 1) {
    assert.deepEqual([(await ask(server, '/', preflight)).status], [503]);
    asked = deferred();
  }
});

function deferred() {
  let resolve = (_value) => undefined;
  const promise = new Promise((done) => { resolve = done; });
  return { promise, resolve };
}
