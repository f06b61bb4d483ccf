// Two servers on loopback: that of the pages, and another origin with what they load.

import { createServer } from 'node:http';
import { once } from 'node:events';

import { FAILURES, PAGES } from './neighbour_pages.mjs';

/** The smallest picture. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
const OPEN = { 'Access-Control-Allow-Origin': '*' };

/** @type {Readonly<Record<string, readonly [number, Readonly<Record<string, string>>, string | Buffer]>>} */
const FILES = {
  '/open': [200, { ...OPEN, 'Content-Type': 'text/plain', 'X-Total': '3' }, 'x'],
  '/open.js': [200, { ...OPEN, 'Content-Type': 'text/javascript' }, '1;'],
  '/script.js': [200, { 'Content-Type': 'text/javascript' }, '1;'],
  '/throws.js': [200, { 'Content-Type': 'text/javascript' }, "throw new Error('x');"],
  '/style.css': [200, { 'Content-Type': 'text/css' }, 'p { margin: 0 }'],
  '/plain.png': [200, { 'Content-Type': 'image/png' }, PNG],
  '/corp.png': [200, { 'Content-Type': 'image/png', 'Cross-Origin-Resource-Policy': 'same-origin' }, PNG],
  '/data.json': [200, { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' }, '{}'],
  '/icons.svg': [200, { 'Content-Type': 'image/svg+xml' }, '<svg xmlns="http://www.w3.org/2000/svg"><g id="x"/></svg>'],
  '/ancestors': [200, { 'Content-Type': 'text/html', 'Content-Security-Policy': "frame-ancestors 'none'" }, 'x'],
  '/encoded': [200, { ...OPEN, 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' }, 'x'],
  '/framing': [200, { 'Content-Type': 'text/html', 'X-Frame-Options': 'DENY' }, 'x'],
  '/page.html': [200, { 'Content-Type': 'text/html' }, '<!doctype html><title>x</title>'],
  '/loop': [302, { Location: '/loop' }, ''],
  '/mismatch': [200, { 'Access-Control-Allow-Origin': 'https://b.example' }, 'x'],
  '/cookie': [200, { ...OPEN, 'Set-Cookie': 'a=b; SameSite=Lax' }, 'x'],
};

/** Starts both. `ask(name)` is the URL of a page; a page that waits for its successor asks the server for it. */
export async function serve() {
  let next = '';
  /** @type {((name: string) => void)[]} */
  let waiting = [];
  let allowed = '';
  const other = await listen((path, response) => {
    if (path === '/lost') response.socket?.destroy();
    else if (path === '/named') send(response, [200, { 'Access-Control-Allow-Origin': allowed }, 'x']);
    else if (path === '/gone') send(response, [404, OPEN, 'x']);
    else send(response, FILES[path] ?? [404, { 'Content-Type': 'text/plain' }, 'x']);
  });
  // A port that was free a moment ago.
  const gone = await listen(() => {});
  const closed = gone.at('127.0.0.1');
  await gone.close();
  const own = await listen((path, response) => {
    const page = PAGES[path.slice('/page/'.length)];
    const fails = FAILURES[path.slice('/page/'.length)];
    if (path.startsWith('/page/') && fails) {
      const html = `<!doctype html><script src="/next.js"></script><script>${fails(other.at('127.0.0.1'))}.catch(() => {})</script>`;
      send(response, [200, { 'Content-Type': 'text/html' }, html]);
    } else if (path.startsWith('/page/') && page) {
      // A script of the page's own origin, because a policy may forbid inline ones.
      const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="/next.js"></script>${page.html(other.at('127.0.0.1'), closed)}`;
      send(response, [200, { 'Content-Type': 'text/html', ...page.headers }, html]);
    } else if (path === '/' || path === '/next.js') {
      const code = "fetch('/next?' + location.pathname).then((r) => r.text()).then((name) => { location = '/page/' + name; });";
      const [type, body] = path === '/' ? ['text/html', '<!doctype html><script src="/next.js"></script>'] : ['text/javascript', code];
      send(response, [200, { 'Content-Type': type, 'Cache-Control': 'no-store' }, body]);
    } else if (path === '/next') {
      const go = (/** @type {string} */ name) => send(response, [200, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' }, name]);
      waiting.push(go);
      // A browser that has ended waits for nothing, and must not take the name from the one that comes after it.
      response.on('close', () => { waiting = waiting.filter((one) => one !== go); });
      turn();
    } else {
      send(response, FILES[path] ?? [404, { 'Content-Type': 'text/plain' }, 'x']);
    }
  });
  const turn = () => {
    if (next === '' || waiting.length === 0) return;
    const name = next;
    next = '';
    for (const go of waiting) go(name);
    waiting = [];
  };
  allowed = own.at('app.localhost');
  return {
    home: `${own.at('app.localhost')}/`,
    /** How many pages wait for their successor. */
    waits: () => waiting.length,
    /** The browser goes on to this page. */
    show: (/** @type {string} */ name) => {
      next = name;
      turn();
    },
    close: () => Promise.all([own.close(), other.close()]),
  };
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {readonly [number, Readonly<Record<string, string>>, string | Buffer]} file
 */
function send(response, [status, headers, body]) {
  response.writeHead(status, { ...headers }).end(body);
}

/** @param {(path: string, response: import('node:http').ServerResponse) => void} respond */
async function listen(respond) {
  const server = createServer((request, response) => respond((request.url ?? '').split('?')[0] ?? '', response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    at: (/** @type {string} */ host) => `http://${host}:${port}`,
    close: () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
  };
}
