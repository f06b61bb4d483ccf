// What every adapter of the Node family makes from its options: a governor, or one for each request.

import { Governor } from '../governor.js';
import { settingsOf, type CorsOptions, type Settings } from '../options/cors.js';
import { NODE, type NodeRequest } from './reader.js';

/** Chooses the options for each request: `cors((request, callback) => callback(null, options))`. */
export type OptionsDelegate = (request: NodeRequest, callback: (error: unknown, options?: CorsOptions<NodeRequest>) => void) => void;

/** How many different options are compiled for one delegate. */
const KEPT_MAX = 64;

/** null: the responses stay as they are. */
export function governorOf(options: CorsOptions<NodeRequest> | undefined): Governor<NodeRequest> | null {
  const settings = settingsOf<NodeRequest>(options);
  return settings === null ? null : new Governor(NODE, settings);
}

/** The governor of these settings. */
export function governorOfSettings(settings: Settings<NodeRequest>): Governor<NodeRequest> {
  return new Governor(NODE, settings);
}

/** Compiles the options that a delegate returns, the same ones once. */
export class Delegate {
  readonly #governors = new Map<string, Governor<NodeRequest> | null>();
  readonly #names = new Map<unknown, number>();

  /** @throws as `cors` does for the same options */
  governor(options: CorsOptions<NodeRequest> | undefined): Governor<NodeRequest> | null {
    const key = this.#key(options);
    const known = this.#governors.get(key);
    if (known !== undefined) return known;
    const governor = governorOf(options);
    if (this.#governors.size >= KEPT_MAX) {
      this.#governors.clear();
      this.#names.clear();
    }
    this.#governors.set(key, governor);
    return governor;
  }

  /** Options with the same content have the same key. What has no content, such as a function, counts by identity. */
  #key(options: unknown): string {
    return JSON.stringify(options, (_, value: unknown) => {
      const isPlain = typeof value !== 'function' && !(typeof value === 'object' && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype);
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
