// The options of the package `cors`, with its defaults, as a policy. @fastify/cors and @koa/cors have most of the same names.

import { camel, unknownOption, vocabulary } from '../engine/vocabulary.js';
import { shownType, type PolicyOptions, type PolicyTableOptions } from '../engine/spec.js';
import { finding, PolicyError, type Finding } from '../finding.js';
import { isHolder, PolicyHolder } from '../holder.js';
import type { Logger } from '../log.js';
import { isPolicy, Policy, PolicySet } from '../policy.js';
import { originFunction, type Judges, type StaticOrigin } from './origin.js';

/** What `origin` can be. `false` leaves responses untouched; `true` is any origin, without credentials. */
export type OriginOption<R> =
  | StaticOrigin
  | ((origin: string, callback: (error: unknown, allow?: StaticOrigin) => void, request: R) => StaticOrigin | PromiseLike<StaticOrigin> | void);

/** The options that Corsac adds to those of other packages. */
export interface OwnOptions {
  /** Instead of all other options: a policy, a set, or a holder whose policy you can replace while serving. */
  readonly policy?: Policy | PolicySet | PolicyHolder;
  /** Instead of all other options: the tables of a policy set, chosen by path. */
  readonly policies?: readonly PolicyTableOptions[];
  /** Change nothing, and log what the policy would deny and which origins it does not list. */
  readonly reportOnly?: boolean;
  /** Where log lines go. Left out: warnings and errors to the console. */
  readonly logger?: Logger;
  readonly deniedPreflightStatus?: number;
  readonly allowTiming?: boolean;
  readonly allowPrivateNetwork?: boolean;
  readonly dangerouslyAllowNullOrigin?: boolean;
  readonly dangerouslyAllowInsecureOrigins?: boolean;
  readonly dangerouslyAllowPublicSuffixes?: boolean | Iterable<string>;
}

/** The options of the package `cors`. */
export interface CorsOptions<R = unknown> extends OwnOptions {
  /** Whose pages may read responses. There is no default: write `'*'` for a public API without cookies. */
  readonly origin?: OriginOption<R>;
  readonly methods?: string | readonly string[];
  /** Left out: every header. */
  readonly allowedHeaders?: string | readonly string[];
  /** The same, under its older name. */
  readonly headers?: string | readonly string[];
  readonly exposedHeaders?: string | readonly string[];
  readonly credentials?: boolean;
  readonly maxAge?: number | string;
  /** Pass preflights on to the application, which responds to them. The policy's headers are added. */
  readonly preflightContinue?: boolean;
  readonly optionsSuccessStatus?: number;
}

/** What an adapter makes a governor from. null: responses stay as they are. */
export interface Settings<R> {
  readonly holder: PolicyHolder;
  readonly check?: Judges<R> | undefined;
  readonly reportOnly: boolean;
  readonly preflightContinue: boolean;
  readonly logger?: Logger | undefined;
}

const METHODS = 'GET,HEAD,PUT,PATCH,POST,DELETE';

/** The options of a policy that a package's options are called, for "did you mean". */
const MEANT: Readonly<Record<string, string>> = {
  allow_origins: 'origin',
  allow_methods: 'methods',
  allow_headers: 'allowedHeaders',
  expose_headers: 'exposedHeaders',
  allow_credentials: 'credentials',
  max_age: 'maxAge',
  preflight_status: 'optionsSuccessStatus',
};
/** Options of the policy that keep their names here. */
const OWN = ['deniedPreflightStatus', 'allowTiming', 'allowPrivateNetwork', 'dangerouslyAllowNullOrigin', 'dangerouslyAllowInsecureOrigins', 'dangerouslyAllowPublicSuffixes'] as const;
const OF_ADAPTER = ['policy', 'policies', 'reportOnly', 'logger', 'preflightContinue'] as const;
const NAMES = new Set<string>([...Object.values(MEANT), 'headers', ...OWN, ...OF_ADAPTER]);

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

/** Settings from `policy` or `policies`; undefined if there are neither. Shared by all adapters. */
export function ownSettings<R>(options: OwnOptions & { readonly preflightContinue?: boolean }): Settings<R> | undefined {
  const { policy, policies } = options;
  if (policy === undefined && policies === undefined) return undefined;
  const common = {
    reportOnly: options.reportOnly ?? false,
    preflightContinue: options.preflightContinue ?? false,
    logger: options.logger,
  };
  for (const name of Object.keys(options)) {
    if (!(OF_ADAPTER as readonly string[]).includes(name)) {
      throw new TypeError(`${name} has no effect with ${policy === undefined ? 'policies' : 'policy'}: write it into the policy`);
    }
  }
  if (policy !== undefined && policies !== undefined) throw new TypeError('write policy or policies, not both');
  if (isHolder(policy)) return { holder: policy, ...common };
  if (policy === undefined) return { holder: new PolicyHolder(new PolicySet(policies ?? [])), ...common };
  if (!isPolicy(policy)) throw new TypeError(`policy must be a Policy, a PolicySet or a PolicyHolder, not ${shownType(policy)}`);
  return { holder: new PolicyHolder(policy), ...common };
}

/**
 * Settings from options of `cors`. null: `origin: false`, responses stay as they are.
 *
 * @throws PolicyError with everything that is wrong
 * @throws TypeError if `origin` is missing
 */
export function settingsOf<R>(given: CorsOptions<R> | undefined): Settings<R> | null {
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw new TypeError(`the options of cors() are an object, not ${shownType(given)}`);
  }
  // Own names only: what a polluted prototype holds was not written here.
  const options = Object.assign(Object.create(null) as object, given) as CorsOptions<R>;
  const own = ownSettings<R>(options);
  if (own !== undefined) return own;
  const findings = unknownNames(options);
  const { origin } = options;
  if (origin === false) {
    if (findings.length > 0) throw new PolicyError(findings);
    return null;
  }
  if (origin === undefined || origin === null || origin === '') {
    const is = 'origin' in options ? `origin is ${origin === '' ? 'empty' : String(origin)}: is a variable of the environment missing?\n` : '';
    throw new TypeError(`${is}${[MISSING, ...findings.map(String)].join('\n')}`);
  }
  const credentials = options.credentials === true;
  const { patterns, check } = originFunction<R>(origin, credentials);
  const maxAge = options.maxAge === '' ? undefined : options.maxAge;
  const spec: Record<string, unknown> = {
    allowOrigins: patterns,
    allowMethods: listOf(options.methods ?? METHODS),
    allowHeaders: listOf(options.allowedHeaders || options.headers || '*'),
    exposeHeaders: listOf(options.exposedHeaders ?? []),
    allowCredentials: options.credentials ?? false,
    maxAge: typeof maxAge === 'string' && /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : maxAge,
    preflightStatus: options.optionsSuccessStatus,
    externalOrigins: check === undefined ? undefined : true,
  };
  for (const name of OWN) spec[name] = options[name];
  return {
    holder: new PolicyHolder(policyOf(spec as PolicyOptions, findings, origin === true)),
    check,
    reportOnly: options.reportOnly ?? false,
    preflightContinue: options.preflightContinue ?? false,
    logger: options.logger,
  };
}

/** Compiles, with findings named as the user wrote the options. */
function policyOf(spec: PolicyOptions, before: readonly Finding[], isReflecting: boolean): Policy {
  let found: readonly Finding[];
  try {
    const policy = new Policy(spec);
    if (before.length === 0) return policy;
    found = policy.findings;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    found = error.findings;
  }
  const findings = [...before, ...found.map(renamed)];
  const isAny = findings.some((one) => one.code === 'any-origin-with-credentials');
  const reflects = isReflecting ? 'origin: true reflects any origin.\n' : '';
  throw new PolicyError(findings, null, isAny ? reflects + WAYS_OUT : '');
}

/** A finding with the names of `cors` instead of those of a policy. */
function renamed(one: Finding): Finding {
  const names = new Map(vocabulary().options.map((name) => [camel(name), MEANT[name] ?? camel(name)]));
  const inWords = (text: string): string => text.replace(/"[^"]*"|\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (part) => names.get(part) ?? part);
  return finding({
    ...one,
    field: names.get(one.field) ?? one.field,
    message: inWords(one.message),
    suggestion: one.suggestion === null ? null : inWords(one.suggestion),
  });
}

function unknownNames(options: object): Finding[] {
  return Object.entries(options).flatMap(([key, value]) => {
    if (NAMES.has(key) || value === undefined) return [];
    const { message, option } = unknownOption(key, false);
    const meant = option === null ? undefined : (MEANT[option] ?? camel(option));
    return [finding({ code: 'unknown-key', field: key, message, suggestion: meant === undefined ? null : `did you mean ${meant}?` })];
  });
}

/** A list, which `cors` also takes as one text with commas. */
function listOf(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  return given.split(',').map((name) => name.trim()).filter((name) => name !== '');
}
