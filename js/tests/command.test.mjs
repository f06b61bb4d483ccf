// The program `corsac` of the package, as a process: what it prints and how it ends are the command line's.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Policy } from 'corsac';

const PROGRAM = fileURLToPath(new URL('../dist/esm/command/main.js', import.meta.url));
const root = new URL('../../', import.meta.url);
const API = fileURLToPath(new URL('examples/api.toml', root));
const PATCH =
  "Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS policy: " +
  'Method patch is not allowed by Access-Control-Allow-Methods in preflight response.';

const folder = mkdtempSync(join(tmpdir(), 'corsac-command-'));
after(() => rmSync(folder, { recursive: true }));

function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function run(args, input = '', before = []) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...before, PROGRAM, ...args], { env: { ...process.env, NO_COLOR: '1' } });
    const told = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (told.out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (told.err += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...told, code }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

const isShown = (text) => assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);

test('check shows findings with their place, as text and JSON', async () => {
  const wrong = file('wrong.toml', 'allow_origins = ["https://a.example/"]\nmax_age = "5"\n');
  const text = await run(['check', wrong]);
  assert.equal(text.code, 1);
  assert.match(text.out, /wrong\.toml:1:\d+: error\[[a-z-]+\]: allow_origins\[0\]: /);
  assert.match(text.out, /wrong\.toml: 2 errors\n$/);
  const json = await run(['check', wrong, '--format', 'json']);
  assert.deepEqual([json.code, JSON.parse(json.out).errors], [1, 2]);
  assert.equal((await run(['check', API])).code, 0);
});

test('check --path names the deciding tables, as text and JSON', async () => {
  const set = file('set.toml', '[[policy]]\npath = "/a"\nallow_origins = ["https://a.example"]\n[[policy]]\npath = "/a"\nallow_origins = ["*"]\n[[policy]]\npath = "/b"\ncors = false\n');
  for (const [path, says, json] of [
    ['/a/x', '[[policy]] tables 1, 2 are asked in this order', { ambiguous: false, tables: [0, 1] }],
    ['/c', 'no policy is for this path', { ambiguous: false, tables: [] }],
    ['/a/..', 'this path can be read in more than one way, so every request is denied', { ambiguous: true, tables: [] }],
  ]) {
    assert.ok((await run(['check', set, '--path', path])).out.endsWith(`\n${path}: ${says}\n`), path);
    assert.deepEqual(JSON.parse((await run(['check', set, '--path', path, '--format', 'json'])).out).path, json);
  }
  assert.match((await run(['check', API, '--path', '/x'])).out, /\[\[policy\]\] table 1 decides\n$/);
});

test('check reads standard input and an image', async () => {
  assert.match((await run(['check', '-'], readFileSync(API))).out, /^standard input: no findings/m);
  const image = file('a.corsac', new Policy({ allowOrigins: ['https://a.example'] }).image);
  assert.match((await run(['check', image])).out, /a sound image of \d+ bytes/);
  const broken = await run(['check', file('b.corsac', Buffer.from('\x89corsac\x02', 'latin1'))]);
  assert.deepEqual([broken.code, broken.out], [2, '']);
});

test('eval shows what the browser sends, responses and verdicts', async () => {
  const policy = file('put.toml', 'allow_origins = ["https://app.example.com"]\nallow_methods = ["PUT"]\n');
  const allowed = await run(['eval', policy, '--origin', 'https://app.example.com', '--method', 'PUT']);
  assert.equal(allowed.code, 0, allowed.err);
  assert.match(allowed.out, /^The browser asks first, with a preflight:\n\n> OPTIONS \/ HTTP\/1\.1\n/);
  assert.match(allowed.out, /< HTTP\/1\.1 204 No Content\n< Access-Control-Allow-Origin: https:\/\/app\.example\.com\n/);
  assert.match(allowed.out, /\nThen it sends the request:\n\n> PUT \/ HTTP\/1\.1\n/);
  const denied = await run(['eval', policy, '--origin', 'https://evil.example', '--method', 'PUT']);
  assert.equal(denied.code, 1);
  assert.match(denied.out, /preflight denied: origin "https:\/\/evil\.example" is not allowed; the browser will not send the request\n/);
});

test('eval decides about JSON lines, also after a bad one', async () => {
  const lines = ['{"method":"GET","headers":[["Origin","https://a.example"]]}', '{"method":1}', '{"method":"GET","headers":[],"what":1}'];
  const told = await run(['eval', file('open.toml', 'allow_origins = ["*"]\n'), '--jsonl'], `${lines.join('\n')}\n`);
  assert.equal(told.code, 2);
  const [first, second, third] = told.out.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(first, { class: 'actual', allowed: true, denial: null, status: null, headers: [['Access-Control-Allow-Origin', '*']] });
  assert.deepEqual([second.line, third.line], [2, 3]);
});

test('explain takes messages, captures, HAR files, codes and lines', async () => {
  const message = await run(['explain', '--console', PATCH]);
  assert.deepEqual([message.code, message.err], [1, '']);
  assert.match(message.out, /\[method-case\]/);
  const [reading] = JSON.parse((await run(['explain', '--console', '-', '--format', 'json'], PATCH)).out);
  assert.equal(reading.cause, 'method-case');
  const failures = new URL('cli/tests/failures/', root);
  const capture = await run(['explain', fileURLToPath(new URL('no-cors-headers.txt', failures)), '--stack', 'express']);
  assert.equal(capture.code, 1, capture.err);
  assert.match(capture.out, /✗ Access-Control-Allow-Origin is missing/);
  assert.equal((await run(['explain', fileURLToPath(new URL('header-not-listed-chromium.har', failures))])).code, 1);
  assert.match((await run(['explain', '[acao-missing: options-not-routed]'])).out, /acao-missing: .*\n[^]*options-not-routed: /);
  const line = '{"request":{"origin":"https://a.example","url":"https://b.example/x"},"response":{"status":200}}';
  const lines = await run(['explain', '--jsonl'], `${line}\n{\n`);
  assert.equal(lines.code, 2);
  assert.deepEqual(lines.out.split('\n').slice(0, 2).map((one) => Object.keys(JSON.parse(one))[0]), ['throws', 'error']);
});

test('the Rust program prints the same words of the engine', async (t) => {
  const binary = fileURLToPath(new URL('target/debug/corsac', root));
  if (!existsSync(binary)) {
    assert.notEqual(process.env.CI, 'true', 'target/debug/corsac is missing: cargo build --package corsac-cli');
    return t.skip('target/debug/corsac is missing: cargo build --package corsac-cli');
  }
  for (const args of [
    ['explain', '--console', PATCH],
    ['explain', '--console', PATCH, '--format', 'json'],
    ['explain', 'acao-missing', '--stack', 'express'],
    ['explain', fileURLToPath(new URL('cli/tests/failures/options-404.txt', root))],
    ['eval', API, '--origin', 'https://app.example.com', '--method', 'PUT', '-H', 'authorization', '--credentials'],
    ['eval', API, '--origin', 'https://evil.example'],
    ['check', API, '--path', '/things', '--format', 'json'],
  ]) {
    const rust = spawn(binary, args, { env: { ...process.env, NO_COLOR: '1' } });
    let out = '';
    rust.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    const code = await new Promise((resolve) => rust.on('close', resolve));
    const ours = await run(args);
    assert.deepEqual([ours.out, ours.code], [out, code], args.join(' '));
  }
});

test('probe sends preflight and request, follows redirects, and explains', async () => {
  const seen = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.origin}`);
    if (request.url === '/moved') return response.writeHead(302, { Location: '/there', 'Access-Control-Allow-Origin': '*' }).end();
    if (request.url === '/silent') return undefined;
    response.setHeader('Access-Control-Allow-Origin', 'https://app.example.com');
    response.setHeader('Vary', 'Origin');
    if (request.method === 'OPTIONS') response.setHeader('Access-Control-Allow-Methods', 'PUT');
    return response.end(`${request.url}\x1b[2J`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = `http://127.0.0.1:${server.address().port}`;
  try {
    const origin = ['--origin', 'https://app.example.com'];
    const allowed = await run(['probe', `${at}/x`, ...origin, '--method', 'PUT']);
    assert.equal(allowed.code, 0, allowed.out + allowed.err);
    assert.deepEqual(seen.splice(0), ['OPTIONS /x https://app.example.com', 'PUT /x https://app.example.com']);
    const preflight = await run(['probe', `${at}/x`, ...origin, '--method', 'PUT', '--no-request']);
    assert.equal(preflight.code, 0);
    assert.match(preflight.out, /The preflight passes; the request itself was not sent/);
    assert.deepEqual(seen.splice(0), ['OPTIONS /x https://app.example.com']);
    const denied = await run(['probe', `${at}/x`, '--origin', 'https://evil.example', '--stack', 'express']);
    assert.equal(denied.code, 1);
    assert.match(denied.out, /app\.use/);
    seen.length = 0;
    const moved = await run(['probe', `${at}/moved`, ...origin]);
    assert.equal(moved.code, 0, moved.out);
    assert.deepEqual(seen.splice(0), ['GET /moved https://app.example.com', 'GET /there https://app.example.com']);
    const late = await run(['probe', `${at}/silent`, ...origin, '--timeout', '0.2']);
    assert.deepEqual([late.code, late.out], [2, '']);
    assert.match(late.err, /did not respond within 0\.2 s/);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  const gone = await run(['probe', `${at}/x`, '--origin', 'https://app.example.com']);
  assert.deepEqual([gone.code, gone.err], [2, `error: no response: nothing listens at ${at.slice(7)}: start the server, or check the port\n`]);
});

test('probe --twice finds a cache that mixes up pages', async () => {
  const kept = new Map();
  let isMixing = true;
  const server = createServer((request, response) => {
    const { origin } = request.headers;
    const headers = kept.get(request.url) ?? { 'Cache-Control': 'max-age=60', ...(origin ? { 'Access-Control-Allow-Origin': origin } : {}), ...(isMixing ? {} : { Vary: 'Origin' }) };
    if (isMixing) kept.set(request.url, headers);
    response.writeHead(200, headers).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const asked = ['probe', `http://127.0.0.1:${server.address().port}/x?a=1`, '--origin', 'https://app.example.com', '--twice'];
  try {
    const mixed = await run(asked);
    assert.equal(mixed.code, 1, mixed.out + mixed.err);
    assert.match(mixed.out, /\nAsked again, with a query that no cache has seen:\n/);
    assert.ok([...kept.keys()].some((url) => /^\/x\?a=1&corsac-probe=[0-9a-f]{16}2$/.test(url)), [...kept.keys()].join('\n'));
    isMixing = false;
    assert.equal((await run(asked)).code, 0);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('bad input is one clear line and exit code 2', async () => {
  for (const [args, says] of [
    [[], /a command is missing/],
    [['inspect\x1b[2J'], /is not a command: write check, eval, explain, probe, import, export or diff/],
    [['check'], /the policy is missing/],
    [['check', 'a', 'b\x1b'], /one argument too many/],
    [['check', join(folder, 'none\x1b.toml')], /cannot read the policy .*: no such file/],
    [['check', folder], /it is a folder/],
    [['check', API, '--format', 'xml\u202e'], /is not valid for --format: write text or json/],
    [['check', API, '--jsno'], /--jsno/],
    [['check', API, '--path', 'x\x1b'], /is not a path/],
    [['probe', 'https://b.example/', '--origin', 'https://a.example', '--method', 'PUT', '--twice'], /--twice is for GET and HEAD/],
    [['eval', API], /there is no request/],
    [['eval', API, '--origin', 'https://a.example/'], /no browser sends this --origin/],
    [['eval', API, '--origin', 'https://*.example'], /is a pattern/],
    [['eval', API, '--origin', 'https://a.example', '-H', 'a b: c'], /is not a valid header name/],
    [['eval', API, '--origin', 'https://a.example', '-H', 'cookie: a'], /scripts cannot set the header/i],
    [['eval', API, '--origin', 'https://a.example', '--method', 'TRACE'], /scripts cannot send the method/],
    [['eval', API, '--origin', 'https://a.example', '--path', 'x'], /is not a path/],
    [['explain', 'acao-none'], /is not a code/],
    [['explain', '--console', 'Hello'], /console/],
    [['explain', '--console', PATCH, '--stack', 'cgi\x1b'], /is not a known stack: write one of/],
    [['explain', API, '--as', 'nowhere'], /as must be the URL of a server/],
    [['probe', 'localhost:3000', '--origin', 'https://a.example'], /does not begin with http/],
    [['probe', 'b.example/x', '--origin', 'https://a.example'], /is not a whole URL/],
    [['probe', 'https://u:secret@b.example/', '--origin', 'https://a.example'], /user name or a password/],
    [['probe', 'https://b.example/'], /--origin is missing/],
    [['probe', 'https://b.example/', '--origin', 'https://a.example', '--timeout', '0'], /write a number/],
  ]) {
    const { code, out, err } = await run(args);
    assert.deepEqual([code, out], [2, ''], `${args.join(' ')}\n${out}${err}`);
    assert.match(err, says);
    assert.match(err, /^error: /);
    assert.doesNotMatch(err, /:secret|at .*\.js:/);
    isShown(err);
  }
});

test('hostile files and texts reach the terminal escaped', async () => {
  const policy = await run(['check', file('evil.toml', 'allow_origins = ["https://\\u001b[2J.example"]\n"a\\u202e" = 1\n')]);
  assert.equal(policy.code, 1);
  isShown(policy.out);
  const capture = await run(['explain', file('evil\u202e.txt', '> GET /\x1b[2J HTTP/1.1\n> Origin: https://a.example\n> Host: b.example\n\n< HTTP/1.1 200 \x9b\n< A: \x1b\n\n')]);
  isShown(capture.out);
  isShown(capture.err);
});

test('version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  for (const option of ['--version', '-V']) assert.equal((await run([option])).out, `corsac ${version}\n`);
});

test('older Node gets one sentence', async () => {
  const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.20.4'}})`;
  const { code, out, err } = await run(['check', API], '', ['--import', pretend]);
  assert.deepEqual({ code, out }, { code: 2, out: '' });
  assert.equal(err, 'error: this is Node 18.20.4: install Node 20 or newer, see https://nodejs.org\n');
});

test('help names every command and option', async () => {
  for (const args of [['--help'], ['check', '--help']]) {
    const { code, out } = await run(args);
    assert.equal(code, 0);
    for (const word of ['probe', 'explain', 'check', 'eval', 'import', 'export', 'diff', '--from', '--to', '--stack', '--no-request', '--jsonl', '--page-space', 'Exit codes']) assert.ok(out.includes(word), word);
  }
});
