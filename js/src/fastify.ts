// CORS for Fastify 5, as a plugin: the options of @fastify/cors.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Decision } from './decision.js';
import { Delegate, type Choose } from './delegate.js';
import type { Governor } from './governor.js';
import type { Logger } from './log.js';
import { readerOf } from './node/reader.js';
import { serve } from './node/serve.js';
import { beforeHeaders, writeDecision, type OnReplaced } from './node/write_head.js';
import type { CorsOptions as Options } from './options/cors.js';
import { FASTIFY } from './options/dialect.js';
import { governorOf } from './options/settings.js';

/** What this package needs of Fastify's request. */
export interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly ip: string;
  readonly headers: IncomingMessage['headers'];
  readonly routeOptions: { readonly config?: object };
}

/** What a route says about CORS, in its `config`. */
interface RouteConfig {
  readonly cors?: false | object;
}

interface Reply {
  readonly raw: ServerResponse;
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body?: string): unknown;
  callNotFound(): unknown;
}

/** The options of @fastify/cors, and those that Corsac adds. */
export interface CorsOptions extends Options<FastifyRequest> {
  /** `false` passes preflights on, as `preflightContinue` does. */
  readonly preflight?: boolean;
  /** Without effect: the application gets each `OPTIONS` that is not a preflight. */
  readonly strictPreflight?: boolean;
  /** `Cache-Control` of responses to preflights: a number of seconds for `max-age`, or the whole value. */
  readonly cacheControl?: number | string;
  /** Whether @fastify/swagger leaves out the route that lets preflights in. */
  readonly hideOptionsRoute?: boolean;
  /** The log level of that route. */
  readonly logLevel?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly hook?: 'onRequest';
  /** Chooses the options of each request. It calls back, or returns a promise if it has one parameter. */
  delegator?(request: FastifyRequest, callback: (error: Error | null, options?: CorsOptions) => void): unknown;
}

const READER = readerOf<FastifyRequest>((request) => request.raw, {
  // The router sees what `rewriteUrl` made of it.
  rawPath: (request) => request.raw.url ?? '/',
  client: (request) => request.ip,
});

/**
 * A plugin that responds to preflights, and puts the policy's headers on every response, errors and 404s included.
 *
 * Register it before everything else, above all before authentication: a preflight has no credentials. It belongs to the
 * instance on which you register it, and to what is registered there.
 *
 * `fastify` is any instance: its type has five parameters, which only Fastify's own types could name.
 *
 * @throws PolicyError with everything that is wrong with the options, when the server starts
 * @throws TypeError if there is no `origin`
 */
export default function cors(fastify: any, options: CorsOptions, done: (error?: Error) => void): void {
  try {
    install(fastify as Instance, options);
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}

// The hook is for the instance on which the plugin is registered, not for a child of its own.
Object.assign(cors, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'corsac',
  [Symbol.for('plugin-meta')]: { name: 'corsac', fastify: '5.x' },
});

interface Instance {
  readonly prefix: string;
  readonly log: PinoLike;
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: Reply, done: (error?: unknown) => void) => void): void;
  addHook(name: 'onRoute', hook: (route: { readonly config?: RouteConfig }) => void): void;
  hasRoute(route: { url: string; method: string }): boolean;
  options(path: string, settings: object, handler: (request: FastifyRequest, reply: Reply) => void): void;
}

function install(fastify: Instance, given: CorsOptions): void {
  // `register(cors, () => delegator)`: Fastify's types have no place for it.
  const { delegator, ...options } = typeof given === 'function' ? { delegator: given as NonNullable<CorsOptions['delegator']> } : given;
  const make = (one: object | undefined): Governor<FastifyRequest> | null => governorOf(READER, completed(one, fastify), FASTIFY);
  const delegate = new Delegate(make);
  const fixed = delegator === undefined ? make(options) : null;
  if (delegator !== undefined) checkNoPolicy(options);
  /** What a route says about itself. */
  const ofRoute = (own: object): Governor<FastifyRequest> | null => {
    if (delegator !== undefined) throw new TypeError('config.cors of a route has no effect with a delegator: choose its options in the delegator');
    return delegate.governor({ ...options, ...own });
  };

  // A wrong policy stops the start, not the first request.
  fastify.addHook('onRoute', ({ config }) => {
    if (typeof config?.cors === 'object') ofRoute(config.cors);
  });
  fastify.addHook('onRequest', (request, reply, proceed) => {
    const own = (request.routeOptions.config as RouteConfig | undefined)?.cors;
    if (own === false) return proceed();
    const governed = (error: unknown, governor: Governor<FastifyRequest> | null): void => {
      if (governor === null) proceed(error);
      else serve(governor, request, reply.raw, proceed, (decision, onReplaced) => respond(reply, decision, onReplaced, options.cacheControl));
    };
    if (delegator !== undefined) return delegate.ask(delegator as Choose<FastifyRequest>, request, governed);
    let governor;
    try {
      governor = own === undefined ? fixed : ofRoute(own);
    } catch (error) {
      return governed(error, null);
    }
    return governed(undefined, governor);
  });

  // Hooks of a child instance run only where there is a route, so preflights need one. An application that responds to them
  // has routes of its own.
  const isContinued = options.preflightContinue === true || options.preflight === false;
  if (isContinued || fastify.hasRoute({ url: `${fastify.prefix === '' ? '/' : fastify.prefix}*`, method: 'OPTIONS' })) return;
  const settings = { schema: { hide: options.hideOptionsRoute ?? true }, ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }) };
  fastify.options('*', settings, (_request, reply) => reply.callNotFound());
}

/** Options of a policy have no effect where a function chooses them. */
function checkNoPolicy(options: CorsOptions): void {
  const known: readonly string[] = FASTIFY.others;
  const lost = Object.entries(options).find(([name, value]) => value !== undefined && !known.includes(name))?.[0];
  if (lost !== undefined) throw new TypeError(`${lost} has no effect with a delegator: write it into the options that the delegator chooses`);
}

function completed(options: object | undefined, fastify: Instance): object | undefined {
  if (typeof options !== 'object' || options === null) return options;
  const { origin, preflight, preflightContinue, logger } = options as CorsOptions;
  return {
    ...options,
    // @fastify/cors calls it on the instance.
    ...(typeof origin === 'function' ? { origin: origin.bind(fastify) } : {}),
    ...(preflight === false ? { preflightContinue: true } : preflightContinue === undefined ? {} : { preflightContinue }),
    logger: logger ?? loggerOf(fastify.log),
  };
}

function respond(reply: Reply, decision: Decision, onReplaced: OnReplaced, cacheControl: number | string | undefined): void {
  // The hooks of `onSend` may still add headers.
  beforeHeaders(reply.raw, () => writeDecision(reply.raw, decision, onReplaced));
  const { status, headers, body } = decision.preflightResponse();
  reply.code(status);
  for (const [name, value] of headers.slice(decision.headers.length)) reply.header(name, value);
  if (cacheControl !== undefined) reply.header('Cache-Control', typeof cacheControl === 'number' ? `max-age=${cacheControl}` : cacheControl);
  if (body === '') reply.send();
  else reply.send(body);
}

/** Fastify's logger, pino in most cases. */
type PinoLike = Record<'error' | 'warn' | 'info' | 'debug', (first: unknown, message?: string) => void> & { readonly level?: string };

/** Fastify's logger; undefined where the server has none. What the policy has to say goes to the console then. */
function loggerOf(log: PinoLike): Logger | undefined {
  if (log.level === undefined) return undefined;
  return {
    error: (message, cause) => (cause === undefined ? log.error(message) : log.error({ err: cause }, message)),
    warn: (message) => log.warn(message),
    info: (message) => log.info(message),
    debug: (message) => log.debug(message),
  };
}
