// CORS for everything that is a function from a `Request` to a `Response`: workers, Deno, Bun, Next's route handlers.

import { readerOf } from './fetch/reader.js';
import { serve } from './fetch/serve.js';
import type { CorsOptions as Options } from './options/cors.js';
import { CORS } from './options/dialect.js';
import { governorOf } from './options/settings.js';

/** The options of the package `cors`, and those that Corsac adds. */
export type CorsOptions = Options<Request>;
export type { OriginOption } from './options/cors.js';

/** A handler: what is behind the request is the runtime's own, and is passed on. */
export type Handler<Q extends Request, A extends unknown[]> = (request: Q, ...rest: A) => Response | PromiseLike<Response>;
/** A handler that a policy governs. */
export type Governed<Q extends Request, A extends unknown[]> = (request: Q, ...rest: A) => Promise<Response>;

/**
 * A handler that responds to preflights, and puts the policy's headers on every response of yours, errors included.
 *
 * ```js
 * export default { fetch: withCors({ origin: ['https://app.example.com'] }, (request) => new Response('hello')) };
 * ```
 *
 * Without a handler, it is a function that makes such handlers, all with the same policy.
 *
 * @throws PolicyError with everything that is wrong with the options
 * @throws TypeError if there is no `origin`
 */
export function withCors<Q extends Request, A extends unknown[]>(options: CorsOptions, handler: Handler<Q, A>): Governed<Q, A>;
export function withCors(options: CorsOptions): <Q extends Request, A extends unknown[]>(handler: Handler<Q, A>) => Governed<Q, A>;
export function withCors(options: CorsOptions, handler?: Handler<Request, unknown[]>): unknown {
  const governor = governorOf(readerOf<Request>((request) => request), options, CORS);
  const around = (inner: Handler<Request, unknown[]>): Governed<Request, unknown[]> => {
    if (typeof inner !== 'function') throw new TypeError('the handler must be a function from a Request to a Response');
    if (governor === null) return async (request, ...rest) => inner(request, ...rest);
    return (request, ...rest) => serve(governor, request, request, async () => inner(request, ...rest));
  };
  return handler === undefined ? around : around(handler);
}
