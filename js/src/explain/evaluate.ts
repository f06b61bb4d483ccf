// What a policy responds to the requests that a browser sends for a script, one after the other.

import type { Decision } from '../decision.js';
import { nextRequest, type NextRequest } from '../explain.js';
import type { PolicySet } from '../policy.js';
import type { CapturedResponse, Exchange, Hop, ScriptRequest } from './data.js';

/** A request of the browser, and what the policy decides. */
export interface PolicyStep {
  readonly request: NextRequest;
  /** null: no policy applies to the path. */
  readonly decision: Decision | null;
  /** One sentence: whether it is allowed, and why not. */
  readonly why: string;
}

/**
 * Sends a script's request to a policy, with its preflight if it needs one. The application's own response is taken to
 * be a 200 without headers.
 */
export function evaluateRequest(policies: PolicySet, request: ScriptRequest, path: string): { steps: PolicyStep[]; exchange: Exchange } {
  const steps: PolicyStep[] = [];
  let hop: Hop = {};
  const exchange = (): Exchange => ({ request, hops: [hop] });
  for (let next = nextRequest(exchange(), { isSent: false }); next?.hop === 0; next = nextRequest(exchange(), { isSent: false })) {
    const decision = policies.evaluate({ rawPath: path }, next.method, next.headers) ?? null;
    if (decision === null) {
      const why = "no policy applies to this path: Corsac does not change the response, and only the application's own headers count";
      steps.push({ request: next, decision, why });
      break;
    }
    steps.push({ request: next, decision, why: decision.sentence });
    const response: CapturedResponse = { status: decision.status ?? 200, headers: decision.headers };
    hop = next.is_preflight ? { preflight: response } : { ...hop, response };
    if (!next.is_preflight || !decision.allowed) break;
  }
  return { steps, exchange: exchange() };
}
