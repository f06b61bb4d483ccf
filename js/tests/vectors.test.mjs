// Every shared case with a decision, findings or a browser's verdict. The nightly tests run them in other runtimes too.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COUNTS, problemsOf } from './vectors.mjs';

const cases = (name) => JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8'));

for (const name of Object.keys(COUNTS)) {
  test(`every case of ${name} is as it is written`, () => {
    assert.deepEqual(problemsOf(name, cases(name)), []);
  });
}

test('a wrong expectation is noticed', () => {
  const change = (name, edit) => {
    const list = cases(name);
    edit(list[0], list);
    return problemsOf(name, list).length;
  };
  assert.ok(change('origins', (one) => (one.decision.headers[0][1] = 'https://b.example')) >= 3);
  assert.ok(change('sets', (_one, list) => (list.find(({ decision }) => decision).decision.allowed = null)) >= 2);
  assert.ok(change('findings', (_one, list) => list.find(({ findings }) => findings.length > 0).findings.pop()) >= 1);
  assert.ok(change('browsers', (one) => (one.verdict.webkit = 'throws')) === 1);
  assert.ok(change('browsers', (_one, list) => (list.find(({ then }) => then).then[0].needs_preflight.webkit = null)) === 1);
  assert.ok(change('delivery', (one) => (one.delivery.spec = 'perhaps')) === 1);
  assert.equal(change('vary', (_one, list) => list.pop()), 1);
});
