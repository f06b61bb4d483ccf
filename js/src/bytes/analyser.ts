// The bytes of the module that analyses expressions, in base64. The build writes them here.

import type { Source } from '../engine/module.js';

export const analyser: Source = '';
