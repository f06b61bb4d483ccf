// The public suffix list: a module of its own, because it has a megabyte and most policies need none.

import { loadSuffixes } from '#on-demand';
import type { Source } from './module.js';

let registered: Source | null = null;

/** `import 'corsac/suffixes'` calls this. */
export function registerSuffixes(source: Source): void {
  registered = source;
}

/**
 * The module that has the list. null: there is none, and the policy only misses warnings.
 *
 * @param isNeeded a wildcard with credentials must be checked
 * @throws Error if it is needed and not there
 */
export function suffixes(isNeeded: boolean): Source | null {
  registered ??= loadSuffixes();
  if (registered === null && isNeeded) {
    throw new Error(
      "a wildcard with credentials is checked against the public suffix list: add `import 'corsac/suffixes'`, or list the origins one by one",
    );
  }
  return registered;
}
