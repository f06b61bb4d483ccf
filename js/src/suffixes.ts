// Loads the public suffix list, where a runtime does not load it by itself: `import 'corsac/suffixes'`.

import { list } from '#suffix-list';
import { registerSuffixes } from './engine/suffixes.js';

registerSuffixes(list);
