// The bench of real servers leaves no server behind, however it is ended.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds until a test gives up. Only what hangs takes so long. */
const PATIENCE = 180_000;
const folder = mkdtempSync(join(tmpdir(), 'corsac-benches-'));
after(() => rmSync(folder, { recursive: true }));
const script = join(folder, 'bench.mjs');
const bench = new URL('../benches/server.mjs', import.meta.url).href;
writeFileSync(script, `import { rates } from ${JSON.stringify(bench)};\nawait rates();\n`);

/** The process ids of what a process has started. */
function children(pid) {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean) : [];
}

function runs(pid) {
  return existsSync(`/proc/${pid}/stat`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z');
}

async function until(happened) {
  const end = Date.now() + PATIENCE;
  while (!happened() && Date.now() < end) await pause(20);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL']) {
  test(`bench that gets ${signal} leaves no server`, { skip: process.platform !== 'linux' }, async () => {
    const env = { ...process.env, CORSAC_BENCH_SECONDS: '1000' };
    const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await until(() => children(child.pid).length === 3);
    const servers = children(child.pid);
    child.kill(signal);
    await ended;
    await until(() => !servers.some(runs));
    const left = servers.filter(runs);
    for (const pid of left) process.kill(Number(pid));
    assert.deepEqual([servers.length, left], [3, []]);
  });
}
