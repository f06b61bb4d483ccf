// What is next to CORS, provoked in the real browsers: the words of each browser itself, given to `corsac explain --console`, name it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';

import * as chromium from './chromium.mjs';
import * as firefox from './firefox.mjs';
import { FAILURES, PAGES } from './neighbour_pages.mjs';
import { serve } from './neighbour_server.mjs';
import { PATIENCE } from './patience.mjs';
import * as webkit from './webkit.mjs';

const BINARY = process.env.CORSAC ?? fileURLToPath(new URL('../../target/debug/corsac', import.meta.url));
const IS_WHOLE = process.env.NEIGHBOURS === 'all';

/** The codes and causes that the program finds in the words of a browser, all of them together and each alone: a line of the page before can be late. */
function explained(lines) {
  return [lines, ...lines.map((line) => [line])].flatMap((some) => known.get(some.join('\n')) ?? remembered(some));
}

/** @type {Map<string, string[]>} */
const known = new Map();

function remembered(lines) {
  const codes = codesOf(lines);
  known.set(lines.join('\n'), codes);
  return codes;
}

function codesOf(lines) {
  const told = spawnSync(BINARY, ['explain', '--console', '-', '--format', 'json'], { input: lines.join('\n'), encoding: 'utf8' });
  if (told.error) throw told.error;
  if (told.status === 2) return [];
  return JSON.parse(told.stdout).flatMap(({ code, cause }) => [code, cause]);
}

async function startChromium(home, profile) {
  const context = await playwright.launchPersistentContext(profile, {
    executablePath: chromium.binary, headless: true, chromiumSandbox: false, args: chromium.FLAGS, timeout: PATIENCE,
  });
  const page = context.pages()[0] ?? await context.newPage();
  const lines = [];
  page.on('console', (message) => lines.push(`${message.text()} ${message.location().url ?? ''}`));
  page.on('pageerror', (error) => lines.push(String(error)));
  // The words of its network panel.
  page.on('requestfailed', (request) => lines.push(`${request.method()} ${request.url()} ${request.failure()?.errorText}`));
  await page.goto(home, { timeout: PATIENCE });
  return { lines: () => lines, stop: () => context.close() };
}

/** What makes Firefox take a language that Debian has put next to it: a driver turns such packages off. */
const inLanguage = (language) => ({
  'intl.locale.requested': language, 'extensions.autoDisableScopes': 0, 'extensions.enabledScopes': 15, 'extensions.startupScanScopes': 15,
  'extensions.langpacks.signatures.required': false, 'xpinstall.signatures.required': false,
});

/**
 * @param {string} home
 * @param {string} profile
 * @param {string} [language] of which Debian has a package
 */
async function startFirefox(home, profile, language) {
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: firefox.binary, headless: true, userDataDir: profile, timeout: PATIENCE, protocolTimeout: PATIENCE,
    extraPrefsFirefox: { ...firefox.PREFERENCES, 'network.dns.native-is-localhost': true, ...(language && inLanguage(language)) },
  });
  const page = (await browser.pages())[0] ?? await browser.newPage();
  const lines = [];
  page.on('pageerror', (error) => lines.push(/** @type {Error} */ (error).message));
  page.on('console', (message) => lines.push(message.text()));
  await page.goto(home, { timeout: PATIENCE });
  return { lines: () => lines, stop: () => browser.close() };
}

async function startWebkit(home, profile) {
  mkdirSync(join(profile, 'run'), { mode: 0o700, recursive: true });
  const log = join(profile, 'console.log');
  const output = openSync(log, 'a');
  const env = { ...process.env, HOME: profile, TMPDIR: profile, XDG_RUNTIME_DIR: join(profile, 'run') };
  const browser = spawn('xvfb-run', ['-a', webkit.binary, '--enable-write-console-messages-to-stdout=true', home], {
    env, detached: true, stdio: ['ignore', output, output],
  });
  const ended = once(browser, 'exit');
  const end = () => process.kill(-(browser.pid ?? 0));
  process.once('exit', end);
  return {
    lines: () => readFileSync(log, 'utf8').split('\n').filter((line) => line.includes('CONSOLE ')),
    stop: async () => {
      process.off('exit', end);
      if (browser.exitCode === null) end();
      await ended;
    },
  };
}

test('words of a browser give their code, others none', () => {
  assert.ok(explained(['Refused to get unsafe header "X-Total"']).includes('unsafe-header'));
  assert.deepEqual(explained(['a page was loaded']), []);
});

test('a page that has gone takes no name', { timeout: 10_000 }, async (t) => {
  const server = await serve();
  t.after(server.close);
  const next = new URL('/next', server.home.replace('app.localhost', '127.0.0.1'));
  const gone = request(next).on('error', () => {});
  gone.end();
  while (server.waits() < 1) await sleep(10, undefined, { signal: t.signal });
  gone.destroy();
  while (server.waits() > 0) await sleep(10, undefined, { signal: t.signal });
  server.show('x');
  assert.equal(await (await fetch(next)).text(), 'x');
});

for (const [driver, start] of /** @type {const} */ ([[chromium, startChromium], [firefox, startFirefox], [webkit, startWebkit]])) {
  const missing = driver.needs.filter((file) => !existsSync(file));
  if (missing.length > 0) {
    const reason = `${driver.name} is not installed: apt-get install --yes --no-install-recommends ${driver.packages}`;
    console.error(`SKIPPED ${reason}`);
    test(`neighbours in ${driver.name}`, { skip: process.env.CI ? false : reason }, () => assert.fail(reason));
    continue;
  }
  const pages = Object.entries(PAGES).filter(([, page]) => page.codes[driver.name] && (IS_WHOLE || page.isShort || driver === chromium));
  test(`${driver.name}'s own words about ${pages.length} neighbours of CORS name them`, { timeout: 2 * PATIENCE + pages.length * 20_000 }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), `corsac-neighbours-${driver.name}-`));
    const server = await serve();
    const browser = await start(server.home, folder);
    t.after(async () => {
      await browser.stop();
      await server.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    });
    const failed = [];
    for (const [name, page] of pages) {
      const before = browser.lines().length;
      server.show(name);
      const wanted = [page.codes[driver.name] ?? []].flat();
      // What a console shows is a little behind the page.
      const patience = Date.now() + Number(process.env.NEIGHBOUR_PATIENCE ?? 60_000);
      let found = [];
      while (!wanted.some((code) => found.includes(code)) && Date.now() < patience) {
        await sleep(100);
        found = explained(browser.lines().slice(before));
      }
      if (!wanted.some((code) => found.includes(code))) {
        failed.push(`${name}: ${found.join(', ') || 'nothing'}, not ${wanted.join(' or ')}, in\n${browser.lines().slice(before).join('\n')}`);
      }
    }
    assert.deepEqual(failed, [], failed.join('\n\n'));
  });
}

// Each package of Debian, and Firefox's own name for the language. Dutch is not among the ten that are facts, and read by its structure.
const LANGUAGES = IS_WHOLE
  ? { nl: 'nl', de: 'de', fr: 'fr', 'es-es': 'es-ES', it: 'it', ja: 'ja', ko: 'ko', pl: 'pl', 'pt-br': 'pt-BR', ru: 'ru', 'zh-cn': 'zh-CN' }
  : { de: 'de', fr: 'fr' };

for (const [language, tag] of Object.entries(LANGUAGES)) {
  const pack = `/usr/lib/firefox-esr/browser/extensions/langpack-${tag}@firefox-esr.mozilla.org.xpi`;
  if (!existsSync(firefox.binary) || !existsSync(pack)) {
    const reason = `Firefox in ${language} is not installed: apt-get install --yes --no-install-recommends firefox-esr firefox-esr-l10n-${language}`;
    console.error(`SKIPPED ${reason}`);
    // `make setup` installs two languages.
    test(`failures in ${language}`, { skip: process.env.CI && ['de', 'fr'].includes(language) ? false : reason }, () => assert.fail(reason));
    continue;
  }
  test(`Firefox's words in ${language} name failures of CORS`, { timeout: 3 * PATIENCE }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), `corsac-language-${language}-`));
    const server = await serve();
    // A language is there from the second start on.
    await (await startFirefox(server.home, folder, tag)).stop();
    const browser = await startFirefox(server.home, folder, tag);
    t.after(async () => {
      await browser.stop();
      await server.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    });
    for (const code of Object.keys(FAILURES)) {
      const before = browser.lines().length;
      const lines = () => browser.lines().slice(before);
      server.show(code);
      const patience = Date.now() + Number(process.env.NEIGHBOUR_PATIENCE ?? 60_000);
      while (!explained(lines()).includes(code) && Date.now() < patience) await sleep(100);
      assert.ok(explained(lines()).includes(code), `${code}: ${lines().join('\n')}`);
      assert.ok(!lines().some((line) => line.includes('Cross-Origin Request Blocked: ')), `not translated: ${lines().join('\n')}`);
    }
  });
}
