// `corsac check`: all findings of a policy, and which tables decide about a path.

import { tablesAt, type TablesAt } from '../toml.js';
import { shown, type Outcome } from './output.js';
import { hasErrors, inJson, inWords, load } from './policy.js';
import { checkedPath } from './script.js';

export interface CheckOptions {
  readonly format?: string;
  readonly path?: string;
}

export function check(policy: string, options: CheckOptions): Outcome {
  const path = options.path === undefined ? null : checkedPath(options.path);
  const loaded = load(policy);
  const { policies } = loaded;
  const at = path === null || policies === null ? null : tablesAt(policies, path);
  if (options.format === 'json') process.stdout.write(inJson(loaded, policy, at));
  else process.stdout.write(inWords(loaded) + (at === null ? '' : `${shown(path ?? '')}: ${decides(at)}\n`));
  return hasErrors(loaded) ? 1 : 0;
}

function decides({ ambiguous, tables }: TablesAt): string {
  const numbers = tables.map((table) => table + 1);
  if (numbers.length > 1) return `[[policy]] tables ${numbers.join(', ')} are asked in this order`;
  if (numbers.length === 1) return `[[policy]] table ${numbers[0]} decides`;
  return ambiguous ? 'this path can be read in more than one way, so every request is denied' : 'no policy is for this path';
}
