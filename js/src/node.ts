// CORS for node:http, node:https and node:http2's compatibility API.

import { NODE, type NodeRequest } from './node/reader.js';
import { serve } from './node/serve.js';
import type { NodeResponse } from './node/write_head.js';
import type { CorsOptions as Options } from './options/cors.js';
import { CORS } from './options/dialect.js';
import { governorOf } from './options/settings.js';

/** The options of the package `cors`, and those that Corsac adds. */
export type CorsOptions = Options<NodeRequest>;

/** A listener of a server. */
export type Listener<Q extends NodeRequest, S extends NodeResponse> = (request: Q, response: S) => unknown;

/**
 * A listener that responds to preflights, and calls yours for every other request.
 *
 * ```js
 * createServer(withCors({ origin: ['https://app.example.com'] }, (request, response) => response.end('hello')));
 * ```
 *
 * @throws PolicyError with everything that is wrong with the options
 * @throws TypeError if there is no `origin`
 */
export function withCors<Q extends NodeRequest, S extends NodeResponse>(options: CorsOptions, listener: Listener<Q, S>): Listener<Q, S> {
  const governor = governorOf(NODE, options, CORS);
  if (governor === null) return listener;
  return (request, response) => {
    serve(governor, request, response, (error) => {
      if (error === undefined) {
        listener(request, response);
      } else {
        response.statusCode = 500;
        response.end();
      }
    });
  };
}
