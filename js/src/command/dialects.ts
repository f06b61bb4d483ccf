// Other products' configurations: the module that reads, judges, writes and compares them. Only this program has it, so it is a file of the
// package, which is read when a command needs it.

import { readFileSync } from 'node:fs';
import { callIn, hasFailed, type Buffers } from '../engine/call.js';
import { instanceOf } from '../engine/module.js';
import { Failure, styled, type Outcome } from './output.js';
import { nameOf } from './policy.js';

type Call = 'check' | 'import' | 'known' | 'export' | 'kind' | 'diff' | 'open' | 'line';
type Exports = Buffers & Readonly<Record<Call, (length: number) => number>>;

/** How to read another product's configuration. */
export interface DialectOptions {
  readonly from?: string;
  readonly 'product-version'?: string;
  readonly only?: string;
}

/** What a command prints, with styles, and its exit code. */
export interface Printed {
  readonly out: string;
  readonly err: string;
  readonly code: Outcome | 2;
}

let instance: Exports | null = null;

function instantiate(): Exports {
  const bytes = readFileSync(new URL('../../wasm/dialects.wasm', import.meta.url));
  return instanceOf(new WebAssembly.Module(bytes)).exports as unknown as Exports;
}

/**
 * Calls the module.
 *
 * @throws Failure if the module refuses what it is given
 */
export function call<Result>(name: Call, options: object, body: Uint8Array = new Uint8Array()): Result {
  const module = (instance ??= instantiate());
  let returned;
  try {
    returned = callIn<Result>(module, module[name], options, body);
  } catch {
    throw new Failure('the module ran out of memory or failed: is the file very large?');
  }
  if (hasFailed(returned)) throw new Failure(returned.error);
  return returned;
}

/** What the module must know of a file. */
export function fileOptions(file: string, options: DialectOptions): object {
  const { from, only, 'product-version': version } = options;
  if (version !== undefined && from === undefined) throw new Failure('--product-version needs --from: name the dialect, such as --from kong');
  return { name: nameOf(file), from, only, product_version: version };
}

/** Shows what a command found out. */
export function show({ out, code }: Printed): Outcome {
  process.stdout.write(styled(out));
  if (code === 2) throw new Failure('');
  return code;
}
