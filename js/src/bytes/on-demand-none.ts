// Outside of Node, these are loaded only by imports: 'corsac/suffixes', 'corsac/regexes', 'corsac/codes' and 'corsac/explain'.

import type { Source } from '../engine/module.js';
import type { Model } from '../model.js';

export function loadSuffixes(): Source | null {
  return null;
}

export function loadRegexes(): Source | null {
  return null;
}

export function loadCodes(): Source | null {
  return null;
}

export function loadModel(): Model | null {
  return null;
}
