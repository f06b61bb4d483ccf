// Replaces the application's CORS headers in a response of the Fetch standard.

import type { Decision } from '../decision.js';

/**
 * A copy of a response, with the headers of a decision. The headers of some responses cannot be changed, and an
 * application may return the same response twice.
 *
 * @param onReplaced called with the name of each header of the application that the policy removes or changes
 */
export function govern(response: Response, decision: Decision, onReplaced: (name: string) => void): Response {
  // A protocol that is switched, a network error, or what a runtime takes for "I respond by myself": there is nothing to copy.
  const status = (response as Response | undefined)?.status;
  if (status === undefined || status < 200) return response;
  // Some runtimes keep more in a response than the standard says. They take it from a response, not from an object like one.
  const copy = new Response(response.body, response);
  const { headers } = copy;
  for (const name of [...headers.keys()].filter((one) => decision.replaces(one))) {
    const ours = decision.headers.filter((header) => header[0].toLowerCase() === name).map((header) => header[1]);
    if (headers.get(name) !== ours.join(', ')) onReplaced(name);
    headers.delete(name);
  }
  for (const [name, value] of decision.headers) if (name !== 'Vary') headers.append(name, value);
  const vary = headers.get('vary');
  for (const line of decision.missingVary(vary === null ? [] : [vary])) headers.append('Vary', line);
  return copy;
}
