// CORS for Express 4 and 5, Connect, Nest's `app.use` and Next's API routes: the options of the package `cors`.

import { Delegate } from './delegate.js';
import { NODE, type NodeRequest } from './node/reader.js';
import { serve, type Next } from './node/serve.js';
import type { NodeResponse } from './node/write_head.js';
import type { CorsOptions as Options } from './options/cors.js';
import { CORS } from './options/dialect.js';
import { governorOf } from './options/settings.js';

/** The options of the package `cors`, and those that Corsac adds. */
export type CorsOptions = Options<NodeRequest>;
export type { OriginOption } from './options/cors.js';

/** Chooses the options for each request: `cors((request, callback) => callback(null, options))`. */
export type OptionsDelegate = (request: NodeRequest, callback: (error: unknown, options?: CorsOptions) => void) => void;

/** A middleware of Express. */
export type Middleware = (request: NodeRequest, response: NodeResponse, next: Next) => void;

/**
 * A middleware that responds to preflights, and puts the policy's headers on every response, errors included.
 *
 * Use it before everything else, above all before authentication: a preflight has no credentials.
 *
 * @throws PolicyError with everything that is wrong with the options
 * @throws TypeError if there is no `origin`
 */
export default function cors(options?: CorsOptions | OptionsDelegate): Middleware {
  const make = (given: object | undefined) => governorOf(NODE, given, CORS);
  if (typeof options === 'function') {
    const delegate = new Delegate(make);
    return (request, response, next) => {
      delegate.ask(options, request, (error, governor) => {
        if (governor === null) next(error);
        else serve(governor, request, response, next);
      });
    };
  }
  const governor = make(options);
  if (governor === null) return (_request, _response, next) => next();
  return (request, response, next) => serve(governor, request, response, next);
}
