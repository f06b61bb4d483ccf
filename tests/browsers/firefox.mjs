// Drives Firefox over WebDriver BiDi.

/* global run */
import puppeteer from 'puppeteer-core';

import { PATIENCE } from './patience.mjs';

export const name = 'firefox';
export const binary = '/usr/bin/firefox-esr';
export const packages = 'firefox-esr';
/** Whether it ends every request whose response is not well-formed over HTTP/2. */
export const endsBrokenHttp2 = true;
export const needs = [binary];
/** Whether an exchange ends the process of the page, and so every exchange after it: an XHR to `view-source:` does. */
export const endsPage = ({ api, request, then }) => api === 'xhr' && [request, ...then.map((later) => later.request)].some(({ url }) => /^\s*view-source:/iu.test(url));

export const PREFERENCES = {
  'network.dns.disableIPv6': true,
  'app.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,none',
  'extensions.update.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'network.prefetch-next': false,
};

export async function start(home, profile, server) {
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: binary, headless: true, userDataDir: profile,
    extraPrefsFirefox: PREFERENCES, timeout: PATIENCE, protocolTimeout: PATIENCE,
    // It can trust all certificates, or those of a database for which it has no tool.
    acceptInsecureCerts: server.pin !== undefined,
  });
  const page = (await browser.pages())[0] ?? await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  const lines = [];
  page.on('pageerror', (error) => lines.push(/** @type {Error} */ (error).message));
  page.on('console', (message) => lines.push(message.text()));
  // Its own first page can come after this one.
  do await page.goto(home); while (!await page.evaluate(() => typeof run === 'function'));
  return { lines, run: (batch) => page.evaluate((exchanges) => run(exchanges), batch), stop: () => browser.close() };
}
