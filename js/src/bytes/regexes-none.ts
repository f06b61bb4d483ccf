// Outside of Node, the analyser of regular expressions is loaded only by `import 'corsac/regexes'`.

import type { Source } from '../engine/module.js';

export function loadRegexes(): Source | null {
  return null;
}
