// Runs the shared cases with the package alone, so that Deno, Bun, workerd and pages run the same code as Node.

import { Policy, PolicyError, PolicySet } from 'corsac';
import { explainExchange } from 'corsac/explain';

/** How many cases each file has. Without this, a file that loses cases would pass. */
export const COUNTS = {
  credentials: 20,
  field: 60,
  'header-prefixes': 59,
  malformed: 43,
  methods: 75,
  origins: 114,
  patterns: 154,
  ranges: 69,
  'request-headers': 125,
  timing: 17,
  vary: 51,
  sets: 159,
  findings: 396,
  browsers: 63,
  delivery: 139,
};
const LISTS = ['allow_origins', 'allow_methods', 'allow_headers', 'expose_headers', 'dangerously_allow_public_suffixes'];

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The characters of a text, of a repeated text, or of a list of both. */
export function latin(text) {
  if (Array.isArray(text)) return text.map(latin).join('');
  return typeof text === 'object' ? latin(text.repeat).repeat(text.times) : text;
}
/** A text of a spec, which is UTF-8. Throws if it is not. */
const utf8 = (text) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes(latin(text)));
export const lines = (pairs) => pairs.map(([name, value]) => [latin(name), latin(value)]);

/** The options of a case. undefined: a text is not UTF-8, which a string cannot hold. */
export function options(spec) {
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

/** A decision as the files write it. */
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
    class: decision.class,
    allowed: decision.allowed,
    denial: decision.denial && { code: decision.denial.code, bytes: latin(decision.denial.bytes) },
    status: decision.status,
    headers: lines(decision.headers),
  };

/** What differs: a line for people, or none. */
function difference(what, found, wanted) {
  const [is, must] = [found, wanted].map((value) => JSON.stringify(value ?? null));
  return is === must ? [] : [`${what}: ${is}, not ${must}`];
}

function decided(one) {
  const policy = new Policy(options(one.spec));
  const method = latin(one.request.method);
  const headers = lines(one.request.headers);
  const names = headers.map(([header]) => header.toLowerCase());
  const forms = [
    policy.evaluate(method, headers),
    // Flat, as Node's rawHeaders, and the same policy from its image.
    policy.evaluate(method, headers.flat()),
    Policy.fromImage(policy.image).evaluate(method, new Set(headers)),
    // An object, as Node's headers, where no name comes twice.
    ...(new Set(names).size === names.length ? [policy.evaluate(method, Object.fromEntries(headers))] : []),
  ];
  return forms.flatMap((decision) => difference(one.says, told(decision), expected(one)));
}

function decidedInSet(one) {
  if (one.request === undefined) return [];
  const set = new PolicySet(one.spec.policy.map(options));
  const { request } = one;
  const at = {
    ...('path' in request ? { path: bytes(latin(request.path)) } : {}),
    ...('raw_path' in request ? { rawPath: latin(request.raw_path) } : {}),
  };
  return [set, PolicySet.fromImage(set.image)].flatMap((policies) =>
    difference(one.says, told(policies.evaluate(at, latin(request.method), lines(request.headers))), expected(one)),
  );
}

/** The findings of options, and whether they make a policy. */
function review(spec) {
  try {
    const made = 'policy' in spec ? new PolicySet(spec.policy.map(options)) : new Policy(options(spec));
    return { findings: made.findings, isRefused: false };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { findings: error.findings, isRefused: true };
  }
}

const key = (one) => JSON.stringify([one.severity, one.code, one.table ?? null, one.field, one.index]);

function found(one) {
  if (one.findings === undefined) return [];
  const specs = one.spec.policy ?? [one.spec];
  if (specs.some((spec) => options(spec) === undefined)) return [];
  const { findings, isRefused } = review(one.spec);
  const wanted = one.findings.map((finding) => ({ ...finding, field: camel(finding.field) }));
  const problems = [
    ...difference(one.says, findings.map(key).sort(), wanted.map(key).sort()),
    ...difference(one.says, isRefused, wanted.some((finding) => finding.severity === 'error')),
  ];
  for (const finding of wanted) {
    const same = findings.filter((other) => key(other) === key(finding));
    for (const [name, ours] of [['suggestion', 'replacement'], ['related', 'related']]) {
      if (!(name in finding)) continue;
      const text = finding[name] === null ? null : utf8(finding[name]);
      if (!same.some((other) => other[ours] === text)) problems.push(`${one.says}: no ${name} ${text}`);
    }
  }
  return problems;
}

const PROFILES = ['spec', 'chromium', 'firefox', 'webkit'];

function explained(one) {
  const { request, hops, then = [] } = one;
  const later = then.map(({ request, after_seconds }) => ({ request, after_seconds }));
  const { diagnosis } = explainExchange({ request, ...(hops && { hops }), then: later }, { text: 'none' });
  if (one.delivery !== undefined) return difference(one.says, diagnosis.delivery, one.delivery);
  const codes = Object.fromEntries(
    PROFILES.map((profile) => [profile, diagnosis.blocked_by.find((blocked) => blocked.first_in.includes(profile))?.code ?? null]),
  );
  const asked = (requests) => requests.map(({ needs_preflight }) => needs_preflight);
  return [
    ...difference(one.says, diagnosis.verdict, one.verdict),
    ...difference(one.says, codes, one.codes),
    ...difference(one.says, asked(diagnosis.then), asked(then)),
  ];
}

/** What differs from the cases of a file. */
export function problemsOf(name, cases) {
  const problems = difference(`${name} has another number of cases`, cases.length, COUNTS[name]);
  const runs = { sets: [decidedInSet, found], findings: [found], browsers: [explained], delivery: [explained] }[name] ?? [decided];
  for (const one of cases) {
    for (const run of runs) {
      try {
        problems.push(...run(one));
      } catch (error) {
        problems.push(`${one.says}: ${error}`);
      }
    }
  }
  return problems;
}
