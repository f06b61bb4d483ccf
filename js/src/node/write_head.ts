// Replaces the application's CORS headers when a response of Node begins: the one mechanism of Express, Koa, Fastify and
// node:http.
//
// Every way to begin a response ends in `writeHead` of the response itself, so that is where headers are final: those of
// error handlers, of static files, of streams, of 304. It is patched once for each response.

import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Decision, Header } from '../decision.js';

/** What this file needs of a response: that of node:http, and that of node:http2's compatibility API. */
export type NodeResponse = ServerResponse;

type WriteHead = (this: NodeResponse, ...args: unknown[]) => NodeResponse;

/**
 * Calls `apply` when the headers of a response are final, in front of what `writeHead` does.
 *
 * @param apply changes the headers that are set on the response
 */
export function beforeHeaders(response: NodeResponse, apply: (status: number) => void): void {
  const before = response.writeHead as unknown as WriteHead;
  const patched: WriteHead = function writeHead(this: NodeResponse, ...args) {
    const status = Number(args[0]);
    // An interim response is not the response. Node throws by itself if the headers are sent.
    if ((status >= 100 && status < 200) || this.headersSent) return before.apply(this, args);
    const current = this.writeHead;
    // Assigned and not deleted, because an object that loses a property is slow from then on.
    this.writeHead = before as unknown as NodeResponse['writeHead'];
    try {
      const [reason, headers] = typeof args[1] === 'string' ? [args[1], args[2]] : [undefined, args[1] ?? args[2]];
      setGiven(this, headers);
      apply(status);
      return reason === undefined ? before.call(this, args[0]) : before.call(this, args[0], reason);
    } catch (error) {
      // Nothing was sent, so an error handler may still write a response. It is governed, too.
      if (!this.headersSent) this.writeHead = current;
      throw error;
    }
  };
  response.writeHead = patched as unknown as NodeResponse['writeHead'];
}

/** Sets the headers that were given to `writeHead`, in any of its forms, as Node itself does where headers were set before. */
function setGiven(response: NodeResponse, headers: unknown): void {
  if (headers === undefined || headers === null) return;
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders)) {
      if (value !== undefined) response.setHeader(name, value);
    }
    return;
  }
  const pairs: readonly (readonly [string, OutgoingHttpHeader])[] = Array.isArray(headers[0])
    ? (headers as [string, OutgoingHttpHeader][])
    : flatPairs(headers as OutgoingHttpHeader[]);
  for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) append(response, name, value);
}

function flatPairs(flat: readonly OutgoingHttpHeader[]): [string, OutgoingHttpHeader][] {
  if (flat.length % 2 !== 0) throw new TypeError('the headers of writeHead are a list of names and values, so their number is even');
  const pairs: [string, OutgoingHttpHeader][] = [];
  for (let at = 0; at < flat.length; at += 2) pairs.push([String(flat[at]), flat[at + 1] as OutgoingHttpHeader]);
  return pairs;
}

function append(response: NodeResponse, name: string, value: OutgoingHttpHeader): void {
  const present = response.getHeader(name);
  if (present === undefined) response.setHeader(name, value);
  else response.setHeader(name, [present, value].flat().map(String));
}

/** The headers that are set on a response, one for each line. */
export function headersOf(response: NodeResponse): Header[] {
  return response.getHeaderNames().flatMap((name) => [response.getHeader(name) ?? []].flat().map((value): Header => [name, String(value)]));
}

/** Called with the name of each header of the application that a policy removes or changes. */
export type OnReplaced = (name: string) => void;

/** Removes the CORS headers of the application from a response, writes those of the decision, and merges `Vary`. */
export function writeDecision(response: NodeResponse, decision: Decision, onReplaced: OnReplaced): void {
  let vary: readonly string[] = [];
  for (const name of response.getHeaderNames()) {
    if (name === 'vary') {
      vary = [response.getHeader(name) ?? []].flat().map(String);
    } else if (decision.replaces(name)) {
      const value = String(response.getHeader(name));
      if (!decision.headers.some((header) => header[0].toLowerCase() === name && header[1] === value)) onReplaced(name);
      response.removeHeader(name);
    }
  }
  const requested: string[] = [];
  for (const [name, value] of decision.headers) {
    if (name === 'Vary') continue;
    // Only the names that a request asked for come in several lines.
    if (name === 'Access-Control-Allow-Headers') requested.push(value);
    response.setHeader(name, name === 'Access-Control-Allow-Headers' ? joined(requested) : value);
  }
  const missing = decision.missingVary(vary);
  if (missing.length > 0) response.setHeader('Vary', joined(vary.length === 0 ? missing : [...vary, ...missing]));
}

/** A single line is a text. */
function joined(lines: readonly string[]): string | string[] {
  return lines.length === 1 ? (lines[0] as string) : [...lines];
}
