// Servers for the delivery of requests: HTTP and HTTPS, a port for each address space, and a proxy for addresses that are not of this machine.
// All of them listen on the loopback interface alone.

import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import { certificate } from './certificate.mjs';

const RUNNER = readFileSync(new URL('delivery_page.js', import.meta.url), 'utf8');
const HOME = `<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>corsac</title><script>${RUNNER}</script>`;

export const SPACES = ['loopback', 'local', 'public'];

/**
 * `ports.http.local` is the port of the server that a browser is told to take for one of the local network. `add(exchange)` sets the
 * responses of an exchange, `seen(id)` returns its requests. An exchange is asked for at `/x/ID/HOP`; everything else is the page.
 */
export async function serve() {
  const known = new Map();
  const pages = new Map();
  const sockets = new Set();
  const listeners = [];
  const secret = certificate('app.example');
  if (!secret) throw new Error('openssl is not installed: apt-get install --yes --no-install-recommends openssl');
  /** @type {Record<string, Record<string, number>>} */
  const ports = { http: {}, https: {}, proxy: {} };
  for (const space of SPACES) {
    ports.http[space] = await listen(http.createServer(route));
    ports.https[space] = await listen(https.createServer(secret, route));
    ports.proxy[space] = await listen(proxy());
  }

  async function listen(server) {
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    listeners.push(server);
    return server.address().port;
  }

  function route(request, response) {
    const [, place, token, hop] = request.url.split(/[/?]/);
    if (place === 'next') return hand(token, (page) => { page.response = response; });
    if (place === 'done') return finish(request, response, token);
    if (place !== 'x' || !known.has(token)) return response.writeHead(200, { 'Content-Type': 'text/html' }).end(HOME);
    const { hops, seen } = known.get(token);
    const preflight = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers;
    // Chromium had it once. No browser may ask in this way again without the model knowing it.
    const asks = Object.keys(request.headers).filter((name) => /^access-control-request-\w+-network$/.test(name));
    seen.push([request.method === 'OPTIONS' ? 'preflight' : 'request', hop, ...asks].join(' '));
    const planned = hops[Number(hop)][preflight ? 'preflight' : 'response'];
    return response.writeHead(planned.status, planned.headers.flat()).end();
  }

  /** Gives a page that asks for work the first that waits for it, when both are there. */
  function hand(token, change) {
    if (!pages.has(token)) pages.set(token, { queue: [], finished: [] });
    const page = pages.get(token);
    change(page);
    if (!page.response || page.queue.length === 0) return;
    page.response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(page.queue.shift()));
    page.response = undefined;
  }

  async function finish(request, response, token) {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    response.writeHead(204).end();
    pages.get(token).finished.shift()(JSON.parse(text));
  }

  /** Sends a page to another place, and lets it run a batch there. */
  const work = (token, goto, batch) => new Promise((done) => {
    hand(token, ({ queue, finished }) => {
      queue.push(...(goto ? [{ goto }] : []), { batch });
      finished.push(done);
    });
  });

  return {
    ports,
    pin: secret.pin,
    add: (exchange) => known.set(exchange.id, { hops: exchange.hops, seen: [] }),
    seen: (id) => known.get(id).seen,
    work,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(listeners.map((listener) => new Promise((done) => listener.close(done))));
    },
  };
}

/** Whatever the host, it connects to this machine. */
function proxy() {
  const server = http.createServer((request, response) => {
    const { port, pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const forward = http.request({ host: '127.0.0.1', port, method, headers, path: pathname + search }, (forwarded) => {
      response.writeHead(forwarded.statusCode, forwarded.rawHeaders);
      forwarded.pipe(response);
    });
    forward.on('error', () => response.destroy());
    request.pipe(forward);
  });
  return server.on('connect', (request, socket) => {
    const target = net.connect(Number(request.url.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
}
