// One instance of the engine: writes texts into its memory, calls it, and reads what it says.

import { instantiate, type Exports, type Source } from './module.js';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A number that stands for "not known" where a length is expected. */
const NONE = 0xffffffff;
/** The room that is kept for requests. Most fit, so that one call of the module decides. */
const ROOM = 4096;

/** A line of a request: the number of its name in `vocabulary().readHeaders`, and its value. */
export type Line = readonly [name: number, value: string];

/** An instance, with views of its memory that follow where it grows. */
export class Instance {
  readonly exports: Exports;
  #bytes: Uint8Array;
  #words: Uint32Array;
  #room = 0;
  #roomAt = 0;
  readonly #decided: number;

  constructor(source?: Source) {
    this.exports = instantiate(source);
    this.#bytes = new Uint8Array(this.exports.memory.buffer);
    this.#words = new Uint32Array(this.exports.memory.buffer);
    this.#decided = (this.exports.decided?.() ?? 0) / 4;
  }

  /** The memory, as it is now. */
  get bytes(): Uint8Array {
    this.#look();
    return this.#bytes;
  }

  get words(): Uint32Array {
    this.#look();
    return this.#words;
  }

  #look(): void {
    const { buffer } = this.exports.memory;
    // Growing detaches the buffer of the old views.
    if (this.#bytes.buffer !== buffer) {
      this.#bytes = new Uint8Array(buffer);
      this.#words = new Uint32Array(buffer);
    }
  }

  /**
   * Reserves room for input, and returns where it is.
   *
   * @throws RangeError if the memory cannot grow as far
   */
  room(length: number): number {
    if (length > this.#room) {
      const size = Math.max(length, ROOM);
      this.#roomAt = this.exports.room(size);
      if (this.#roomAt === 0) {
        this.#room = 0;
        throw new RangeError(`corsac has no memory for ${length} bytes of input`);
      }
      this.#room = size;
      this.#look();
    }
    return this.#roomAt;
  }

  /** Forgets the room: compiling and opening move it. */
  moved(): void {
    this.#room = 0;
    this.#look();
  }

  /** The text of the last output. */
  output(length: number): string {
    const at = this.exports.output();
    return decoder.decode(this.bytes.subarray(at, at + length));
  }

  /** Writes a text as UTF-8 into the room, and returns how many bytes it has. */
  write(text: string): number {
    const bytes = encoder.encode(text);
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
    return bytes.length;
  }

  /** Writes text with one byte for each character, and returns its length. */
  writeLatin(text: string): number {
    const at = this.room(text.length);
    put(this.bytes, at, text);
    return text.length;
  }

  /** Reads text with one byte for each character. */
  latin(at: number, length: number): string {
    const bytes = this.bytes;
    let text = '';
    for (let place = at; place < at + length; place += 1) text += String.fromCharCode(bytes[place] as number);
    return text;
  }

  /**
   * Decides about a request, and returns the packed decision (wasm/src/decide.rs).
   *
   * @param checked what a check said about the origin: 0 not asked, 1 no, 2 yes
   */
  decide(
    method: string,
    lines: readonly Line[],
    path: Uint8Array | undefined,
    rawPath: string | undefined,
    checked: 0 | 1 | 2,
  ): number {
    const fixed = 12 + lines.length * 8;
    let length = fixed + method.length + (path?.length ?? 0) + (rawPath?.length ?? 0);
    for (const line of lines) length += line[1].length;
    const start = this.room(length);
    const words = this.#words;
    const bytes = this.#bytes;
    let word = start / 4;
    words[word++] = method.length;
    words[word++] = path === undefined ? NONE : path.length;
    words[word++] = rawPath === undefined ? NONE : rawPath.length;
    for (const line of lines) {
      words[word++] = line[0];
      words[word++] = line[1].length;
    }
    let at = put(bytes, start + fixed, method);
    if (path !== undefined) {
      bytes.set(path, at);
      at += path.length;
    }
    if (rawPath !== undefined) at = put(bytes, at, rawPath);
    for (const line of lines) at = put(bytes, at, line[1]);
    return this.exports.decide(length, lines.length, checked) >>> 0;
  }

  /** A word of the last decision. */
  decided(word: number): number {
    return this.#words[this.#decided + word] as number;
  }
}

/** Writes one byte for each character, and returns where they end. */
function put(bytes: Uint8Array, at: number, text: string): number {
  const { length } = text;
  for (let place = 0; place < length; place += 1) {
    const code = text.charCodeAt(place);
    // No header can hold such a character. 0xFF is no byte of an origin, a method or a name, so it is denied.
    bytes[at + place] = code > 0xff ? 0xff : code;
  }
  return at + length;
}
