// For test suites: does an application keep its whole policy?

import { LiveCheck, type LiveFinding } from '../explain/live.js';
import { isPolicy, type Policy, type PolicySet } from '../policy.js';
import { CorsAssertionError } from './assertion.js';
import { open, type Client } from './clients.js';
import type { Sender } from './sending.js';

/** How an application is asked. */
export interface VerifyOptions {
  /** A URL of the application: absolute, or a path. Then the server is `https://server.test`, whatever it is. Default: `/`. */
  readonly url?: string;
  /** Headers for every request that is not a preflight, such as `authorization`. The report does not show their values. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A server or framework, such as `express`: the report then has the fix for it. */
  readonly stack?: string | readonly string[];
  /** Also send the requests of unsafe methods, such as `PUT`, without a body. */
  readonly sendUnsafe?: boolean;
}

/**
 * Asserts that an application keeps a policy, as `corsac verify` does with a running server.
 *
 * ```js
 * await verify(app, new Policy({ allowOrigins: ['https://app.example.com'] }), { url: '/orders' });
 * ```
 *
 * Your client sends what browsers would send: for every origin, method and header that the policy lists, and for
 * strangers and near misses that it does not. The browser model compares the responses with Corsac's own. Only
 * `OPTIONS`, `HEAD` and `GET` are sent.
 *
 * @param client as for `assertCorsAllows`
 * @param policy what the application promises
 * @returns the warnings, each as a finding of `corsac verify --format json`
 * @throws CorsAssertionError if a promise is broken. Its message is the report.
 */
export async function verify(client: Client, policy: Policy | PolicySet, options: VerifyOptions = {}): Promise<readonly LiveFinding[]> {
  if (!isPolicy(policy)) throw new TypeError("policy must be a Policy or a PolicySet: write new Policy({ allowOrigins: ['https://app.example.com'] })");
  const { url = '/', headers = {}, stack = [], sendUnsafe = false } = options;
  const own = Object.entries(headers);
  const check = new LiveCheck(policy.image, new URL(url, BASE), { stacks: [stack].flat(), secrets: own.map(([name]) => name.toLowerCase()), sendUnsafe });
  try {
    const sender = await open(client);
    try {
      await asked(check, sender, own);
    } finally {
      await sender.close();
    }
  } catch (error) {
    check.abandon();
    throw error;
  }
  const { report, text, isBroken } = check.finished();
  if (isBroken) throw new CorsAssertionError(`the application does not keep the policy\n${text}`);
  return report.layers.flatMap((layer) => layer.findings);
}

/** Sends until everything was asked. `own` go to all requests but preflights. */
async function asked(check: LiveCheck, sender: Sender, own: readonly (readonly [string, string])[]): Promise<void> {
  for (let ask = check.next(null); ask !== null; ) {
    const headers = ask.is_preflight ? ask.headers : [...ask.headers, ...own];
    ask = check.next(await sender.send({ method: ask.method, url: new URL(ask.url), headers, body: undefined }));
  }
}

/** A client that has no server of its own gets a name that no server has, over https: as the page is in production. */
export const BASE = 'https://server.test';
