// A compiled policy or set in an instance of the engine: evaluates requests, and remembers decisions that come again.

import { Decision, Denial, type Header } from '../decision.js';
import { findingsOf, type Finding } from '../finding.js';
import { Instance, type Line } from './instance.js';
import type { Source } from './module.js';
import { Remembered } from './remembered.js';
import { placeFindings, writeTables, type ReadOptions } from './spec.js';
import { suffixes } from './suffixes.js';
import { vocabulary } from './vocabulary.js';

/** Bits of a packed decision: wasm/src/decide.rs has the same. */
const UNTOUCHED = 1 << 2;
const ASK = 1 << 3;
const TIMING = 1 << 18;
const BAD_CALL = 0xffffffff;
/** Words of a decision in front of its headers. */
const HEAD = 5;
/** Instead of an address: the value is the request's Origin, or the requested method. */
const ORIGIN = 1;
const METHOD = 2;

const COMPILED = 0;
const TOO_LARGE = 2;

/** A list of headers. Those that repeat a line of the request have its number, and an empty value. */
type Shape = readonly { readonly header: Header; readonly repeats: number | null }[];

/** The decision depends on whether this origin is allowed. */
export interface Question {
  /** The origin that no pattern matched: at most 328 visible characters. */
  readonly origin: string;
  /** The number of the table that has `externalOrigins`; 0 for a single policy. */
  readonly table: number;
  /** The decision, with what you found out about the origin. */
  decide(isAllowed: boolean): Decision;
}

/** A table of a compiled set. Options that are off or left out are not there. */
export interface CompiledTable {
  readonly path: string;
  readonly cors?: false;
  readonly allow_origins?: readonly string[];
  readonly allow_methods?: readonly string[];
  readonly allow_headers?: readonly string[];
  readonly expose_headers?: readonly string[];
  readonly max_age?: number | null;
  readonly preflight_status?: number;
  readonly denied_preflight_status?: number | null;
  readonly allow_credentials?: true;
  readonly external_origins?: true;
  readonly allow_timing?: true;
  readonly allow_private_network?: true;
  readonly public_suffixes_checked?: boolean;
}

/** An image, and everything that was found wrong with its options. */
export interface Outcome {
  readonly instance: Instance | null;
  readonly findings: readonly Finding[];
}

/** Compiles what was read. Without an instance, there are errors among the findings. */
export function compile(read: ReadOptions, isSet: boolean): Outcome {
  const first = compileIn(new Instance(), read, isSet);
  const source = suffixesFor(first.instance);
  if (source === null) return first;
  const checked = compileIn(new Instance(source), read, isSet);
  // The engine itself has no list, and is small: it decides.
  return { findings: checked.findings, instance: checked.instance === null ? null : open(imageOf(checked.instance)) };
}

/**
 * The module with the public suffix list, where a policy has to be compiled once more with it.
 *
 * @throws Error if the policy must not be used without the list, and it is not there
 */
export function suffixesFor(compiled: Instance | null): Source | null {
  // What is refused already may have further findings, which are named at once.
  if (compiled === null) return suffixes(false);
  const wants = compiled.exports.wants_suffixes();
  return wants === 0 ? null : suffixes(wants === 2);
}

function compileIn(instance: Instance, read: ReadOptions, isSet: boolean): Outcome {
  const length = writeTables(instance, read.tables);
  return outcome(instance, instance.exports.compile(length, read.tables.length, isSet ? 1 : 0), false, (findings) => [
    ...read.findings,
    ...placeFindings(read, findings),
  ]);
}

/** What compiling gave: the code that the module returned, and its findings. */
export function outcome(
  instance: Instance,
  code: number,
  isFile: boolean,
  placed: (findings: readonly Finding[]) => readonly Finding[] = (findings) => findings,
): Outcome {
  instance.moved();
  if (code === TOO_LARGE) throw new RangeError('the policy needs more memory than there is: list fewer origins');
  if (code > TOO_LARGE) throw new Error('corsac called its module with a wrong length');
  const findings = placed(findingsOf(instance.output(instance.exports.findings_len()), isFile));
  const isRefused = code !== COMPILED || findings.some((one) => one.severity === 'error');
  return { findings, instance: isRefused ? null : instance };
}

/** The image of an instance, copied. */
export function imageOf(instance: Instance): Uint8Array {
  const at = instance.exports.image();
  return instance.bytes.slice(at, at + instance.exports.image_len());
}

/**
 * Opens an image.
 *
 * @throws TypeError if it is not an image of a policy that could be compiled
 */
export function open(image: Uint8Array): Instance {
  const instance = new Instance();
  const at = instance.room(image.length);
  instance.bytes.set(image, at);
  const code = instance.exports.open(image.length) >>> 0;
  instance.moved();
  if (code === BAD_CALL) throw new Error('corsac called its module with a wrong length');
  if (code !== 0) throw new TypeError(`this is not the image of a policy: ${instance.output(code)}`);
  return instance;
}

/** Evaluates requests with one instance. */
export class Evaluator {
  instance: Instance;
  readonly #shapes: (Shape | undefined)[] = [];
  #tables: readonly CompiledTable[] | undefined;
  readonly #isSet: boolean;
  /** By origin. */
  readonly #actual = new Remembered();
  /** By every line that the engine reads. */
  readonly #preflights = new Remembered();
  #plain: Decision | undefined;

  /** @param isSet decisions depend on the path, so none is remembered */
  constructor(instance: Instance, isSet: boolean) {
    this.instance = instance;
    this.#isSet = isSet;
  }

  get tables(): readonly CompiledTable[] {
    return (this.#tables ??= JSON.parse(this.instance.output(this.instance.exports.describe())) as CompiledTable[]);
  }

  /** A request without any of the headers that the engine reads. Its decision depends on the policy alone. */
  plain(path?: Uint8Array, rawPath?: string): Decision | undefined {
    if (this.#isSet) return this.ask('GET', [], path, rawPath) as Decision | undefined;
    return (this.#plain ??= this.ask('GET', [], path, rawPath) as Decision);
  }

  /** A request of another class than preflight, with one `Origin` line. */
  actual(origin: string, path?: Uint8Array, rawPath?: string): Decision | Question | undefined {
    if (this.#isSet) return this.ask('GET', [[0, origin]], path, rawPath);
    const known = this.#actual.get(origin);
    if (known !== undefined) return known;
    const decided = this.ask('GET', [[0, origin]], path, rawPath);
    if (decided instanceof Decision) this.#actual.set(origin, decided);
    return decided;
  }

  /** A request with the method OPTIONS, and any lines. */
  preflight(lines: readonly Line[], path?: Uint8Array, rawPath?: string): Decision | Question | undefined {
    if (this.#isSet) return this.ask('OPTIONS', lines, path, rawPath);
    let key = '';
    // With the lengths, so that no value can look like two lines.
    for (const [number, value] of lines) key += `${number} ${value.length} ${value}`;
    const known = this.#preflights.get(key);
    if (known !== undefined) return known;
    const decided = this.ask('OPTIONS', lines, path, rawPath);
    if (decided instanceof Decision) this.#preflights.set(key, decided);
    return decided;
  }

  /** Decides, or asks about the origin first. undefined: no policy applies to the path. */
  ask(method: string, lines: readonly Line[], path?: Uint8Array, rawPath?: string): Decision | Question | undefined {
    const packed = this.#packed(method, lines, path, rawPath, 0);
    if ((packed & ASK) === 0) return this.#decision(packed, lines);
    const origin = valueOf(lines, 0);
    const decide = (isAllowed: boolean): Decision =>
      this.#decision(this.#packed(method, lines, path, rawPath, isAllowed ? 2 : 1), lines) as Decision;
    return { origin, table: this.instance.decided(1), decide };
  }

  #packed(method: string, lines: readonly Line[], path: Uint8Array | undefined, rawPath: string | undefined, checked: 0 | 1 | 2): number {
    try {
      return this.instance.decide(method, lines, path, rawPath, checked);
    } catch (error) {
      // Only by a fault of the module, or where memory ends. Where its stack is then, nothing knows, so the policy goes on in a new instance.
      this.instance = open(imageOf(this.instance));
      this.#shapes.length = 0;
      throw error;
    }
  }

  #decision(packed: number, lines: readonly Line[]): Decision | undefined {
    if (packed === BAD_CALL) throw new Error('corsac called its module with a wrong length');
    if ((packed & UNTOUCHED) !== 0) return undefined;
    const { instance } = this;
    const code = (packed >>> 4) & 0xf;
    const status = (packed >>> 8) & 0x3ff;
    const denial = code === 0 ? null : new Denial(code, instance.latin(instance.decided(2), instance.decided(3)));
    const list = packed >>> 20;
    let shape = list === 0 ? this.#shape() : this.#shapes[list];
    if (shape === undefined) {
      shape = this.#shape();
      this.#shapes[list] = shape;
    }
    const headers = shape.map(({ header, repeats }): Header => (repeats === null ? header : [header[0], valueOf(lines, repeats)]));
    return new Decision({
      class: vocabulary().classes[packed & 3] ?? 'plain',
      denial,
      status: status === 0 ? null : status,
      headers,
      replacesTiming: (packed & TIMING) !== 0,
      place: instance.decided(0),
    });
  }

  /** The headers of the last decision, as the module has them. */
  #shape(): Shape {
    const { instance } = this;
    const count = instance.decided(HEAD - 1);
    return Array.from({ length: count }, (_, place) => {
      const [name, nameLength, value, valueLength] = [0, 1, 2, 3].map((word) => instance.decided(HEAD + place * 4 + word)) as [number, number, number, number];
      const repeats = value === ORIGIN || value === METHOD ? value - 1 : null;
      return { header: [instance.latin(name, nameLength), repeats === null ? instance.latin(value, valueLength) : ''], repeats };
    });
  }
}

/** The value of the first line with this number; empty if there is none. */
function valueOf(lines: readonly Line[], number: number): string {
  for (const line of lines) if (line[0] === number) return line[1];
  return '';
}
