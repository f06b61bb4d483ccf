// CORS for Koa 3: the options of @koa/cors.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { readerOf } from './node/reader.js';
import { respondToPreflight, serve } from './node/serve.js';
import { KOA } from './options/dialect.js';
import type { StaticOrigin } from './options/origin.js';
import type { OwnOptions } from './options/own.js';
import { governorOf } from './options/settings.js';

/** What this package needs of Koa's context. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly originalUrl: string;
  readonly ip: string;
}

/** The options of @koa/cors, and those that Corsac adds. */
export interface CorsOptions<C = KoaContext> extends OwnOptions {
  /** Whose pages may read responses. There is no default: write `'*'` for a public API without cookies. */
  readonly origin?: StaticOrigin | ((context: C) => StaticOrigin | PromiseLike<StaticOrigin>);
  readonly allowMethods?: string | readonly string[];
  /** Left out: every header. */
  readonly allowHeaders?: string | readonly string[];
  readonly exposeHeaders?: string | readonly string[];
  readonly credentials?: boolean;
  readonly maxAge?: number | string;
  readonly privateNetworkAccess?: boolean;
  readonly keepHeadersOnError?: true;
}

/** A middleware of Koa. */
export type Middleware<C = KoaContext> = (context: C, next: () => Promise<unknown>) => Promise<unknown>;

/**
 * A middleware that responds to preflights, and puts the policy's headers on every response, errors included.
 *
 * Use it before everything else, above all before authentication: a preflight has no credentials.
 *
 * @throws PolicyError with everything that is wrong with the options
 * @throws TypeError if there is no `origin`
 */
export default function cors<C extends KoaContext = KoaContext>(options?: CorsOptions<C>): Middleware<C> {
  const reader = readerOf<C>((context) => context.req, { rawPath: (context) => context.originalUrl, client: (context) => context.ip });
  const governor = governorOf(reader, options, KOA);
  if (governor === null) return (_context, next) => next();
  return (context, next) =>
    new Promise((resolve, reject) => {
      const proceed = (error?: unknown): void => (error === undefined ? resolve(next()) : reject(error));
      serve(governor, context, context.res, proceed, (decision, onReplaced) => {
        // Koa writes nothing more to a response that has ended.
        respondToPreflight(context.res, decision, onReplaced);
        resolve(undefined);
      });
    });
}
