// What TypeScript users of the other adapters write.

import Fastify, { type FastifyRequest } from 'fastify';
import { Hono, type Context } from 'hono';
import express from 'express';
import Koa from 'koa';
import { createServer } from 'node:http';
import fastifyCors, { type CorsOptions as FastifyOptions } from 'corsac/fastify';
import { withCors, type CorsOptions as FetchOptions } from 'corsac/fetch';
import { cors as honoCors } from 'corsac/hono';
import koaCors from 'corsac/koa';
import { assertCorsAllows, assertCorsDenies, verify, type CallOptions, type LiveFinding } from 'corsac/testing';
import { Policy, PolicySet } from 'corsac';

const policy = new Policy({ allowOrigins: ['https://a.example'] });

const fastify = Fastify({ logger: true });
const options: FastifyOptions = { origin: ['https://a.example'], methods: ['GET'], cacheControl: 60, strictPreflight: false };
await fastify.register(fastifyCors, options);
await fastify.register(fastifyCors, { policy });
await fastify.register(fastifyCors, { delegator: (request: FastifyRequest, callback) => callback(null, { origin: request.url === '/a' ? '*' : false }) });
fastify.get('/off', { config: { cors: false } }, async () => 'off');

const koa = new Koa();
koa.use(koaCors({ origin: ['https://a.example'], allowMethods: 'GET,PUT', credentials: true }));
koa.use(koaCors({ origin: (context: Koa.Context) => context.get('Origin') }));
koa.use(koaCors({ policy }));

const hono = new Hono();
hono.use(honoCors({ origin: ['https://a.example'], allowMethods: ['GET'], maxAge: 60 }));
hono.use('/api/*', honoCors({ origin: async (origin, context: Context) => (context.req.path === '/' ? origin : null) }));
hono.use(honoCors({ policies: [{ path: '/open', allowOrigins: ['*'] }] }));

const fetchOptions: FetchOptions = { origin: async (origin, _callback, request) => request.headers.has('x-a') && origin === 'https://a.example' };
const worker = { fetch: withCors(fetchOptions, (request: Request, environment: { readonly KEY: string }) => new Response(environment.KEY + request.url)) };
const response: Promise<Response> = worker.fetch(new Request('https://a.example'), { KEY: 'a' });
const cors = withCors({ policy });
export const GET = cors(async (_request: Request, { params }: { params: Promise<{ id: string }> }) => new Response((await params).id));
void [response, hono, koa];

const call: CallOptions = { origin: 'https://a.example', method: 'PUT', credentials: 'include', cookie: 'session=a' };
await assertCorsAllows(fastify, '/a', call);
await assertCorsAllows(hono, '/a', call);
await assertCorsAllows(fetch, 'https://a.example', call);
const verdict: string = (await assertCorsDenies(() => new Response('hello'), '/a', call)).diagnosis.verdict.chromium;
void verdict;
const found: readonly LiveFinding[] = await verify(fastify, policy, { url: '/a', headers: { authorization: 'a' }, stack: 'fastify' });
await verify(express(), new PolicySet([{ path: '/', allowOrigins: ['*'] }]));
await verify(createServer(), policy);
await verify(koa, policy);
await verify(hono, policy);
void found;
// @ts-expect-error: the policy itself, not its options
await verify(koa, { allowOrigins: ['*'] });

// @ts-expect-error: it is called allowMethods
koaCors({ origin: '*', methods: ['GET'] });
// @ts-expect-error: it is a list
honoCors({ origin: '*', allowMethods: () => ['GET'] });
// @ts-expect-error: only onRequest comes before authentication
await fastify.register(fastifyCors, { origin: '*', hook: 'preHandler' });
// @ts-expect-error: an origin is needed
await assertCorsAllows(fetch, 'https://a.example', { method: 'PUT' });
// @ts-expect-error: a handler returns a response
withCors({ origin: '*' }, () => 'hello');
