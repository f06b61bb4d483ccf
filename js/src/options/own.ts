// The options that Corsac adds to those of other packages, and what an adapter makes a governor from.

import { shownType, type PolicyTableOptions } from '../engine/spec.js';
import { isHolder, PolicyHolder } from '../holder.js';
import type { Logger } from '../log.js';
import { isPolicy, PolicySet, type Policy } from '../policy.js';
import type { Judges } from './origin.js';

/** The options that Corsac adds to those of other packages. */
export interface OwnOptions {
  /** Instead of all other options: a policy, a set, or a holder whose policy you can replace while serving. */
  readonly policy?: Policy | PolicySet | PolicyHolder;
  /** Instead of all other options: the tables of a policy set, chosen by path. */
  readonly policies?: readonly PolicyTableOptions[];
  /** Change nothing, and log what the policy would deny and which origins it does not list. */
  readonly reportOnly?: boolean;
  /** Where log lines go. Left out: warnings and errors to the console. */
  readonly logger?: Logger;
  /** Pass preflights on to the application, which responds to them. The policy's headers are added. */
  readonly preflightContinue?: boolean;
  readonly deniedPreflightStatus?: number;
  readonly allowTiming?: boolean;
  readonly allowPrivateNetwork?: boolean;
  readonly dangerouslyAllowNullOrigin?: boolean;
  readonly dangerouslyAllowInsecureOrigins?: boolean;
  readonly dangerouslyAllowPublicSuffixes?: boolean | Iterable<string>;
}

/** What an adapter makes a governor from. */
export interface Settings<R> {
  readonly holder: PolicyHolder;
  readonly check?: Judges<R> | undefined;
  readonly reportOnly: boolean;
  readonly preflightContinue: boolean;
  readonly logger?: Logger | undefined;
}

/** Options of a policy that keep their names in every adapter. */
export const OF_POLICY = ['deniedPreflightStatus', 'allowTiming', 'allowPrivateNetwork', 'dangerouslyAllowNullOrigin', 'dangerouslyAllowInsecureOrigins', 'dangerouslyAllowPublicSuffixes'] as const;
export const OF_ADAPTER = ['policy', 'policies', 'reportOnly', 'logger', 'preflightContinue'] as const;

/** What is the same whether there is a policy or the options of a package. */
export function commonSettings(options: OwnOptions): Pick<Settings<never>, 'reportOnly' | 'preflightContinue' | 'logger'> {
  return {
    reportOnly: options.reportOnly ?? false,
    preflightContinue: options.preflightContinue ?? false,
    logger: options.logger,
  };
}

/**
 * Settings from `policy` or `policies`; undefined if there are neither.
 *
 * @param others options that the adapter reads itself, and that have an effect with a policy, too
 */
export function ownSettings<R>(options: OwnOptions, others: readonly string[]): Settings<R> | undefined {
  const { policy, policies } = options;
  if (policy === undefined && policies === undefined) return undefined;
  const common = commonSettings(options);
  for (const name of Object.keys(options)) {
    if (!(OF_ADAPTER as readonly string[]).includes(name) && !others.includes(name)) {
      throw new TypeError(`${name} has no effect with ${policy === undefined ? 'policies' : 'policy'}: write it into the policy`);
    }
  }
  if (policy !== undefined && policies !== undefined) throw new TypeError('write policy or policies, not both');
  if (isHolder(policy)) return { holder: policy, ...common };
  if (policy === undefined) return { holder: new PolicyHolder(new PolicySet(policies ?? [])), ...common };
  if (!isPolicy(policy)) throw new TypeError(`policy must be a Policy, a PolicySet or a PolicyHolder, not ${shownType(policy)}`);
  return { holder: new PolicyHolder(policy), ...common };
}
