// What is the same in every adapter: one decision for each request, origin functions, and the log.

import type { Decision, Header } from './decision.js';
import type { Evaluator, Question } from './engine/compiled.js';
import type { Line } from './engine/instance.js';
import { escaped } from './engine/vocabulary.js';
import type { Finding } from './finding.js';
import type { PolicyHolder } from './holder.js';
import { BoundedLog, type Logger } from './log.js';
import { model, refusalOf } from './model.js';
import { EVALUATOR, IS_SET } from './policy.js';

/** How an adapter reads its requests. */
export interface Reader<R> {
  method(request: R): string;
  /** The first `Origin`. If it holds a comma, there may be several lines, which `lines` tells apart. */
  origin(request: R): string | undefined;
  /** All lines of the headers that the engine reads. */
  lines(request: R): Line[];
  /** The path as it was sent, which may have a query. */
  rawPath(request: R): string;
  /** The client's address, for the log. */
  client(request: R): string | undefined;
  /** A header for the log: `sec-fetch-site`. */
  fetchSite(request: R): string | undefined;
  /** Whether there is a `Cookie` or an `Authorization`. */
  hasCredentials(request: R): boolean;
  /** Whether the client has gone, so that nothing waits for the response. */
  isGone(request: R): boolean;
}

/** Asks about an origin that no pattern matched. */
export type OriginFunction<R> = (origin: string, request: R) => unknown;

export interface GovernorOptions<R> {
  readonly holder: PolicyHolder;
  readonly check?: OriginFunction<R> | undefined;
  readonly reportOnly?: boolean | undefined;
  readonly preflightContinue?: boolean | undefined;
  readonly logger?: Logger | undefined;
}

/** A function may query a database. After this time it counts as failed, because a request must not wait for ever. */
const PATIENCE = 5_000;
/** A function that admits so many sites probably admits every one. */
const SITES_MAX = 20;
/** How many origins report-only mode lists. */
const REPORTED_MAX = 100;

/** The policy of one adapter, with its decisions and its log. */
export class Governor<R> {
  readonly holder: PolicyHolder;
  readonly reportOnly: boolean;
  readonly preflightContinue: boolean;
  readonly log: BoundedLog;
  readonly #reader: Reader<R>;
  readonly #check: OriginFunction<R> | undefined;
  readonly #sites = new Set<string>();

  constructor(reader: Reader<R>, options: GovernorOptions<R>) {
    this.holder = options.holder;
    this.reportOnly = options.reportOnly ?? false;
    this.preflightContinue = options.preflightContinue ?? false;
    this.log = new BoundedLog(options.logger);
    this.#reader = reader;
    this.#check = options.check;
    logFindings(this.log, this.holder.policy.findings);
  }

  /**
   * The decision about a request, or a promise of it if an origin function has to be asked. undefined: no policy applies
   * to the path.
   */
  decide(request: R): Decision | undefined | Promise<Decision | undefined> {
    const policy = this.holder.policy;
    const asked = this.#ask(policy[EVALUATOR], policy[IS_SET], request);
    if (asked === undefined || !isQuestion(asked)) return asked;
    return this.#decideWithCheck(asked, request);
  }

  #ask(evaluator: Evaluator, isSet: boolean, request: R): Decision | Question | undefined {
    const reader = this.#reader;
    const path = isSet ? reader.rawPath(request) : undefined;
    const origin = reader.origin(request);
    if (origin === undefined) return evaluator.plain(undefined, path);
    const method = reader.method(request);
    if (method === 'OPTIONS') return evaluator.preflight(reader.lines(request), undefined, path);
    if (origin.includes(',')) return evaluator.ask(method, reader.lines(request), undefined, path);
    return evaluator.actual(origin, undefined, path);
  }

  #decideWithCheck(question: Question, request: R): Decision | Promise<Decision> {
    const check = this.#check;
    if (check === undefined) return question.decide(false);
    let result: unknown;
    try {
      result = check(question.origin, request);
    } catch (error) {
      this.#failed(question.origin, request, error);
      return question.decide(false);
    }
    if (!isThenable(result)) return question.decide(this.#admits(result === true, question.origin));
    return this.#wait(result, question, request);
  }

  async #wait(result: PromiseLike<unknown>, question: Question, request: R): Promise<Decision> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the origin function has not answered for ${PATIENCE / 1000} seconds`)), PATIENCE);
    });
    try {
      return question.decide(this.#admits((await Promise.race([result, late])) === true, question.origin));
    } catch (error) {
      this.#failed(question.origin, request, error);
      return question.decide(false);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Counts the sites that a function admits with credentials, and warns once where it seems to admit every one. */
  #admits(isAllowed: boolean, origin: string): boolean {
    if (isAllowed && this.#sites.size < SITES_MAX && this.hasCredentials) {
      this.#sites.add(origin.replace(/:\d+$/, '').split('.').slice(-2).join('.'));
      if (this.#sites.size === SITES_MAX) {
        this.log.once('warn', 'admits everybody', () => `the origin function has admitted ${SITES_MAX} sites with credentials: each of them can read what your users can read. Does it compare with a list?`);
      }
    }
    return isAllowed;
  }

  /** Whether a policy lets pages read responses to requests with credentials. */
  get hasCredentials(): boolean {
    return this.holder.policy[EVALUATOR].tables.some((table) => table.allow_credentials === true);
  }

  #failed(origin: string, request: R, error: unknown): void {
    this.log.counted('error', 'origin function failed', () => `the origin function failed, so "${escaped(origin)}" is denied; ${this.#named(request)}`, error);
  }

  isGone(request: R): boolean {
    return this.#reader.isGone(request);
  }

  /** Logs why a request is denied: a preflight as a warning, any other request at debug level. */
  logDenial(decision: Decision, request: R): void {
    const { denial } = decision;
    if (denial === null) return;
    const isPreflight = decision.class === 'preflight';
    if (!isPreflight && !this.log.debugs) return;
    // A page can always read the responses of its own origin, so nothing is wrong.
    const site = this.#reader.fetchSite(request);
    if (!isPreflight && (site === 'same-origin' || site === 'none')) return;
    const what = isPreflight ? 'preflight denied' : 'response not shared';
    this.log.counted(isPreflight ? 'warn' : 'debug', decision.kind, () => `${what}: ${denial.message}; ${this.#named(request)}`);
  }

  /** Logs once that a header of the application was replaced, because a library may have written it on purpose. */
  logReplaced(decision: Decision, name: string, request: R): void {
    this.log.once('warn', `${decision.place} replaced ${name.toLowerCase()}`, () => `the policy replaced or removed the application's header ${escaped(name)}: write its value into the policy, or leave the path untouched with cors: false; ${this.#named(request)}`);
  }

  /** Logs what a handler threw, because its framework does not see it. */
  logFailed(request: R, error: unknown): void {
    this.log.counted('error', 'handler failed', () => `the handler failed, so the response is a 500; ${this.#named(request)}`, error);
  }

  /** Report-only mode: what the response would be. Each origin that is not listed is logged once, ready to paste. */
  report(decision: Decision, request: R): void {
    if (decision.class === 'plain') return;
    const { denial } = decision;
    if (denial === null) return;
    if (denial.code === 'origin-not-allowed') {
      const origin = escaped(denial.bytes);
      const site = this.#reader.fetchSite(request);
      if (site === 'same-origin' || site === 'none') return;
      this.log.once('info', `origin ${origin}`, () => `report only: this origin is not listed. If it is yours, add "${origin}"; ${this.#named(request)}`, REPORTED_MAX);
      return;
    }
    this.log.counted('warn', `report ${decision.kind}`, () => `report only: this ${decision.class === 'preflight' ? 'preflight' : 'request'} would be denied: ${denial.message}; ${this.#named(request)}`);
  }

  /**
   * Report-only mode: whether the application's own response passes in a browser. Where that differs from what the policy
   * decides, the log has a warning.
   */
  reportOwn(decision: Decision, request: R, status: number, headers: readonly Header[]): void {
    if (decision.class === 'plain') return;
    const reader = this.#reader;
    const site = reader.fetchSite(request);
    if (site === 'same-origin' || site === 'none') return;
    const judge = model();
    if (judge === null) {
      this.log.once('info', 'no model', () => "report only: whether the application's own responses pass is not known: add `import 'corsac/explain'`");
      return;
    }
    const own = { method: reader.method(request), hasCredentials: reader.hasCredentials(request), status, headers };
    const refusal = refusalOf(judge, own, reader.lines(request));
    if (refusal === undefined) return;
    const isSame = (refusal === null) === decision.allowed;
    if (isSame && !this.log.debugs) return;
    const what = decision.class === 'preflight' ? 'preflight' : 'request';
    const ours = decision.denial === null ? 'allowed' : `denied: ${decision.denial.message}`;
    const theirs = refusal === null ? 'passes' : `does not pass [${refusal}]`;
    this.log.counted(isSame ? 'debug' : 'warn', `${decision.place} own ${what} ${decision.denial?.code} ${refusal}`, () => `report only: this ${what} would be ${ours}; the application's own response ${theirs}; ${this.#named(request)}`);
  }

  /** Method, path and client, escaped. The query is left out, because it may hold secrets. */
  #named(request: R): string {
    const reader = this.#reader;
    const path = reader.rawPath(request).split(/[?#]/, 1)[0] ?? '';
    const client = reader.client(request);
    return `${escaped(reader.method(request))} ${escaped(path)}${client === undefined ? '' : ` from ${escaped(client)}`}`;
  }
}

function isQuestion(asked: Decision | Question): asked is Question {
  return 'decide' in asked;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

/** Logs the warnings about a policy, once, at the start. */
export function logFindings(log: BoundedLog, findings: readonly Finding[]): void {
  for (const one of findings) {
    // A list may differ between machines, and with it whether a switch is needed.
    log.start(one.code === 'switch-not-needed' ? 'info' : 'warn', String(one));
  }
}
