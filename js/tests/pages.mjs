// Opens a page in one of three browsers, as tests/browsers drives them, and waits until the page posts its result.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listen } from './server.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const modules = fileURLToPath(new URL('../../tests/browsers/node_modules', import.meta.url));

/** Which browsers the pages are opened in: Chromium, and in the nightly run the others. */
export const BROWSERS = (process.env.CORSAC_BROWSERS ?? 'chromium').split(',');

/** What is missing for a browser, and how to install it; false if nothing is. CI has all, so there it fails. */
export async function missing(name) {
  if (process.env.CI === 'true') return false;
  if (!existsSync(modules)) return `${modules} is missing: npm ci --ignore-scripts --prefix tests/browsers`;
  const { needs, packages } = await import(`../../tests/browsers/${name}.mjs`);
  const lost = needs.find((path) => !existsSync(path));
  return lost === undefined ? false : `${lost} is missing: apt-get install --no-install-recommends ${packages}`;
}

/**
 * Opens `index.html` of these files, and returns what the page posts to `/result`.
 *
 * @param files name and content of each
 */
export async function resultOf(browser, files) {
  const folder = mkdtempSync(join(tmpdir(), 'corsac-page-'));
  let told;
  const result = new Promise((resolve) => (told = resolve));
  const server = await listen((request, response) => {
    if (request.url === '/result') {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => told(JSON.parse(text)) ?? response.end());
      return undefined;
    }
    const name = request.url === '/' ? 'index.html' : request.url.slice(1);
    if (!Object.hasOwn(files, name)) return response.writeHead(404).end();
    return response.setHeader('Content-Type', TYPES[extname(name)]).end(files[name]);
  }, createServer);
  const { start } = await import(`../../tests/browsers/${browser}.mjs`);
  const profile = join(folder, 'profile');
  mkdirSync(profile);
  // The driver of WebKit gives work to a page. Here the page has its own.
  const opened = await start(`http://127.0.0.1:${server.port}/`, profile, { workOrigin: '', work: () => new Promise(() => undefined) });
  try {
    return await result;
  } finally {
    await opened.stop();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
