// A server that writes the status and header lines of an exchange byte for byte, and remembers each request.

import net from 'node:net';
import { readFileSync } from 'node:fs';

import { listener as listenerOfHttp2 } from './http2.mjs';

const RUNNER = readFileSync(new URL('page.js', import.meta.url), 'utf8');
const HOME = `<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>corsac</title><script>${RUNNER}</script>`;

const ANY = ['Access-Control-Allow-Origin', '*'];

/** Each port of a host is an origin of its own; cookies go to all of them. */
export const HOST = 'app.localhost';

/**
 * Listens on `count` ports of the loopback interface. `add(exchange)` sets the responses of an exchange, `seen(id)` returns its requests.
 * An exchange is asked for at `/x/ID/HOP`; everything else is the page that runs them. With a certificate it speaks HTTP/2, without one HTTP/1.1.
 */
export async function serve(count, certificate) {
  const known = new Map();
  const sockets = new Set();
  const listeners = [];
  const ports = [];
  const pages = new Map();
  // The last port is for work alone: a broken response can end a connection, with all that is on it.
  while (ports.length <= count) {
    const listener = listen(0, '127.0.0.1');
    await started(listener);
    const { port } = /** @type {import('node:net').AddressInfo} */ (listener.address());
    ports.push(port);
    // The name may resolve to either loopback address; a machine without IPv6 has only the one.
    const other = listen(port, '::1');
    await started(other).then(() => listeners.push(other), () => {});
    listeners.push(listener);
  }

  function listen(port, address) {
    const opened = (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      socket.setNoDelay(true);
    };
    const listener = certificate
      ? listenerOfHttp2(certificate, opened, (request, socket, respond) => route(request, socket.localPort, respond))
      : net.createServer((socket) => {
        opened(socket);
        requests(socket, (request) => {
          route(request, socket.localPort, (response) => {
            socket.write(written(response, request.method));
            // The end of such a body is the connection's. Browsers would wait for it.
            if (!hasEnd(response, request.method)) socket.end();
          });
        });
      });
    listener.listen({ port, host: address });
    return listener;
  }

  function route(request, port, respond) {
    const [, place, token] = request.target.split('/');
    if (place === 'next') {
      const page = pageOf(token);
      page.respond = respond;
      hand(page);
    } else if (place === 'done') {
      pageOf(token).finished(JSON.parse(request.body.toString('utf8')));
      respond({ status: 204, headers: [ANY], body: '' });
    } else {
      respond(handle(request, port));
    }
  }

  /** A page that asks for work itself; one that was closed may still be asking. */
  function pageOf(token) {
    if (!pages.has(token)) pages.set(token, {});
    return pages.get(token);
  }

  /** Gives the page the batch that waits for it, when both are there. */
  function hand(page) {
    if (!page.respond || !page.waiting) return;
    const body = Buffer.from(JSON.stringify(page.waiting)).toString('latin1');
    page.respond({ status: 200, headers: [ANY, ['Content-Type', 'application/json'], ['Content-Length', String(body.length)]], body });
    page.respond = page.waiting = undefined;
  }

  function handle(request, port) {
    const [, place, id, hop] = request.target.split(/[/?#]/);
    const entry = known.get(id);
    if (place === 'mark' && entry) {
      entry.seen.push({ mark: true });
      return { status: 204, headers: [], body: '' };
    }
    if (place !== 'x' || !entry) {
      const headers = [['Content-Type', 'text/html'], ['Set-Cookie', 'c=1; Path=/'], ['Content-Length', String(HOME.length)]];
      return { status: 200, headers, body: HOME };
    }
    const preflight = request.method === 'OPTIONS' && request.headers.some(([name]) => /^access-control-request-method$/i.test(name));
    entry.seen.push({ hop: Number(hop), port, preflight, method: request.method, headers: request.headers });
    const responses = entry.hops[Number(hop)] ?? {};
    const { status, headers } = (preflight ? responses.preflight : responses.response) ?? { status: 404, headers: [] };
    return { status, headers, body: 'x'.repeat(length(headers)) };
  }

  const all = ports.map((port) => `${certificate ? 'https' : 'http'}://${HOST}:${port}`);
  return {
    ports: ports.slice(0, count),
    origins: all.slice(0, count),
    /** Where a page asks for work. */
    workOrigin: all.at(-1),
    pin: certificate?.pin,
    add: (exchange) => known.set(exchange.id, { hops: exchange.hops, seen: [] }),
    seen: (id) => known.get(id)?.seen ?? [],
    work: (token, batch) => new Promise((done) => {
      const page = pageOf(token);
      page.finished = done;
      page.waiting = batch;
      hand(page);
    }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(listeners.map((listener) => new Promise((done) => listener.close(done))));
    },
  };
}

function started(listener) {
  return new Promise((resolve, reject) => listener.once('listening', resolve).once('error', reject));
}

/** Cuts what arrives into requests and writes one response to each. */
function requests(socket, handle) {
  let pending = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    for (;;) {
      const end = pending.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [line, ...lines] = pending.subarray(0, end).toString('latin1').split('\r\n');
      const headers = lines.map((text) => {
        const colon = text.indexOf(':');
        return [text.slice(0, colon), text.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
      });
      const length = Number(headers.find(([name]) => /^content-length$/i.test(name))?.[1] ?? 0);
      if (pending.length < end + 4 + length) return;
      const body = pending.subarray(end + 4, end + 4 + length);
      pending = pending.subarray(end + 4 + length);
      const [method, target] = line.split(' ');
      handle({ method, target, headers, body });
    }
  });
}

/** A response from its parts as they are, a third element of a header being the raw text after its colon. */
function written({ status, headers, body }, method) {
  const lines = headers.map(([name, value, raw]) => `${name}:${raw ?? ` ${value}`}\r\n`);
  const text = method === 'HEAD' || status === 204 || status === 304 ? '' : body;
  return Buffer.from(`HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Status'}\r\n${lines.join('')}\r\n${text}`, 'latin1');
}

function hasEnd({ status, headers }, method) {
  return method === 'HEAD' || status === 204 || status === 304 || headers.some(([name]) => /^content-length$/i.test(name));
}

function length(headers) {
  return Number(headers.find(([name]) => /^content-length$/i.test(name))?.[1] ?? 0);
}
