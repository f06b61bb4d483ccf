// Outside of Node, the browser model is loaded only by `import 'corsac/explain'`.

import type { Model } from '../model.js';

export function loadModel(): Model | null {
  return null;
}
