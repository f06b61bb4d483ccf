// Node loads the analyser of regular expressions by itself when a policy has one with credentials.

import { createRequire } from 'node:module';
import type { Source } from '../engine/module.js';

/** null: the file is not there, because a bundler left it out. */
export function loadRegexes(): Source | null {
  try {
    const require = createRequire(import.meta.url);
    return (require('../../cjs/bytes/analyser.js') as { analyser: Source }).analyser;
  } catch {
    return null;
  }
}
