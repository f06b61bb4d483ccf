// Reads requests of the Fetch standard.

import type { Line } from '../engine/instance.js';
import { vocabulary } from '../engine/vocabulary.js';
import type { Reader } from '../governor.js';

/** What is behind scheme and authority. A runtime has parsed the URL, so it is absolute. */
function pathOf(url: string): string {
  const at = url.indexOf('/', url.indexOf('://') + 3);
  return at < 0 ? '/' : url.slice(at);
}

/** A reader of requests in which a `Request` is. */
export function readerOf<R>(raw: (request: R) => Request): Reader<R> {
  return {
    method: (request) => raw(request).method,
    origin: (request) => raw(request).headers.get('origin') ?? undefined,
    // The runtime has joined the lines of a header. The engine reads them as one list.
    lines: (request): Line[] =>
      vocabulary().readHeaders.flatMap((name, number) => {
        const value = raw(request).headers.get(name);
        return value === null ? [] : [[number, value] as const];
      }),
    rawPath: (request) => pathOf(raw(request).url),
    // Each runtime has its own place for it, and a header can be forged.
    client: () => undefined,
    fetchSite: (request) => raw(request).headers.get('sec-fetch-site') ?? undefined,
    hasCredentials: (request) => raw(request).headers.has('cookie') || raw(request).headers.has('authorization'),
    // Not every runtime has a signal on its requests.
    isGone: (request) => (raw(request) as Partial<Request>).signal?.aborted ?? false,
  };
}
