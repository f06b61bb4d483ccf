// The names of the engine, from the engine: classes, denials, header lines and options.

import { Instance } from './instance.js';

/** What a request is to the CORS protocol. */
export type RequestClass = 'plain' | 'actual' | 'preflight';

/** Why a request is denied. Later versions may add codes. */
export type DenialCode =
  | 'origin-not-allowed'
  | 'origin-malformed'
  | 'method-not-allowed'
  | 'method-malformed'
  | 'header-not-allowed'
  | 'headers-malformed'
  | 'too-large'
  | 'path-ambiguous';

interface Vocabulary {
  readonly classes: readonly RequestClass[];
  /** By number; 0 is no denial. */
  readonly denials: readonly (DenialCode | null)[];
  /** The header lines that the engine reads, in the order of their numbers. */
  readonly readHeaders: readonly string[];
  /** The options of a policy, as policy files write them. */
  readonly options: readonly string[];
}

let shared: Instance | undefined;
let known: Vocabulary | undefined;

/** An instance without a policy, for questions that need none. */
export function helper(): Instance {
  return (shared ??= new Instance());
}

export function vocabulary(): Vocabulary {
  if (known === undefined) {
    const instance = helper();
    known = JSON.parse(instance.output(instance.exports.vocabulary())) as Vocabulary;
  }
  return known;
}

/** A name of a policy file, as JavaScript writes it: `allow_origins` becomes `allowOrigins`. */
export function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A message of the engine with JavaScript's names of options. What is in quotes is the user's own text. */
export function camelMessage(message: string): string {
  return message.replace(/"[^"]*"|\b[a-z]+(?:_[a-z]+)+\b/g, (part) => (part.startsWith('"') ? part : camel(part)));
}

/** One sentence about a key that is not an option, and what was probably meant. */
export function unknownOption(key: string, isTable: boolean): { message: string; suggestion: string | null; option: string | null } {
  const instance = helper();
  const said = instance.output(instance.exports.unknown_option(instance.write(key), isTable ? 1 : 0));
  const [message = '', advice = ''] = said.split('\n');
  const option = /^did you mean ([a-z_]+)\?$/.exec(advice)?.[1] ?? null;
  return { message: camelMessage(message), suggestion: advice === '' ? null : camelMessage(advice), option };
}

/** Untrusted text for a log: everything but printable ASCII becomes `\xNN`. At most 128 bytes of it. */
export function escaped(text: string): string {
  const instance = helper();
  const shown = text.slice(0, 128);
  const length = instance.writeLatin(shown);
  return instance.output(instance.exports.escape(length)) + (shown.length < text.length ? '...' : '');
}
