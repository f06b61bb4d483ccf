// Node loads the browser model by itself when report-only mode needs it.

import { createRequire } from 'node:module';
import type { Model } from '../model.js';

/** null: the file is not there, because a bundler left it out. */
export function loadModel(): Model | null {
  try {
    const require = createRequire(import.meta.url);
    return (require('../../cjs/explain/own.js') as { judgeOwn: Model }).judgeOwn;
  } catch {
    return null;
  }
}
