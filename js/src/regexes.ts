// Loads the analyser of regular expressions, where a runtime does not load it by itself: `import 'corsac/regexes'`.

import { analyser } from '#analyser';
import { registerRegexes } from './engine/regexes.js';

registerRegexes(analyser);
