// Every shared case with a decision or findings, in each form in which JavaScript has headers.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Policy, PolicyError, PolicySet } from 'corsac';

/** How many cases each file has. Without this, a file that loses cases would pass. */
const COUNTS = {
  credentials: 20,
  field: 60,
  'header-prefixes': 59,
  malformed: 43,
  methods: 75,
  origins: 114,
  patterns: 154,
  ranges: 69,
  'request-headers': 124,
  timing: 17,
  vary: 51,
};
const LISTS = ['allow_origins', 'allow_methods', 'allow_headers', 'expose_headers', 'dangerously_allow_public_suffixes'];

const cases = (name) => JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8'));
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** The characters of a text, of a repeated text, or of a list of both. */
function latin(text) {
  if (Array.isArray(text)) return text.map(latin).join('');
  return typeof text === 'object' ? latin(text.repeat).repeat(text.times) : text;
}
/** A text of a spec, which is UTF-8. Throws if it is not. */
const utf8 = (text) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin(text), 'latin1'));
const lines = (pairs) => pairs.map(([name, value]) => [latin(name), latin(value)]);

/** The options of a case. undefined: a text is not UTF-8, which a string cannot hold. */
function options(spec) {
  try {
    return Object.fromEntries(
      Object.entries(spec).map(([name, value]) => [
        camel(name),
        LISTS.includes(name) && Array.isArray(value) ? value.map(utf8) : name === 'path' ? utf8(value) : value,
      ]),
    );
  } catch {
    return undefined;
  }
}

const told = (decision) =>
  decision && {
    class: decision.class,
    allowed: decision.allowed,
    denial: decision.denial && { code: decision.denial.code, bytes: decision.denial.bytes },
    status: decision.status,
    headers: decision.headers.map((header) => [...header]),
  };
const expected = ({ decision }) =>
  decision && {
    ...decision,
    denial: decision.denial && { code: decision.denial.code, bytes: latin(decision.denial.bytes) },
    headers: lines(decision.headers),
  };

for (const [name, count] of Object.entries(COUNTS)) {
  test(`every case of ${name} has its decision`, () => {
    let seen = 0;
    for (const one of cases(name)) {
      seen += 1;
      const policy = new Policy(options(one.spec));
      const method = latin(one.request.method);
      const headers = lines(one.request.headers);
      const wanted = expected(one);
      assert.deepEqual(told(policy.evaluate(method, headers)), wanted, one.says);
      // Flat, as Node's rawHeaders, and the same policy from its image.
      assert.deepEqual(told(policy.evaluate(method, headers.flat())), wanted, one.says);
      assert.deepEqual(told(Policy.fromImage(policy.image).evaluate(method, new Set(headers))), wanted, one.says);
      // An object, as Node's headers, where no name comes twice.
      const names = headers.map(([header]) => header.toLowerCase());
      if (new Set(names).size === names.length) {
        assert.deepEqual(told(policy.evaluate(method, Object.fromEntries(headers))), wanted, one.says);
      }
    }
    assert.equal(seen, count);
  });
}

test('every case of a set has its decision', () => {
  let seen = 0;
  for (const one of cases('sets')) {
    seen += 1;
    if (one.request === undefined) continue;
    const set = new PolicySet(one.spec.policy.map(options));
    const { request } = one;
    const path = 'path' in request ? Buffer.from(latin(request.path), 'latin1') : undefined;
    const at = { path, rawPath: 'raw_path' in request ? latin(request.raw_path) : undefined };
    for (const policies of [set, PolicySet.fromImage(set.image)]) {
      const decision = policies.evaluate(at, latin(request.method), lines(request.headers));
      assert.deepEqual(told(decision) ?? null, expected(one), one.says);
    }
  }
  assert.equal(seen, 159);
});

/** The findings of options, and whether they make a policy. */
function review(spec) {
  try {
    const made = 'policy' in spec ? new PolicySet(spec.policy.map(options)) : new Policy(options(spec));
    return { findings: made.findings, isRefused: false };
  } catch (error) {
    assert.ok(error instanceof PolicyError, String(error));
    return { findings: error.findings, isRefused: true };
  }
}

const key = (one) => JSON.stringify([one.severity, one.code, one.table ?? null, one.field, one.index]);

test('every case with findings has exactly these', () => {
  let seen = 0;
  for (const one of [...cases('findings'), ...cases('sets')]) {
    if (one.findings === undefined) continue;
    const specs = one.spec.policy ?? [one.spec];
    if (specs.some((spec) => options(spec) === undefined)) continue;
    seen += 1;
    const { findings, isRefused } = review(one.spec);
    const wanted = one.findings.map((finding) => ({ ...finding, field: camel(finding.field) }));
    assert.deepEqual(findings.map(key).sort(), wanted.map(key).sort(), one.says);
    assert.equal(isRefused, wanted.some((finding) => finding.severity === 'error'), one.says);
    for (const finding of wanted) {
      const same = findings.filter((found) => key(found) === key(finding));
      if ('suggestion' in finding) {
        const suggestion = finding.suggestion === null ? null : utf8(finding.suggestion);
        assert.ok(same.some((found) => found.replacement === suggestion), `${one.says}: ${same.map(String).join(' ')}`);
      }
      if ('related' in finding) {
        const related = finding.related === null ? null : utf8(finding.related);
        assert.ok(same.some((found) => found.related === related), one.says);
      }
    }
  }
  assert.ok(seen > 400, String(seen));
});

test('the comparison notices a wrong expectation', () => {
  const [one] = cases('origins');
  one.decision.headers[0][1] = 'https://b.example';
  assert.notDeepEqual(told(new Policy(options(one.spec)).evaluate('GET', lines(one.request.headers))), expected(one));
});
