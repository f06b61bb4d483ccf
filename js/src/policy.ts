// A policy, and a set of policies: compiled when you make one, then evaluated for each request.

import { Decision } from './decision.js';
import { compile, Evaluator, imageOf, open, type CompiledTable, type Outcome, type Question } from './engine/compiled.js';
import { linesOf, type HeadersLike } from './engine/headers.js';
import { readPolicy, readSet, type PolicyOptions, type PolicyTableOptions } from './engine/spec.js';
import { PolicyError, type Finding } from './finding.js';

/** What adapters evaluate with. Symbols of the registry, so that copies of this package understand each other. */
export const EVALUATOR = Symbol.for('corsac.evaluator');
export const IS_SET = Symbol.for('corsac.isSet');

/** Checks an origin that no pattern matched, for a policy with `externalOrigins`. */
export type OriginCheck = (origin: string, table: number) => boolean;

/** Either of the two. */
export interface Evaluates {
  readonly [EVALUATOR]: Evaluator;
  readonly [IS_SET]: boolean;
}

function compiledOf(outcome: Outcome): Evaluator['instance'] {
  if (outcome.instance === null) throw new PolicyError(outcome.findings);
  return outcome.instance;
}

/** Whether a value is a `Policy` or a `PolicySet`, also of another copy of this package. */
export function isPolicy(value: unknown): value is Policy | PolicySet {
  return typeof value === 'object' && value !== null && EVALUATOR in value;
}

/**
 * A policy: which pages may read the responses of a server.
 *
 * ```js
 * const policy = new Policy({ allowOrigins: ['https://app.example.com'], allowCredentials: true });
 * const decision = policy.evaluate('GET', { origin: 'https://app.example.com' });
 * ```
 */
export class Policy implements Evaluates {
  /** Warnings about the options. A policy with errors cannot be made. */
  readonly findings: readonly Finding[];
  readonly [EVALUATOR]: Evaluator;
  readonly [IS_SET] = false;

  /** @throws PolicyError with everything that is wrong with the options */
  constructor(options: PolicyOptions) {
    const outcome = options instanceof Built ? options.outcome : compile(readPolicy(options), false);
    this[EVALUATOR] = new Evaluator(compiledOf(outcome), false);
    this.findings = outcome.findings;
  }

  /**
   * A policy from its image, which `image`, `corsac compile` or another language wrote. Everything in it is checked.
   *
   * @throws TypeError if it is not the image of a single policy
   */
  static fromImage(image: Uint8Array): Policy {
    const instance = open(image);
    const policy = policyOf(instance);
    if (policy[EVALUATOR].instance.exports.is_set() === 1) {
      throw new TypeError('this is the image of a policy set: open it with PolicySet.fromImage');
    }
    return policy;
  }

  /** The compiled policy: bytes for a file, or for another language. */
  get image(): Uint8Array {
    return imageOf(this[EVALUATOR].instance);
  }

  /** What the policy allows, as a policy file names it. */
  get contents(): CompiledTable {
    return this[EVALUATOR].tables[0] as CompiledTable;
  }

  /**
   * Decides about a request.
   *
   * @param headers all headers of the request, in any form. Others than those of CORS are not read.
   * @param check asked about an origin that no pattern matched, if the policy has `externalOrigins`
   */
  evaluate(method: string, headers: HeadersLike, check?: OriginCheck): Decision {
    return settle(this[EVALUATOR].ask(method, linesOf(headers)), check) as Decision;
  }

  /** Decides about a request, or asks you about its origin first. Take as long as you like. */
  ask(method: string, headers: HeadersLike): Decision | Question {
    return this[EVALUATOR].ask(method, linesOf(headers)) as Decision | Question;
  }

  toJSON(): CompiledTable {
    return this.contents;
  }
}

/** The path of a request: decoded as your router sees it, raw as it was sent, or both. A query is ignored. */
export type RequestPath = string | { readonly path?: string | Uint8Array; readonly rawPath?: string };

/**
 * Several policies, chosen by path and by origin.
 *
 * The longest path of whole segments decides. Several tables can have the same path: they are asked in their order, and
 * the first that allows the request's origin decides everything.
 */
export class PolicySet implements Evaluates {
  readonly findings: readonly Finding[];
  readonly [EVALUATOR]: Evaluator;
  readonly [IS_SET] = true;

  /** @throws PolicyError with everything that is wrong with the tables */
  constructor(tables: readonly PolicyTableOptions[]) {
    const outcome = tables instanceof Built ? tables.outcome : compile(readSet(tables), true);
    this[EVALUATOR] = new Evaluator(compiledOf(outcome), true);
    this.findings = outcome.findings;
  }

  /**
   * A set from its image. The image of a single policy is a set of one, for every path.
   *
   * @throws TypeError if it is not an image
   */
  static fromImage(image: Uint8Array): PolicySet {
    return setOf(open(image));
  }

  get image(): Uint8Array {
    return imageOf(this[EVALUATOR].instance);
  }

  /** The tables, as a policy file names their options. */
  get tables(): readonly CompiledTable[] {
    return this[EVALUATOR].tables;
  }

  /**
   * Decides about a request. undefined: no policy applies to the path, and its response stays as it is.
   *
   * @param path where a string is the decoded path
   */
  evaluate(path: RequestPath, method: string, headers: HeadersLike, check?: OriginCheck): Decision | undefined {
    return settle(this.ask(path, method, headers), check);
  }

  /** Decides about a request, or asks you about its origin first. */
  ask(path: RequestPath, method: string, headers: HeadersLike): Decision | Question | undefined {
    const { path: decoded, rawPath } = typeof path === 'string' ? { path, rawPath: undefined } : path;
    return this[EVALUATOR].ask(method, linesOf(headers), bytesOf(decoded), rawPath);
  }

  toJSON(): readonly CompiledTable[] {
    return this.tables;
  }
}

const encoder = new TextEncoder();

function bytesOf(path: string | Uint8Array | undefined): Uint8Array | undefined {
  return typeof path === 'string' ? encoder.encode(path) : path;
}

function settle(asked: Decision | Question | undefined, check: OriginCheck | undefined): Decision | undefined {
  if (asked === undefined || asked instanceof Decision) return asked;
  const result: unknown = check?.(asked.origin, asked.table) ?? false;
  if (typeof (result as Partial<PromiseLike<unknown>> | null)?.then === 'function') {
    // A promise is truthy: it must never allow.
    throw new TypeError('the origin check returned a promise, which evaluate() cannot await: use ask()');
  }
  return asked.decide(Boolean(result));
}

// Classes do not name themselves, because esbuild would call them _Policy where it joins modules.
const policyOf = (instance: Evaluator['instance']): Policy => new Policy(built({ instance, findings: [] }));
const setOf = (instance: Evaluator['instance']): PolicySet => new PolicySet(built({ instance, findings: [] }));

/** What was compiled or opened elsewhere, for the constructors. */
class Built {
  constructor(readonly outcome: Outcome) {}
}

/** Makes a constructor take what was compiled already. @internal */
export function built(outcome: Outcome): never {
  return new Built(outcome) as never;
}
