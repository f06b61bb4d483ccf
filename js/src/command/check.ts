// `corsac check`: all findings of a policy, and which tables decide about a path; or those of another product's configuration.

import { isUtf8 } from 'node:buffer';
import { tablesAt, type TablesAt } from '../toml.js';
import { call, fileOptions, show, type DialectOptions, type Printed } from './dialects.js';
import { shown, type Outcome } from './output.js';
import { hasErrors, inJson, inWords, isImage, load, read } from './policy.js';
import { checkedPath } from './script.js';

export interface CheckOptions extends DialectOptions {
  readonly format?: string;
  readonly path?: string;
}

export function check(policy: string, options: CheckOptions): Outcome {
  const path = options.path === undefined ? null : checkedPath(options.path);
  const bytes = read(policy, 'the policy ');
  if (!isImage(bytes) && (options.from !== undefined || isUtf8(bytes))) {
    const printed = call<Printed | null>('check', { ...fileOptions(policy, options), path: policy, json: options.format === 'json' }, bytes);
    if (printed !== null) return show(printed);
  }
  const loaded = load(policy, bytes);
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
