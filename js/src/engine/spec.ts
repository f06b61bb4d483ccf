// The options of a policy as a person wrote them: checked for their types, and written into the module's memory.
//
// What the values mean is for the engine. Here only the types are checked, which the engine cannot see.

import { finding, type Finding } from '../finding.js';
import { camel, unknownOption, vocabulary } from './vocabulary.js';
import type { Instance } from './instance.js';

/** The options of a policy. Names are those of policy files in JavaScript's spelling. */
export interface PolicyOptions {
  /** Whose pages may read responses: `https://app.example.com`, `https://*.example.com`, `http://localhost:*`; `*` is any origin. */
  readonly allowOrigins?: Iterable<string>;
  /** The methods that requests may have. Left out: GET, HEAD and POST. `*` allows every method. */
  readonly allowMethods?: Iterable<string>;
  /** The request headers that scripts may set. `x-amz-meta-*` allows a prefix, `*` every name. */
  readonly allowHeaders?: Iterable<string>;
  /** Lets pages send cookies and read the response. You cannot combine it with any origin. */
  readonly allowCredentials?: boolean;
  /** The response headers that scripts may read. */
  readonly exposeHeaders?: Iterable<string>;
  /** For how many seconds browsers may remember a preflight. */
  readonly maxAge?: number;
  /** The status of an allowed preflight, 200 to 299. Left out: 204. */
  readonly preflightStatus?: number;
  /** The status of every denied preflight, 400 to 499. Left out: the one with which browsers explain it best. */
  readonly deniedPreflightStatus?: number;
  /** You check origins that no pattern matches: see `evaluate` and `ask`. */
  readonly externalOrigins?: boolean;
  /** Sends `Timing-Allow-Origin`, so that pages see how long responses took. */
  readonly allowTiming?: boolean;
  /** Responds to the obsolete request header of Private Network Access. Only Chromium before 138 sends it. */
  readonly allowPrivateNetwork?: boolean;
  /** Allows the patterns `null` and `file://`. They never go with credentials. */
  readonly dangerouslyAllowNullOrigin?: boolean;
  /** Allows `http:` origins other than loopback, and any host of an app's scheme, with credentials. */
  readonly dangerouslyAllowInsecureOrigins?: boolean;
  /** Allows wildcards over a public suffix with credentials: all of them, or better those that you list. */
  readonly dangerouslyAllowPublicSuffixes?: boolean | Iterable<string>;
}

/** A table of a policy set: a policy for a path and everything below it. */
export interface PolicyTableOptions extends PolicyOptions {
  /** Decoded, in whole segments: `/account`. Left out: `/`. */
  readonly path?: string;
  /** `false`: responses of this path stay as they are. */
  readonly cors?: boolean;
}

const LISTS = ['allow_origins', 'allow_methods', 'allow_headers', 'expose_headers', 'dangerously_allow_public_suffixes'] as const;
const NUMBERS = ['max_age', 'preflight_status', 'denied_preflight_status'] as const;
type List = (typeof LISTS)[number];
type NumberOption = (typeof NUMBERS)[number];

/** Switches of a table: wasm/src/given.rs has the same numbers. */
const FLAGS: Readonly<Record<string, number>> = {
  untouched: 1,
  allow_methods: 1 << 1,
  allow_credentials: 1 << 2,
  max_age: 1 << 3,
  denied_preflight_status: 1 << 4,
  external_origins: 1 << 5,
  allow_timing: 1 << 6,
  allow_private_network: 1 << 7,
  dangerously_allow_null_origin: 1 << 8,
  dangerously_allow_insecure_origins: 1 << 9,
  all_suffixes: 1 << 10,
  dangerously_allow_public_suffixes: 1 << 11,
};
/** 32-bit words of a table. */
const TABLE_WORDS = 16;
/** Bytes of an address and a length. */
const TEXT_BYTES = 8;

/** One policy with values of the right types. */
interface Read {
  path: string;
  flags: number;
  lists: Map<List, { entries: string[]; places: number[] }>;
  numbers: Map<NumberOption, number>;
  /** Options whose value has a wrong type, so that what the engine says about their absence is no finding. */
  broken: Set<string>;
}

/** What was read, with what is wrong with the types. */
export interface ReadOptions {
  readonly tables: readonly Read[];
  readonly findings: readonly Finding[];
}

/** Reads the options of one policy. */
export function readPolicy(options: unknown): ReadOptions {
  const findings: Finding[] = [];
  return { tables: [readTable(options, null, findings)], findings };
}

/** Reads the tables of a set. */
export function readSet(tables: unknown): ReadOptions {
  const findings: Finding[] = [];
  if (!Array.isArray(tables)) {
    const message = `a policy set is a list of tables, not ${shownType(tables)}`;
    findings.push(finding({ code: 'wrong-type', field: 'policy', message, suggestion: 'write [{ path: "/", allowOrigins: [...] }]' }));
    return { tables: [], findings };
  }
  return { tables: tables.map((table, number) => readTable(table, number, findings)), findings };
}

function readTable(given: unknown, table: number | null, findings: Finding[]): Read {
  const read: Read = { path: '/', flags: 0, lists: new Map(), numbers: new Map(), broken: new Set() };
  const wrong = (field: string, parts: Partial<Finding>): void => {
    findings.push(finding({ code: 'wrong-type', table, field, ...parts } as Partial<Finding>));
  };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const what = table === null ? 'the options of a policy are' : 'a table is';
    wrong('policy', { message: `${what} an object, not ${shownType(given)}`, suggestion: 'write { allowOrigins: ["https://app.example.com"] }' });
    read.broken.add('allow_origins');
    return read;
  }
  const names = new Map(vocabulary().options.map((name) => [camel(name), name]));
  // Own names only: what a polluted prototype holds was not written here.
  for (const [key, value] of Object.entries(given as Record<string, unknown>)) {
    if (value === undefined) continue;
    const name = names.get(key);
    if (name !== undefined) {
      readOption(read, name, value, wrong);
    } else if (table !== null && key === 'path') {
      if (typeof value === 'string') read.path = value;
      else wrong('path', { message: `path is a string, not ${shownType(value)}` });
    } else if (table !== null && key === 'cors') {
      if (value === false) read.flags |= FLAGS['untouched'] as number;
      else if (value !== true) wrong('cors', { message: `cors is true or false, not ${shownType(value)}` });
    } else {
      const { message, suggestion } = unknownOption(key, table !== null);
      findings.push(finding({ code: 'unknown-key', table, field: key, message, suggestion }));
    }
  }
  return read;
}

function readOption(read: Read, name: string, value: unknown, wrong: (field: string, parts: Partial<Finding>) => void): void {
  const field = camel(name);
  const flag = FLAGS[name] ?? 0;
  const refuse = (wanted: string, suggestion: string | null): void => {
    read.broken.add(name);
    wrong(field, { message: `${field} is ${wanted}, not ${shownType(value)}`, suggestion });
  };
  if ((NUMBERS as readonly string[]).includes(name)) {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      const meant = typeof value === 'string' && /^\d{1,9}$/.test(value) ? `write ${value}` : null;
      return refuse('a whole number', meant);
    }
    read.flags |= flag;
    read.numbers.set(name as NumberOption, value);
  } else if ((LISTS as readonly string[]).includes(name)) {
    if (name === 'dangerously_allow_public_suffixes' && typeof value === 'boolean') {
      if (value) read.flags |= FLAGS['all_suffixes'] as number;
      return undefined;
    }
    if (typeof value === 'string') return refuse('a list', `write [${JSON.stringify(value)}]`);
    if (typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== 'function') return refuse('a list', null);
    read.flags |= flag;
    const list = { entries: [] as string[], places: [] as number[] };
    for (const [place, entry] of [...(value as Iterable<unknown>)].entries()) {
      if (typeof entry === 'string') {
        list.entries.push(entry);
        list.places.push(place);
      } else {
        const suggestion = entry instanceof RegExp ? 'write a pattern such as "https://*.example.com"' : null;
        wrong(field, { index: place, message: `an entry of ${field} is a string, not ${shownType(entry)}`, suggestion });
        read.broken.add(name);
      }
    }
    read.lists.set(name as List, list);
  } else if (typeof value !== 'boolean') {
    refuse('true or false', value === 'true' || value === 'false' ? `write ${value}` : null);
  } else if (value) {
    read.flags |= flag;
  }
  return undefined;
}

/** A kind of value, in words. */
export function shownType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof RegExp) return 'a regular expression';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : `the number ${value}`;
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}

/** The findings of the engine about what was read: with the numbers of the entries as they were written. */
export function placeFindings(read: ReadOptions, findings: readonly Finding[]): Finding[] {
  return findings.flatMap((one) => {
    const table = read.tables[one.table ?? 0];
    const name = vocabulary().options.find((option) => camel(option) === one.field) ?? one.field;
    if (table === undefined) return [one];
    if (one.index === null) return table.broken.has(name) ? [] : [one];
    const places = table.lists.get(name as List)?.places;
    return [finding({ ...one, index: places?.[one.index] ?? one.index })];
  });
}

/** Writes tables into the room of an instance, and returns how many bytes they take. */
export function writeTables(instance: Instance, tables: readonly Read[]): number {
  const encoder = new TextEncoder();
  const texts = tables.map((table) => ({
    path: encoder.encode(table.path),
    lists: LISTS.map((name) => (table.lists.get(name)?.entries ?? []).map((entry) => encoder.encode(entry))),
  }));
  let words = tables.length * TABLE_WORDS * 4;
  let total = 0;
  for (const { path, lists } of texts) {
    total += path.length;
    for (const list of lists) {
      words += list.length * TEXT_BYTES;
      for (const entry of list) total += entry.length;
    }
  }
  const start = instance.room(words + total);
  const { bytes, words: memory } = instance;
  let textAt = start + tables.length * TABLE_WORDS * 4;
  let byteAt = start + words;
  const putText = (word: number, text: Uint8Array): void => {
    bytes.set(text, byteAt);
    memory[word] = byteAt;
    memory[word + 1] = text.length;
    byteAt += text.length;
  };
  // Beyond 32 bits every number is out of range, whichever it is.
  const limit = (value: number): number => Math.max(-0x80000000, Math.min(0x7fffffff, value));
  tables.forEach((table, number) => {
    const { path, lists } = texts[number] as (typeof texts)[number];
    let word = start / 4 + number * TABLE_WORDS;
    putText(word, path);
    memory[word + 2] = table.flags;
    memory[word + 3] = limit(table.numbers.get('max_age') ?? 0);
    memory[word + 4] = limit(table.numbers.get('preflight_status') ?? 204);
    memory[word + 5] = limit(table.numbers.get('denied_preflight_status') ?? 0);
    word += 6;
    for (const list of lists) {
      memory[word] = textAt;
      memory[word + 1] = list.length;
      word += 2;
      for (const entry of list) {
        putText(textAt / 4, entry);
        textAt += TEXT_BYTES;
      }
    }
  });
  return words + total;
}
