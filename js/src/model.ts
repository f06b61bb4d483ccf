// What browsers do with the application's own response. The model is a large module, so only report-only mode asks it.

import { loadModel } from '#model';
import type { Decision, Header } from './decision.js';
import type { Line } from './engine/instance.js';
import { vocabulary } from './engine/vocabulary.js';
import type { Diagnosis, Exchange } from './explain/data.js';

/** `explainExchange` of `corsac/explain`. */
export type Model = (exchange: Exchange, options: { readonly text: 'none' }) => { readonly diagnosis: Diagnosis };

let registered: Model | null | undefined;

/** `corsac/explain` calls this. */
export function registerModel(model: Model): void {
  registered = model;
}

/** The page is of another origin, whatever the server's is. */
const SERVER = 'https://report-only.invalid/';

/** A response of the application, and the request that it belongs to. */
export interface OwnExchange {
  readonly lines: readonly Line[];
  readonly hasCredentials: boolean;
  readonly status: number;
  readonly headers: readonly Header[];
}

/** The model, or null: this runtime loads it only by `import 'corsac/explain'`. */
export function model(): Model | null {
  registered ??= loadModel();
  return registered;
}

/** Why a browser blocks the application's own response: a code. null: it passes. undefined: the model cannot tell. */
export function refusalOf(explain: Model, decision: Decision, own: OwnExchange): string | null | undefined {
  const names = vocabulary().readHeaders.map((name) => name.toLowerCase());
  const values = (name: string): readonly string[] => own.lines.filter((line) => names[line[0]] === name).map((line) => line[1]);
  const response = { status: own.status, headers: own.headers };
  const isPreflight = decision.class === 'preflight';
  const asked = values('access-control-request-headers').join(',').split(',').map((name) => name.trim()).filter(Boolean);
  const request = {
    origin: values('origin')[0] ?? '',
    url: SERVER,
    // The check of a response does not depend on its request's method, and a GET needs no preflight that would have to pass.
    method: isPreflight ? (values('access-control-request-method')[0] ?? 'GET') : 'GET',
    headers: isPreflight ? asked.map((name) => [name, null] as const) : [],
    credentials: own.hasCredentials ? 'include' : 'same-origin',
    // The browser did send a preflight, so the request needs one, even if it is a GET.
    ...(isPreflight ? { upload_listener: true } : {}),
  } as const;
  try {
    const { diagnosis } = explain({ request, hops: [isPreflight ? { preflight: response } : { response }] }, { text: 'none' });
    if (diagnosis.throws !== null) return undefined;
    const at = isPreflight ? 'preflight' : 'response';
    return diagnosis.blocked_by.find((one) => one.at === at)?.code ?? null;
  } catch {
    // What no browser sends, such as an origin with a path.
    return undefined;
  }
}
