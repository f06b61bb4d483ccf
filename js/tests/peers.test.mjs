// What the tests of `cors`, `@koa/cors` and `hono/cors` check, behaviour by behaviour: each is asked of the package itself and of ours.
//
// Either both respond alike, or the row says why not, and a difference that is gone fails, too. fastify.test.mjs has @fastify/cors.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import koaCors from '@koa/cors';
import peerCors from 'cors';
import { Hono } from 'hono';
import { cors as peerHono } from 'hono/cors';
import Koa from 'koa';
import oursExpress from 'corsac/express';
import { cors as oursHono } from 'corsac/hono';
import oursKoa from 'corsac/koa';
import { ask, listen, quiet } from './server.mjs';

const A = 'https://a.example';
const B = 'https://b.example';
const ALL = 'DELETE, GET, HEAD, PATCH, POST, PUT';
const COMPARED = ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-methods', 'access-control-allow-headers', 'access-control-expose-headers', 'access-control-max-age', 'vary', 'content-length'];
const LISTS = /methods|headers|vary/;

const get = (origin = A, headers = {}) => ({ headers: { ...(origin !== null && { Origin: origin }), ...headers } });
const preflight = (method = 'PUT', names = undefined, origin = A) => ({
  method: 'OPTIONS',
  headers: { Origin: origin, 'Access-Control-Request-Method': method, ...(names !== undefined && { 'Access-Control-Request-Headers': names }) },
});

/** What counts of a response. Lists are sorted, and names of headers have no case. */
function counted({ status, headers, body }) {
  const kept = COMPARED.filter((name) => headers[name] !== undefined && (name !== 'content-length' || body === '')).map((name) => {
    const items = headers[name].split(/\s*,\s*/).sort();
    const value = LISTS.test(name) ? (/methods/.test(name) ? items : items.map((item) => item.toLowerCase())).join(', ') : headers[name];
    return [name.replace('access-control-', ''), value];
  });
  return { status, ...Object.fromEntries(kept) };
}

/** Why a response differs. Each is a sentence of MIGRATING.md. */
const VARY = 'the response depends on the headers of the preflight, so that a cache must know';
const CHECKED = 'methods and headers are checked, and a denied preflight has no Access-Control-Max-Age';
const SINGLE = 'an origin that is not listed gets no header; there, the browser compares';
const PLAIN = 'an OPTIONS that is not a preflight is left to the application';
const EXPOSE = 'a browser reads Access-Control-Expose-Headers only on the response, not on a preflight';
const REFUSED = 'an origin must be written, and any origin with credentials is refused';

/**
 * Behaviours: what it is, options, request, and why ours differs. `ours` are the options where ours must be written otherwise, and
 * `is` is what ours responds where it differs. `throws` is what ours refuses at the start.
 */
const OF_CORS = [
  ['any origin, on a response', { origin: '*' }, get()],
  ['any origin, on a preflight, with every method', { origin: '*' }, preflight(), { why: VARY, is: { 'allow-methods': ALL, 'allow-origin': '*' } }],
  ['no options', undefined, get(), { why: REFUSED, throws: /origin is missing/ }],
  ['a preflight ends here, with 204 and an empty body', { origin: A }, preflight(), { why: VARY, is: { status: 204, 'allow-origin': A } }],
  ['its status can be another', { origin: A, optionsSuccessStatus: 200 }, preflight(), { why: VARY, is: { status: 200, 'content-length': '0' } }],
  ['preflightContinue passes it on', { origin: A, preflightContinue: true }, preflight(), { why: VARY, is: { status: 200, 'allow-origin': A } }],
  ['an OPTIONS that is not a preflight', { origin: A }, { method: 'OPTIONS', headers: { Origin: A } }, { why: PLAIN, is: { status: 200, 'allow-origin': A } }],
  ['methods, headers, credentials and max age', { origin: A, methods: ['FOO', 'BAR'], headers: ['fizz', 'buzz'], credentials: true, maxAge: 123 }, preflight('FOO', 'fizz'), { why: VARY, is: { 'allow-methods': 'BAR, FOO', 'allow-headers': 'buzz, fizz', 'allow-credentials': 'true', 'max-age': '123' } }],
  ['a method that is not listed', { origin: A, methods: ['GET'], maxAge: 5 }, preflight('PUT'), { why: CHECKED, is: { status: 204, 'allow-methods': 'GET', 'max-age': undefined } }],
  ['methods as a text', { origin: A, methods: 'GET,PUT', allowedHeaders: 'x-a' }, preflight('PUT', 'x-a'), { why: VARY, is: { 'allow-methods': 'GET, PUT' } }],
  ['an expression', { origin: /^https:\/\/(.+\.)?a\.example$/ }, get()],
  ['a list with an expression', { origin: [/foo\.example$/, A] }, get()],
  ['a list in which nothing matches', { origin: [/foo\.example$/, B] }, get()],
  ['origin: false', { origin: false, methods: ['FOO'], credentials: true }, get()],
  ['one origin, from its page', { origin: A }, get()],
  ['one origin, from another page', { origin: A }, get(B), { why: SINGLE, is: { 'allow-origin': undefined, vary: 'origin' } }],
  ['one origin, without a page', { origin: A }, get(null), { why: SINGLE, is: { 'allow-origin': undefined, vary: 'origin' } }],
  ['a Vary of the application is kept', { origin: A }, { ...get(), path: '/vary' }],
  ['origin: true, without credentials', { origin: true }, get(), { why: 'any origin is "*", so that a cache keeps one response for all pages', is: { 'allow-origin': '*', vary: undefined } }],
  ['origin: true, with credentials', { origin: true, credentials: true }, get(), { why: REFUSED, throws: /origin: true reflects any origin/ }],
  ['a function that calls back true', { origin: (origin, callback) => callback(null, origin === A) }, get()],
  ['a function that calls back false', { origin: (origin, callback) => callback(null, false) }, get(), { why: 'the response depends on the origin, so that it varies', is: { 'allow-origin': undefined, vary: 'origin' } }],
  ['a function is asked for each origin', { origin: (origin, callback) => callback(null, origin === A) }, get(B), { why: 'the response depends on the origin, so that it varies', is: { 'allow-origin': undefined, vary: 'origin' } }],
  ['a function that calls back an error', { origin: (origin, callback) => callback(new Error('down')) }, get(), { why: 'the origin is denied and the log has the error; the application runs', is: { status: 200, 'allow-origin': undefined } }],
  ['allowed headers as a list', { origin: A, allowedHeaders: ['header1', 'header2'] }, preflight('GET', 'header1'), { why: VARY, is: { 'allow-headers': 'header1, header2' } }],
  ['allowed headers as a text', { origin: A, allowedHeaders: 'header1,header2' }, preflight('GET', 'header1'), { why: VARY, is: { 'allow-headers': 'header1, header2' } }],
  ['no allowed headers', { origin: A, allowedHeaders: [] }, preflight('GET'), { why: VARY, is: { 'allow-headers': undefined } }],
  ['allowed headers left out are those that are asked for', { origin: A }, preflight('GET', 'requestedheader1,requestedheader2'), { why: VARY, is: { 'allow-headers': 'requestedheader1, requestedheader2' } }],
  ['exposed headers as a list', { origin: A, exposedHeaders: ['custom-header1', 'custom-header2'] }, get()],
  ['exposed headers as a text', { origin: A, exposedHeaders: 'custom-header1,custom-header2' }, get()],
  ['no exposed headers', { origin: A, exposedHeaders: [] }, get()],
  ['exposed headers on a preflight', { origin: A, exposedHeaders: ['x-a'] }, preflight(), { why: EXPOSE, is: { 'expose-headers': undefined } }],
  ['credentials', { origin: A, credentials: true }, get()],
  ['no credentials', { origin: A }, get()],
  ['max age', { origin: A, maxAge: 456 }, preflight(), { why: VARY, is: { 'max-age': '456' } }],
  ['a max age of zero', { origin: A, maxAge: 0 }, preflight(), { why: VARY, is: { 'max-age': '0' } }],
  ['no max age on a response', { origin: A, maxAge: 456 }, get()],
  ['options from a function', (request, callback) => callback(null, { origin: A }), get()],
  ['options from a function, on a preflight', (request, callback) => callback(null, { origin: A, maxAge: 1000 }), preflight(), { why: VARY, is: { 'allow-origin': A, 'max-age': '1000' } }],
  ['a function of options that fails', (request, callback) => callback('some error'), get()],
];

const OF_KOA = [
  ['nothing without an origin', { origin: A }, get(null), { why: SINGLE, is: { 'allow-origin': undefined, vary: 'origin' } }],
  ['one origin', { origin: A }, get()],
  ['any origin', { origin: '*' }, get(), { why: 'any origin is the same response for all pages', is: { 'allow-origin': '*', vary: undefined } }],
  ['a preflight', { origin: A }, preflight(), { why: VARY, is: { status: 204, 'allow-origin': A, 'allow-methods': ALL } }],
  ['an OPTIONS that is not a preflight', { origin: A }, { method: 'OPTIONS', headers: { Origin: A } }, { why: 'it is a request like others, and the page may read its response', is: { status: 200, 'allow-origin': A } }],
  ['a function that forbids', { origin: (ctx) => (ctx.url === '/forbid' ? false : ctx.get('Origin')) }, { ...get(), path: '/forbid' }],
  ['a function that allows', { origin: (ctx) => (ctx.url === '/forbid' ? false : ctx.get('Origin')) }, get()],
  ['an async function', { origin: async (ctx) => (ctx.url === '/forbid' ? false : ctx.get('Origin')) }, get()],
  ['a function that returns "*"', { origin: () => '*' }, get(), { why: 'the function was asked about this origin, so that the response is for it alone', is: { 'allow-origin': A, vary: 'origin' } }],
  ['exposed headers as a text', { origin: A, exposeHeaders: 'x-a' }, get()],
  ['exposed headers as a list', { origin: A, exposeHeaders: ['x-a', 'x-b'] }, get()],
  ['max age as a number', { origin: A, maxAge: 3600 }, preflight(), { why: VARY, is: { 'max-age': '3600' } }],
  ['max age as a text', { origin: A, maxAge: '3600' }, preflight(), { why: VARY, is: { 'max-age': '3600' } }],
  ['no max age on a response', { origin: A, maxAge: '3600' }, get()],
  ['credentials on a response', { origin: A, credentials: true }, get()],
  ['credentials on a preflight', { origin: A, credentials: true }, preflight('DELETE'), { why: VARY, is: { 'allow-credentials': 'true' } }],
  ['credentials with any origin', { origin: '*', credentials: true }, get(), { why: REFUSED, throws: /any origin/i }],
  ['credentials by a function', { origin: A, credentials: () => true }, get(), { why: 'a policy has credentials or not: use two policies by path', throws: /credentials/ }],
  ['allowed headers as a text', { origin: A, allowHeaders: 'x-pingother' }, preflight('PUT', 'x-pingother'), { why: VARY, is: { 'allow-headers': 'x-pingother' } }],
  ['allowed headers as a list', { origin: A, allowHeaders: ['x-pingother'] }, preflight('PUT', 'x-pingother'), { why: VARY, is: { 'allow-headers': 'x-pingother' } }],
  ['allowed headers left out are those that are asked for', { origin: A }, preflight('PUT', 'x-pingother'), { why: VARY, is: { 'allow-headers': 'x-pingother' } }],
  ['methods as a list', { origin: A, allowMethods: ['GET', 'POST'] }, preflight('POST'), { why: VARY, is: { 'allow-methods': 'GET, POST' } }],
  ['an error keeps the headers', { origin: A }, { ...get(), path: '/throws' }],
  ['an error does not keep others', { origin: A }, { ...get(), path: '/throws', also: 'x-example' }],
  ['an error does not touch a preflight', { origin: A }, { ...preflight(), path: '/throws' }, { why: VARY, is: { status: 204, 'allow-origin': A } }],
  ['keepHeadersOnError: false', { origin: A, keepHeadersOnError: false }, get(), { why: 'every response has the headers', throws: /keepHeadersOnError/ }],
  ['secureContext', { origin: A, secureContext: true }, get(), { why: 'it is not CORS', throws: /secureContext/ }],
  ['privateNetworkAccess', { origin: A, privateNetworkAccess: true }, get()],
  ['a Vary of the application is kept', { origin: A }, { ...get(), path: '/vary' }],
];

const OF_HONO = [
  ['any origin, without a page', { origin: '*' }, get(null)],
  ['no options', undefined, get(), { why: REFUSED, throws: /origin is missing/ }],
  ['every option on a preflight', { origin: A, allowHeaders: ['x-custom'], allowMethods: ['POST', 'GET', 'OPTIONS'], exposeHeaders: ['x-revision'], maxAge: 600, credentials: true }, preflight('POST', 'x-custom'), { why: EXPOSE, is: { status: 204, 'allow-origin': A, 'allow-methods': 'GET, OPTIONS, POST', 'allow-headers': 'x-custom', 'max-age': '600', 'allow-credentials': 'true', 'expose-headers': undefined } }],
  ['every option on a response', { origin: A, exposeHeaders: ['x-revision'], maxAge: 600, credentials: true }, get()],
  ['an unmatched origin', { origin: A }, preflight('GET', undefined, B), { why: 'a denied preflight is a 403 that says why', is: { status: 403, 'allow-origin': undefined } }],
  ['several origins', { origin: [B, A] }, get()],
  ['several origins, and an unmatched one', { origin: [B, A] }, get('https://c.example')],
  ['an OPTIONS that is not a preflight', { origin: A }, { method: 'OPTIONS', headers: { Origin: A } }, { why: PLAIN, is: { status: 404, 'allow-origin': A } }],
  ['a Vary of the application is kept, for any origin', { origin: '*' }, { ...get(), path: '/vary' }],
  ['a Vary of the application is kept', { origin: A }, { ...get(), path: '/vary' }],
  ['a function that allows', { origin: (origin) => (origin.endsWith('a.example') ? origin : B) }, get()],
  ['an async function that allows', { origin: async (origin) => (origin.endsWith('a.example') ? origin : B) }, get()],
  ['a function that returns another origin', { origin: () => B }, get(), { why: 'it denies: the browser would refuse that header', is: { 'allow-origin': undefined, vary: 'origin' } }],
  ['a function, without a page', { origin: () => B }, get(null), { why: 'there is no origin to ask about', is: { 'allow-origin': undefined, vary: 'origin' } }],
  ['a function that returns "*"', { origin: () => '*' }, get(), { why: 'the function was asked about this origin, so that the response is for it alone', is: { 'allow-origin': A, vary: 'origin' } }],
  ['methods from a function', { origin: A, allowMethods: () => ['GET'] }, preflight('GET'), { why: 'list the methods of each path with policies', throws: /methods cannot be a function/ }],
  ['credentials with any origin', { origin: '*', credentials: true }, get(), { why: REFUSED, throws: /any origin/i }],
  ['credentials and no origin', { credentials: true }, get(), { why: REFUSED, throws: /origin is missing/ }],
  ['a list of methods, and the method is not in it', { origin: A, allowMethods: ['GET'], maxAge: 5 }, preflight('PUT'), { why: CHECKED, is: { 'allow-methods': 'GET', 'max-age': undefined } }],
];

/** Each package: its behaviours, the package, ours, and a server with one of them. */
const PACKAGES = {
  cors: {
    rows: OF_CORS,
    peer: peerCors,
    ours: oursExpress,
    serve: (middleware) =>
      listen((request, response) => {
        // `cors` appends to what is there already, and ours to what comes later.
        if (request.url === '/vary') response.setHeader('Vary', 'Foo');
        middleware(request, response, (error) => {
          if (error !== undefined) response.statusCode = 500;
          response.end(error === undefined ? 'body' : String(error));
        });
      }),
  },
  '@koa/cors': {
    rows: OF_KOA,
    peer: koaCors,
    ours: oursKoa,
    serve: (middleware) => {
      const app = new Koa();
      app.silent = true;
      app.use(middleware);
      app.use((ctx) => {
        ctx.body = 'body';
        if (ctx.path === '/vary') ctx.vary('Foo');
        if (ctx.path !== '/throws') return;
        ctx.set('X-Example', 'Value');
        throw new Error('on purpose');
      });
      return listen(app.callback());
    },
  },
  'hono/cors': {
    rows: OF_HONO,
    peer: peerHono,
    ours: oursHono,
    serve: (middleware) => {
      const app = new Hono();
      app.use(middleware);
      app.get('/vary', (c) => c.text('body', 200, { Vary: 'Foo' }));
      app.get('/', (c) => c.text('body'));
      return listen(getRequestListener(app.fetch));
    },
  },
};

/** Ours has no log here. */
const silent = (options) => (typeof options === 'object' ? { ...options, logger: quiet() } : options);

for (const [name, { rows, peer, ours, serve }] of Object.entries(PACKAGES)) {
  describe(`what the tests of ${name} check`, () => {
    const responseOf = async (middleware, { path = '/', also, ...request }) => {
      const server = await serve(middleware);
      after(server.close);
      const response = await ask(server, path, request);
      return { ...counted(response), ...(also !== undefined && { [also]: response.headers[also] }) };
    };
    for (const [behaviour, options, request, differs] of rows) {
      test(`${behaviour}: ${differs === undefined ? 'the same' : differs.why}`, async () => {
        if (differs?.throws !== undefined) {
          assert.doesNotThrow(() => peer(options));
          assert.throws(() => ours(silent(options)), (error) => differs.throws.test(error.message));
          return;
        }
        const theirs = await responseOf(peer(options), request);
        const own = await responseOf(ours(silent(options)), request);
        if (differs === undefined) {
          assert.deepEqual(own, theirs);
          return;
        }
        assert.notDeepEqual(own, theirs, 'there is no difference any more');
        for (const [header, value] of Object.entries(differs.is)) assert.equal(own[header], value, header);
      });
    }
  });
}
