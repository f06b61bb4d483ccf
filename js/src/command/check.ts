// `corsac check`: all findings of a policy.

import { hasErrors, inJson, inWords, load } from './policy.js';
import type { Outcome } from './output.js';

export function check(policy: string, isJson: boolean): Outcome {
  const loaded = load(policy);
  process.stdout.write(isJson ? inJson(loaded, policy) : inWords(loaded));
  return hasErrors(loaded) ? 1 : 0;
}
