// CORS for Hono 4, in every runtime: the options of hono/cors.

import { readerOf } from './fetch/reader.js';
import { serve } from './fetch/serve.js';
import { HONO } from './options/dialect.js';
import type { StaticOrigin } from './options/origin.js';
import type { OwnOptions } from './options/own.js';
import { governorOf } from './options/settings.js';

/** What this package needs of Hono's context. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
  get res(): Response;
  set res(response: Response | undefined);
}

/** The options of hono/cors, and those that Corsac adds. */
export interface CorsOptions<C = HonoContext> extends OwnOptions {
  /** Whose pages may read responses. There is no default: write `'*'` for a public API without cookies. */
  readonly origin?: StaticOrigin | ((origin: string, context: C) => StaticOrigin | PromiseLike<StaticOrigin>);
  readonly allowMethods?: readonly string[];
  /** Left out, or empty: every header. */
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly credentials?: boolean;
  readonly maxAge?: number;
}

/** A middleware of Hono. */
export type Middleware<C = HonoContext> = (context: C, next: () => Promise<void>) => Promise<void>;

/**
 * A middleware that responds to preflights, and puts the policy's headers on every response, errors included.
 *
 * Use it before everything else, above all before authentication: a preflight has no credentials.
 *
 * @throws PolicyError with everything that is wrong with the options
 * @throws TypeError if there is no `origin`
 */
export function cors<C extends HonoContext = HonoContext>(options?: CorsOptions<C>): Middleware<C> {
  const governor = governorOf(readerOf<C>((context) => context.req.raw), options, HONO);
  if (governor === null) return (_context, next) => next();
  return async (context, next) => {
    let theirs: Response | undefined;
    const response = await serve(governor, context, context.req.raw, async () => {
      await next();
      theirs = context.res;
      return theirs;
    });
    if (response === theirs) return;
    // Hono merges the headers of a response that is replaced, so that the application's own would come back.
    context.res = undefined;
    context.res = response;
  };
}
