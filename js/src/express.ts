// CORS for Express 4 and 5, Connect, Nest's `app.use` and Next's API routes: the options of the package `cors`.

import { isThenable } from './governor.js';
import { Delegate, governorOf, type OptionsDelegate } from './node/settings.js';
import type { NodeRequest } from './node/reader.js';
import { serve, type Next } from './node/serve.js';
import type { NodeResponse } from './node/write_head.js';
import type { CorsOptions as Options } from './options/cors.js';

/** The options of the package `cors`, and those that Corsac adds. */
export type CorsOptions = Options<NodeRequest>;
export type { OptionsDelegate } from './node/settings.js';
export type { OriginOption } from './options/cors.js';

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
  if (typeof options === 'function') return delegated(options);
  const governor = governorOf(options);
  if (governor === null) return (_request, _response, next) => next();
  return (request, response, next) => serve(governor, request, response, next);
}

function delegated(choose: OptionsDelegate): Middleware {
  const delegate = new Delegate();
  return (request, response, next) => {
    let isDone = false;
    const proceed = (error: unknown, options?: CorsOptions): void => {
      if (isDone) return;
      isDone = true;
      if (error !== null && error !== undefined && error !== false) return next(error);
      let governor;
      try {
        governor = delegate.governor(options);
      } catch (refused) {
        return next(refused);
      }
      if (governor === null) return next();
      return serve(governor, request, response, next);
    };
    const returned = choose(request, proceed) as unknown;
    // An async function may fail before it calls back.
    if (isThenable(returned)) returned.then(undefined, proceed);
  };
}
