// The compiled WebAssembly modules: each is compiled once, when it is first needed.

import { engine } from '#engine';

/**
 * What the engine exports. Numbers are addresses, lengths and codes: see wasm/src.
 *
 * The modules of policy files and of the public suffix list only compile: what they have not is not called of them.
 */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  room(length: number): number;
  output(): number;
  image(): number;
  image_len(): number;
  findings_len(): number;
  compile(length: number, tables: number, isSet: number): number;
  compile_text?(length: number): number;
  open(length: number): number;
  decide(length: number, lines: number, checked: number): number;
  decided?(): number;
  describe(): number;
  at(length: number): number;
  wants_suffixes(): number;
  is_set(): number;
  replaces(length: number, hasTiming: number): number;
  missing_vary(theirs: number, length: number): number;
  decision_sentence(requestClass: number, denial: number, length: number): number;
  denial_sentence(code: number, length: number): number;
  escape(length: number): number;
  vocabulary(): number;
  unknown_option(length: number, isTable: number): number;
}

/** What a runtime gives us: the bytes in base64, or a module where it compiles only files. */
export type Source = string | WebAssembly.Module;

const compiled = new Map<Source, WebAssembly.Module>();

/**
 * A new instance of a source, which is compiled at the first call.
 *
 * @throws Error if this runtime has no WebAssembly, or a page's Content Security Policy forbids it
 */
export function instanceOf(source: Source, imports: WebAssembly.Imports = {}): WebAssembly.Instance {
  const module = moduleOf(source);
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (cause) {
    // Safari compiles what it then refuses to make an instance of.
    throw /unsafe-eval/.test(String(cause)) ? forbidden(cause) : cause;
  }
}

function moduleOf(source: Source): WebAssembly.Module {
  if (typeof source !== 'string') return source;
  let module = compiled.get(source);
  if (module === undefined) {
    module = compile(source);
    compiled.set(source, module);
  }
  return module;
}

function compile(source: string): WebAssembly.Module {
  if (typeof WebAssembly === 'undefined') {
    throw new Error('corsac needs WebAssembly, and this runtime does not have it or turned it off: use another runtime, or allow it');
  }
  try {
    return new WebAssembly.Module(bytesOf(source));
  } catch (cause) {
    throw forbidden(cause);
  }
}

/** What some runtimes have for base64, and others do not. */
interface Decoders {
  readonly Buffer?: { from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer> };
  readonly Uint8Array: { fromBase64?(text: string): Uint8Array<ArrayBuffer> };
}

/** The bytes of base64. The loop takes ten times as long as what a runtime has for it, because it runs once. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const { Buffer, Uint8Array: array } = globalThis as unknown as Decoders;
  if (array.fromBase64 !== undefined) return array.fromBase64(base64);
  if (Buffer !== undefined) return Buffer.from(base64, 'base64');
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

function forbidden(cause: unknown): Error {
  return new Error(
    "corsac cannot compile its WebAssembly module: in a page, add 'wasm-unsafe-eval' to script-src of the Content " +
      'Security Policy; in a worker, let your bundler use the export condition of the runtime (workerd, edge-light)',
    { cause },
  );
}

/** A new instance of the engine. It imports nothing. */
export function instantiate(source: Source = engine): Exports {
  return instanceOf(source).exports as unknown as Exports;
}
