// The options of the package `cors`, which express, node and fetch take.

import type { StaticOrigin } from './origin.js';
import type { OwnOptions } from './own.js';

/** What `origin` can be. `false` leaves responses untouched; `true` is any origin, without credentials. */
export type OriginOption<R> =
  | StaticOrigin
  | ((origin: string, callback: (error: unknown, allow?: StaticOrigin) => void, request: R) => StaticOrigin | PromiseLike<StaticOrigin> | void);

/** The options of the package `cors`, and those that Corsac adds. */
export interface CorsOptions<R = unknown> extends OwnOptions {
  /** Whose pages may read responses. There is no default: write `'*'` for a public API without cookies. */
  readonly origin?: OriginOption<R>;
  readonly methods?: string | readonly string[];
  /** Left out: every header. */
  readonly allowedHeaders?: string | readonly string[];
  /** The same, under its older name. */
  readonly headers?: string | readonly string[];
  readonly exposedHeaders?: string | readonly string[];
  readonly credentials?: boolean;
  readonly maxAge?: number | string;
  readonly optionsSuccessStatus?: number;
}
