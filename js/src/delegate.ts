// Options that a function chooses for each request: each content is compiled once.

import { isThenable, type Governor } from './governor.js';

/** How many different options are compiled for one delegate. */
const KEPT_MAX = 64;

/** Chooses the options for each request: it calls back, or returns a promise if it has one parameter. */
export type Choose<R> = (request: R, callback: (error: unknown, options?: object) => void) => unknown;

/** Makes the governor of each content once. */
export class Delegate<R> {
  readonly #make: (options: object | undefined) => Governor<R> | null;
  readonly #governors = new Map<string, Governor<R> | null>();
  readonly #names = new Map<unknown, number>();

  /** @param make makes a governor from options; null if they leave responses as they are */
  constructor(make: (options: object | undefined) => Governor<R> | null) {
    this.#make = make;
  }

  /** @throws as `make` does for the same options */
  governor(options: object | undefined): Governor<R> | null {
    const key = this.#key(options);
    const known = this.#governors.get(key);
    if (known !== undefined) return known;
    const governor = this.#make(options);
    if (this.#governors.size >= KEPT_MAX) {
      this.#governors.clear();
      this.#names.clear();
    }
    this.#governors.set(key, governor);
    return governor;
  }

  /** Asks for the options of a request, and calls back once with their governor, or with what went wrong. */
  ask(choose: Choose<R>, request: R, done: (error: unknown, governor: Governor<R> | null) => void): void {
    let isDone = false;
    const proceed = (error: unknown, options?: object): void => {
      if (isDone) return;
      isDone = true;
      if (error !== null && error !== undefined && error !== false) return done(error, null);
      let governor;
      try {
        governor = this.governor(options);
      } catch (refused) {
        return done(refused, null);
      }
      return done(undefined, governor);
    };
    const returned = choose(request, proceed);
    // An async function with a callback may fail before it calls back.
    if (isThenable(returned)) returned.then((options) => (choose.length < 2 ? proceed(undefined, options as object) : undefined), proceed);
  }

  /** Options with the same content have the same key. What has no content, such as a function, or whose content changes, counts by identity. */
  #key(options: unknown): string {
    return JSON.stringify(options, (name, value: unknown) => {
      const isPlain = name !== 'logger' && typeof value !== 'function' && !(typeof value === 'object' && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype);
      if (isPlain) return value;
      let number = this.#names.get(value);
      if (number === undefined) {
        number = this.#names.size;
        this.#names.set(value, number);
      }
      return `corsac:${number}`;
    }) ?? 'undefined';
  }
}
