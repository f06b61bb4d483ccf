// Runs exchanges in a browser: what the script, the server and the console saw of each.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { certificate } from './certificate.mjs';
import { HOST, serve } from './server.mjs';

const BATCH = 100;
/** Chromium's preflight cache has 1 024 places: a new browser is started before they are used up. */
const LIFE = 1000;

/**
 * What exchanges of one browser need: servers of HTTP/1.1 and of HTTP/2, three of each, and a place for profiles. `worlds` has the servers of each
 * version that this machine can serve.
 */
export async function arena(name) {
  const identity = certificate(HOST);
  const worlds = { '1.1': await serve(3), ...(identity && { '2': await serve(3, identity) }) };
  const profile = mkdtempSync(join(tmpdir(), `corsac-${name}-`));
  const close = async () => {
    await Promise.all(Object.values(worlds).map((server) => server.close()));
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  return { worlds, profile, close };
}

/** Runs all exchanges, and gives `{ got, seen, lines }` of each, by its id. */
export async function ran(browser, { worlds, profile }, exchanges, signal) {
  const results = new Map();
  for (const [version, server] of Object.entries(worlds)) {
    const mine = exchanges.filter(({ request }) => request.http_version === version);
    // Those that wait for a cache to expire do it together.
    const waits = ({ then }) => then.some((later) => later.after_seconds > 0);
    const ordered = [...mine.filter((exchange) => !waits(exchange)), ...mine.filter(waits)];
    for (const part of parts(ordered, LIFE)) {
      const home = mkdtempSync(join(profile, 'profile-'));
      const life = await lived(browser, server, home, signal);
      try {
        for (const [id, result] of await life.run(part)) results.set(id, result);
      } finally {
        await life.stop();
      }
    }
  }
  return results;
}

/** A browser that lives until `stop()`, and runs exchanges with `run(exchanges)`, which resolves to what was seen of each id. */
export async function lived(browser, server, home, signal) {
  const driven = await browser.start(`${server.origins[0]}/`, home, server);
  // A run that takes too long leaves no browser behind.
  const stop = () => driven.stop();
  signal.addEventListener('abort', stop);
  return {
    run: async (exchanges) => {
      const results = [];
      for (const batch of parts(exchanges, BATCH)) {
        batch.forEach((exchange) => server.add(exchange));
        const asks = ({ id, frame, api, body, request, then }) => ({ id, frame, api, body, request, then, mark: `${server.origins[0]}/mark/${id}` });
        results.push(...await driven.run(batch.map(asks)));
      }
      await settled(driven, server, exchanges, signal);
      const lines = new Map(exchanges.map(({ id }) => [id, []]));
      for (const line of driven.lines) lines.get(/\/x\/(\w+)\//.exec(line)?.[1])?.push(line);
      return new Map(results.map((got) => [got.id, { got, seen: server.seen(got.id), lines: lines.get(got.id) }]));
    },
    stop: async () => {
      signal.removeEventListener('abort', stop);
      await driven.stop();
    },
  };
}

let lasts = 0;

/**
 * Waits for the console, which is a little behind. In each kind of document a last request, which every browser blocks, writes the last line.
 */
async function settled(driven, server, exchanges, signal) {
  const frames = new Set(exchanges.map(({ frame }) => frame));
  const last = [...frames].map((frame) => {
    const id = `last${lasts += 1}l`;
    server.add({ id, hops: [{ response: { status: 200, headers: [['Content-Length', '0']] } }] });
    return { id, frame, api: 'fetch', request: { url: `${server.origins[1]}/x/${id}/0`, method: 'GET', headers: [], credentials: 'omit', mode: 'cors' } };
  });
  await driven.run(last);
  while (!last.every(({ id }) => driven.lines.some((line) => line.includes(`/x/${id}/`)))) {
    signal.throwIfAborted();
    await new Promise((done) => setTimeout(done, 20));
  }
}

function parts(list, size) {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, place) => list.slice(place * size, (place + 1) * size));
}
