// A policy that can be replaced while a server runs.

import { isPolicy, type Policy, type PolicySet } from './policy.js';

const HOLDER = Symbol.for('corsac.holder');

/** Holds the policy of an adapter: set `policy` to replace it. A request that has begun keeps its decision. */
export class PolicyHolder {
  readonly [HOLDER] = true;
  #policy: Policy | PolicySet;

  constructor(policy: Policy | PolicySet) {
    this.#policy = checked(policy);
  }

  get policy(): Policy | PolicySet {
    return this.#policy;
  }

  /** A wrong policy cannot be made, so the old one stays where making the new one throws. */
  set policy(policy: Policy | PolicySet) {
    this.#policy = checked(policy);
  }
}

function checked(policy: unknown): Policy | PolicySet {
  if (!isPolicy(policy)) {
    throw new TypeError('policy must be a Policy or a PolicySet: write new Policy({ allowOrigins: [...] })');
  }
  return policy;
}

/** Whether a value is a holder, also of another copy of this package. */
export function isHolder(value: unknown): value is PolicyHolder {
  return typeof value === 'object' && value !== null && HOLDER in value;
}
