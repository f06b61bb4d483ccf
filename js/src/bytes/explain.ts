// The bytes of the diagnosis in base64. The build writes them here.

import type { Source } from '../engine/module.js';

export const explain: Source = '';
