// How the packages that people come from call the options of a policy, and what they mean where an option is left out.

import { finding, type Finding } from '../finding.js';

/** A function of the user that decides about an origin. */
export type Ask = (...values: unknown[]) => unknown;

/** A package's options. */
export interface Dialect<R> {
  /** What it calls the options of a policy. */
  readonly names: Readonly<Record<string, string>>;
  /** The methods that are allowed where none are given. */
  readonly methods: string;
  /** An older name of the option for request headers. */
  readonly olderHeaders?: string;
  /** An empty list of request headers means every header, as if it were left out. */
  readonly isEmptyEvery?: boolean;
  /** Options that the adapter reads itself. */
  readonly others: readonly string[];
  /** Options that are understood and cannot be followed, with what to do instead. */
  readonly refusals?: (options: Readonly<Record<string, unknown>>) => readonly Finding[];
  /** Calls the function of the user. Left out: it is called with the origin, a callback and the request, as in `cors`. */
  readonly call?: (ask: Ask, origin: string, request: R) => unknown;
}

const ALL = 'GET,HEAD,PUT,PATCH,POST,DELETE';
/** What a browser lets pass without a list, and @fastify/cors lists. */
const SAFELISTED = 'GET,HEAD,POST';

const OF_CORS = {
  allow_origins: 'origin',
  allow_methods: 'methods',
  allow_headers: 'allowedHeaders',
  expose_headers: 'exposedHeaders',
  allow_credentials: 'credentials',
  max_age: 'maxAge',
  preflight_status: 'optionsSuccessStatus',
} as const;

/** @koa/cors and hono/cors. */
const OF_KOA_AND_HONO = {
  allow_origins: 'origin',
  allow_methods: 'allowMethods',
  allow_headers: 'allowHeaders',
  expose_headers: 'exposeHeaders',
  allow_credentials: 'credentials',
  max_age: 'maxAge',
} as const;

/** The package `cors`. */
export const CORS: Dialect<unknown> = { names: OF_CORS, methods: ALL, olderHeaders: 'headers', others: [] };

/** @fastify/cors. */
export const FASTIFY: Dialect<unknown> = {
  names: OF_CORS,
  methods: SAFELISTED,
  others: ['preflight', 'strictPreflight', 'hideOptionsRoute', 'logLevel', 'cacheControl', 'hook'],
  refusals: ({ hook }) =>
    hook === undefined || hook === 'onRequest'
      ? []
      : [refusal('hook', 'the policy decides in onRequest, because a preflight has no credentials and must come before authentication', 'remove hook')],
};

/** @koa/cors. */
export const KOA: Dialect<unknown> = {
  names: { ...OF_KOA_AND_HONO, allow_private_network: 'privateNetworkAccess' },
  methods: ALL,
  isEmptyEvery: true,
  others: ['keepHeadersOnError', 'secureContext'],
  refusals: ({ keepHeadersOnError, secureContext }) => [
    ...(keepHeadersOnError === undefined || keepHeadersOnError === true
      ? []
      : [refusal('keepHeadersOnError', 'every response has the headers of the policy, because a page could not tell an error from a denial otherwise', 'remove keepHeadersOnError')]),
    ...(secureContext === undefined || secureContext === false
      ? []
      : [refusal('secureContext', 'this is not CORS', 'set Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy in a middleware of your own')]),
  ],
  call: (ask, _origin, context) => ask(context),
};

/** hono/cors. */
export const HONO: Dialect<unknown> = {
  names: OF_KOA_AND_HONO,
  methods: ALL,
  isEmptyEvery: true,
  others: [],
  refusals: ({ allowMethods }) =>
    typeof allowMethods === 'function'
      ? [refusal('allowMethods', 'the methods cannot be a function', 'list the methods of each path with policies: [{ path: "/open", allowMethods: ["GET"], ... }]')]
      : [],
  call: (ask, origin, context) => ask(origin, context),
};

function refusal(field: string, message: string, suggestion: string): Finding {
  return finding({ code: 'not-supported', field, message, suggestion });
}
