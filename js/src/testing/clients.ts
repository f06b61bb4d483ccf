// Sends a request through the client of a test suite. None of them has to be installed.

import type { Received, Sender, Sending } from './sending.js';
import { serve, type Server } from './server.js';

/** A function from a `Request` to a `Response`, or an object that has one as `fetch`: Hono's application, a worker. */
export type FetchHandler = ((request: Request) => Response | PromiseLike<Response>) | { fetch(request: Request): Response | PromiseLike<Response> };

type NodeHeaders = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** An instance of Fastify, or anything that light-my-request serves. */
export interface InjectClient {
  inject(options: never): PromiseLike<{ readonly statusCode: number; readonly headers: NodeHeaders }>;
}

/** A request of supertest. */
interface SupertestRequest extends PromiseLike<{ readonly status: number; readonly headers: NodeHeaders }> {
  set(name: string, value: string): unknown;
  redirects(most: number): unknown;
  send(body: string): unknown;
}

/** What supertest's `request(app)` returns. */
export interface SupertestClient {
  get(url: string): unknown;
  options(url: string): unknown;
}

export type Client = FetchHandler | InjectClient | SupertestClient | Server;

/**
 * Makes a client ready. A server of Node listens until you close it.
 *
 * @throws TypeError if the client is none that is known
 */
export async function open(client: Client): Promise<Sender> {
  const close = async (): Promise<void> => undefined;
  if (has(client, 'inject')) return { send: (sending) => throughInject(client, sending), close };
  if (has(client, 'fetch')) {
    return { send: (sending) => throughFetch((request) => (client as Exclude<FetchHandler, (request: Request) => unknown>).fetch(request), sending), close };
  }
  // An application of Express is a function.
  if (has(client, 'listen')) return serve(client as Server);
  if (typeof client === 'function') return { send: (sending) => throughFetch(client, sending), close };
  if (has(client, 'get') && has(client, 'options')) return { send: (sending) => throughSupertest(client, sending), close };
  throw new TypeError(
    "the client must be supertest's request(app), an application of Express or Koa, a server of node:http, an object with inject() or fetch(), or a function from a Request to a Response",
  );
}

function has<Name extends string>(client: unknown, name: Name): client is Record<Name, (...values: never[]) => never> {
  const isThing = typeof client === 'function' || (typeof client === 'object' && client !== null);
  return isThing && typeof (client as unknown as Record<string, unknown>)[name] === 'function';
}

async function throughFetch(handler: (request: Request) => Response | PromiseLike<Response>, { method, url, headers, body }: Sending): Promise<Received> {
  const init = { method, headers: headers.map(([name, value]): [string, string] => [name, value]), redirect: 'manual' as const };
  const response = await handler(new Request(url, body === undefined ? init : { ...init, body }));
  // What is not read keeps a connection open.
  await response.body?.cancel();
  return { status: response.status, headers: [...response.headers] };
}

async function throughInject(client: InjectClient, { method, url, headers, body }: Sending): Promise<Received> {
  const options = { method, url: url.href, headers: Object.fromEntries(headers), ...(body === undefined ? {} : { payload: body }) };
  const { statusCode, headers: received } = await client.inject(options as never);
  return { status: statusCode, headers: pairsOf(received) };
}

async function throughSupertest(client: SupertestClient, { method, url, headers, body }: Sending): Promise<Received> {
  const make = (client as unknown as Record<string, ((path: string) => SupertestRequest) | undefined>)[method.toLowerCase()];
  if (make === undefined) throw new TypeError(`supertest cannot send ${method}`);
  const request = make.call(client, url.pathname + url.search);
  request.redirects(0);
  for (const [name, value] of headers) request.set(name, value);
  if (body !== undefined) request.send(body);
  const response = await request;
  return { status: response.status, headers: pairsOf(response.headers) };
}

function pairsOf(headers: NodeHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [value].flat().map((one): [string, string] => [name, String(one)])));
}
