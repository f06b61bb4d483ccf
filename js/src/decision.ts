// What a policy decides about one request, and how that changes a response.

import { helper, vocabulary, type DenialCode, type RequestClass } from './engine/vocabulary.js';

/** A header: its name and its value. */
export type Header = readonly [name: string, value: string];

/** Why a request is denied. */
export class Denial {
  readonly code: DenialCode;
  /** The characters of the request that are the reason, as they came: escape them before you show them. */
  readonly bytes: string;
  readonly #number: number;

  /** @internal */
  constructor(number: number, bytes: string) {
    this.code = vocabulary().denials[number] as DenialCode;
    this.bytes = bytes;
    this.#number = number;
  }

  /** One sentence with at most 128 characters of the request, escaped: `origin "https://evil.example" is not allowed`. */
  get message(): string {
    const instance = helper();
    const length = instance.writeLatin(this.bytes);
    return instance.output(instance.exports.denial_sentence(this.#number, length));
  }

  /** The sentence about a decision with this denial. @internal */
  sentenceOf(requestClass: RequestClass): string {
    return sentence(requestClass, this.#number, this.bytes);
  }

  toString(): string {
    return this.message;
  }
}

/** The engine's sentence about a decision. A denial of 0 is none. */
function sentence(requestClass: RequestClass, denial: number, bytes: string): string {
  const instance = helper();
  const length = instance.writeLatin(bytes);
  return instance.output(instance.exports.decision_sentence(vocabulary().classes.indexOf(requestClass), denial, length));
}

/** A whole response. */
export interface PreflightResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** What two merges of `Vary` have in common is remembered, because most responses of an application have the same. */
const merged = new Map<string, readonly string[]>();
/** More kinds of `Vary` than an application has, and few enough for an attacker who can choose some. */
const MERGED_MAX = 256;
const replaced = [new Map<string, boolean>(), new Map<string, boolean>()] as const;
const REPLACED_MAX = 1024;

/**
 * What to do with a request.
 *
 * Respond to a preflight with `preflightResponse()`; the application never sees it. Pass every other request on to the
 * application, allowed or not, and send its response with the headers that `merge()` returns. Denied means that the
 * page cannot read the response. It never means that you should refuse the request.
 */
export class Decision {
  /** `preflight`, `actual` or `plain`. */
  readonly class: RequestClass;
  /** Whether nothing was denied. */
  readonly allowed: boolean;
  /** Why the request is denied; null if it is allowed. */
  readonly denial: Denial | null;
  /** The status of the response to a preflight; null for every other request. */
  readonly status: number | null;
  /** The headers of the response, in a fixed order, `Vary` last. */
  readonly headers: readonly Header[];
  /** The value of `Vary` among the headers; empty if there is none. @internal */
  readonly vary: string;
  /** @internal */
  readonly replacesTiming: boolean;
  /** Which policies of a set decided; 0 for a single policy. @internal */
  readonly place: number;
  #kind: string | undefined;

  /** @internal */
  constructor(parts: {
    class: RequestClass;
    denial: Denial | null;
    status: number | null;
    headers: readonly Header[];
    replacesTiming: boolean;
    place: number;
  }) {
    this.class = parts.class;
    this.allowed = parts.denial === null;
    this.denial = parts.denial;
    this.status = parts.status;
    this.headers = parts.headers;
    const last = parts.headers[parts.headers.length - 1];
    this.vary = last !== undefined && last[0] === 'Vary' ? last[1] : '';
    this.replacesTiming = parts.replacesTiming;
    this.place = parts.place;
  }

  /** One sentence for people: whether the request is allowed or why not, and what follows from it. */
  get sentence(): string {
    return this.denial === null ? sentence(this.class, 0, '') : this.denial.sentenceOf(this.class);
  }

  /** By what a log counts denials: there are few. @internal */
  get kind(): string {
    return (this.#kind ??= `${this.place} ${this.class} ${this.denial?.code}`);
  }

  /**
   * Whether a header of this name, in any case, must be removed from the application's response before the headers of
   * the decision are added.
   */
  replaces(name: string): boolean {
    const known = replaced[this.replacesTiming ? 1 : 0];
    let isReplaced = known.get(name);
    if (isReplaced === undefined) {
      const instance = helper();
      isReplaced = instance.exports.replaces(instance.writeLatin(name), this.replacesTiming ? 1 : 0) === 1;
      if (known.size < REPLACED_MAX) known.set(name, isReplaced);
    }
    return isReplaced;
  }

  /** The `Vary` lines to add to a response that has these. */
  missingVary(lines: readonly string[]): readonly string[] {
    if (this.vary === '') return [];
    if (lines.length === 0) return [this.vary];
    const theirs = lines.join(',');
    const key = `${theirs}\n${this.vary}`;
    let missing = merged.get(key);
    if (missing === undefined) {
      const instance = helper();
      const length = instance.writeLatin(theirs + this.vary);
      missing = instance.output(instance.exports.missing_vary(theirs.length, length)).split('\n').slice(0, -1);
      if (merged.size < MERGED_MAX && key.length < 1024) merged.set(key, missing);
    }
    return missing;
  }

  /**
   * The application's headers without its own CORS headers, with those of this decision, and with `Vary` merged. Headers
   * that stay are not changed.
   */
  merge(headers: Iterable<Header>): Header[] {
    const kept: Header[] = [];
    const vary: string[] = [];
    for (const header of headers) {
      if (this.replaces(header[0])) continue;
      if (header[0].toLowerCase() === 'vary') vary.push(header[1]);
      kept.push(header);
    }
    for (const header of this.headers) if (header[0] !== 'Vary') kept.push(header);
    for (const line of this.missingVary(vary)) kept.push(['Vary', line]);
    return kept;
  }

  /**
   * The whole response to a preflight. Its body is one line that gives the reason of a denial, if the status permits a
   * body.
   *
   * @throws TypeError for any other request
   */
  preflightResponse(): PreflightResponse {
    const { status } = this;
    if (status === null) {
      throw new TypeError(
        `preflightResponse() is for preflights, and this request is ${this.class}: pass it to the application, and the headers of its response to merge()`,
      );
    }
    // HTTP allows no body and no Content-Length with these.
    if (status === 204 || status === 205) return { status, headers: this.headers, body: '' };
    if (this.denial === null) return { status, headers: [...this.headers, ['Content-Length', '0']], body: '' };
    const body = `${this.denial.message}\n`;
    const plain: Header[] = [
      ['Content-Type', 'text/plain'],
      ['X-Content-Type-Options', 'nosniff'],
      ['Content-Length', String(body.length)],
    ];
    return { status, headers: [...this.headers, ...plain], body };
  }

  toString(): string {
    const status = this.status === null ? '' : ` ${this.status}`;
    return `Decision: ${this.class}${status}: ${this.denial === null ? 'allowed' : `denied: ${this.denial.message}`}`;
  }
}
