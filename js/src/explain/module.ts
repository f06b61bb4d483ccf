// The WebAssembly module that explains, and how it is called.

import { explain } from '#explain';
import { decoder, encoder } from '../engine/call.js';
import { instanceOf } from '../engine/module.js';
import { Called, type Calls } from './called.js';

/** The calls. Each takes the length of its options, and returns the length of its output. */
export type Call = 'console' | 'stack_names' | 'capture' | 'exchange' | 'next' | 'own' | 'twice' | 'live_begin' | 'live_next' | 'live_end';

interface Exports extends Calls<Call> {
  url_room(length: number): number;
}

/** After more input than this, the memory is given back, because an instance cannot shrink. */
const LARGE = 1 << 22;

const explainer = new Called<Call, Exports>(() => instanceOf(explain, { corsac: { parse_url: parseUrl } }).exports as unknown as Exports);
/** The checks that go on in the instance: as long as there are any, it stays. */
let checks = 0;

/** A check begins. */
export function begin(): void {
  checks += 1;
}

/** A check ends. */
export function end(): void {
  checks -= 1;
}

/** The module asks for this, because every runtime has a parser of URLs, and the tables of one are large. */
function parseUrl(at: number, length: number, baseAt: number, baseLength: number): number {
  const { instance } = explainer;
  if (instance === null) return 0;
  const text = (start: number, bytes: number): string => decoder.decode(new Uint8Array(instance.memory.buffer, start, bytes));
  let url;
  try {
    url = encoder.encode(new URL(text(at, length), baseLength === 0 ? undefined : text(baseAt, baseLength)).href);
  } catch {
    return 0;
  }
  const room = instance.url_room(url.length);
  new Uint8Array(instance.memory.buffer, room, url.length).set(url);
  return 1;
}

/**
 * Calls the module.
 *
 * @param body what is to be explained
 * @throws ExplainError if it cannot be
 */
export function call<Result>(name: Call, options: object, body: string | Uint8Array = ''): Result {
  try {
    return explainer.call<Result>(name, options, body);
  } finally {
    if (body.length > LARGE && checks === 0) explainer.instance = null;
  }
}
