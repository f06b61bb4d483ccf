// For test suites: may a page at this origin call this endpoint?

import { explainExchange, nextRequest, type Exchange, type ExplainedExchange, type Hop, type NextRequest, type ScriptRequest } from './explain.js';
import { CorsAssertionError } from './testing/assertion.js';
import { open, type Client } from './testing/clients.js';
import type { Sender } from './testing/sending.js';
import { BASE } from './testing/verify.js';

export { CorsAssertionError } from './testing/assertion.js';
export { verify, type VerifyOptions } from './testing/verify.js';
export type { LiveFinding } from './explain/live.js';
export type { Client, FetchHandler, InjectClient, SupertestClient } from './testing/clients.js';
export type { Server } from './testing/server.js';

/** What the script of a page does. */
export interface CallOptions {
  /** The page's origin: `https://app.example.com`. */
  readonly origin: string;
  readonly method?: string;
  /** What the script adds. They decide whether a preflight is needed. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the script passes to `fetch`. */
  readonly credentials?: 'omit' | 'same-origin' | 'include';
  /** The value of `Cookie` that the browser has for the server. It is sent if `credentials` is `include`. */
  readonly cookie?: string;
  readonly body?: string;
}

/**
 * Asserts that a script of a page at `origin` may read the response, in every browser.
 *
 * ```js
 * await assertCorsAllows(app, '/orders/7', { origin: 'https://app.example.com', method: 'PUT', credentials: 'include' });
 * ```
 *
 * Your client sends what a browser would send, and the browser model says what a browser would do with the responses. If a
 * browser needs a preflight, it is sent first, without cookies. Redirects are followed as a browser follows them. If the
 * preflight fails in every browser, the request is not sent.
 *
 * @param client supertest's `request(app)`, an application of Express or Koa, a server of `node:http`, an instance of Fastify
 *   or anything with its `inject`, or a function from a `Request` to a `Response`: a handler, `fetch`, an application of Hono, a worker
 * @param url absolute, or a path: then the server is `https://server.test`, whatever it is
 * @throws CorsAssertionError if a browser blocks the request. Its message names each one, the cause and the fix.
 */
export async function assertCorsAllows(client: Client, url: string, options: CallOptions): Promise<ExplainedExchange> {
  const explained = await converse(client, url, options);
  const { verdict, throws } = explained.diagnosis;
  if (throws !== null || Object.values(verdict).some((one) => one !== 'allowed')) {
    throw new CorsAssertionError(`a page at ${options.origin} may not read ${options.method ?? 'GET'} ${url}\n${explained.text}`);
  }
  return explained;
}

/**
 * Asserts that no browser lets a script of a page at `origin` read the response. Parameters are those of `assertCorsAllows`.
 *
 * @throws CorsAssertionError if a browser does. Its message names it.
 */
export async function assertCorsDenies(client: Client, url: string, options: CallOptions): Promise<ExplainedExchange> {
  const explained = await converse(client, url, options);
  const readers = Object.entries(explained.diagnosis.verdict).flatMap(([profile, one]) => (one === 'allowed' ? [profile] : []));
  if (readers.length > 0) {
    throw new CorsAssertionError(`a page at ${options.origin} may read ${options.method ?? 'GET'} ${url} in ${readers.join(', ')}`);
  }
  return explained;
}

/** Sends what a browser would send, and explains the responses. */
async function converse(client: Client, url: string, options: CallOptions): Promise<ExplainedExchange> {
  const sender = await open(client);
  try {
    return await exchanged(sender, url, options);
  } finally {
    await sender.close();
  }
}

/** One request after the other. */
async function exchanged(sender: Sender, url: string, options: CallOptions): Promise<ExplainedExchange> {
  const { origin, method = 'GET', headers = {}, credentials = 'same-origin', cookie, body } = options;
  const request: ScriptRequest = { origin, url: new URL(url, BASE).href, method, headers: Object.entries(headers), credentials };
  const hops: Hop[] = [];
  let exchange: Exchange = { request };
  for (;;) {
    const next: NextRequest | null = nextRequest(exchange);
    if (next === null) return explainExchange(exchange);
    const isScripts = !next.is_preflight;
    const response = await sender.send({
      method: next.method,
      url: new URL(next.url),
      headers: [...next.headers, ...(isScripts && credentials === 'include' && cookie !== undefined ? [['Cookie', cookie] as const] : [])],
      // A redirect that changes the method drops the body.
      body: isScripts && next.method === method ? body : undefined,
    });
    hops[next.hop] = { ...hops[next.hop], url: next.url, [next.is_preflight ? 'preflight' : 'response']: response };
    exchange = { request, hops: [...hops] };
  }
}
