// The check of an application against a policy: what to send, and what the responses mean. The caller sends.

import { begin, call, end } from './module.js';
import type { HeaderList, PerProfile } from './data.js';

/** What a check found, with one request that shows it: a finding of `corsac verify --format json`. */
export interface LiveFinding {
  /** A stable code of docs/errors.md. */
  readonly code: string;
  /** `broken`: a browser refuses what the policy lists, or shares what it does not list. */
  readonly severity: 'broken' | 'warning';
  readonly url: string;
  readonly path: string;
  /** One sentence: what happens. */
  readonly message: string;
  /** The page's origin. */
  readonly origin: string;
  readonly method: string;
  /** The names of the headers that the script sets. */
  readonly headers: readonly string[];
  /** Whether it is about requests with credentials only. */
  readonly credentials: boolean;
  /** What the policy promises. null: this is not about one response. */
  readonly expected: 'shared' | 'refused' | null;
  readonly verdict: PerProfile<'shared' | 'refused' | 'unknown'> | null;
  readonly blocked_by: string | null;
  /** The likely mistake behind it. */
  readonly cause: string | null;
  /** The requests as command lines. */
  readonly curl: readonly string[];
  readonly responses: readonly { readonly at: 'preflight' | 'response'; readonly status: number; readonly headers: HeaderList }[];
  readonly fix: string;
  readonly stacks: readonly { readonly name: string; readonly is_guess: boolean; readonly text: string }[];
  /** How many questions show it. */
  readonly count: number;
  /** What each of them is about: path, origin, method, headers. */
  readonly subjects: readonly string[];
  readonly see: string;
}

/** What `corsac verify --format json` prints. */
export interface LiveReport {
  readonly outcome: 'kept' | 'broken' | 'incomplete';
  readonly sent: number;
  readonly planned: number;
  readonly layers: readonly {
    readonly url: string;
    readonly asked: readonly { readonly about: string; readonly questions: number; readonly broken: number; readonly warnings: number }[];
    readonly findings: readonly LiveFinding[];
    readonly looks_like: readonly string[];
    readonly not_tried: readonly { readonly what: string; readonly why: string }[];
  }[];
}

/** A request to send. */
export interface LiveAsk {
  readonly url: string;
  readonly method: string;
  readonly headers: HeaderList;
  /** Browsers put nothing secret into a preflight. */
  readonly is_preflight: boolean;
}

let last = 0;

/** A check that goes on. End it with `finished`, or with `abandon` where sending fails. */
export class LiveCheck {
  readonly #id = (last += 1);

  /**
   * @param image the policy's
   * @throws ExplainError if the stack is not known, or the URL is not one that a script can request
   */
  constructor(image: Uint8Array, url: URL, options: { readonly stacks: readonly string[]; readonly secrets: readonly string[]; readonly sendUnsafe: boolean }) {
    const { stacks, secrets, sendUnsafe } = options;
    const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
    // What a number of JavaScript can hold.
    const random = (high % 2 ** 21) * 2 ** 32 + low;
    begin();
    try {
      call('live_begin', { id: this.#id, url: url.href, random, send_unsafe: sendUnsafe, secrets, shape: shape(stacks) }, image);
    } catch (error) {
      end();
      throw error;
    }
  }

  /** What to send next, after the response to the last request. null: everything was asked. */
  next(taken: { readonly status: number; readonly headers: HeaderList } | null): LiveAsk | null {
    return call<{ next: LiveAsk | null }>('live_next', { id: this.#id, taken }).next;
  }

  /** Ends the check without a report. */
  abandon(): void {
    try {
      this.finished();
    } catch {
      // The module failed, and the check with it.
    }
  }

  /** What was found. */
  finished(): { readonly report: LiveReport; readonly text: string; readonly isBroken: boolean } {
    end();
    const { json, text, is_broken: isBroken } = call<{ json: string; text: string; is_broken: boolean }>('live_end', { id: this.#id, shape: shape([]) });
    return { report: JSON.parse(json) as LiveReport, text, isBroken };
  }
}

const shape = (stacks: readonly string[]): object => ({ stacks, secrets: false, styles: false });
