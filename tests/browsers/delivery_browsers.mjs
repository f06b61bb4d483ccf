// Starts each browser with what tells it the address spaces of the servers, and with the permissions of the pages.

/* global run */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';

import * as chromiumDriver from './chromium.mjs';
import * as firefoxDriver from './firefox.mjs';
import { PATIENCE } from './patience.mjs';
import * as webkitDriver from './webkit.mjs';

/** The places of a space, as browsers read them. */
const places = (ports, space) => ['http', 'https', 'proxy'].map((kind) => `127.0.0.1:${ports[kind][space]}`);

async function startChromium({ ports, pin }, profile, origins) {
  const overrides = ['local', 'public'].flatMap((space) => places(ports, space).map((place) => `${place}=${space}`));
  const context = await playwright.launchPersistentContext(profile, {
    executablePath: chromiumDriver.binary, headless: true, chromiumSandbox: false, timeout: PATIENCE,
    args: [
      ...chromiumDriver.FLAGS.filter((flag) => !flag.startsWith('--host-resolver-rules')),
      '--host-resolver-rules=MAP * 127.0.0.1',
      `--ignore-certificate-errors-spki-list=${pin}`,
      `--ip-address-space-overrides=${overrides.join(',')}`,
    ],
  });
  context.setDefaultTimeout(PATIENCE);
  const page = context.pages()[0] ?? await context.newPage();
  // Without a window there is no prompt: what is not granted is denied. A page that is not secure has no permissions.
  const secure = ({ protocol, hostname }) => protocol === 'https:' || hostname.endsWith('.localhost');
  const granted = origins.filter((origin) => isGranted(origin) && secure(new URL(origin)));
  try {
    for (const origin of granted) await context.grantPermissions(['local-network-access'], { origin });
  } catch (error) {
    await context.close();
    throw error;
  }
  const lines = [];
  page.on('console', (message) => lines.push(message.text()));
  return { lines, stop: () => context.close(), run: (origin, batch) => visit(page, origin, batch) };
}

async function startFirefox({ ports }, profile, origins) {
  const permissions = join(profile, 'permissions');
  mkdirSync(profile, { recursive: true });
  const types = ['loopback-network', 'local-network'];
  writeFileSync(permissions, origins.flatMap((origin) => types.map((type) => `origin\t${type}\t${isGranted(origin) ? 1 : 2}\t${origin}\n`)).join(''));
  const proxy = (space) => `"PROXY 127.0.0.1:${ports.proxy[space]}"`;
  const script = `function FindProxyForURL(url, host) {
    if (host === "127.0.0.1" || /[a-z]$/.test(host) && !/:/.test(host)) return "DIRECT";
    return /^(10|172|192|169|100|\\[?f)/.test(host) ? ${proxy('local')} : ${proxy('public')};
  }`;
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: firefoxDriver.binary, headless: true, userDataDir: profile, acceptInsecureCerts: true,
    timeout: PATIENCE, protocolTimeout: PATIENCE, args: ['--remote-allow-system-access'],
    extraPrefsFirefox: {
      ...firefoxDriver.PREFERENCES,
      'permissions.manager.defaultsUrl': pathToFileURL(permissions).href,
      'network.lna.address_space.private.override': places(ports, 'local').join(','),
      'network.lna.address_space.public.override': places(ports, 'public').join(','),
      'network.dns.native-is-localhost': true,
      'network.proxy.type': 2,
      'network.proxy.autoconfig_url': `data:,${encodeURIComponent(script)}`,
      'dom.security.https_first': false,
    },
  });
  const page = (await browser.pages())[0] ?? await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  const lines = [];
  page.on('pageerror', (error) => lines.push(/** @type {Error} */ (error).message));
  page.on('console', (message) => lines.push(message.text()));
  const inform = await informed(browser);
  const run = async (origin, batch) => {
    const outcomes = await visit(page, origin, batch);
    lines.push(...await inform());
    return outcomes;
  };
  return { lines, stop: () => browser.close(), run };
}

/** What Firefox itself writes about local networks: the page's driver does not hear it. */
async function informed(browser) {
  const { connection } = /** @type {any} */ (browser);
  const { result: { contexts: [{ context }] } } = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
  const evaluate = async (expression) => {
    const { result: { result } } = await connection.send('script.evaluate', { expression, target: { context }, awaitPromise: false });
    return result?.value;
  };
  // The stack of the script follows the message.
  await evaluate(`globalThis.said = []; Services.console.registerListener({ observe: (message) => {
    const [line] = (message.QueryInterface(Ci.nsIScriptError).errorMessage).split('\\n');
    if (line.startsWith('Local Network Access')) said.push(line);
  } })`);
  return async () => JSON.parse(await evaluate('JSON.stringify(said.splice(0))'));
}

async function visit(page, origin, batch) {
  if (new URL(page.url()).origin !== origin) await page.goto(`${origin}/`);
  return page.evaluate((exchanges) => run(exchanges), batch);
}

let pulls = 0;

/** MiniBrowser hides its console under WebDriver, so its page asks the server for work. It reaches every host by the proxy. */
async function startWebkit(server, profile, [first]) {
  const token = `pull-${pulls += 1}`;
  const log = join(profile, 'console.log');
  const runtime = join(profile, 'run');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const output = openSync(log, 'a');
  const env = { ...process.env, HOME: profile, TMPDIR: profile, XDG_RUNTIME_DIR: runtime };
  for (const kind of ['CACHE', 'CONFIG', 'DATA']) env[`XDG_${kind}_HOME`] = join(profile, kind);
  const browser = spawn('xvfb-run', [
    '-a', webkitDriver.binary, '--enable-write-console-messages-to-stdout=true', '--ignore-tls-errors',
    `--proxy=http://127.0.0.1:${server.ports.proxy.loopback}`, `${first}/#${token}`,
  ], { env, detached: true, stdio: ['ignore', output, output] });
  const ended = once(browser, 'exit');
  const end = () => process.kill(-browser.pid);
  process.once('exit', end);
  const failed = ended.then(() => { throw new Error(`${webkitDriver.binary} ended: ${readFileSync(log, 'utf8').slice(-2000)}`); });
  failed.catch(() => {});
  let here = first;
  return {
    get lines() {
      // The page's URL has the token, which the model cannot know.
      return readFileSync(log, 'utf8').replaceAll(`#${token}`, '').split('\n').map((line) => line.replace(/^(?:\S+ )?CONSOLE (?:SECURITY|JS|NETWORK)? ?\w+ /, ''));
    },
    run: (origin, batch) => {
      const goto = origin === here ? undefined : origin;
      here = origin;
      return Promise.race([server.work(token, goto, batch), failed]);
    },
    stop: async () => {
      process.off('exit', end);
      if (browser.exitCode === null) end();
      await ended;
    },
  };
}

/** The name of a page says what its permission is. */
export const isGranted = (origin) => new URL(origin).hostname.startsWith('granted.');

export const browsers = [
  { ...about(chromiumDriver), start: startChromium },
  { ...about(firefoxDriver), start: startFirefox },
  { ...about(webkitDriver), start: startWebkit },
];

function about({ name, packages, needs }) {
  return { name, packages, needs };
}
