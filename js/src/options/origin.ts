// The option `origin` of other packages: texts become patterns, and everything that a program decides becomes one function.

import { analyse } from '../engine/regexes.js';
import { isThenable, type OriginFunction } from '../governor.js';
import { PolicyError } from '../finding.js';
import type { Policy } from '../policy.js';
import type { Ask, Dialect } from './dialect.js';

/** An origin, a regular expression, a list of both, or whether origins are allowed at all. */
export type StaticOrigin = boolean | string | RegExp | readonly (string | RegExp)[] | null | undefined;

export type Judges<R> = OriginFunction<R>;

/** Patterns for the policy, and a function for what no pattern can say. */
export interface Origins<R> {
  readonly patterns: unknown[];
  readonly check: Judges<R> | undefined;
}

/**
 * Splits the option `origin`.
 *
 * @param call how the package calls a function, if not as `cors` does
 * @param compile a policy of these patterns, with the switches of the options
 * @throws TypeError for an expression that could admit more than it seems to
 */
export function originFunction<R>(origin: unknown, hasCredentials: boolean, call: Dialect<R>['call'], compile: Compile): Origins<R> {
  if (typeof origin === 'function') {
    const ask = origin as Ask;
    return { patterns: [], check: call === undefined ? asked(ask, hasCredentials) : returning((text, request: R) => call(ask, text, request), hasCredentials) };
  }
  if (origin === true) return { patterns: ['*'], check: undefined };
  const entries: unknown[] = Array.isArray(origin) ? origin : [origin];
  const expressions = entries.filter((entry) => entry instanceof RegExp);
  for (const expression of expressions) refuseFlags(expression);
  const patterns = entries.filter((entry) => !(entry instanceof RegExp));
  if (expressions.length === 0) return { patterns, check: undefined };
  const proved = hasCredentials ? expressions.map((one): [RegExp, Policy | null] => [one, proof(one, compile)]) : expressions.map((one): [RegExp, null] => [one, null]);
  // What was proved holds, too: an analyser and an engine of expressions may read one differently.
  const check = (text: string): boolean => proved.some(([one, bounds]) => one.test(text) && (bounds === null || bounds.evaluate('GET', { origin: text }).allowed));
  return { patterns, check };
}

/** Compiles patterns with credentials, and with the switches of the options. */
export type Compile = (patterns: readonly string[]) => Policy;

function refuseFlags(expression: RegExp): void {
  if (expression.global || expression.sticky) {
    throw new TypeError(`origin: ${String(expression)} has the flag g or y, with which test() answers differently from call to call: remove the flag`);
  }
}

/** A policy that allows everything that an expression matches. With credentials, an expression without one is refused. */
function proof(expression: RegExp, compile: Compile): Policy {
  const { bounds, refusal, instead, difference } = analyse(expression);
  let reason = refusal;
  if (refusal === null) {
    try {
      return compile(bounds);
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      const errors = error.findings.filter((one) => one.severity === 'error');
      reason = `is covered only by a pattern that is refused: ${errors.map((one) => one.message).join('; ')}`;
    }
  }
  const other = difference === null ? '' : `, which ${difference}`;
  const advice = isAccepted(instead, compile) ? `write ${JSON.stringify(instead)} instead${other}` : 'list your pages, as in ["https://app.example.com", "https://*.example.com", "http://localhost:*"]';
  throw new TypeError(`origin: ${String(expression)} is refused with credentials, because it ${reason}; ${advice}`);
}

function isAccepted(patterns: readonly string[], compile: Compile): boolean {
  if (patterns.length === 0) return false;
  try {
    return compile(patterns).findings.every((one) => one.code !== 'redundant' && one.code !== 'duplicate');
  } catch (error) {
    if (error instanceof PolicyError) return false;
    throw error;
  }
}

/** A function of the user: it calls back, returns, or returns a promise. */
function asked<R>(ask: Ask, hasCredentials: boolean): Judges<R> {
  return (origin, request) => {
    let called: { readonly error: unknown; readonly allow: unknown } | undefined;
    let settle: ((value: boolean) => void) | undefined;
    let refuse: ((error: unknown) => void) | undefined;
    const callback = (error: unknown, allow?: unknown): void => {
      called ??= { error, allow };
      try {
        settle?.(settled(called, origin, hasCredentials));
      } catch (reason) {
        refuse?.(reason);
      }
    };
    const returned = ask(origin, callback, request);
    if (called !== undefined) return settled(called, origin, hasCredentials);
    if (isThenable(returned)) return Promise.resolve(returned).then((allow) => isAllowed(allow, origin, hasCredentials));
    if (returned !== undefined || ask.length < 2) return isAllowed(returned, origin, hasCredentials);
    return new Promise<boolean>((resolve, reject) => {
      settle = resolve;
      refuse = reject;
    });
  };
}

/** A function of the user that returns, or returns a promise. */
function returning<R>(ask: OriginFunction<R>, hasCredentials: boolean): Judges<R> {
  return (origin, request) => {
    const allow = ask(origin, request);
    if (isThenable(allow)) return Promise.resolve(allow).then((one) => isAllowed(one, origin, hasCredentials));
    return isAllowed(allow, origin, hasCredentials);
  };
}

function settled({ error, allow }: { readonly error: unknown; readonly allow: unknown }, origin: string, hasCredentials: boolean): boolean {
  if (error !== null && error !== undefined && error !== false) throw error;
  return isAllowed(allow, origin, hasCredentials);
}

/** What `cors` takes for a yes: true, this origin, a matching expression, or a list with one of them. */
function isAllowed(allow: unknown, origin: string, hasCredentials: boolean): boolean {
  if (allow === '*') {
    if (hasCredentials) throw new TypeError('it returned "*" with credentials, which no browser accepts: return true for an origin that you know');
    return true;
  }
  if (typeof allow === 'string') return allow === origin;
  if (allow instanceof RegExp) {
    refuseFlags(allow);
    // It would have to be analysed for each request.
    if (hasCredentials) throw new TypeError('it returned an expression, which cannot be proved here with credentials: return true for an origin that you know');
    return allow.test(origin);
  }
  if (Array.isArray(allow)) return allow.some((one: unknown) => isAllowed(one, origin, hasCredentials));
  return Boolean(allow);
}
