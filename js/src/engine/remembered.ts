// Decisions that come again: what a browser sends to one server seldom differs.

import type { Decision } from '../decision.js';

/** Each half holds as many, so the longest keys of both have half a megabyte. */
const HALF = 512;
/** More than a page sends. What is longer is evaluated each time, so that a stranger cannot have us keep long texts. */
const KEY_MAX = 512;

/**
 * Decisions by what they depend on.
 *
 * There are two halves. When the younger one is full, it replaces the older one. A decision that is asked for again goes to the younger one. So a stranger
 * who sends ever new origins cannot fill the memory, and what others ask for stays in it.
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
