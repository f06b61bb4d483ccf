// The analyser of regular expressions: a module of its own, because few policies have an expression with credentials.

import { loadRegexes } from '#on-demand';
import { instanceOf, type Source } from './module.js';

/** What the module exports: see wasm/regexes. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  room(length: number): number;
  output(): number;
  analyse(length: number, ignoresCase: number): number;
}

/** What is known of an expression. */
export interface Analysis {
  /** Patterns that together match everything that it matches. Whether a policy may list them, the engine says. */
  readonly bounds: readonly string[];
  /** Why there are none: the end of a sentence about the expression. */
  readonly refusal: string | null;
  /** Patterns that its author probably meant. */
  readonly instead: readonly string[];
  /** How these differ from it. null: they do not. */
  readonly difference: string | null;
}

let registered: Source | null = null;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** `import 'corsac/regexes'` calls this. */
export function registerRegexes(source: Source): void {
  registered = source;
}

/**
 * Analyses an expression.
 *
 * @throws Error if the analyser is not there
 */
export function analyse(expression: RegExp): Analysis {
  if (expression.flags.includes('v')) {
    return { bounds: [], refusal: 'has the flag v, with which classes mean something else', instead: [], difference: null };
  }
  registered ??= loadRegexes();
  if (registered === null) {
    throw new Error(`origin: ${String(expression)} has to be proved with credentials: add \`import 'corsac/regexes'\`, or list the origins as patterns`);
  }
  // A new one each time: this is called when a server starts, and its memory is given back.
  const module = instanceOf(registered).exports as unknown as Exports;
  const bytes = encoder.encode(expression.source);
  const at = module.room(bytes.length);
  new Uint8Array(module.memory.buffer, at, bytes.length).set(bytes);
  const length = module.analyse(bytes.length, expression.ignoreCase ? 1 : 0);
  const lines = decoder.decode(new Uint8Array(module.memory.buffer, module.output(), length)).split('\n');
  const of = (kind: string): string[] => lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
  return { bounds: of('bound'), refusal: of('refused')[0] ?? null, instead: of('instead'), difference: of('difference')[0] ?? null };
}
