// The playground in Firefox and WebKit: it explains and decides under its own policy, as in Chromium (playground.test.mjs).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BROWSERS, missing, resultOf } from '../pages.mjs';

const tool = fileURLToPath(new URL('../../tools/playground.mjs', import.meta.url));

function site() {
  const folder = mkdtempSync(join(tmpdir(), 'corsac-site-'));
  try {
    execFileSync(process.execPath, [tool, folder]);
    const files = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
    const page = String(files['index.html']).replace('</head>', '<script src="drive.js" defer></script></head>');
    return { ...files, 'index.html': page, 'drive.js': readFileSync(new URL('drive.js', import.meta.url)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const browser of BROWSERS) {
  test(`the playground explains and decides in ${browser}`, { skip: await missing(browser) }, async () => {
    const { seen, complaints } = await resultOf(browser, site());
    assert.deepEqual(complaints, [], seen.join('\n'));
    assert.equal(seen.length, 9);
  });
}
