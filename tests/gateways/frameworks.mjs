// Applications that do CORS themselves: Express with the package `cors`, and FastAPI with Starlette's class.

import { access, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const VENV = process.env.GATEWAYS_BIN ?? fileURLToPath(new URL('../../target/gateways/venv/bin/', import.meta.url));
const RIGHT = "['https://app.example.com', /^https:\\/\\/preview-[a-z0-9-]*\\.example\\.com$/]";
const ORIGINS = {
  reflected: 'true',
  suffix: "[/app\\.example\\.com$/, /^https:\\/\\/preview-[a-z0-9-]*\\.example\\.com$/]",
  'star-with-credentials': "'*'",
};

const AUTHENTICATE = `app.use((request, response, next) => (request.method === 'OPTIONS' && !request.get('authorization') ? response.sendStatus(401) : next()));`;
const BREAKS = {
  'no-vary': `app.use((request, response, next) => { const end = response.end; response.end = (...rest) => { response.removeHeader('vary'); return end.apply(response, rest); }; next(); });`,
  stripped: `app.use((request, response, next) => { const end = response.end; response.end = (...rest) => { response.removeHeader('access-control-allow-origin'); return end.apply(response, rest); }; next(); });`,
  'options-behind-auth': AUTHENTICATE,
};

const EXPRESS = (plant) => `
  import cors from 'cors';
  import express from 'express';
  const app = express();
  app.disable('x-powered-by');
  const allow = cors({
    origin: ${ORIGINS[plant] ?? RIGHT}, methods: ['GET', 'PUT'], allowedHeaders: ['Authorization', 'Content-Type'], credentials: true, maxAge: 600,
  });
  ${BREAKS[plant] ?? ''}
  ${plant === 'no-404' || plant === 'only-on-200' ? "app.options('/{*all}', allow); app.use('/things', (q, s, next) => (q.path === '/' ? allow(q, s, next) : next()));" : 'app.use(allow);'}
  ${plant === 'two-layers' ? "app.use((request, response, next) => { response.append('Access-Control-Allow-Origin', request.get('origin') ?? ''); next(); });" : ''}
  app.all('/things', (request, response) => response.send('ok'));
  app.listen(process.env.PORT, '127.0.0.1');
`;

/** What a pattern of Starlette is: one expression, next to the list. */
const EXPRESSION = { suffix: '.*app\\.example\\.com|https://preview-[a-z0-9-]*\\.example\\.com', reflected: '.*' };

const STARLETTE = (plant) => `
import os
import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.responses import Response

app = FastAPI()

@app.get("/things")
def things():
    return "ok"

app.add_middleware(
    CORSMiddleware,
    allow_origins=${plant === 'star-with-credentials' ? '["*"]' : '["https://app.example.com"]'},
    ${plant === 'star-with-credentials' ? '' : `allow_origin_regex=r"${EXPRESSION[plant] ?? 'https://preview-[a-z0-9-]*\\.example\\.com'}",`}
    allow_methods=["GET", "PUT"],
    allow_headers=["authorization", "content-type"],
    allow_credentials=True,
    max_age=600,
)
${plant === 'options-behind-auth' ? `
@app.middleware("http")
async def authenticate(request, call_next):
    if request.method == "OPTIONS" and "authorization" not in request.headers:
        return Response("", 401)
    return await call_next(request)
` : ''}
uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error")
`;

export const FRAMEWORKS = {
  'Express with cors': {
    program: process.execPath,
    install: 'node 20',
    plants: ['only-on-200', 'options-behind-auth', 'no-vary', 'reflected', 'suffix', 'two-layers', 'stripped', 'no-404', 'star-with-credentials'],
    // `cors` sends its lists to every preflight.
    own: ['lists-sent-to-strangers'],
    async start(run, folder, port, behind, plant) {
      await writeFile(`${folder}app.mjs`, EXPRESS(plant));
      await run(process.execPath, [`${folder}app.mjs`], { port, env: { PORT: String(port), NODE_ENV: 'production' } });
    },
  },
  'FastAPI with Starlette': {
    program: `${VENV}python`,
    install: 'make gateways-tools',
    plants: ['options-behind-auth', 'reflected', 'suffix', 'star-with-credentials'],
    own: ['lists-sent-to-strangers'],
    // With credentials, its `*` allows each origin by name.
    codes: { 'star-with-credentials': 'origin-reflected' },
    async start(run, folder, port, behind, plant) {
      await writeFile(`${folder}app.py`, STARLETTE(plant));
      await run(`${VENV}python`, [`${folder}app.py`], { port, env: { PORT: String(port) } });
    },
  },
};

export const isThere = (program) => access(program).then(() => true, () => false);
