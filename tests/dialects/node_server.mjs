// One product for Node.js with many configurations, each under /0, /1, ...: `node node_server.mjs PRODUCT FILE`, on PORT.
// `/` says which version it is, and which configurations it does not take.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const load = createRequire(new URL('../stacks/package.json', import.meta.url));
const [product, file] = process.argv.slice(2);
const configurations = JSON.parse(readFileSync(file, 'utf8'));

/** An expression is a text between slashes, because JSON has none. */
function expression(value) {
  if (Array.isArray(value)) return value.map(expression);
  const parts = typeof value === 'string' ? value.match(/^\/(.+)\/([a-z]*)$/) : null;
  return parts === null ? value : new RegExp(parts[1], parts[2]);
}

/** Options with expressions. */
const revived = (options) => ('origin' in options ? { ...options, origin: expression(options.origin) } : options);

/** What the application sends: the request says it. Values of one name are a list. */
function wanted(text) {
  const { status, headers } = JSON.parse(text);
  const byName = new Map();
  for (const [name, value] of headers) byName.set(name, [...(byName.get(name) ?? []), value]);
  return { status, headers: [...byName].map(([name, values]) => [name, values.length === 1 ? values[0] : values]) };
}

// A handler of Node's server for each configuration.
const PRODUCTS = {
  async express(options) {
    const express = load('express');
    const app = express();
    app.disable('x-powered-by');
    app.use(load('cors')(revived(options)));
    app.use((request, response) => {
      const { status, headers } = wanted(request.get('x-upstream'));
      for (const [name, value] of headers) response.set(name, value);
      response.set('x-reached', 'yes').status(status).send('ok');
    });
    return app;
  },

  async fastify(options) {
    let handler;
    const app = load('fastify')({ serverFactory: (handle) => ((handler = handle), createServer(handle)) });
    await app.register(load('@fastify/cors'), revived(options));
    app.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: '/',
      handler(request, reply) {
        const { status, headers } = wanted(request.headers['x-upstream']);
        for (const [name, value] of headers) reply.header(name, value);
        reply.header('x-reached', 'yes').code(status).send('ok');
      },
    });
    await app.ready();
    return handler;
  },

  async koa(options) {
    const Koa = load('koa');
    const app = new Koa();
    app.use(load('@koa/cors')(options));
    app.use((context) => {
      const { status, headers } = wanted(context.get('x-upstream'));
      for (const [name, value] of headers) context.set(name, value);
      context.set('x-reached', 'yes');
      context.status = status;
      context.body = 'ok';
    });
    return app.callback();
  },

  async hono(options) {
    const { Hono } = load('hono');
    const { cors } = load('hono/cors');
    const app = new Hono();
    app.use(cors(options));
    app.all('/', (context) => {
      const { status, headers } = wanted(context.req.header('x-upstream'));
      for (const [name, value] of headers) {
        for (const [at, one] of [value].flat().entries()) context.header(name, one, { append: at > 0 });
      }
      context.header('x-reached', 'yes');
      return context.text('ok', status);
    });
    return load('@hono/node-server').getRequestListener(app.fetch);
  },
};

const PACKAGES = { express: 'cors', fastify: '@fastify/cors', koa: '@koa/cors', hono: 'hono' };

/** The version of a package, which need not export its package.json. */
function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`../stacks/node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}

const refused = {};
const handlers = await Promise.all(configurations.map((options, at) => PRODUCTS[product](options).catch((error) => (refused[at] = error.message))));

createServer((request, response) => {
  const at = request.url.slice(1);
  if (at === '') return response.end(JSON.stringify({ version: versionOf(PACKAGES[product]), refused }));
  request.url = '/';
  return handlers[Number(at)](request, response);
}).listen(Number(process.env.PORT), '127.0.0.1');
