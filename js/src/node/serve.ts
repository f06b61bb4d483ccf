// Serves one request of the Node family: responds to a preflight, or passes the request on and governs its response.

import type { OutgoingHttpHeaders } from 'node:http';
import type { Decision, Header } from '../decision.js';
import type { Governor } from '../governor.js';
import { isThenable } from '../governor.js';
import { beforeHeaders, headersOf, writeDecision, type NodeResponse, type OnReplaced } from './write_head.js';

/** On a response that a policy governs. A symbol of the registry, for other copies of this package. */
const GOVERNED = Symbol.for('corsac.governed');

/** Calls the application, or passes an error on to it. */
export type Next = (error?: unknown) => void;

/**
 * Decides about a request.
 *
 * @param respond responds to a preflight, with the headers of the decision in the place of those that are set
 * @param next passes the request on to the application
 */
export function serve<R>(
  governor: Governor<R>,
  request: R,
  response: NodeResponse,
  next: Next,
  respond: (decision: Decision, onReplaced: OnReplaced) => void = (decision, onReplaced) => respondToPreflight(response, decision, onReplaced),
): void {
  if (isGoverned(response)) {
    governor.log.once('warn', 'twice', () => 'a second policy has no effect, because an outer one decides about this request already: choose between them by path, with policies');
    next();
    return;
  }
  const decided = governor.decide(request);
  if (isThenable(decided)) {
    // The governor denies where a function fails, so this promise is never rejected by one.
    decided.then((decision) => {
      if (!governor.isGone(request)) go(decision as Decision | undefined);
    }, next);
  } else {
    go(decided as Decision | undefined);
  }

  function go(decision: Decision | undefined): void {
    if (decision === undefined) {
      next();
      return;
    }
    if (governor.reportOnly) {
      governor.report(decision, request);
      beforeHeaders(response, (status) => governor.reportOwn(decision, request, status, headersOf(response)));
      next();
      return;
    }
    if (!decision.allowed) governor.logDenial(decision, request);
    const onReplaced: OnReplaced = (name) => governor.logReplaced(decision, name, request);
    if (decision.status === null || governor.preflightContinue) {
      (response as unknown as Record<symbol, unknown>)[GOVERNED] = true;
      beforeHeaders(response, () => writeDecision(response, decision, onReplaced));
      next();
    } else {
      respond(decision, onReplaced);
    }
  }
}

/** Whether a policy decides about a response already. An outer one wins. */
export function isGoverned(response: NodeResponse): boolean {
  return Object.hasOwn(response, GOVERNED);
}

/** Responds to a preflight, if nothing was sent while an origin function was asked. */
export function respondToPreflight(response: NodeResponse, decision: Decision, onReplaced: OnReplaced): void {
  if (response.headersSent) return;
  let known = responses.get(decision);
  if (known === undefined) {
    const { status, headers, body } = decision.preflightResponse();
    known = { status, headers: objectOf(headers), others: headers.slice(decision.headers.length), body };
    responses.set(decision, known);
  }
  if (response.getHeaderNames().length === 0) {
    // There is nothing to replace or to merge, and Node takes all headers at once in half the time.
    response.writeHead(known.status, known.headers);
  } else {
    writeDecision(response, decision, onReplaced);
    for (const [name, value] of known.others) response.setHeader(name, value);
    response.statusCode = known.status;
  }
  if (known.body === '') response.end();
  else response.end(known.body);
}

/** A response to a preflight as Node takes it: all headers at once, and those that are not of the decision. */
interface NodePreflight {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly others: readonly Header[];
  readonly body: string;
}

/** Decisions are remembered, and with them what is made of them. */
const responses = new WeakMap<Decision, NodePreflight>();

/** Headers by name: those that come in several lines have a list. */
function objectOf(headers: readonly Header[]): OutgoingHttpHeaders {
  const object: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const before = object[name];
    object[name] = before === undefined ? value : [before, value].flat();
  }
  return object;
}
