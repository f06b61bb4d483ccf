// The bytes of the module with the entries of codes, in base64. The build writes them here.

import type { Source } from '../engine/module.js';

export const codes: Source = '';
