// `npx corsac` prints what the program of Rust prints about other products' configurations, byte for byte, and ends with the same code.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { linesOf, LINE_MAX } from '../dist/esm/command/lines.js';

const root = new URL('../../', import.meta.url);
const PROGRAM = fileURLToPath(new URL('../dist/esm/command/main.js', import.meta.url));
const RUST = fileURLToPath(new URL('target/debug/corsac', root));
const VECTORS = new URL('vectors/dialects/', root);

const folder = mkdtempSync(join(tmpdir(), 'corsac-dialects-'));
after(() => rmSync(folder, { recursive: true }));

function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function run(program, args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(program[0], [...program.slice(1), ...args], { env: { ...process.env, NO_COLOR: '1' } });
    const told = { out: [], err: [] };
    child.stdout.on('data', (bytes) => told.out.push(bytes));
    child.stderr.on('data', (bytes) => told.err.push(bytes));
    child.on('error', reject);
    child.on('close', (code) => resolve({ out: Buffer.concat(told.out).toString('latin1'), err: Buffer.concat(told.err).toString('latin1'), code }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

const ours = (args, input = '') => run([process.execPath, PROGRAM], args, input);

/** Runs both programs. If the one of Rust is not built, only ours. */
async function both(args, input = '') {
  const [told, wanted] = await Promise.all([ours(args, input), existsSync(RUST) ? run([RUST], args, input) : null]);
  if (wanted !== null) assert.deepEqual(told, wanted, args.join(' '));
  return told;
}

const KONG = `_format_version: '3.0'
plugins:
- name: cors
  config:
    origins: ['https://*.example.com', "https://\\u202Eé.example"]
    credentials: true
`;
const STRICT = KONG.replace(/origins: .*/, "origins: ['https://app.example.com']\n    methods: [GET, PUT]\n    headers: [content-type, x-a]");
const POLICY = 'allow_origins = ["https://app.example.com", "https://*.apps.example.com"]\nallow_methods = ["GET", "PUT"]\nallow_headers = ["content-type"]\nallow_credentials = true\n';

test('the program of Rust is there to compare with', (t) => {
  if (existsSync(RUST)) return;
  assert.notEqual(process.env.CI, 'true', 'target/debug/corsac is missing: cargo build --package corsac-cli');
  t.skip('target/debug/corsac is missing: cargo build --package corsac-cli');
});

test('check finds the same in every dialect', async () => {
  const kong = file('kong.yaml', KONG);
  const text = await both(['check', kong]);
  assert.equal(text.code, 1, text.err);
  assert.match(text.out, /kong\.yaml:5:15\n[^]*https:\/\/zexample\.com reads the response to GET, with cookies, in every browser/);
  const piped = await both(['check', '-', '--from', 'kong', '--product-version', '3.4', '--format', 'json'], KONG);
  assert.equal(JSON.parse(piped.out).findings[0].code, 'stranger-allowed');
  // Documents of several dialects, which are recognised by their shapes.
  const documents = ['kong', 'aws-http-api', 's3'].map((name) => JSON.parse(readFileSync(new URL(`${name}.json`, VECTORS), 'utf8'))[0].file);
  const all = file('all.yaml', documents.map((one) => `---\n${JSON.stringify(one)}\n`).join(''));
  assert.match((await both(['check', all])).out, /kong plugins\[0\], .*aws-http-api /);
  assert.deepEqual(JSON.parse((await both(['check', all, '--format', 'json', '--only', 'plugins[0]'])).out).findings.map((one) => one.dialect), ['kong']);
  const policy = await ours(['check', file('policy.toml', POLICY)]);
  assert.deepEqual([policy.code, policy.err], [0, '']);
});

test('check judges the options of each framework', async () => {
  const options = file('options.json', '{"origin":true,"credentials":true}');
  assert.match((await both(['check', options, '--from', 'express'])).out, /options\.json: express /);
  const settings = file('settings.json', '{"CORS_ALLOW_ALL_ORIGINS":true,"CORS_ALLOW_CREDENTIALS":true}');
  assert.ok(Array.isArray(JSON.parse((await both(['check', settings, '--from', 'django-cors-headers', '--format', 'json'])).out).findings));
});

test('import writes the same policy, or refuses it', async () => {
  const strict = file('strict.yaml', STRICT);
  const printed = await both(['import', strict, '--from', 'kong']);
  assert.equal(printed.code, 0, printed.err);
  const written = join(folder, 'written.toml');
  assert.deepEqual(await ours(['import', strict, '--from', 'kong', '-o', written]), { out: '', err: '', code: 0 });
  assert.equal(readFileSync(written, 'latin1'), printed.out);
  assert.equal((await both(['diff', strict, written])).out, 'no difference for browsers\n');
  const refused = await both(['import', '-', '--from', 'kong'], KONG);
  assert.deepEqual([refused.code, refused.out], [1, '']);
  assert.match(refused.err, /no pattern says what https:\/\/\*\.example\.com matches/);
  // The list is in another module.
  const suffix = await both(['import', '-', '--from', 'aws-http-api'], '{"CorsConfiguration":{"AllowOrigins":["https://*.co.uk"],"AllowCredentials":true}}');
  assert.equal(suffix.code, 1, suffix.out);
});

test('export writes the same file in every dialect', async () => {
  const policy = file('export.toml', POLICY);
  for (const dialect of ['kong', 'aws-http-api', 'aws-cloudfront', 's3', 'nginx', 'nginx-recipe']) {
    const told = await both(['export', policy, '--to', dialect]);
    assert.ok([0, 1].includes(told.code) && told.out + told.err !== '', `${dialect}: ${told.err}`);
  }
  const onto = file('onto.yaml', 'old');
  chmodSync(onto, 0o640);
  const link = join(folder, 'link.yaml');
  symlinkSync(onto, link);
  assert.equal((await ours(['export', policy, '--to', 'kong', '-o', link])).code, 0);
  assert.match(readFileSync(onto, 'utf8'), /_format_version/);
  assert.equal(statSync(onto).mode & 0o777, 0o640);
  mkdirSync(join(folder, 'taken'));
  const taken = await ours(['export', policy, '--to', 'kong', '-o', join(folder, 'taken')]);
  assert.deepEqual([taken.code, taken.out], [2, '']);
  assert.match(taken.err, /^error: cannot write .*taken: it is a folder\n/);
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('.corsac-')), []);
});

test('diff shows the same rows, objects and annotations', async () => {
  const [before, after] = [file('before.toml', POLICY), file('after.toml', POLICY.replace('app.', 'new.'))];
  for (const format of ['text', 'json', 'github']) {
    const told = await both(['diff', before, after, '--format', format]);
    assert.equal(told.code, 1, told.err);
    assert.ok(told.out.includes('opens-with-cookies'), told.out);
  }
  const two = file('two.yaml', `${KONG}services:\n- plugins:\n  - {name: cors, config: {credentials: true}}\n`);
  assert.equal((await both(['diff', two, after, '--only-before', 'plugins[0]', '--path', '/x'])).code, 1);
  assert.match((await both(['diff', two, after])).err, /2 configurations: choose one with --only: plugins\[0\], services\[0\]\.plugins\[0\]/);
  assert.equal((await both(['diff', '-', after, '--from-before', 'kong'], STRICT)).code, 1);
});

test('eval --from responds to lines as the product does', async () => {
  const kong = file('eval.yaml', KONG);
  const line = '{"method":"GET","headers":[["Origin","https://zexample.com"]],"upstream":{"status":404,"headers":[["X-\\u00e9","\\u00ff"]]}}';
  const lines = Buffer.concat([Buffer.from(`${line}\r\n\n \n{"method":"GET"}\n{"method":"\u4e2d","headers":[]}\n`), Buffer.from([0x22, 0xff, 0x22, 0x0a]), Buffer.from(line)]);
  const told = await both(['eval', kong, '--from', 'kong', '--jsonl'], lines);
  assert.equal(told.code, 2);
  const printed = told.out.trimEnd().split('\n').map((one) => JSON.parse(one));
  assert.deepEqual(printed.map((one) => one.status ?? one.line), [404, 4, 5, 6, 404]);
  assert.equal((await both(['eval', kong, '--from', 'kong', '--jsonl'], `${line}\n`)).code, 0);
  // What rests on an uncertain fact.
  const vectors = JSON.parse(readFileSync(new URL('aws-http-api.json', VECTORS), 'utf8'));
  const doubtful = vectors.find((one) => one.sent?.unknown?.length > 0);
  if (doubtful !== undefined) {
    const path = file('doubtful.json', JSON.stringify(doubtful.file));
    assert.equal((await both(['eval', path, '--from', 'aws-http-api', '--jsonl'], JSON.stringify(doubtful.request))).code, 2);
  }
});

test('lines of a stream are cut at every place', async () => {
  const cut = async (chunks) => {
    const lines = [];
    for await (const line of linesOf(chunks.map((chunk) => Buffer.from(chunk)))) lines.push(line === null ? null : line.toString());
    return lines;
  };
  assert.deepEqual(await cut(['a\n', 'b', 'c\nd', '\n\ne']), ['a', 'bc', 'd', '', 'e']);
  assert.deepEqual(await cut([]), []);
  const half = 'x'.repeat(LINE_MAX / 2);
  assert.deepEqual((await cut([half, half, '\n', half, half, 'y\nz\n'])).map((line) => line?.length ?? null), [LINE_MAX, null, 1]);
});

test('bad input gives one clear line and exit code 2', async () => {
  const other = file('other.yaml', 'a: 1\n');
  const policy = file('bad.toml', POLICY);
  for (const [args, says, isSame = true] of [
    [['check', other], /name the dialect with --from/],
    [['check', file('main.tf', 'resource {}')], /run terraform plan/],
    [['check', other, '--from', 'kongo\x1b'], /"kongo\\x1B" is not a dialect: write one of kong, /],
    [['check', other, '--from', 'kong', '--product-version', 'new'], /is not a version: write numbers/],
    [['check', file('not.yaml', Buffer.from('a: \xff', 'latin1')), '--from', 'kong'], /line 1 holds a byte that is not UTF-8/],
    [['import', other], /no CORS configuration/],
    [['export', policy, '--to', 'kongo'], /is not a dialect: write one of kong, /],
    [['eval', other, '--from', 'kong'], /add --jsonl/],
    [['eval', '-', '--from', 'kong', '--jsonl'], /cannot hold both the configuration and the requests/],
    [['diff', '-', '-'], /only one of the two can be standard input/],
    [['diff', policy, policy, '--path', 'x'], /is not a path/],
    [['diff', policy], /the second of the two is missing/, false],
    [['diff', policy, policy, policy], /one argument too many/, false],
    [['diff', policy, policy, '--format', 'xml'], /write text or json or github/, false],
    [['import'], /the configuration is missing/, false],
    [['import', other, '--product-version', '3'], /--product-version needs --from/, false],
    [['export', policy], /--to is missing/, false],
  ]) {
    const { code, out, err } = await (isSame ? both(args) : ours(args));
    assert.deepEqual([code, out], [2, ''], `${args.join(' ')}\n${out}${err}`);
    assert.match(err, says);
    assert.match(err, /^error: /);
    assert.doesNotMatch(err, /[\0-\x08\x0b-\x1f\x7f]|at .*\.js:/);
  }
});
