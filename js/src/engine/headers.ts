// The header lines that the engine reads, from every form in which JavaScript has headers.

import type { Line } from './instance.js';
import { vocabulary } from './vocabulary.js';

/** Headers in any form: pairs, a `Headers`, an object as Node has it, or Node's flat `rawHeaders`. */
export type HeadersLike =
  | Iterable<readonly [string, string]>
  | readonly string[]
  | Readonly<Record<string, string | readonly string[] | undefined>>;

let numbers: ReadonlyMap<string, number> | undefined;
let lengths: ReadonlySet<number> | undefined;

function known(): ReadonlyMap<string, number> {
  if (numbers === undefined) {
    // As it is written in the standard, and as most programs have it.
    numbers = new Map(vocabulary().readHeaders.flatMap((name, number) => [[name, number] as const, [name.toLowerCase(), number] as const]));
    lengths = new Set(vocabulary().readHeaders.map((name) => name.length));
  }
  return numbers;
}

/** The number of a name; undefined if the engine does not read such a header. */
export function numberOf(name: string): number | undefined {
  const names = known();
  // Four lengths rule out most names before their letters are changed.
  return lengths?.has(name.length) === true ? (names.get(name) ?? names.get(name.toLowerCase())) : undefined;
}

/** The lines that the engine reads, in their order. */
export function linesOf(headers: HeadersLike): Line[] {
  const lines: Line[] = [];
  const add = (name: string, value: string): void => {
    const number = numberOf(name);
    if (number !== undefined) lines.push([number, value]);
  };
  if (Array.isArray(headers) && typeof headers[0] === 'string') {
    for (let at = 0; at + 1 < headers.length; at += 2) add(headers[at] as string, headers[at + 1] as string);
  } else if (typeof (headers as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function') {
    for (const [name, value] of headers as Iterable<readonly [string, string]>) add(name, value);
  } else {
    const object = headers as Record<string, string | readonly string[] | undefined>;
    for (const name in object) {
      // Own names only: a polluted prototype must not add a header.
      if (!Object.hasOwn(object, name)) continue;
      const number = numberOf(name);
      const value = object[name];
      if (number === undefined || value === undefined) continue;
      if (typeof value === 'string') lines.push([number, value]);
      else for (const one of value) lines.push([number, one]);
    }
  }
  return lines;
}
