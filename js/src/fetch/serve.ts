// Serves one request of the Fetch family: responds to a preflight, or calls the application and governs its response.

import type { Decision } from '../decision.js';
import { isThenable, type Governor } from '../governor.js';
import { govern } from './govern.js';

/** On a request that a policy governs. A symbol of the registry, for other copies of this package. */
const GOVERNED = Symbol.for('corsac.governed');
/** The client has gone. nginx logs the same number for that. */
const CLIENT_GONE = 499;

/**
 * The response to a request.
 *
 * @param raw the runtime's own request, on which is kept that a policy decides about it
 * @param application called unless the request is a preflight
 */
export async function serve<R>(governor: Governor<R>, request: R, raw: Request, application: () => Response | PromiseLike<Response>): Promise<Response> {
  if (Object.hasOwn(raw, GOVERNED)) {
    governor.log.once('warn', 'twice', () => 'a second policy has no effect, because an outer one decides about this request already: choose between them by path, with policies');
    return application();
  }
  let decision = governor.decide(request);
  if (isThenable(decision)) {
    // Some servers make the signal of a request when it is first read, and abort only what is there.
    governor.isGone(request);
    decision = await (decision as Promise<Decision | undefined>);
    if (governor.isGone(request)) return new Response(null, { status: CLIENT_GONE });
  }
  const decided = decision as Decision | undefined;
  if (decided === undefined) return application();
  if (governor.reportOnly) {
    governor.report(decided, request);
    const own = await application();
    // A runtime may take something else for "I respond by myself".
    if (own instanceof Response) governor.reportOwn(decided, request, own.status, [...own.headers]);
    return own;
  }
  (raw as unknown as Record<symbol, unknown>)[GOVERNED] = true;
  if (!decided.allowed) governor.logDenial(decided, request);
  if (decided.status !== null && !governor.preflightContinue) return preflightResponse(decided);
  let response: Response;
  try {
    response = await application();
  } catch (thrown) {
    response = failed(thrown, () => governor.logFailed(request, thrown));
  }
  return govern(response, decided, (name) => governor.logReplaced(decided, name, request));
}

function preflightResponse(decision: Decision): Response {
  const { status, headers, body } = decision.preflightResponse();
  return new Response(body === '' ? null : body, { status, headers: headers.map(([name, value]): [string, string] => [name, value]) });
}

/** What a handler threw, as a response, so that the page sees an error and not a failure of CORS. */
function failed(thrown: unknown, log: () => void): Response {
  if (thrown instanceof Response) return thrown;
  // Next's `redirect()` and `notFound()` throw what Next itself makes a response of.
  if (typeof (thrown as { digest?: unknown } | null | undefined)?.digest === 'string') throw thrown;
  log();
  return new Response('Internal Server Error', { status: 500, headers: { 'Content-Type': 'text/plain' } });
}
