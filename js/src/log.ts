// The log of an adapter. Lines that clients can cause at will are counted, so that no client can fill it.
//
// The nginx module and the Python package have the same rule: of one kind of line, the first 16 in a minute are logged,
// then the 32nd, the 64th and so on, with their number.

/** Where an adapter writes what it has to say. `console`, pino and winston fit. */
export interface Logger {
  error(message: string, cause?: unknown): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

/** A person reads about as many. */
const FIRST = 16;
const PERIOD = 60_000;
/** A set may have thousands of paths. Beyond this, all other kinds count as one. */
const KINDS_MAX = 512;
const ONCE_MAX = 64;

const silent = (): void => undefined;

/** The console, without the lines that only help while you look for something: set `logger: console` to see them. */
const standard: Logger = {
  error: (message, cause) => (cause === undefined ? console.error(message) : console.error(message, cause)),
  warn: (message) => console.warn(message),
  info: (message) => console.info(message),
  debug: silent,
};

export type Level = 'warn' | 'info' | 'debug';

/** The lines of one adapter. */
export class BoundedLog {
  readonly #logger: Logger;
  readonly #clock: () => number;
  readonly #counts = new Map<string, { start: number; number: number }>();
  readonly #once = new Set<string>();
  /** Whether debug lines go anywhere. Making one costs more than a decision. */
  readonly debugs: boolean;

  constructor(logger: Logger = standard, clock: () => number = Date.now) {
    this.#logger = logger;
    this.#clock = clock;
    this.debugs = logger !== standard;
  }

  /** A line that is not counted, because only the start of a program can cause it. */
  start(level: Level, message: string): void {
    this.#logger[level](`corsac: ${message}`);
  }

  /**
   * Logs a line, unless too many of its kind were logged within a minute.
   *
   * @param kind what is counted. There must be few kinds, and none may come from a request.
   */
  counted(level: Level | 'error', kind: string, line: () => string, cause?: unknown): void {
    const number = this.#number(kind);
    // Powers of two from there on.
    if (number > FIRST && (number & (number - 1)) !== 0) return;
    const many = number > FIRST ? ` (${number} of these in a minute)` : '';
    const message = `corsac: ${line()}${many}`;
    if (level === 'error') this.#logger.error(message, cause);
    else this.#logger[level](message);
  }

  /** Logs a line once for its kind. */
  once(level: Level, kind: string, line: () => string, most = ONCE_MAX): void {
    if (this.#once.has(kind) || this.#once.size >= most) return;
    this.#once.add(kind);
    this.#logger[level](`corsac: ${line()}`);
  }

  #number(kind: string): number {
    const now = this.#clock();
    let count = this.#counts.get(kind);
    if (count === undefined) {
      const key = this.#counts.size < KINDS_MAX ? kind : '';
      count = this.#counts.get(key) ?? { start: now, number: 0 };
      this.#counts.set(key, count);
    }
    if (now - count.start >= PERIOD) {
      count.start = now;
      count.number = 0;
    }
    count.number += 1;
    return count.number;
  }
}
