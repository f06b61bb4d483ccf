// How a module is called that takes its options as JSON, and returns JSON: js/wasm/explain/src/boundary.rs is the other side.

/** What each of these modules exports. Every other export takes the length of its options, and returns the length of its output. */
export interface Buffers {
  readonly memory: WebAssembly.Memory;
  room(length: number): number;
  output(): number;
}

/** What a call returns: a result, or the reason why there is none. */
export type Returned<Result> = Result | { readonly error: string };

export const encoder = new TextEncoder();
export const decoder = new TextDecoder();

/**
 * Calls an export. A trap is thrown: the instance is of no use after that.
 *
 * @param run the export
 * @param body what the call is about
 */
export function callIn<Result>(module: Buffers, run: (length: number) => number, options: object, body: Uint8Array): Returned<Result> {
  const head = encoder.encode(JSON.stringify(options));
  const length = head.length + body.length;
  const at = module.room(length);
  const room = new Uint8Array(module.memory.buffer, at, length);
  room.set(head);
  room.set(body, head.length);
  const written = run(head.length);
  return JSON.parse(decoder.decode(new Uint8Array(module.memory.buffer, module.output(), written))) as Returned<Result>;
}

/** Whether a call failed. */
export function hasFailed(returned: unknown): returned is { readonly error: string } {
  return typeof returned === 'object' && returned !== null && 'error' in returned;
}
