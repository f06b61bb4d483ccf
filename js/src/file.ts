// A policy that follows a file, in every runtime with node:fs.

import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PolicyHolder } from './holder.js';
import { BoundedLog, type Logger } from './log.js';
import { Policy, PolicySet } from './policy.js';
import { fromToml } from './toml.js';

/** What an image begins with. No text does. */
export const IMAGE_MAGIC = '\x89corsac';

/** How a policy file is followed. */
export interface PolicyFileOptions {
  /** Milliseconds between two looks at the file. Left out: 1000. */
  readonly interval?: number;
  /** Where findings of a new policy go. Left out: the console. */
  readonly logger?: Logger;
}

/**
 * Holds the policy or the policy set of a file, and reads the file again when it changes.
 *
 * ```js
 * app.use(cors({ policy: new PolicyFile('policy.toml') }));
 * ```
 *
 * There is no timer: at most once in `interval`, a request looks at the file. A changed file is read at the look after the one
 * that saw the change, because it may still be written until then. If the new policy is wrong, the log has all findings
 * and the old policy stays.
 */
export class PolicyFile extends PolicyHolder {
  readonly path: string;
  readonly #interval: number;
  readonly #log: BoundedLog;
  readonly #clock: () => number;
  #next: number;
  #read: string;
  #changed: string;

  /**
   * @param path a policy file, or an image that `corsac compile` wrote
   * @throws PolicyError if the file is wrong at the start, when there is no old policy
   * @throws Error if it cannot be read then
   */
  constructor(path: string | URL, options: PolicyFileOptions = {}, clock: () => number = () => performance.now()) {
    const name = typeof path === 'string' ? path : fileURLToPath(path);
    // Before the file is read: what changes in between is seen.
    const stamp = stampOf(name);
    super(policyOf(name));
    this.path = name;
    this.#interval = options.interval ?? 1000;
    this.#log = new BoundedLog(options.logger);
    this.#clock = clock;
    this.#next = clock() + this.#interval;
    this.#read = stamp;
    this.#changed = stamp;
  }

  override get policy(): Policy | PolicySet {
    if (this.#clock() >= this.#next) this.#look();
    return super.policy;
  }

  override set policy(policy: Policy | PolicySet) {
    super.policy = policy;
  }

  #look(): void {
    this.#next = this.#clock() + this.#interval;
    const stamp = stampOf(this.path);
    const isStill = stamp === this.#changed;
    this.#changed = stamp;
    if (stamp === this.#read || !isStill) return;
    this.#read = stamp;
    try {
      const policy = policyOf(this.path);
      super.policy = policy;
      for (const one of policy.findings) this.#log.start('warn', `${this.path}: ${String(one)}`);
      this.#log.start('info', `${this.path} has changed: the new policy decides from now on`);
    } catch (error) {
      this.#log.counted('error', 'reload', () => `${this.path} has changed, and its old policy stays: ${(error as Error).message}`);
    }
  }
}

/** What differs if a file has other content, or is another file. */
function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.mtimeNs} ${stat.size} ${stat.ino}`;
}

function policyOf(path: string): Policy | PolicySet {
  const bytes = readFileSync(path);
  if (bytes.toString('latin1', 0, IMAGE_MAGIC.length) !== IMAGE_MAGIC) return fromToml(bytes, path);
  // The image of a single policy is a set of one.
  return PolicySet.fromImage(bytes);
}
