// Drives Debian's Chromium over its DevTools protocol.

/* global run */
import { chromium } from 'playwright-core';

import { PATIENCE } from './patience.mjs';

export const name = 'chromium';
export const binary = '/usr/bin/chromium';
export const packages = 'chromium';
/** Whether it ends every request whose response is not well-formed over HTTP/2. */
export const endsBrokenHttp2 = true;
export const needs = [binary];
/** Whether an exchange ends the process of the page: none is known. */
export const endsPage = () => false;

export const FLAGS = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** Starts it. `server.pin` is the certificate that it trusts. */
export async function start(home, profile, server) {
  // It does so only with a profile of its own.
  const args = server?.pin ? [...FLAGS, `--ignore-certificate-errors-spki-list=${server.pin}`] : FLAGS;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: binary, headless: true, chromiumSandbox: false, args, timeout: PATIENCE,
  });
  context.setDefaultTimeout(PATIENCE);
  const page = context.pages()[0] ?? await context.newPage();
  const lines = [];
  page.on('console', (message) => lines.push(message.text()));
  await page.goto(home);
  return {
    lines,
    run: (batch) => page.evaluate((exchanges) => run(exchanges), batch),
    /** Waits for the console of this page, which is a little behind. */
    settled: async () => {
      const last = page.waitForEvent('console', (message) => message.text() === 'the last line');
      await page.evaluate(() => console.log('the last line'));
      await last;
    },
    stop: () => context.close(),
  };
}
