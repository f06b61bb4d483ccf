// Serves one request of the Node family: responds to a preflight, or passes the request on and governs its response.

import type { Decision } from '../decision.js';
import type { Governor } from '../governor.js';
import { isThenable } from '../governor.js';
import { beforeHeaders, headersOf, writeDecision, type NodeResponse } from './write_head.js';

/** On a response that a policy governs. A symbol of the registry, for other copies of this package. */
const GOVERNED = Symbol.for('corsac.governed');

/** Calls the application, or passes an error on to it. */
export type Next = (error?: unknown) => void;

/**
 * Decides about a request.
 *
 * @param respond responds to a preflight
 * @param next passes the request on to the application
 */
export function serve<R>(
  governor: Governor<R>,
  request: R,
  response: NodeResponse,
  next: Next,
  respond: (decision: Decision) => void = (decision) => respondToPreflight(response, decision),
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
    (response as unknown as Record<symbol, unknown>)[GOVERNED] = true;
    beforeHeaders(response, () => writeDecision(response, decision, (name) => governor.logReplaced(decision, name, request)));
    if (!decision.allowed) governor.logDenial(decision, request);
    if (decision.status === null || governor.preflightContinue) next();
    else respond(decision);
  }
}

/** Whether a policy decides about a response already. An outer one wins. */
export function isGoverned(response: NodeResponse): boolean {
  return Object.hasOwn(response, GOVERNED);
}

/** Responds to a preflight. Its CORS headers are written when the response begins, as for every other. */
export function respondToPreflight(response: NodeResponse, decision: Decision): void {
  const { status, headers, body } = decision.preflightResponse();
  response.statusCode = status;
  for (const [name, value] of headers.slice(decision.headers.length)) response.setHeader(name, value);
  response.end(body);
}
