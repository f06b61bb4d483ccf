// The entries of codes: a module of its own, because they are long, and few programs show them.

import { loadCodes } from '#on-demand';
import { instanceOf, type Source } from '../engine/module.js';
import { Called, ExplainError, type Calls } from './called.js';

type Call = 'code' | 'code_names';

let registered: Source | null = null;

/** `import 'corsac/codes'` calls this. */
export function registerCodes(source: Source): void {
  registered = source;
}

const entries = new Called<Call, Calls<Call>>(() => {
  registered ??= loadCodes();
  if (registered === null) throw new ExplainError("the entries of codes are not loaded: add `import 'corsac/codes'`");
  return instanceOf(registered).exports as unknown as Calls<Call>;
});

/**
 * Calls the module.
 *
 * @throws ExplainError if it is not there, or if the body is not a code
 */
export function callCodes<Result>(name: Call, options: object, body = ''): Result {
  return entries.call<Result>(name, options, body);
}
