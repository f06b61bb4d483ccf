// What a snippet must bring about, judged by the browser model: it allows the request, and nothing else.

import assert from 'node:assert/strict';

import { PAGE, probe, REQUEST, snippet } from './corsac.mjs';

/** The snippet for a server that has no CORS headers yet. */
export async function advice(url, stack) {
  const { code, text } = await probe(url, [...REQUEST, '--stack', stack]);
  assert.equal(code, 1, `${stack} allows the request without the snippet:\n${text}`);
  return snippet(text);
}

/** Judges a server that has the snippet. `errors`: whether its own errors get the headers too. */
export async function judge(url, stack) {
  const is = async (expected, path, options) => {
    const { code, text } = await probe(`${url}${path}`, options);
    assert.equal(code, expected, `${stack}: ${path} ${options.join(' ')}\n${text}`);
  };
  const secret = ['--header', 'authorization: secret', '--credentials'];
  await is(0, '/api/things', REQUEST);
  // The script can read errors, and a response without credentials.
  await is(0, '/api/broken', REQUEST);
  await is(0, '/api/things', ['--origin', PAGE]);
  // Another page, another method, another header: all refused.
  for (const origin of ['https://evil.example', 'https://app.example.com.evil.example', 'http://app.example.com', 'null']) {
    await is(1, '/api/things', ['--origin', origin, '--method', 'PUT', ...secret]);
    await is(1, '/api/things', ['--origin', origin]);
  }
  await is(1, '/api/things', ['--origin', PAGE, '--method', 'DELETE', ...secret]);
  await is(1, '/api/things', [...REQUEST, '--header', 'x-other: 1']);
}
