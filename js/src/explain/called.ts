// How the modules that explain are called: one instance of each, made at the first call.

import { callIn, encoder, hasFailed, type Buffers, type Returned } from '../engine/call.js';

/** Something that cannot be explained. Its message says why, and is safe to show. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
}

/** The exports of a module by their names. */
export type Calls<Name extends string> = Buffers & Readonly<Record<Name, (options: number) => number>>;

/** A module whose instance can be given back, and is made anew when it is called again. */
export class Called<Name extends string, Exports extends Calls<Name>> {
  instance: Exports | null = null;
  readonly #instantiate: () => Exports;

  constructor(instantiate: () => Exports) {
    this.#instantiate = instantiate;
  }

  /**
   * Calls the module.
   *
   * @param body what is to be explained
   * @throws ExplainError if it cannot be
   */
  call<Result>(name: Name, options: object, body: string | Uint8Array = ''): Result {
    const module = (this.instance ??= this.#instantiate());
    let returned: Returned<Result>;
    try {
      returned = callIn<Result>(module, module[name], options, typeof body === 'string' ? encoder.encode(body) : body);
    } catch (error) {
      // Only where memory ends, or by a fault of the module. The next call gets a new instance.
      this.instance = null;
      throw new ExplainError('this cannot be explained, because the module ran out of memory or failed', { cause: error });
    }
    if (hasFailed(returned)) throw new ExplainError(returned.error);
    return returned;
  }
}
