// What a decision costs, and how long the engine takes to start: `node js/benches/decision.mjs`, on a quiet machine, after `make js`.
// Rounds are short and take turns, and the least of each is printed, because everything else that runs only adds to it.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Policy } from 'corsac';

const ROUNDS = 200;
const TIMES = 500;
const many = (count) => Array.from({ length: count }, (_, place) => `https://app-${place}.example.com`);

/** More than a policy remembers decisions of, which is 1 024. */
const origins = many(2048);
const policies = { '1 pattern': ['https://*.example.com'], '100 origins': [...many(100), 'https://*.example.com'], '10 000 origins': many(10_000) };
const preflight = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization,content-type,x-request-id' };

const measured = Object.entries(policies).flatMap(([name, allowOrigins]) => {
  const policy = new Policy({
    allowOrigins,
    allowMethods: ['PUT'],
    allowHeaders: ['authorization', 'content-type', 'x-request-id'],
  });
  const run = (method, headers, from) => () => {
    for (let time = 0; time < TIMES; time += 1) {
      headers.origin = from[time % from.length];
      if (!policy.evaluate(method, headers).allowed) throw new Error(`${name} denied ${headers.origin}`);
    }
  };
  return [
    [`${name}, remembered origin`, run('GET', { origin: '' }, ['https://app-7.example.com'])],
    [`${name}, many origins`, run('GET', { origin: '' }, origins)],
    [`${name}, preflight`, run('OPTIONS', { origin: '', ...preflight }, origins)],
  ];
});

const least = new Map();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, run] of measured) {
    const start = process.hrtime.bigint();
    run();
    const nanoseconds = Number(process.hrtime.bigint() - start) / TIMES;
    least.set(name, Math.min(least.get(name) ?? Infinity, nanoseconds));
  }
}
for (const [name, nanoseconds] of least) console.log(`${name.padEnd(36)} ${nanoseconds.toFixed(0).padStart(6)} ns`);

const START = `const start = performance.now();
const { Policy } = await import(${JSON.stringify(import.meta.resolve('corsac'))});
new Policy({ allowOrigins: ['https://a.example'] }).evaluate('GET', { origin: 'https://a.example' });
console.log(performance.now() - start);`;
const starts = Array.from({ length: 10 }, () =>
  Number(execFileSync(process.execPath, ['--input-type=module', '--eval', START], { encoding: 'utf8', cwd: fileURLToPath(new URL('..', import.meta.url)) })),
);
console.log(`${'import, first policy, first decision'.padEnd(36)} ${Math.min(...starts).toFixed(1).padStart(6)} ms`);
