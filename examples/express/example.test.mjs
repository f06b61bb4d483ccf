// Tests the example as its README describes it: one command, then the buttons of the page in a real Chromium.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHROMIUM = '/usr/bin/chromium';
const MISSING = [
  [CHROMIUM, 'apt-get install --no-install-recommends chromium'],
  [`${ROOT}tests/browsers/node_modules/playwright-core`, 'npm ci --ignore-scripts --prefix tests/browsers'],
].filter(([path]) => !existsSync(path)).map(([path, install]) => `${path} is missing: ${install}`).join('; ');
// CI has both, so there it fails where one is missing.
const skip = MISSING !== '' && process.env.CI !== 'true' ? MISSING : false;

// What each button shows on the page that the policy lists, in their order: the heading, and words of the box.
const LISTED = [
  ['Allowed: 200', ['you are logged in']],
  ['Allowed: 200', ['["lamp","chair"]', 'X-Total: 2']],
  ['Allowed: 200', ['sofa']],
  ['Allowed: 500', ['a bug']],
  ['Denied: TypeError', ['blocked', 'DELETE', 'Fix:']],
  ['Denied: TypeError', ['blocked', 'x-trace', 'Fix:']],
];

async function isFree(port) {
  const server = createServer();
  const free = new Promise((resolve) => server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
  const isOurs = await free;
  if (isOurs) await new Promise((resolve) => server.close(resolve));
  return isOurs;
}

/** A port for the page. The port below it is free too. No client takes them, because Linux gives them ports from 32768 on. */
async function twoFreePorts() {
  for (;;) {
    const upper = 15000 + Math.floor(Math.random() * 17000);
    if ((await isFree(upper)) && (await isFree(upper - 1))) return upper;
  }
}

/** Runs the command of the README until it says that both servers listen. */
async function started(port) {
  const child = spawn('make', ['example-express'], { cwd: ROOT, env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let printed = '';
  const isUp = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        printed += text;
        if (printed.includes(`open http://localhost:${port}`)) resolve();
      });
    }
    child.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${printed}`)));
  });
  await isUp;
  return {
    printed: () => printed,
    /** As Ctrl-C does: to make, and to what it started. */
    async stop() {
      const ended = once(child, 'close');
      process.kill(-child.pid, 'SIGINT');
      await ended;
    },
  };
}

/** The heading and the box after each button. */
async function pressed(page) {
  const shown = [];
  for (const button of await page.$$('#calls button')) {
    await page.evaluate(() => (document.getElementById('heading').textContent = ''));
    await button.click();
    await page.waitForFunction(() => document.getElementById('heading').textContent !== '');
    shown.push([await page.innerText('#heading'), await page.innerText('#result')]);
  }
  return shown;
}

test('the page works as the README says', { skip }, async () => {
  const { chromium } = await import(`${ROOT}tests/browsers/node_modules/playwright-core/index.mjs`);
  const { FLAGS } = await import('../../tests/browsers/chromium.mjs');
  const { PATIENCE } = await import('../../tests/browsers/patience.mjs');
  const port = await twoFreePorts();
  const example = await started(port);
  let browser;
  try {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, chromiumSandbox: false, timeout: PATIENCE });
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`http://localhost:${port}`);
    const shown = await pressed(page);
    assert.equal(shown.length, LISTED.length);
    for (const [at, [heading, words]] of LISTED.entries()) {
      assert.ok(shown[at][0].includes(heading), shown[at].join('\n'));
      for (const word of words) assert.ok(shown[at][1].includes(word), `${word} is not in: ${shown[at][1]}`);
    }
    // The page's other origin, by the page's own link: the policy does not list it.
    await page.click('#other');
    await page.waitForURL(`http://127.0.0.1:${port}/`);
    for (const [heading, box] of await pressed(page)) {
      assert.ok(heading.includes('Denied: TypeError'), heading);
      for (const word of [`Origin: http://127.0.0.1:${port}`, 'Fix:']) assert.ok(box.includes(word), `${word} is not in: ${box}`);
    }
  } finally {
    await browser?.close();
    await example.stop();
  }
  assert.ok((await isFree(port)) && (await isFree(port - 1)), 'it is still there');
});
