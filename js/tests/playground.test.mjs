// The playground in a real Chromium: it explains and decides under its own policy, loads nothing from elsewhere, and fits a phone.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../tools/serve.mjs';
import { listen } from './server.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const missing = [
  ['/usr/bin/chromium', 'apt-get install --no-install-recommends chromium'],
  [join(root, 'tests/browsers/node_modules/playwright-core'), 'npm ci --ignore-scripts --prefix tests/browsers'],
].filter(([path]) => !existsSync(path)).map(([path, install]) => `${path} is missing: ${install}`).join('; ');
// CI has both, so there it fails where one is missing.
const skip = missing === '' || process.env.CI === 'true' ? false : missing;

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const MISSING =
  "Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS policy: " +
  "No 'Access-Control-Allow-Origin' header is present on the requested resource.";

describe('the playground', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'corsac-playground-'));
  const asked = [];
  const complaints = [];
  let server;
  let browser;
  let page;

  before(async () => {
    execFileSync(process.execPath, [join(root, 'js/tools/playground.mjs'), join(folder, 'site/playground')]);
    server = await listen((request, response) => {
      const name = request.url === '/playground/' ? '/playground/index.html' : request.url;
      const path = join(folder, 'site', name);
      if (!existsSync(path)) return response.writeHead(404).end();
      return response.setHeader('Content-Type', TYPES[extname(path)]).end(readFileSync(path));
    }, createServer);
    const { binary, FLAGS } = await import('../../tests/browsers/chromium.mjs');
    const { chromium } = await import('../../tests/browsers/node_modules/playwright-core/index.mjs');
    browser = await chromium.launchPersistentContext(join(folder, 'profile'), { executablePath: binary, headless: true, chromiumSandbox: false, args: FLAGS });
    page = browser.pages()[0] ?? (await browser.newPage());
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${server.port}/playground/`);
  });
  after(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const explained = (says) => page.locator('#explained', { hasText: says }).waitFor();
  const decided = (says) => page.locator('#decided', { hasText: says }).waitFor();

  test('explains its examples as it opens', async () => {
    await explained('Blocked.');
    await decided('allowed');
    assert.match(await page.locator('#decided').innerText(), /PUT \/things[^]*Access-Control-Allow-Origin: https:\/\/app\.example\.com/);
  });

  test('explains a message, with the fix for a server', async () => {
    await page.fill('#text', MISSING);
    await explained('acao-missing');
    await page.selectOption('#stack', 'express');
    await explained('app.use');
  });

  test('explains a capture, a file and a code', async () => {
    await page.fill('#text', readFileSync(join(root, 'cli/tests/failures/options-404.txt'), 'utf8'));
    await explained('options-not-routed');
    await page.setInputFiles('#file', join(root, 'cli/tests/failures/header-not-listed-chromium.har'));
    await explained('header-not-listed');
    await page.fill('#text', '[acao-missing]');
    await explained('why a browser blocks a request');
    await page.fill('#text', 'Hello');
    await explained('paste the whole line');
  });

  test('shows what is pasted as text, never as markup', async () => {
    await page.fill('#text', MISSING.replace('/x', '/<img/src=x/onerror=document.title=1>'));
    await explained('onerror');
    assert.equal(await page.locator('#explained img').count(), 0);
    assert.equal(await page.title(), 'Corsac playground');
  });

  test('decides while the policy and the request change', async () => {
    await page.fill('#origin', 'https://evil.example');
    await decided('is not allowed');
    assert.equal(await page.locator('#decided td.blocked').count(), 4);
    await page.fill('#toml', 'allow_origins = ["https://a.example/"]');
    await decided('error in line 1');
    await page.fill('#toml', 'allow_origins = ["https://*.example.com"]\nallow_credentials = true\n');
    await page.fill('#origin', 'https://a.example.com');
    // The public suffix list is loaded for it.
    await decided('allowed');
    await page.fill('#url', 'nowhere');
    await decided('URL');
  });

  test('is used with the keyboard alone', async () => {
    await page.focus('#text');
    const reached = [];
    // What is wider than the page can be scrolled, so it is reached too.
    for (let place = 0; place < 12; place += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(() => document.activeElement.id));
    }
    assert.deepEqual(reached.filter(Boolean).slice(0, 8), ['file', 'stack', 'page', 'toml', 'origin', 'url', 'method', 'headers']);
  });

  test('fits a phone and prints without its controls', async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(inner <= outer, `${inner} of ${outer} pixels`);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.row').isVisible(), false);
  });

  test('is dark where the reader wants it dark', async () => {
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    const light = (color) => color.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
    const [text, good] = await page.evaluate(() => ['body', '#decided .allowed, #decided .wrong, #explained .unknown'].map((one) => getComputedStyle(document.querySelector(one)).color));
    assert.ok(light(text) > 200, text);
    assert.ok(light(good) > 110, good);
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    assert.ok(light(await page.evaluate(() => getComputedStyle(document.body).color)) < 60);
  });

  test('asks this very browser, where make docs-serve serves it', async () => {
    const serving = await serve(join(folder, 'site'));
    const live = await browser.newPage();
    try {
      const says = (text) => live.locator('#live', { hasText: text }).waitFor();
      await live.goto(`http://127.0.0.1:${serving.port}/playground/`);
      await says('The script reads the response');
      assert.match(await live.locator('#live').innerText(), /> OPTIONS[^]*> Access-Control-Request-Method: PUT[^]*> PUT\n/i);
      await live.fill('#method', 'DELETE');
      await says('Blocked: ');
      assert.doesNotMatch(await live.locator('#live').innerText(), /> DELETE/);
      await live.fill('#method', 'GET');
      await live.fill('#headers', '');
      await live.fill('#origin', 'https://evil.example');
      await live.locator('#decided', { hasText: 'is not allowed' }).waitFor();
      await says('> GET');
      assert.match(await live.locator('#live').innerText(), /Blocked: /);
      const foreign = await fetch(`http://127.0.0.1:${serving.port}/corsac-live`, { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' }, body: '{}' });
      assert.equal(foreign.status, 403);
      assert.equal((await fetch(`http://127.0.0.1:${serving.port}/..%2f..%2fetc/passwd`)).status, 404);
    } finally {
      await live.close();
      serving.close();
    }
  });

  test('loads nothing from elsewhere, and nothing complained', () => {
    assert.ok(asked.length >= 4 && asked.every((url) => url.startsWith(`http://127.0.0.1:${server.port}/`) || url.startsWith('data:')), asked.join('\n'));
    assert.deepEqual(complaints, []);
  });

  test('works without its server after the first visit', async () => {
    await page.evaluate(() => navigator.serviceWorker.ready);
    server.close();
    await page.reload();
    await page.fill('#text', MISSING);
    await explained('acao-missing');
    // The public suffix list was kept, too.
    await page.fill('#toml', 'allow_origins = ["https://*.example.com"]\nallow_credentials = true\n');
    await page.fill('#origin', 'https://a.example.com');
    await decided('allowed');
    assert.deepEqual(complaints, []);
  });
});
