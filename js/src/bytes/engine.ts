// The engine's bytes in base64. The build writes them here, so that bundlers need no loader for .wasm files.

import type { Source } from '../engine/module.js';

export const engine: Source = '';
