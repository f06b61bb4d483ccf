// Outside of Node, the public suffix list is loaded only by `import 'corsac/suffixes'`.

import type { Source } from '../engine/module.js';

export function loadSuffixes(): Source | null {
  return null;
}
