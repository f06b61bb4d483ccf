// Which address space a browser takes an address for: asked in a network of its own, in which this machine has all of the addresses. Run it as
// `unshare --net node addresses.mjs BROWSER`: it writes `{ host: space }`, with `null` for an address that the browser connects to in no case.

import http from 'node:http';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';

import * as chromium from './chromium.mjs';
import * as firefox from './firefox.mjs';
import { PATIENCE } from './patience.mjs';

/** Addresses on both sides of each border. */
const OWN = [
  '9.255.255.255', '10.0.0.1', '11.0.0.1', '172.15.255.255', '172.16.0.1', '172.32.0.1', '192.168.0.5', '192.169.0.1', '169.254.1.1', '169.255.0.1',
  '100.63.255.255', '100.64.0.1', '100.128.0.1', '0.1.2.3', '127.0.0.2', '8.8.8.8', '192.0.2.1', '198.17.255.255', '198.18.0.1', '198.19.255.254',
  '203.0.113.1', '240.0.0.1', 'fc00::1', 'fd00::1', 'fec0::1', '2001:db8::1', '2001:db9::1', '3ffe::1', '3fff::1', '3fff:fff::1', '3fff:1000::1',
  '64:ff9b::a01:203', '2002:a01:203::1', '2606:4700::1',
];
/** Other ways to write addresses of this machine. */
const OTHERS = ['127.0.0.1', '[::1]', '0.0.0.0', '[::]', '[::ffff:7f00:1]', '[::ffff:a00:1]', '[::ffff:808:808]', 'localhost'];

const HEADERS = { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'text/html' };
const HOME = '<!doctype html><link rel=icon href=data:,><title>corsac</title>';

async function listen(address) {
  const server = http.createServer((_, response) => response.writeHead(200, HEADERS).end(HOME));
  server.listen(0, address);
  await once(server, 'listening');
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

/** Runs inside the page: whether the script gets a response of each URL. A prompt that stays open holds one back. */
const ask = (urls) => Promise.all(urls.map((url) => fetch(url, { signal: AbortSignal.timeout(10_000) }).then(() => true, () => false)));

/** Without a permission, the console names the space. */
async function ofChromium(urls, page, profile) {
  const context = await playwright.launchPersistentContext(profile, {
    executablePath: chromium.binary, headless: true, chromiumSandbox: false, timeout: PATIENCE,
    args: [...chromium.FLAGS.filter((flag) => !flag.startsWith('--host-resolver-rules')), `--ip-address-space-overrides=127.0.0.1:${page}=public`],
  });
  const tab = context.pages()[0] ?? await context.newPage();
  const lines = [];
  tab.on('console', (message) => lines.push(message.text()));
  await tab.goto(`http://app.localhost:${page}/`);
  const passes = await tab.evaluate(ask, urls);
  const last = tab.waitForEvent('console', (message) => message.text() === 'the last line');
  await tab.evaluate(() => console.log('the last line'));
  await last;
  await context.close();
  const said = (url) => /access the `(\w+)` address space/.exec(lines.find((line) => line.includes(`'${url}'`)) ?? '')?.[1] ?? null;
  return urls.map((url, place) => (passes[place] ? 'public' : said(url)));
}

/** A page may access the one space, and another page the other. */
async function ofFirefox(urls, page, profile) {
  const permissions = join(profile, 'permissions');
  const spaces = ['loopback', 'local'];
  const origin = (space) => `http://${space}.localhost:${page}`;
  const may = (granted, space) => `origin\t${space}-network\t${granted === space ? 1 : 2}\t${origin(granted)}\n`;
  writeFileSync(permissions, spaces.flatMap((granted) => spaces.map((space) => may(granted, space))).join(''));
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: firefox.binary, headless: true, userDataDir: profile, timeout: PATIENCE, protocolTimeout: PATIENCE,
    extraPrefsFirefox: {
      ...firefox.PREFERENCES,
      'network.dns.disableIPv6': false,
      'permissions.manager.defaultsUrl': pathToFileURL(permissions).href,
      'network.lna.address_space.public.override': `127.0.0.1:${page}`,
      'network.dns.native-is-localhost': true,
      'dom.security.https_first': false,
    },
  });
  const tab = (await browser.pages())[0] ?? await browser.newPage();
  const passes = {};
  for (const space of spaces) {
    await tab.goto(`${origin(space)}/`);
    passes[space] = await tab.evaluate(ask, urls);
  }
  await browser.close();
  return urls.map((_, place) => {
    const [loopback, local] = spaces.map((space) => passes[space][place]);
    if (loopback && local) return 'public';
    return loopback ? 'loopback' : local ? 'local' : null;
  });
}

const profile = mkdtempSync(join(tmpdir(), 'corsac-addresses-'));
try {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  for (const address of OWN) execFileSync('ip', ['address', 'add', address.includes(':') ? `${address}/128` : `${address}/32`, 'dev', 'lo']);
  const [page, port] = [await listen('127.0.0.1'), await listen('::')];
  const hosts = [...OWN.map((address) => (address.includes(':') ? `[${address}]` : address)), ...OTHERS];
  const spaces = await { chromium: ofChromium, firefox: ofFirefox }[process.argv[2]](hosts.map((host) => `http://${host}:${port}/`), page, profile);
  process.stdout.write(JSON.stringify(Object.fromEntries(hosts.map((host, place) => [host, spaces[place]]))));
} finally {
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
process.exit(0);
