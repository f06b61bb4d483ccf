// Node loads what few policies need by itself, when the first of them needs it.

import { createRequire } from 'node:module';
import type { Source } from '../engine/module.js';
import type { Model } from '../model.js';

/** A file of the CommonJS copy, which is loaded without waiting. null: it is not there, because a bundler left it out. */
function load<Exports>(path: string): Partial<Exports> | null {
  try {
    return createRequire(import.meta.url)(path) as Exports;
  } catch {
    return null;
  }
}

/** The public suffix list. */
export function loadSuffixes(): Source | null {
  return load<{ list: Source }>('../../cjs/bytes/suffix-list.js')?.list ?? null;
}

/** The analyser of regular expressions, for those with credentials. */
export function loadRegexes(): Source | null {
  return load<{ analyser: Source }>('../../cjs/bytes/analyser.js')?.analyser ?? null;
}

/** The entries of codes. */
export function loadCodes(): Source | null {
  return load<{ codes: Source }>('../../cjs/bytes/codes.js')?.codes ?? null;
}

/** The browser model, for report-only mode. */
export function loadModel(): Model | null {
  return load<{ judgeOwn: Model }>('../../cjs/explain/own.js')?.judgeOwn ?? null;
}
