// A small application for each framework of Node.js, all with the same behaviour: /api/things responds, /api/broken fails, and what has no
// `Authorization` gets 401, preflights included. The snippet is where its own text says.

import { writeFile } from 'node:fs/promises';

/** The source of each application. It listens on PORT. */
const APPS = {
  express: (snippet) => `
    import express from 'express';
    const app = express();
    ${snippet}
    app.use((req, res, next) => (req.get('authorization') === 'secret' ? next() : res.status(401).end()));
    app.all('/api/things', (req, res) => res.send('ok'));
    app.all('/api/broken', () => { throw new Error('broken on purpose'); });
    app.listen(process.env.PORT, '127.0.0.1');
  `,
  fastify: (snippet) => `
    import fastify from 'fastify';
    const app = fastify();
    ${snippet}
    app.addHook('onRequest', async (request, reply) => {
      if (request.headers.authorization !== 'secret') reply.code(401).send();
    });
    app.all('/api/things', async () => 'ok');
    app.all('/api/broken', async () => { throw new Error('broken on purpose'); });
    await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
  `,
  hono: (snippet) => `
    import { serve } from '@hono/node-server';
    import { Hono } from 'hono';
    const app = new Hono();
    ${snippet}
    app.use((c, next) => (c.req.header('authorization') === 'secret' ? next() : c.body(null, 401)));
    app.all('/api/things', (c) => c.text('ok'));
    app.all('/api/broken', () => { throw new Error('broken on purpose'); });
    serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });
  `,
  koa: (snippet) => `
    import Koa from 'koa';
    const app = new Koa();
    ${snippet}
    app.use((ctx, next) => (ctx.get('Authorization') === 'secret' ? next() : ctx.throw(401)));
    app.use((ctx) => {
      if (ctx.path === '/api/broken') throw new Error('broken on purpose');
      ctx.body = 'ok';
    });
    app.listen(process.env.PORT, '127.0.0.1');
  `,
  nest: (snippet) => `
    import 'reflect-metadata';
    import { All, Controller, Module } from '@nestjs/common';
    import { NestFactory } from '@nestjs/core';
    class Things {
      things() { return 'ok'; }
      broken() { throw new Error('broken on purpose'); }
    }
    for (const name of ['things', 'broken']) {
      All(name)(Things.prototype, name, Object.getOwnPropertyDescriptor(Things.prototype, name));
    }
    Controller('api')(Things);
    class Root {}
    Module({ controllers: [Things] })(Root);
    const app = await NestFactory.create(Root, { logger: false });
    ${snippet}
    app.use((req, res, next) => (req.headers.authorization === 'secret' ? next() : res.status(401).end()));
    await app.listen(process.env.PORT, '127.0.0.1');
  `,
};

const node = ([stack, app]) => [stack, {
  program: process.execPath,
  install: 'node 20',
  async start(run, folder, port, snippet) {
    const file = `${folder}app.mjs`;
    await writeFile(file, app(snippet));
    await run(process.execPath, [file], { port, env: { PORT: String(port), NODE_ENV: 'production' } });
  },
}];

export const NODE_STACKS = Object.fromEntries(Object.entries(APPS).map(node));
