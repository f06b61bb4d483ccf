// The options of a package that people come from, as a policy.

import { camel, unknownOption, vocabulary } from '../engine/vocabulary.js';
import { shownType, type PolicyOptions } from '../engine/spec.js';
import { finding, PolicyError, type Finding } from '../finding.js';
import { Governor, type Reader } from '../governor.js';
import { PolicyHolder } from '../holder.js';
import { Policy } from '../policy.js';
import type { Dialect } from './dialect.js';
import { originFunction } from './origin.js';
import { commonSettings, OF_ADAPTER, OF_POLICY, ownSettings, type OwnOptions, type Settings } from './own.js';

/** The ways out of "any origin with credentials", in the order in which to try them. */
export const WAYS_OUT = [
  'Any page on the internet could read what your users can read. Instead:',
  '  1. list your pages:        origin: ["https://app.example.com", "https://*.example.com"]',
  '  2. while you develop:      origin: ["http://localhost:*"]',
  '  3. if you do not know them: origin: ["https://app.example.com"], reportOnly: true     logs each origin that comes',
  '  4. a page on the same origin as this server needs no CORS at all',
].join('\n');

const MISSING = [
  'origin is missing. Write one of these:',
  '  origin: ["https://app.example.com"]     the pages that may read your responses, also with credentials: true',
  '  origin: "*"                             a public API without cookies',
  '  origin: false                           leave responses untouched',
].join('\n');

/**
 * The governor of a package's options. null: `origin: false`, responses stay as they are.
 *
 * @throws PolicyError with everything that is wrong
 * @throws TypeError if `origin` is missing
 */
export function governorOf<R>(reader: Reader<R>, options: object | undefined, dialect: Dialect<R>): Governor<R> | null {
  const settings = settingsOf<R>(options, dialect);
  return settings === null ? null : new Governor(reader, settings);
}

function settingsOf<R>(given: object | undefined, dialect: Dialect<R>): Settings<R> | null {
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw new TypeError(`the options of cors() are an object, not ${shownType(given)}`);
  }
  // Own names only: what a polluted prototype holds was not written here.
  const options = Object.assign(Object.create(null) as object, given) as OwnOptions & Readonly<Record<string, unknown>>;
  const findings = dialect.refusals?.(options) ?? [];
  const own = ownSettings<R>(options, dialect.others);
  if (own !== undefined) {
    if (findings.length > 0) throw new PolicyError(findings);
    return own;
  }
  const wrong = [...findings, ...unknownNames(options, dialect)];
  const origin = options['origin'];
  if (origin === false) {
    if (wrong.length > 0) throw new PolicyError(wrong);
    return null;
  }
  if (origin === undefined || origin === null || origin === '') {
    const is = 'origin' in options ? `origin is ${origin === '' ? 'empty' : String(origin)}: is a variable of the environment missing?\n` : '';
    throw new TypeError(`${is}${[MISSING, ...wrong.map(String)].join('\n')}`);
  }
  const { patterns, check } = originFunction<R>(origin, options['credentials'] === true, dialect.call, (origins) => new Policy(boundsOf(options, origins)));
  return {
    holder: new PolicyHolder(policyOf(specOf(options, dialect, patterns, check !== undefined), wrong, dialect, origin === true)),
    check,
    ...commonSettings(options),
  };
}

/** A policy of these origins alone, with credentials and the switches of the options. */
function boundsOf(options: Readonly<Record<string, unknown>>, allowOrigins: readonly string[]): PolicyOptions {
  const { dangerouslyAllowInsecureOrigins, dangerouslyAllowPublicSuffixes } = options as OwnOptions;
  return {
    allowOrigins,
    allowCredentials: true,
    ...(dangerouslyAllowInsecureOrigins !== undefined && { dangerouslyAllowInsecureOrigins }),
    ...(dangerouslyAllowPublicSuffixes !== undefined && { dangerouslyAllowPublicSuffixes }),
  };
}

/** The options of a policy, in the values that a package takes. What is wrong with them, the compiler says. */
function specOf(options: Readonly<Record<string, unknown>>, dialect: Dialect<never>, patterns: unknown[], hasCheck: boolean): PolicyOptions {
  const spec: Record<string, unknown> = {};
  for (const name of OF_POLICY) spec[name] = options[name];
  for (const [name, theirs] of Object.entries(dialect.names)) spec[camel(name)] = options[theirs] ?? spec[camel(name)];
  spec['allowOrigins'] = patterns;
  spec['externalOrigins'] = hasCheck ? true : undefined;
  spec['allowMethods'] = listOf(spec['allowMethods'] ?? dialect.methods);
  const older = dialect.olderHeaders === undefined ? undefined : options[dialect.olderHeaders];
  const names = spec['allowHeaders'] || older || '*';
  spec['allowHeaders'] = listOf(dialect.isEmptyEvery === true && Array.isArray(names) && names.length === 0 ? '*' : names);
  spec['exposeHeaders'] = listOf(spec['exposeHeaders'] ?? []);
  spec['allowCredentials'] ??= false;
  const { maxAge } = spec;
  if (maxAge === '') spec['maxAge'] = undefined;
  else if (typeof maxAge === 'string' && /^\d{1,9}$/.test(maxAge)) spec['maxAge'] = Number(maxAge);
  return spec as PolicyOptions;
}

/** Compiles, with findings named as the user wrote the options. */
function policyOf(spec: PolicyOptions, before: readonly Finding[], dialect: Dialect<never>, isReflecting: boolean): Policy {
  let found: readonly Finding[];
  try {
    const policy = new Policy(spec);
    if (before.length === 0) return policy;
    found = policy.findings;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    found = error.findings;
  }
  const findings = [...before, ...found.map((one) => renamed(one, dialect))];
  const isAny = findings.some((one) => one.code === 'any-origin-with-credentials');
  const reflects = isReflecting ? 'origin: true reflects any origin.\n' : '';
  throw new PolicyError(findings, null, isAny ? reflects + WAYS_OUT : '');
}

/** A finding with the names of the package instead of those of a policy. */
function renamed(one: Finding, dialect: Dialect<never>): Finding {
  const names = new Map(vocabulary().options.map((name) => [camel(name), dialect.names[name] ?? camel(name)]));
  const inWords = (text: string): string => text.replace(/"[^"]*"|\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (part) => names.get(part) ?? part);
  return finding({
    ...one,
    field: names.get(one.field) ?? one.field,
    message: inWords(one.message),
    suggestion: one.suggestion === null ? null : inWords(one.suggestion),
  });
}

function unknownNames(options: object, dialect: Dialect<never>): Finding[] {
  const known = new Set<string>([...Object.values(dialect.names), dialect.olderHeaders ?? '', ...dialect.others, ...OF_POLICY, ...OF_ADAPTER]);
  return Object.entries(options).flatMap(([key, value]) => {
    if (known.has(key) || value === undefined) return [];
    const { message, option } = unknownOption(key, false);
    const meant = option === null ? undefined : (dialect.names[option] ?? camel(option));
    return [finding({ code: 'unknown-key', field: key, message, suggestion: meant === undefined ? null : `did you mean ${meant}?` })];
  });
}

/** A list, which most packages also take as one text with commas. */
function listOf(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  return given.split(',').map((name) => name.trim()).filter((name) => name !== '');
}
