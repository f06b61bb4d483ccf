// js/tools/serve.mjs FOLDER [PORT]: serves the site on loopback, and lets its playground ask the very browser that shows it.
//
// A second port gives the responses that the playground registered, as a server of another origin would. The page as it is published
// cannot call it: its Content Security Policy has `connect-src 'self'`, and only what is served here has the second port, too.

import { createServer } from 'node:http';
import { readFile, stat } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.json': 'application/json', '.txt': 'text/plain; charset=utf-8', '.woff2': 'font/woff2',
};
/** A page's headers are a few hundred bytes. */
const BODY_MAX = 1 << 16;
/** How many exchanges are kept: a page registers one, calls it and reads what was seen. */
const KEPT = 64;
const live = fileURLToPath(new URL('../playground/live.js', import.meta.url));

/** A page that was kept for use without a network would call a port of yesterday: so nothing is kept here, and what was is dropped. */
const FORGET = `self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith('corsac-playground-')) await caches.delete(name);
  await self.registration.unregister();
})()));
`;

const kept = new Map();

/** What a browser says by itself is left out of what a page is shown. */
const isShown = (name) => /^(?:origin|access-control-|cookie|authorization|content-type|sec-fetch-(?:mode|site)$|x-)/i.test(name);

const pairs = (raw) => Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at], raw[2 * at + 1]]);

/** Gives the responses of the policy, with the origin of the page instead of the one in the form. */
function respond(request, response) {
  const exchange = kept.get(request.url.slice(1));
  if (exchange === undefined) return response.writeHead(404).end();
  const { origin, page, hop, seen } = exchange;
  seen.push({ method: request.method, headers: pairs(request.rawHeaders).filter(([name]) => isShown(name)) });
  const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  const given = (isPreflight ? hop.preflight : hop.response) ?? { status: 200, headers: [] };
  response.statusCode = given.status;
  for (const [name, value] of given.headers) response.appendHeader(name, value === origin ? page : value);
  return response.end(isPreflight ? '' : 'read');
}

async function register(request, response) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > BODY_MAX) return response.writeHead(413).end('the exchange is too large');
  }
  const { origin, page, hop } = JSON.parse(text);
  for (const one of [hop.preflight, hop.response]) {
    const isFine = one === undefined || (Number.isInteger(one.status) && one.status >= 200 && one.status < 600 && one.headers.every(([name, value]) => typeof name === 'string' && typeof value === 'string'));
    if (!isFine) return response.writeHead(400).end('a response needs a status from 200 to 599, and headers that are pairs of texts');
  }
  const token = randomUUID();
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value);
  kept.set(token, { origin, page, hop, seen: [] });
  return response.end(token);
}

/** The page may call the second port, and has a script that does. */
function withLive(html, port) {
  return html
    .replace("connect-src 'self'", `connect-src 'self' http://localhost:${port}`)
    .replace('</head>', `<meta name="corsac-live" content="http://localhost:${port}">\n<script type="module" src="live.js"></script>\n</head>`);
}

async function site(folder, secondPort, request, response) {
  const path = decodeURIComponent(request.url.split('?')[0]);
  // Another site could ask in the name of a page here; the browser says where a request is from.
  const isOwn = ['same-origin', 'none', undefined].includes(request.headers['sec-fetch-site']) && /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? '');
  if (!isOwn) return response.writeHead(403).end('only pages of this server may ask it');
  if (path === '/corsac-live' && request.method === 'POST') return register(request, response);
  if (path.startsWith('/corsac-live/')) return response.end(JSON.stringify(kept.get(path.slice(13))?.seen ?? []));
  if (path === '/playground/offline.js') return response.setHeader('Content-Type', 'text/javascript').end(FORGET);
  let file = path === '/playground/live.js' ? live : resolve(join(folder, path));
  if (file !== live && file !== folder && !file.startsWith(folder + sep)) return response.writeHead(404).end();
  if (await stat(file).then((found) => found.isDirectory(), () => false)) {
    if (!path.endsWith('/')) return response.writeHead(302, { Location: `${path}/` }).end();
    file = join(file, 'index.html');
  }
  let content;
  try {
    content = await readFile(file);
  } catch {
    return response.writeHead(404).end('there is no such file');
  }
  response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
  return response.end(file === join(folder, 'playground/index.html') ? withLive(content.toString(), secondPort) : content);
}

/** An error of one request ends that request, and nothing else. */
const guarded = (handle) => (request, response) => {
  Promise.resolve(handle(request, response)).catch((error) => {
    if (!response.headersSent) response.writeHead(400);
    response.end(error instanceof Error ? error.message : '');
  });
};

const listening = (server, port) =>
  new Promise((done, fail) => {
    server.once('error', fail).listen(port, '127.0.0.1', () => done(server.address().port));
  });

/**
 * Serves both ports.
 *
 * @returns the ports, and how to end both servers
 */
export async function serve(given, port = 0) {
  const folder = realpathSync(given);
  const second = createServer(guarded(async (request, response) => respond(request, response)));
  const secondPort = await listening(second, 0);
  const first = createServer(guarded((request, response) => site(folder, secondPort, request, response)));
  const firstPort = await listening(first, port);
  const close = () => {
    for (const server of [first, second]) {
      server.closeAllConnections();
      server.close();
    }
  };
  return { port: firstPort, secondPort, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, port = '8000'] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('a folder is missing: node js/tools/serve.mjs target/site');
    process.exit(2);
  }
  try {
    const { port: first } = await serve(folder, Number(port));
    console.log(`http://127.0.0.1:${first}/index.html has the site, and http://127.0.0.1:${first}/playground/ asks this browser, too`);
  } catch (error) {
    console.error(error.code === 'EADDRINUSE' ? `port ${port} is in use: write another, as in make docs-serve PORT=8080` : `the site cannot be served: ${error.message}`);
    process.exit(1);
  }
}
