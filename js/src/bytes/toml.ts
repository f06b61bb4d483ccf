// The bytes of the reader of policy files in base64. The build writes them here.

import type { Source } from '../engine/module.js';

export const toml: Source = '';
