// What CORS adds to a request, compared with cors, @fastify/cors and hono/cors, in one run: `make bench-js`, on a quiet machine.
//
// Express is measured with real responses of Node, Fastify through `inject`, Hono through `fetch`. The same application without CORS
// is the floor, and is subtracted; that of a preflight is an empty 204. Rounds are short and take turns, so that what else runs disturbs all of them
// alike. Times are those of the processor, because a process that waits for it must not count.

import { IncomingMessage, ServerResponse } from 'node:http';
import fastifyCors from '@fastify/cors';
import peerOfExpress from 'cors';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { cors as peerOfHono } from 'hono/cors';
import { Policy } from 'corsac';
import ours from 'corsac/express';
import oursOfFastify from 'corsac/fastify';
import { cors as oursOfHono } from 'corsac/hono';
import { nanoseconds } from './time.mjs';

const ROUNDS = Number(process.env.CORSAC_BENCH_ROUNDS ?? 60);
const APP = 'https://app-0.example.com';
const EVIL = 'https://evil.example';
const list = (count) => Array.from({ length: count }, (_, place) => `https://app-${place}.example.com`).reverse();
const silent = () => undefined;
const logger = { error: silent, warn: silent, info: silent, debug: silent };

/** Each kind of request: its method and headers. */
const REQUESTS = {
  preflight: ['OPTIONS', { origin: APP, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization,content-type' }],
  actual: ['GET', { origin: APP }],
  denied: ['GET', { origin: EVIL }],
  plain: ['GET', {}],
};

/** Express' middleware, called with real requests and responses of Node. The application writes a header and a body. */
function express(middleware) {
  return ([method, headers]) => {
    const request = new IncomingMessage(null);
    request.method = method;
    request.url = '/';
    Object.assign(request.headers, headers);
    request.rawHeaders = Object.entries(headers).flat();
    const response = new ServerResponse(request);
    const application = () => {
      if (method === 'OPTIONS') return response.writeHead(204).end();
      response.setHeader('Content-Type', 'text/plain');
      return response.end('hello');
    };
    if (middleware === null) application();
    else middleware(request, response, application);
    if (!response.headersSent) throw new Error('there is no response');
  };
}

async function fastify(plugin, options) {
  const app = Fastify();
  if (plugin !== null) await app.register(plugin, options);
  app.get('/', (_request, reply) => reply.type('text/plain').send('hello'));
  app.options('/', (_request, reply) => reply.code(204).send());
  await app.ready();
  return ([method, headers]) => app.inject({ method, url: '/', headers });
}

function hono(middleware) {
  const app = new Hono();
  if (middleware !== null) app.use(middleware);
  app.all('/', (c) => (c.req.method === 'OPTIONS' ? c.body(null, 204) : c.text('hello')));
  return ([method, headers]) => app.fetch(new Request('https://api.example.com/', { method, headers }));
}

const common = { methods: ['GET', 'PUT'], allowedHeaders: ['authorization', 'content-type'], credentials: true };
const honos = { allowMethods: ['GET', 'PUT'], allowHeaders: ['authorization', 'content-type'], credentials: true };

/** The package that a stack has, and how many times each of its rounds calls. */
async function stacks(origin) {
  return {
    cors: { times: 400, floor: express(null), peer: express(peerOfExpress({ ...common, origin })), corsac: express(ours({ ...common, origin, logger })) },
    '@fastify/cors': { times: 40, floor: await fastify(null), peer: await fastify(fastifyCors, { ...common, origin }), corsac: await fastify(oursOfFastify, { ...common, origin, logger }) },
    'hono/cors': { times: 60, floor: hono(null), peer: hono(peerOfHono({ ...honos, origin })), corsac: hono(oursOfHono({ ...honos, origin, logger })) },
  };
}

const middle = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Nanoseconds of one call, the median of rounds that take turns. */
async function measure(runs, times, request) {
  const samples = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(runs)) {
      const start = process.cpuUsage();
      for (let time = 0; time < times; time += 1) {
        const pending = run(request);
        if (pending !== undefined) await pending;
      }
      // The first rounds are for the compiler.
      if (round >= 0) samples[name].push(nanoseconds(start) / times);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, middle(values)]));
}

/** Checks that both give the page what it may have, before their times are compared. */
function check() {
  const policy = new Policy({ allowOrigins: [APP], allowMethods: ['GET', 'PUT'], allowHeaders: ['authorization', 'content-type'], allowCredentials: true });
  for (const [name, [method, headers]] of Object.entries(REQUESTS)) {
    if (policy.evaluate(method, headers).allowed !== (name !== 'denied')) throw new Error(`${name} is decided wrongly`);
  }
}

/** The rows of the table: for each package, number of origins and kind of request, what CORS adds. */
export async function rows() {
  check();
  const found = [];
  for (const origins of [1, 100, 10_000]) {
    for (const [peer, { times, ...runs }] of Object.entries(await stacks(list(origins)))) {
      for (const [request, given] of Object.entries(REQUESTS)) {
        const { floor, peer: theirs, corsac } = await measure(runs, times, given);
        found.push({ peer, request, origins, floor, theirs: theirs - floor, corsac: corsac - floor, ratio: (theirs - floor) / (corsac - floor) });
      }
    }
  }
  return found;
}
