// What browsers do with the application's own response. The model is a large module, so only report-only mode asks it.

import { loadModel } from '#on-demand';
import type { Header } from './decision.js';
import type { Line } from './engine/instance.js';
import { vocabulary } from './engine/vocabulary.js';

/** A response of the application, and the request that it belongs to. Texts have one character for each byte. */
export interface OwnExchange {
  readonly method: string;
  readonly lines: readonly Header[];
  readonly hasCredentials: boolean;
  readonly status: number;
  readonly headers: readonly Header[];
}

/** `judgeOwn` of `explain/own.ts`. */
export type Model = (own: OwnExchange) => string | null | undefined;

let registered: Model | null | undefined;

/** `corsac/explain` calls this. */
export function registerModel(model: Model): void {
  registered = model;
}

/** The model, or null: this runtime loads it only by `import 'corsac/explain'`. */
export function model(): Model | null {
  registered ??= loadModel();
  return registered;
}

/** Why a browser blocks the application's own response: a code. null: it passes. undefined: the model cannot tell. */
export function refusalOf(judge: Model, own: Omit<OwnExchange, 'lines'>, lines: readonly Line[]): string | null | undefined {
  const names = vocabulary().readHeaders;
  try {
    return judge({ ...own, lines: lines.map(([name, value]) => [names[name] as string, value] as const) });
  } catch {
    return undefined;
  }
}
