// The bytes of the module with the public suffix list, in base64. The build writes them here.

import type { Source } from '../engine/module.js';

export const list: Source = '';
