// Loads the entries of codes, where a runtime does not load them by itself: `import 'corsac/codes'`.

import { codes } from '#codes';
import { registerCodes } from './explain/codes.js';

registerCodes(codes);
