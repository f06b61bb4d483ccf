// Reads requests of node:http, and of everything that is built on it.

import type { IncomingMessage } from 'node:http';
import { linesOf } from '../engine/headers.js';
import type { Line } from '../engine/instance.js';
import type { Reader } from '../governor.js';

/** A request, with what Express and Connect add to it. */
export type NodeRequest = IncomingMessage & { readonly originalUrl?: string };

function header(request: NodeRequest, name: string): string | undefined {
  const { headers } = request;
  // Not an inherited one: a polluted prototype must not make an origin.
  if (!Object.hasOwn(headers, name)) return undefined;
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

export const NODE: Reader<NodeRequest> = {
  method: (request) => request.method ?? 'GET',
  origin: (request) => header(request, 'origin'),
  // Node joins the lines of a header; the raw ones are as they came.
  lines: (request): Line[] => linesOf(Array.isArray(request.rawHeaders) && request.rawHeaders.length > 0 ? request.rawHeaders : request.headers),
  // A router that is mounted on a path changes `url`.
  rawPath: (request) => request.originalUrl ?? request.url ?? '/',
  client: (request) => request.socket?.remoteAddress,
  fetchSite: (request) => header(request, 'sec-fetch-site'),
  hasCredentials: (request) => header(request, 'cookie') !== undefined || header(request, 'authorization') !== undefined,
  isGone: (request) => request.socket?.destroyed ?? false,
};

/** A reader of requests in which a message of node:http is. */
export function readerOf<R>(message: (request: R) => NodeRequest, others: Partial<Reader<R>>): Reader<R> {
  return {
    method: (request) => NODE.method(message(request)),
    origin: (request) => NODE.origin(message(request)),
    lines: (request) => NODE.lines(message(request)),
    rawPath: (request) => NODE.rawPath(message(request)),
    client: (request) => NODE.client(message(request)),
    fetchSite: (request) => NODE.fetchSite(message(request)),
    hasCredentials: (request) => NODE.hasCredentials(message(request)),
    isGone: (request) => NODE.isGone(message(request)),
    ...others,
  };
}
