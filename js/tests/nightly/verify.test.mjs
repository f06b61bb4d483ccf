// Each of the 200 generated policies through each of our adapters: `verify` finds nothing.

import { test } from 'node:test';
import { ADAPTERS, findsNothing, generated } from '../verify.mjs';

for (const adapter of Object.keys(ADAPTERS)) {
  test(`nothing is found at our adapter: ${adapter}`, () => findsNothing(adapter, generated()));
}
