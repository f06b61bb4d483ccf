// What a decision costs, and how long the engine takes to start. Rounds are short and take turns, and the least of each counts, because
// everything else that runs only adds to it.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Policy } from 'corsac';
import { nanoseconds } from './time.mjs';

const ROUNDS = Number(process.env.CORSAC_BENCH_ROUNDS ?? 200);
const TIMES = 500;
const STARTS = 10;
const many = (count) => Array.from({ length: count }, (_, place) => `https://app-${place}.example.com`);

/** Nanoseconds of one decision for each kind of policy and request. */
export function decisions() {
  /** More than a policy remembers decisions of, which is 1 024. */
  const origins = many(2048);
  const policies = { '1 pattern': ['https://*.example.com'], '100 origins': [...many(100), 'https://*.example.com'], '10 000 origins': many(10_000) };
  const preflight = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization,content-type,x-request-id' };
  const measured = Object.entries(policies).flatMap(([name, allowOrigins]) => {
    const policy = new Policy({ allowOrigins, allowMethods: ['PUT'], allowHeaders: ['authorization', 'content-type', 'x-request-id'] });
    const run = (method, headers, from) => () => {
      for (let time = 0; time < TIMES; time += 1) {
        headers.origin = from[time % from.length];
        if (!policy.evaluate(method, headers).allowed) throw new Error(`${name} denied ${headers.origin}`);
      }
    };
    return [
      [`${name}, one origin`, run('GET', { origin: '' }, ['https://app-7.example.com'])],
      [`${name}, many origins`, run('GET', { origin: '' }, origins)],
      [`${name}, preflight`, run('OPTIONS', { origin: '', ...preflight }, origins)],
    ];
  });
  const least = new Map();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of measured) {
      const start = process.cpuUsage();
      run();
      least.set(name, Math.min(least.get(name) ?? Infinity, nanoseconds(start) / TIMES));
    }
  }
  return [...least].map(([name, nanoseconds]) => ({ name, nanoseconds }));
}

/** What the same takes of a module that has almost nothing in it. */
const FLOOR = `const start = performance.now();
await import(${JSON.stringify(import.meta.resolve('./time.mjs'))});
console.log(JSON.stringify([performance.now() - start, 0, 0]));`;

const START = `const start = performance.now();
const { Policy } = await import(${JSON.stringify(import.meta.resolve('corsac'))});
const { instantiate } = await import(${JSON.stringify(new URL('../dist/esm/engine/module.js', import.meta.url).href)});
const loaded = performance.now();
instantiate();
const started = performance.now();
new Policy({ allowOrigins: ['https://a.example'] }).evaluate('GET', { origin: 'https://a.example' });
console.log(JSON.stringify([loaded - start, started - loaded, performance.now() - started]));`;

/**
 * Milliseconds in processes of their own: reading the files, the start of the engine (its bytes are compiled, and an instance is made), and
 * then the first policy and decision. `floor` is reading one small file.
 */
export function starts() {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const run = (script) => {
    const [load, engine, first] = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8', cwd }));
    return { load, engine, first, all: load + engine + first };
  };
  const runs = Array.from({ length: STARTS }, () => ({ ...run(START), floor: run(FLOOR).load }));
  const floor = Math.min(...runs.map((one) => one.floor));
  return { ...runs.toSorted((a, b) => a.all - b.all)[0], floor };
}
