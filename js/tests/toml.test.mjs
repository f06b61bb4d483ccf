// Policy files: what they say in TOML is what the options say, and findings have their place.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Policy, PolicyError, PolicySet } from 'corsac';
import { fromToml } from 'corsac/toml';

const example = (name) => readFileSync(new URL(`../../examples/${name}.toml`, import.meta.url), 'utf8');

test('a policy file is a policy or a set', () => {
  const policy = fromToml(example('api'));
  assert.ok(policy instanceof Policy);
  assert.ok(policy.evaluate('GET', { origin: 'https://app.example.com' }).allowed);
  const set = fromToml(example('sets'));
  assert.ok(set instanceof PolicySet);
  assert.ok(set.tables.length > 1);
});

test('the image is that of the same options', () => {
  const text = 'allow_origins = ["https://a.example"]\nallow_methods = ["PUT"]\nmax_age = 5\n';
  const options = { allowOrigins: ['https://a.example'], allowMethods: ['PUT'], maxAge: 5 };
  assert.deepEqual(fromToml(text).image, new Policy(options).image);
});

test('all mistakes are named with their place in the file', () => {
  try {
    fromToml('allow_origins = ["https://a.example/"]\nmax_age = "5"\nallowed = 1\n', 'policy.toml');
    assert.fail('it was accepted');
  } catch (error) {
    assert.ok(error instanceof PolicyError);
    assert.deepEqual(error.message.split('\n').map((line) => line.split(': ')[0]).sort(), ['policy.toml:1:36', 'policy.toml:2:11', 'policy.toml:3:1']);
    assert.match(error.message, /max_age/);
  }
});

test('what is not TOML is refused with its place', () => {
  for (const text of ['allow_origins = [', new Uint8Array([0xff]), 'a = 1\na = 2']) {
    assert.throws(() => fromToml(text, 'p.toml'), (error) => error instanceof PolicyError && /^p\.toml:\d+:\d+: error: /m.test(error.message));
  }
});

test('wildcards of a file are checked with the suffix list', () => {
  assert.throws(() => fromToml('allow_origins = ["https://*.github.io"]\nallow_credentials = true\n'), /github\.io/);
});
