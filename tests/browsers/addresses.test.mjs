// The address spaces of the model against those of the browsers, and no difference.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import * as chromium from './chromium.mjs';
import * as firefox from './firefox.mjs';
import { judge } from './model.mjs';

const RUN = fileURLToPath(new URL('addresses.mjs', import.meta.url));
/** A network of its own. Who is not root gets it together with a user of its own. */
const UNSHARE = process.getuid?.() === 0 ? ['--net'] : ['--map-root-user', '--net'];

/** What is missing for such a network, with what to do, and whether that is a failure. */
function missing(browser) {
  const isNeeded = Boolean(process.env.CI);
  if (browser.needs.some((needed) => !existsSync(needed))) {
    return { isNeeded, reason: `${browser.name} is not installed: apt-get install --yes --no-install-recommends ${browser.packages}` };
  }
  if (spawnSync('ip', ['-Version']).error) return { isNeeded, reason: 'ip is not installed: apt-get install --yes --no-install-recommends iproute2' };
  const { status, stderr } = spawnSync('unshare', [...UNSHARE, 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' });
  if (status === 0) return null;
  // Containers forbid it, those of CI too. Nothing can be installed against that, so only the nightly run insists.
  const isWanted = process.env.CORSAC_ADDRESSES === '1';
  return { isNeeded: isWanted, reason: `the kernel allows no network of its own: run this as root, outside of a container (${stderr?.trim()})` };
}

/** `{ host: space }` of the model for a page of the internet. */
async function modelled(name, hosts) {
  const exchanges = hosts.map((host) => ({
    request: { origin: 'http://app.localhost', url: `http://${host}/`, page_space: 'public', permission: 'denied' }, hops: [],
  }));
  const reports = await judge(exchanges, (exchange) => exchange);
  return Object.fromEntries(reports.map(({ delivery, delivery_by }, place) => {
    const reason = delivery_by.find(({ profiles }) => profiles.includes(name));
    return [hosts[place], delivery[name] === 'refused' ? `${reason.target_space} ${reason.certainty}` : `public ${delivery[name]}`];
  }));
}

/** The hosts about which they do not agree. */
const differing = (ours, theirs) => Object.keys(theirs).filter((host) => ours[host] !== theirs[host]);

test('an address of another space is a difference', () => {
  assert.deepEqual(differing({ a: 'local certain', b: 'public ok' }, { a: 'public ok', b: 'public ok' }), ['a']);
});

for (const browser of [chromium, firefox]) {
  const lack = missing(browser);
  if (lack) {
    console.error(`SKIPPED ${lack.reason}`);
    test(`addresses in ${browser.name}`, { skip: lack.isNeeded ? false : lack.reason }, () => assert.fail(lack.reason));
    continue;
  }
  test(`${browser.name} takes addresses for the spaces of the model`, { timeout: 300_000 }, async () => {
    const run = spawnSync('unshare', [...UNSHARE, process.execPath, RUN, browser.name], { encoding: 'utf8', timeout: 280_000 });
    assert.equal(run.status, 0, run.stderr);
    // Firefox connects to no unspecified address, whatever the page may do.
    const seen = Object.entries(JSON.parse(run.stdout)).filter(([host]) => browser.name !== 'firefox' || !['0.0.0.0', '[::]'].includes(host));
    assert.ok(seen.length > 35, run.stdout);
    const theirs = Object.fromEntries(seen.map(([host, space]) => [host, space === 'public' ? 'public ok' : `${space} certain`]));
    const ours = await modelled(browser.name, Object.keys(theirs));
    const found = differing(ours, theirs).map((host) => `${host}: the model says ${ours[host]}, ${browser.name} ${theirs[host]}`);
    assert.deepEqual(found, []);
  });
}
