// A script's request from options, as eval, explain and probe take them.

import { Policy } from '../policy.js';
import { PolicyError } from '../finding.js';
import type { NetworkOptions } from '../explain.js';
import type { ScriptRequest } from '../explain/data.js';
import { Failure, printable, shown } from './output.js';

/** The options of a request. */
export interface ScriptOptions {
  readonly origin?: string;
  readonly method?: string;
  readonly header?: readonly string[];
  readonly credentials?: boolean;
  readonly 'page-space'?: string;
  readonly as?: string;
  readonly deployed?: boolean;
}

/**
 * Refuses an origin that no browser sends, with what was probably meant. An origin is what a policy can list as one
 * pattern, so the compiler of policies says what is wrong with it.
 */
export function checkOrigin(origin: string): void {
  const advice = 'write the origin of one page, such as https://app.example.com';
  if (origin.includes('*')) throw new Failure(`no browser sends this --origin: "${shown(origin)}" is a pattern; ${advice}`);
  try {
    new Policy({ allowOrigins: [origin], dangerouslyAllowNullOrigin: true });
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const [first] = error.findings.filter((one) => one.severity === 'error');
    throw new Failure(`no browser sends this --origin: ${printable(first?.message ?? '')}; ${printable(first?.suggestion ?? advice)}`);
  }
}

/** The request, for the module that explains. It checks the method and the names of headers. */
export function scriptRequest(url: string, options: ScriptOptions & { readonly origin: string }): ScriptRequest {
  checkOrigin(options.origin);
  const headers = (options.header ?? []).map((line): [string, string | null] => {
    const colon = line.indexOf(':');
    return colon === -1 ? [latin(line.trim()), null] : [latin(line.slice(0, colon).trim()), latin(line.slice(colon + 1).trim())];
  });
  for (const [name] of headers) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      throw new Failure(`"${shown(name)}" is not a valid header name: write NAME or NAME: VALUE`);
    }
  }
  return {
    origin: options.origin,
    url,
    method: latin(options.method ?? 'GET'),
    headers,
    credentials: options.credentials === true ? 'include' : 'same-origin',
  };
}

/** A path of a URL, one character for each byte. */
export function checkedPath(path: string): string {
  if (path.startsWith('/')) return latin(path);
  throw new Failure(`"${shown(path.slice(0, 128))}" is not a path: write the path of the URL with its slash, such as /account/cards`);
}

/** The bytes of a text, one character each. */
function latin(text: string): string {
  return Buffer.from(text).toString('latin1');
}

export function networkOptions(options: ScriptOptions): NetworkOptions {
  const pageSpace = options['page-space'];
  return {
    ...(pageSpace === undefined ? {} : { pageSpace: pageSpace as 'public' }),
    ...(options.as === undefined ? {} : { as: options.as }),
    deployed: options.deployed === true,
  };
}
