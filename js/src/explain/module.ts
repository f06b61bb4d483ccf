// The WebAssembly module that explains: one instance, made at the first call, and how it is called.

import { explain } from '#explain';
import { callIn, decoder, encoder, hasFailed, type Buffers, type Returned } from '../engine/call.js';
import { instanceOf } from '../engine/module.js';

/** What the module exports. Each call takes the length of its options, and returns the length of its output. */
interface Exports extends Buffers {
  url_room(length: number): number;
  console(options: number): number;
  code(options: number): number;
  names(options: number): number;
  capture(options: number): number;
  exchange(options: number): number;
  next(options: number): number;
  own(options: number): number;
  twice(options: number): number;
  live_begin(options: number): number;
  live_next(options: number): number;
  live_end(options: number): number;
}

/** The calls. */
export type Call = 'console' | 'code' | 'names' | 'capture' | 'exchange' | 'next' | 'own' | 'twice' | 'live_begin' | 'live_next' | 'live_end';

/** Something that cannot be explained. Its message says why, and is safe to show. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
}

/** After more input than this, the memory is given back, because an instance cannot shrink. */
const LARGE = 1 << 22;

let instance: Exports | null = null;
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

function instantiate(): Exports {
  const { exports } = instanceOf(explain, { corsac: { parse_url: parseUrl } });
  return exports as unknown as Exports;
}

/** The module asks for this, because every runtime has a parser of URLs, and the tables of one are large. */
function parseUrl(at: number, length: number, baseAt: number, baseLength: number): number {
  if (instance === null) return 0;
  const text = (start: number, bytes: number): string =>
    decoder.decode(new Uint8Array((instance as Exports).memory.buffer, start, bytes));
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
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  const module = (instance ??= instantiate());
  let returned: Returned<Result>;
  try {
    returned = callIn<Result>(module, module[name], options, bytes);
  } catch (error) {
    // Only where memory ends, or by a fault of the module. The next call gets a new instance.
    instance = null;
    throw new ExplainError('this cannot be explained, because the module ran out of memory or failed', { cause: error });
  }
  if (bytes.length > LARGE && checks === 0) instance = null;
  if (hasFailed(returned)) throw new ExplainError(returned.error);
  return returned;
}
