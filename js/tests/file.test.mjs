// A policy that follows its file.

import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, beforeEach, test } from 'node:test';
import { Policy, PolicyError } from 'corsac';
import { withCors } from 'corsac/fetch';
import { PolicyFile } from 'corsac/file';
import { APP, OTHER } from './duties.mjs';
import { quiet } from './server.mjs';

const folder = mkdtempSync(join(tmpdir(), 'corsac-file-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'policy.toml');
let now = 0;
let log;
/** A new file with this content: what is written in place may keep its time and size. */
function write(content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}
/** Lets the time pass after which a request looks at the file. */
function look(holder, times = 1) {
  for (let time = 0; time < times; time += 1) {
    now += 1000;
    void holder.policy;
  }
}
beforeEach(() => {
  now = 0;
  log = quiet();
  write(`allow_origins = ["${APP}"]`);
});
const following = () => new PolicyFile(path, { logger: log }, () => now);
const allows = (holder, origin) => holder.policy.evaluate('GET', { origin }).allowed;

test('a changed file is read, once it is still', () => {
  const holder = following();
  write(`allow_origins = ["${OTHER}"]`);
  assert.equal(allows(holder, OTHER), false);
  look(holder);
  assert.equal(allows(holder, OTHER), false);
  look(holder);
  assert.deepEqual([allows(holder, OTHER), allows(holder, APP)], [true, false]);
  assert.deepEqual(log.lines, [`info corsac: ${path} has changed: the new policy decides from now on`]);
  look(holder, 5);
  assert.equal(log.lines.length, 1);
});

test('a wrong file keeps the old policy and is logged', () => {
  const holder = following();
  write('allow_origins = ["https://app.example.com/", "app.example.com"]');
  look(holder, 5);
  assert.equal(allows(holder, APP), true);
  assert.equal(log.lines.length, 1);
  assert.match(log.lines[0], /^error corsac: .*policy\.toml has changed, and its old policy stays: .*policy\.toml:1:\d+: error: [^]*policy\.toml:1:\d+: error: /);
  write(`allow_origins = ["${OTHER}"]`);
  look(holder, 2);
  assert.equal(allows(holder, OTHER), true);
});

test('a missing file keeps the old policy until it returns', () => {
  const holder = following();
  unlinkSync(path);
  look(holder, 3);
  assert.equal(allows(holder, APP), true);
  assert.match(log.lines[0], /^error corsac: .*its old policy stays: ENOENT/);
  write(`allow_origins = ["${OTHER}"]`);
  look(holder, 2);
  assert.equal(allows(holder, OTHER), true);
});

test('a file may become an image or a set', async () => {
  const holder = new PolicyFile(pathToFileURL(path), { logger: log }, () => now);
  const fetch = withCors({ policy: holder, logger: quiet() }, () => new Response('hello'));
  const shared = async (url, origin) => (await fetch(new Request(url, { headers: { origin } }))).headers.get('access-control-allow-origin');
  assert.equal(await shared('https://a.example/', APP), APP);
  write(Buffer.from(new Policy({ allowOrigins: [OTHER] }).image));
  look(holder, 2);
  assert.deepEqual([await shared('https://a.example/', APP), await shared('https://a.example/', OTHER)], [null, OTHER]);
  write(`[[policy]]\npath = "/open"\nallow_origins = ["*"]\n[[policy]]\nallow_origins = ["${APP}"]`);
  look(holder, 2);
  assert.deepEqual([await shared('https://a.example/open/a', OTHER), await shared('https://a.example/', OTHER)], ['*', null]);
});

test('a file that is wrong at the start is refused', () => {
  write('allow_origin = []');
  assert.throws(following, (error) => error instanceof PolicyError && error.file === path);
  unlinkSync(path);
  assert.throws(following, /ENOENT/);
});

test('a program may replace the policy itself', () => {
  const holder = following();
  holder.policy = new Policy({ allowOrigins: [OTHER] });
  assert.equal(allows(holder, OTHER), true);
  assert.throws(() => (holder.policy = {}), /must be a Policy/);
});
