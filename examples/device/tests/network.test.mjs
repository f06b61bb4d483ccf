// The thermostat on QEMU's Ethernet: what a plain client gets from it, and what Chromium lets a page read.
// `tools/cross/device` builds it and runs this. With STACK=FILE, it writes there how much stack the device used.

import { after, before, test as registerTest } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import * as chromium from '../../../tests/browsers/chromium.mjs';
import { PATIENCE } from '../../../tests/browsers/patience.mjs';

const KERNEL = fileURLToPath(new URL('../../../target/cross/thumbv7m-none-eabi/release/network', import.meta.url));
const RAM = { start: 0x2000_0000, length: 0x1_0000 };
const PAINT = 0xcccc_cccc;
const DASHBOARD = 'http://dashboard.localhost:8000';
const EVIL = 'http://evil.localhost:8000';
const STATE = '{"celsius":21}';

/** A test that ends even if the device never responds. */
const test = (name, run, skip) => registerTest(name, { timeout: PATIENCE, skip }, run);

let folder;
let emulator;
let port;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corsac-device-'));
  // It ends even if this process is killed and `after` does not run.
  emulator = spawn('timeout', [
    '--foreground', '300', 'qemu-system-arm', '-machine', 'lm3s6965evb', '-display', 'none', '-serial', 'none', '-monitor', 'stdio', '-kernel', KERNEL,
    // Port 0: a free one. The device reaches nothing else.
    '-nic', 'user,model=stellaris,restrict=on,hostfwd=tcp:127.0.0.1:0-:80',
  ], { stdio: ['pipe', 'pipe', 'inherit'] });
  port = await forwardedPort();
});

after(async () => {
  if (emulator?.exitCode === null) {
    const ended = once(emulator, 'exit');
    // `timeout` passes this signal on to the emulator.
    emulator.kill('SIGTERM');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

/** Asks the emulator for the port that it chose. */
async function forwardedPort() {
  let text = '';
  emulator.stdin.write('info usernet\n');
  for await (const piece of emulator.stdout.iterator({ destroyOnReturn: false })) {
    text += piece;
    const found = /HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)/.exec(text);
    if (found) {
      emulator.stdout.resume();
      return Number(found[1]);
    }
  }
  throw new Error(`qemu-system-arm forwards no port: ${text}`);
}

/** Sends one request over a connection of its own, or of the agent's. */
async function ask(method, headers, agent = new http.Agent()) {
  const request = http.request({ host: '127.0.0.1', port, path: '/state', method, headers, agent });
  request.end(method === 'PUT' ? '{"celsius":19}' : undefined);
  const [response] = await once(request, 'response');
  const body = (await response.toArray()).join('');
  return { status: response.statusCode, headers: response.headers, body, isReused: request.reusedSocket };
}

/** Opens a connection that a test closes with `destroy`. */
async function connect() {
  const socket = net.connect({ host: '127.0.0.1', port });
  // The device closes some of them.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends these bytes and returns all that the device sends until it closes the connection. */
async function exchange(bytes) {
  const socket = await connect();
  socket.write(bytes);
  return (await socket.toArray()).join('');
}

const preflight = (origin) => ({ origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' });
const VARY_PREFLIGHT = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

test('allowed preflight gets the permission', async () => {
  const { status, headers } = await ask('OPTIONS', preflight(DASHBOARD));
  assert.equal(status, 204);
  assert.equal(headers['access-control-allow-origin'], DASHBOARD);
  assert.equal(headers['access-control-allow-methods'], 'GET, PUT');
  assert.equal(headers['access-control-allow-headers'], 'content-type');
  assert.equal(headers['access-control-max-age'], '600');
  assert.equal(headers.vary, VARY_PREFLIGHT);
});

test('denied preflight gets no permission', async () => {
  const { status, headers } = await ask('OPTIONS', preflight(EVIL));
  assert.equal(status, 403);
  assert.equal(headers.vary, VARY_PREFLIGHT);
  assert.deepEqual(Object.keys(headers).filter((name) => name.startsWith('access-control-')), []);
});

test('allowed request is shared and denied request is not', async () => {
  const allowed = await ask('GET', { origin: DASHBOARD });
  assert.deepEqual([allowed.status, allowed.body], [200, STATE]);
  assert.equal(allowed.headers['access-control-allow-origin'], DASHBOARD);
  const denied = await ask('GET', { origin: EVIL });
  assert.deepEqual([denied.status, denied.body, denied.headers.vary], [200, STATE, 'Origin']);
  assert.equal(denied.headers['access-control-allow-origin'], undefined);
});

test('plain OPTIONS reaches the application', async () => {
  const { status, headers } = await ask('OPTIONS', {});
  assert.equal(status, 405);
  assert.equal(headers.vary, 'Origin');
  assert.equal(headers['access-control-allow-origin'], undefined);
});

test('connection serves a second request', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  assert.deepEqual((({ status, isReused }) => [status, isReused])(await ask('PUT', { origin: DASHBOARD }, agent)), [204, false]);
  assert.deepEqual((({ body, isReused }) => [body, isReused])(await ask('GET', { origin: DASHBOARD }, agent)), [STATE, true]);
  agent.destroy();
});

test('two connections are served at the same time', async () => {
  const first = await connect();
  first.write('GET /state HTTP/1.1\r\nHost: x\r\n');
  assert.equal((await ask('GET', {})).body, STATE);
  first.write('Connection: close\r\n\r\n');
  assert.match((await first.toArray()).join(''), /^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n\r\n\{"celsius":21\}$/);
});

test('requests in one packet each get their response', async () => {
  const get = 'GET /state HTTP/1.1\r\nHost: x\r\n';
  // The body looks like a request. It is longer than what the device takes at once.
  const body = `${get}\r\n`.repeat(100);
  const put = `PUT /state HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const head = 'HEAD /state HTTP/1.1\r\nHost: x\r\n\r\n';
  const responses = await exchange(`${get}\r\n${put}${head}${get}Connection: close\r\n\r\n`);
  assert.deepEqual(responses.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 204', 'HTTP/1.1 200', 'HTTP/1.1 200']);
  assert.equal(responses.split(STATE).length, 3);
});

test('bytes that are no request end the connection', async () => {
  const whole = 'GET /state HTTP/1.1\r\nHost: x\r\n';
  const bodies = ['Transfer-Encoding: chunked', 'Content-Length: 1\r\nContent-Length: 2', 'Content-Length: +1'];
  for (const bytes of ['\u{1}\u{2}\r\n\r\n', `${whole}X: ${'x'.repeat(3000)}\r\n\r\n`, `${whole}${'X: y\r\n'.repeat(33)}\r\n`]) {
    assert.match(await exchange(bytes), /^HTTP\/1\.1 400 /);
  }
  for (const line of bodies) {
    const responses = await exchange(`${whole}${line}\r\n\r\n${whole}\r\n`);
    assert.deepEqual(responses.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200'], line);
  }
});

test('five idle connections do not lock a client out', async () => {
  const idle = [];
  for (let count = 0; count < 5; count += 1) idle.push(await connect());
  assert.equal((await ask('GET', { origin: DASHBOARD })).body, STATE);
  for (const socket of idle) socket.destroy();
});

test('unfinished requests do not keep their places', async () => {
  const slow = [];
  for (let count = 0; count < 4; count += 1) {
    const socket = await connect();
    socket.write('GET /state HTTP/1.1\r\n');
    slow.push(new Promise((resolve) => { socket.resume().on('close', resolve); }));
  }
  await Promise.all(slow);
  assert.equal((await ask('GET', {})).body, STATE);
});

/** Runs in the page: `run` is what the driver of the browser calls. */
const PAGE = `<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>dashboard</title><script>
async function run([url]) {
  const set = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"celsius":19}' };
  const tried = (request) => request.then(async (response) => response.status + ' ' + await response.text(), String);
  return [await tried(fetch(url)), await tried(fetch(url, set))];
}
</script>`;

async function asPage(host) {
  const server = http.createServer((_, response) => response.setHeader('content-type', 'text/html').end(PAGE));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = /** @type {net.AddressInfo} */ (server.address());
  const browser = await chromium.start(`http://${host}:${own}/`, join(folder, host));
  try {
    const results = await browser.run([`http://thermostat.localhost:${port}/state`]);
    await browser.settled();
    return { results, console: browser.lines.join('\n') };
  } finally {
    await browser.stop();
    server.closeAllConnections();
    server.close();
  }
}

const needsChromium = existsSync(chromium.binary) ? false : `${chromium.binary} is missing: tools/setup browsers`;
if (needsChromium && process.env.CI === 'true') throw new Error(needsChromium);

test('Chromium lets the dashboard read and set the state', async () => {
  assert.deepEqual((await asPage('dashboard.localhost')).results, [`200 ${STATE}`, '204 ']);
}, needsChromium);

test('Chromium blocks another page', async () => {
  const { results, console: text } = await asPage('evil.localhost');
  assert.deepEqual(results, ['TypeError: Failed to fetch', 'TypeError: Failed to fetch']);
  assert.match(text, /No 'Access-Control-Allow-Origin' header/);
  assert.match(text, /Response to preflight request doesn't pass access control check/);
}, needsChromium);

// The last one, because it ends the emulator.
test('stack keeps some of its paint', async () => {
  const dump = join(folder, 'ram');
  const ended = once(emulator, 'exit');
  emulator.stdin.write(`pmemsave ${RAM.start} ${RAM.length} "${dump}"\nquit\n`);
  await ended;
  const memory = await readFile(dump);
  const words = Array.from({ length: memory.length / 4 }, (_, at) => memory.readUInt32LE(4 * at));
  // The paint is the longest run: the statics are below it, and the used part of the stack is above it.
  let run = { length: 0, end: 0 };
  let length = 0;
  for (const [at, word] of words.entries()) {
    length = word === PAINT ? length + 1 : 0;
    if (length > run.length) run = { length, end: at + 1 };
  }
  assert.notEqual(run.length, 0, 'the stack grew into the statics');
  if (process.env.STACK) await writeFile(process.env.STACK, `${RAM.length - 4 * run.end}\n`);
});
