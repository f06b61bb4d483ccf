// Node loads the public suffix list by itself when a policy needs it.

import { createRequire } from 'node:module';
import type { Source } from '../engine/module.js';

/** null: the file is not there, because a bundler left it out. */
export function loadSuffixes(): Source | null {
  try {
    const require = createRequire(import.meta.url);
    return (require('../../cjs/bytes/suffix-list.js') as { list: Source }).list;
  } catch {
    return null;
  }
}
