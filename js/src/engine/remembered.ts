// Decisions that come again: what a browser sends to one server seldom differs.

import type { Decision } from '../decision.js';

/** Each half holds as many. With the longest keys, both take half a megabyte. */
const HALF = 512;
/** More than a page sends. What is longer is evaluated each time, so that a stranger cannot have us keep long texts. */
const KEY_MAX = 512;

/**
 * Decisions by what they depend on.
 *
 * There are two halves. When the younger one is full, it becomes the older one, and what was in that is forgotten unless somebody has asked for it since. So
 * a stranger who sends ever new origins cannot fill the memory, and cannot keep out for long what others ask for.
 */
export class Remembered {
  #young = new Map<string, Decision>();
  #old = new Map<string, Decision>();

  get(key: string): Decision | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, decision: Decision): void {
    if (key.length > KEY_MAX) return;
    if (this.#young.size >= HALF) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, decision);
  }
}
