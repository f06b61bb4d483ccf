// Why a browser blocked a request: console messages, captures, HAR files, codes and exchanges in, the cause and the fix out.

import { ExplainError } from './explain/called.js';
import { callCodes } from './explain/codes.js';
import { call } from './explain/module.js';
import { judgeOwn } from './explain/own.js';
import { registerModel } from './model.js';
import type { CodeEntry, Diagnosis, Exchange, HeaderList, Reading } from './explain/data.js';

export { ExplainError } from './explain/called.js';
export type {
  BlockedBy,
  CapturedResponse,
  CodeEntry,
  Diagnosis,
  Exchange,
  HeaderList,
  Hop,
  PerProfile,
  Profile,
  Reading,
  ScriptRequest,
} from './explain/data.js';

/** How a text is written. */
export interface TextOptions {
  /** A server or framework, such as `express`, or several layers: the text then has the fix for it. */
  readonly stack?: string | readonly string[];
  /** Whether the values of `Cookie` and `Authorization` are shown. */
  readonly showSecrets?: boolean;
  /** Whether the text has colours for a terminal. */
  readonly styles?: boolean;
}

/** Where page and server are. It decides whether a browser sends the request at all. */
export interface NetworkOptions {
  readonly pageSpace?: 'public' | 'local' | 'loopback';
  /** Judge the server as if it were at this URL. */
  readonly as?: string;
  /** Judge the page as if it were deployed to the internet. */
  readonly deployed?: boolean;
}

/** What the text does not say. */
export interface TextFacts {
  readonly url?: string;
  readonly origin?: string;
}

/** What a capture does not say. */
export interface CaptureFacts extends TextFacts {
  readonly method?: string;
  /** Each is `NAME` or `NAME: VALUE`. */
  readonly headers?: readonly string[];
  readonly credentials?: boolean;
  /** Only this entry of a HAR, or the exchange that begins at this line. */
  readonly entry?: number;
}

/** `allowed` in every browser, `blocked` in at least one, or `unknown`: a response is missing. */
export type Outcome = 'allowed' | 'blocked' | 'unknown';

export interface ExplainedText {
  /** Each failure once. */
  readonly readings: readonly Reading[];
  /** The same for people, without control characters. */
  readonly text: string;
  readonly outcome: Outcome;
}

export interface ExplainedCapture {
  readonly exchanges: readonly {
    /** The file and the place in it. */
    readonly place: string;
    readonly number: number;
    /** null: something else than CORS stopped the request, and `stopped` is its code. */
    readonly diagnosis: Diagnosis | null;
    readonly stopped: string | null;
  }[];
  /** What could not be read, or had to be guessed. */
  readonly notes: readonly string[];
  readonly text: string;
  readonly outcome: Outcome;
}

export interface ExplainedExchange {
  readonly diagnosis: Diagnosis;
  /** The report with its diagram, or only the verdicts. */
  readonly text: string;
  readonly outcome: Outcome;
}

const OUTCOMES: readonly Outcome[] = ['allowed', 'blocked', 'unknown'];

function shape(options: TextOptions): object {
  const { stack = [], showSecrets = false, styles = false } = options;
  return { stacks: typeof stack === 'string' ? [stack] : stack, secrets: showSecrets, styles };
}

function network(options: NetworkOptions): object {
  const { pageSpace, as: server, deployed = false } = options;
  if (server === undefined) return { page_space: pageSpace, deployed };
  let url;
  try {
    url = new URL(server);
  } catch {
    throw new ExplainError(`as must be the URL of a server, such as https://api.example.com/: ${JSON.stringify(server.slice(0, 40))} is not`);
  }
  if (!/^https?:$/.test(url.protocol)) throw new ExplainError('as must be a URL that begins with http: or https:');
  return { page_space: pageSpace, deployed, as: url.href };
}

/**
 * Explains the messages of a browser's console, as `corsac explain --console` does. Pass what you have: several lines,
 * older words, another language, quotes that a forum changed.
 *
 * ```js
 * explainText("Access to fetch at 'https://api.example.com/x' from origin …", { stack: 'express' }).text
 * ```
 *
 * @throws ExplainError if the text has no known message, or if the stack is not known
 */
export function explainText(text: string, options: TextFacts & TextOptions = {}): ExplainedText {
  const { url = null, origin = null } = options;
  const told = call<{ json: string; text: string; is_blocked: boolean }>('console', { url, origin, shape: shape(options) }, text);
  return {
    readings: JSON.parse(told.json) as Reading[],
    text: told.text,
    outcome: told.is_blocked ? 'blocked' : 'allowed',
  };
}

/** A capture with the name that messages use for it. */
export interface NamedCapture {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/**
 * Explains captured traffic, as `corsac explain FILE` does: the output of `curl -i` or `curl -v`, heads from developer
 * tools, or a HAR file. Of several captures, a preflight in one and the response in the next belong together.
 *
 * The public suffix list is not in this module, so whether two hosts are one site is at most `possible`.
 *
 * @throws ExplainError if there is nothing to explain in a capture
 */
export function explainCapture(
  captures: string | Uint8Array | readonly NamedCapture[],
  options: CaptureFacts & TextOptions & NetworkOptions = {},
): ExplainedCapture {
  const list = typeof captures === 'string' || captures instanceof Uint8Array ? [{ name: 'capture', content: captures }] : captures;
  const files = list.map(({ name, content }) => ({ name, bytes: utf8(content) }));
  const body = new Uint8Array(files.reduce((length, { bytes }) => length + bytes.length, 0));
  let at = 0;
  for (const { bytes } of files) {
    body.set(bytes, at);
    at += bytes.length;
  }
  const { origin, url, method, headers = [], credentials = false, entry } = options;
  const told = call<{
    text: string;
    notes: string[];
    exchanges: { place: string; number: number; json: string | null; stopped: string | null }[];
    outcome: number;
  }>(
    'capture',
    {
      files: files.map(({ name, bytes }) => ({ name, len: bytes.length })),
      request: { origin, url, method, headers, credentials },
      entry,
      network: network(options),
      shape: shape(options),
    },
    body,
  );
  return {
    exchanges: told.exchanges.map(({ place, number, json, stopped }) => ({
      place,
      number,
      diagnosis: json === null ? null : (JSON.parse(json) as Diagnosis),
      stopped,
    })),
    notes: told.notes,
    text: told.text,
    outcome: OUTCOMES[told.outcome] as Outcome,
  };
}

/** The bytes of a capture as UTF-8: Windows PowerShell redirects output as UTF-16, with a byte order mark. */
function utf8(content: string | Uint8Array): Uint8Array {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  const [first, second] = content;
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  return encoding === null ? content : new TextEncoder().encode(new TextDecoder(encoding).decode(content));
}

/**
 * Explains a request and its responses, as `corsac explain --jsonl` does: what each browser sends and decides, and why.
 *
 * @param exchange an object, or the line of JSON itself
 * @param options `isAskedAgain`: leave out that a cache may mix up pages, because you ask the server about it
 * @throws ExplainError if the exchange is not one
 */
export function explainExchange(
  exchange: Exchange | string,
  options: TextOptions & NetworkOptions & { readonly text?: 'none' | 'verdicts' | 'report'; readonly noRequest?: boolean; readonly isAskedAgain?: boolean } = {},
): ExplainedExchange {
  const { text = 'report', noRequest = false, isAskedAgain = false } = options;
  const line = typeof exchange === 'string' ? exchange : JSON.stringify(exchange);
  const told = call<{ json: string; text: string; outcome: number }>(
    'exchange',
    { text, no_request: noRequest, is_asked_again: isAskedAgain, network: network(options), shape: shape(options) },
    line,
  );
  return { diagnosis: JSON.parse(told.json) as Diagnosis, text: told.text, outcome: OUTCOMES[told.outcome] as Outcome };
}

/** A request as a browser sends it. */
export interface NextRequest {
  /** The hop of the exchange to which its response belongs. */
  readonly hop: number;
  readonly url: string;
  readonly is_preflight: boolean;
  readonly method: string;
  readonly headers: HeaderList;
}

/**
 * What a browser sends next for an exchange whose responses come in one after the other; null if nothing.
 *
 * @param options `isSent`: without cookies, and without headers whose value is not known, for a real server
 */
export function nextRequest(
  exchange: Exchange,
  options: { readonly noRequest?: boolean; readonly isSent?: boolean } = {},
): NextRequest | null {
  const { noRequest = false, isSent = true } = options;
  return call<{ next: NextRequest | null }>('next', { no_request: noRequest, is_sent: isSent }, JSON.stringify(exchange)).next;
}

/**
 * Explains a code that Corsac prints in brackets, such as `acao-missing`. Outside of Node, import `corsac/codes` first.
 *
 * @throws ExplainError if it is not a code
 */
export function explainCode(code: string, options: TextOptions = {}): { readonly entries: readonly CodeEntry[]; readonly text: string } {
  const told = callCodes<{ json: string; text: string }>('code', { shape: shape(options) }, code);
  return { entries: JSON.parse(told.json) as CodeEntry[], text: told.text };
}

/** All codes that `explainCode` takes. Outside of Node, import `corsac/codes` first. */
export function codeNames(): readonly string[] {
  return callCodes<{ codes: string[] }>('code_names', {}).codes;
}

/** The servers and frameworks that `stack` takes, each with what it is. */
export function stackNames(): readonly (readonly [name: string, about: string])[] {
  return call<{ stacks: [string, string][] }>('stack_names', {}).stacks;
}

registerModel(judgeOwn);
