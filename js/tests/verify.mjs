// Our adapters in front of an application, for a check of many policies: each as a client of `corsac/testing`.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { Policy, PolicySet } from 'corsac';
import corsOfExpress from 'corsac/express';
import corsOfFastify from 'corsac/fastify';
import { withCors as aroundFetch } from 'corsac/fetch';
import { cors as corsOfHono } from 'corsac/hono';
import corsOfKoa from 'corsac/koa';
import { withCors as aroundNode } from 'corsac/node';
import { verify } from 'corsac/testing';
import { fromToml } from 'corsac/toml';
import { quiet } from './server.mjs';
import { options } from './vectors.mjs';

const ROOT = new URL('../../', import.meta.url);
const EXAMPLES = new URL('examples/', ROOT);

/** Every page is there but those that are missing. */
const statusOf = (url) => (url.includes('missing') ? 404 : 200);

export const ADAPTERS = {
  Express: (policy) => {
    const app = express();
    app.use(corsOfExpress({ policy, logger: quiet() }));
    app.use((request, response) => response.status(statusOf(request.url)).end());
    return app;
  },
  Fastify: (policy) => {
    const app = Fastify();
    app.register(corsOfFastify, { policy, logger: quiet() });
    app.all('/*', async (request, reply) => reply.code(statusOf(request.url)).send());
    return app;
  },
  Koa: (policy) => {
    const app = new Koa();
    app.use(corsOfKoa({ policy, logger: quiet() }));
    app.use((context) => {
      context.body = 'a page';
      context.status = statusOf(context.url);
    });
    return app;
  },
  Hono: (policy) => {
    const app = new Hono();
    app.use(corsOfHono({ policy, logger: quiet() }));
    app.all('*', (context) => context.text('a page', statusOf(context.req.url)));
    return app;
  },
  'node:http': (policy) => createServer(aroundNode({ policy, logger: quiet() }, (request, response) => response.writeHead(statusOf(request.url)).end())),
  'a fetch handler': (policy) => aroundFetch({ policy, logger: quiet() }, (request) => new Response('a page', { status: statusOf(request.url) })),
};

/** The policies of `examples/`, each with two URLs. */
export function examples() {
  const files = readdirSync(EXAMPLES).filter((file) => file.endsWith('.toml'));
  return files.flatMap((file) => {
    const policy = fromToml(readFileSync(new URL(file, EXAMPLES), 'utf8'));
    return ['/', '/account/cards?a=1'].map((url) => ({ says: file, url, policy }));
  });
}

/** Policies of the shared list, at most `most` of them. */
export function generated(most = Infinity) {
  const cases = JSON.parse(readFileSync(new URL('vectors/live/policies.json', ROOT), 'utf8')).slice(0, most);
  return cases.map(({ says, url, spec }) => ({ says, url, policy: 'policy' in spec ? new PolicySet(spec.policy.map(options)) : new Policy(options(spec)) }));
}

/** Asserts that nothing is found at an adapter, whatever the policy. */
export async function findsNothing(adapter, cases) {
  for (const { says, url, policy } of cases) assert.deepEqual(await verify(ADAPTERS[adapter](policy), policy, { url }), [], says);
}
