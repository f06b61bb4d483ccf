// Each product runs with the snippet that `corsac probe --stack` shows for it. STACKS chooses them: names, or all.

import assert from 'node:assert/strict';
import { access, mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { NODE_STACKS } from './apps.mjs';
import { PAGE, probe, REQUEST } from './corsac.mjs';
import { advice, judge } from './judge.mjs';
import { freePort, start } from './program.mjs';
import { application, PROXY_STACKS } from './proxies.mjs';
import { PYTHON_STACKS } from './python.mjs';

const ALL = { ...NODE_STACKS, ...PYTHON_STACKS, ...PROXY_STACKS };
const QUICK = 'express fastify hono koa nest nginx';
const CHOSEN = process.env.STACKS === 'all' ? Object.keys(ALL) : (process.env.STACKS ?? QUICK).split(' ');

// A product that never serves ends the run, on a busy machine too.
const TIMEOUT = 120_000;
// Below node_modules' parent, so that imports are found.
const FOLDER = fileURLToPath(new URL('out/', import.meta.url));

/** Starts the product with a snippet, or without one. Resolves to its URL. */
async function serve(t, stack, name, snippet, own) {
  const folder = `${FOLDER}${stack}-${name}/`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const behind = ALL[stack].isProxy && (await application(t, own));
  await ALL[stack].start((program, args, options) => start(t, program, args, options), folder, port, snippet, behind);
  return `http://127.0.0.1:${port}`;
}

/** Skips where the program is missing, and fails where that must not be. */
async function isMissing(t, stack) {
  const { program, install } = ALL[stack];
  const is = await access(program).then(() => false, () => true);
  if (is) {
    assert.ok(!process.env.CI, `${program} is missing: ${install}`);
    t.skip(`${program} is missing: ${install}`);
  }
  return is;
}

for (const stack of CHOSEN) {
  test(`${stack} allows exactly the request with its snippet`, { timeout: TIMEOUT }, async (t) => {
    if (await isMissing(t, stack)) return;
    const snippet = await advice(`${await serve(t, stack, 'without', '')}/api/things`, stack);
    await judge(await serve(t, stack, 'with', snippet), stack);
    if (ALL[stack].isProxy) {
      // What the application sends itself is not in the response twice.
      const url = await serve(t, stack, 'own', snippet, { 'Access-Control-Allow-Origin': '*' });
      for (const path of ['/api/things', '/api/broken']) {
        const { code, text } = await probe(`${url}${path}`, REQUEST);
        assert.equal(code, 0, text);
      }
    }
  });
}

test('the judge refuses snippets that allow more or come late', async (t) => {
  const options = `methods: ['PUT'], allowedHeaders: ['authorization'], credentials: true`;
  const cors = (origin) => `import cors from 'cors'; const middleware = cors({ origin: ${origin}, ${options} });`;
  const reflects = await serve(t, 'express', 'reflects', `${cors('true')} app.use(middleware);`);
  await assert.rejects(judge(reflects, 'express'), /evil\.example/);
  const late = await serve(t, 'express', 'late', `${cors(`['${PAGE}']`)} setImmediate(() => app.use(middleware));`);
  await assert.rejects(judge(late, 'express'), /authorization: secret/);
});
