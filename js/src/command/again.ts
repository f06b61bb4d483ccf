// `corsac probe --twice`: sends the questions that show whether a cache mixes up pages.

import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CapturedResponse } from '../explain.js';
import { askedAgain, type Again } from '../explain/twice.js';

/** Five requests a second are polite to a server that is not the user's own machine. */
const PAUSE = 200;
/** The parameter that makes a URL new to every cache. */
const PARAMETER = 'corsac-probe';
/** `randomInt` takes no more. */
const RANDOM_MAX = 2 ** 48 - 1;

/** A request of the browser, less its Origin. */
export interface Asked {
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * Asks the URL again, for the page, without `Origin`, and for an origin that is made up. No redirect is followed.
 *
 * @param send sends one request; what it throws is the end
 */
export async function askAgain(
  page: string,
  asked: Asked,
  styles: boolean,
  send: (url: string, headers: Asked['headers']) => Promise<CapturedResponse>,
): Promise<Again> {
  const random = randomInt(RANDOM_MAX);
  const taken: CapturedResponse[] = [];
  let again = askedAgain(page, random, taken, styles);
  while (again.next !== null) {
    const url = new URL(asked.url);
    if (!isOwn(url.hostname)) await sleep(PAUSE);
    url.searchParams.append(PARAMETER, again.next.token);
    const { origin } = again.next;
    taken.push(await send(url.href, [...(origin === null ? [] : [['Origin', origin] as const]), ...asked.headers]));
    again = askedAgain(page, random, taken, styles);
  }
  return again;
}

function isOwn(host: string): boolean {
  return /^(?:.+\.)?localhost$|^127\.|^\[::1\]$/.test(host);
}
