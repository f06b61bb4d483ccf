// Whether a cache mixes up pages: what to ask, and what the responses say together. The caller sends.

import { call } from './module.js';
import type { CapturedResponse } from './data.js';

/** What to ask, and what is known so far. */
export interface Again {
  /** The value of a query parameter that makes the URL new to every cache, and the page's `Origin` or none. null: ask no more. */
  readonly next: { readonly token: string; readonly origin: string | null } | null;
  /** What was asked and what it means. */
  readonly text: string;
  readonly mixed: 'yes' | 'possible' | 'no' | 'unknown';
}

/**
 * What to ask after these responses.
 *
 * @param random a number that no run had before
 */
export function askedAgain(page: string, random: number, taken: readonly CapturedResponse[], styles: boolean): Again {
  const responses = taken.map(({ status, headers = [] }) => ({ status, headers }));
  return call<Again>('twice', { page, random, taken: responses, shape: { stacks: [], secrets: false, styles } });
}
