// An API and the page that calls it, on two origins: what is allowed, what is denied, and why.
//
// Run `node main.mjs`, then open http://localhost:8001 (set PORT for another port). The API has the port below that one. Its
// policy is the call of `cors` below.

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import cors from 'corsac/express';
import express from 'express';
import { explainLikeABrowser } from './explain.mjs';

const PAGE_PORT = Number(process.env.PORT ?? 8001);
const API_PORT = PAGE_PORT - 1;

const api = express();
api.use(
  cors({
    origin: [`http://localhost:${PAGE_PORT}`],
    methods: ['GET', 'POST', 'PUT'],
    allowedHeaders: ['content-type'],
    exposedHeaders: ['X-Total'],
    credentials: true,
  }),
);
api.use(express.json());

// Sets a cookie. Only an allowed page can send it along.
api.post('/login', (request, response) => {
  response.cookie('session', 'a-secret', { httpOnly: true, sameSite: 'lax' }).json({ hello: 'you are logged in' });
});

// Needs the cookie.
api.get('/things', (request, response) => {
  if (!/(?:^|; )session=/.test(request.headers.cookie ?? '')) return response.status(401).json({ detail: 'log in first' });
  return response.set('X-Total', '2').json(['lamp', 'chair']);
});

// Makes the browser send a preflight, because of the method and of content-type.
api.put('/things/:number', (request, response) => response.json({ number: Number(request.params.number), name: request.body.name }));

// The policy does not list DELETE, so no page of another origin gets here.
api.delete('/things/:number', (request, response) => response.status(204).end());

// Throws an error that is not caught. The page can read the 500.
api.get('/broken', () => {
  throw new Error('a bug');
});

const page = express();
page.get('/', (request, response) => response.sendFile(fileURLToPath(new URL('page.html', import.meta.url))));

// Explains why the browser hid a response: sends the request to the API again, as a browser would.
page.post('/explain', express.json(), async (request, response) => {
  response.type('text/plain').send(await explainLikeABrowser(`http://localhost:${API_PORT}`, request.body));
});

const servers = [api.listen(API_PORT, '127.0.0.1'), page.listen(PAGE_PORT, '127.0.0.1')];
await Promise.all(servers.map((server) => once(server, 'listening')));
console.log(`open http://localhost:${PAGE_PORT}, and then http://127.0.0.1:${PAGE_PORT}, which is another origin`);
