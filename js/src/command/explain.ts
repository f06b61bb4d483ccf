// `corsac explain`: a code, messages of a console, captures, or exchanges as lines of JSON.

import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { codeNames, explainCapture, explainCode, explainExchange, ExplainError, explainText } from '../explain.js';
import { Failure, hasStyles, lineOf, printable, type Outcome } from './output.js';
import { nameOf, read } from './policy.js';
import { checkOrigin, networkOptions, type ScriptOptions } from './script.js';

export interface ExplainCommandOptions extends ScriptOptions {
  readonly url?: string;
  readonly console?: string;
  readonly entry?: string;
  readonly format?: string;
  readonly stack?: readonly string[];
  readonly 'show-secrets'?: boolean;
  readonly jsonl?: boolean;
}

export async function explain(files: readonly string[], options: ExplainCommandOptions): Promise<Outcome> {
  if (options.origin !== undefined) checkOrigin(options.origin);
  if (options.jsonl === true) return fromLines();
  if (options.console !== undefined) return fromConsole(options.console, options);
  const codes = codesOf(files);
  if (codes !== null) return fromCodes(codes, options);
  return fromCaptures(files.length === 0 ? ['-'] : files, options);
}

function textOptions(options: ExplainCommandOptions): { stack: readonly string[]; showSecrets: boolean; styles: boolean } {
  return { stack: options.stack ?? [], showSecrets: options['show-secrets'] === true, styles: hasStyles() };
}

function fromConsole(pasted: string, options: ExplainCommandOptions): Outcome {
  const text = pasted === '-' ? read('-', '').toString('utf8') : pasted;
  const { url, origin } = options;
  const facts = { ...(url === undefined ? {} : { url }), ...(origin === undefined ? {} : { origin }) };
  const told = explainText(text, { ...textOptions(options), ...facts });
  process.stdout.write(options.format === 'json' ? lineOf(told.readings) : told.text);
  return told.outcome === 'blocked' ? 1 : 0;
}

/** The codes that the arguments name, as `acao-missing` or pasted as `[acao-missing: options-not-routed]`. null: they are files. */
function codesOf(files: readonly string[]): readonly string[] | null {
  const [first] = files;
  if (first === undefined) return null;
  const codes = codeNames();
  const wordsOf = (text: string): string[] => text.split(/[[\]:,\s]+/).filter((word) => !['', 'error', 'warning'].includes(word));
  const isPasted = /^(\[|error\[|warning\[)/.test(first);
  const isCode = wordsOf(first).some((word) => codes.includes(word));
  const isUnknown = /^[a-z0-9-]*$/.test(first) && first !== '-' && !existsSync(first);
  return isPasted || isCode || isUnknown ? [...new Set(files.flatMap(wordsOf))] : null;
}

function fromCodes(codes: readonly string[], options: ExplainCommandOptions): Outcome {
  const told = codes.map((code) => explainCode(code, textOptions(options)));
  const isJson = options.format === 'json';
  const text = isJson ? lineOf(told.flatMap(({ entries }) => entries)) : told.map((one) => one.text).join('\n');
  process.stdout.write(text);
  return 0;
}

function fromCaptures(files: readonly string[], options: ExplainCommandOptions): Outcome {
  if (files.includes('-') && process.stdin.isTTY) {
    process.stderr.write('reading a capture from standard input, up to its end (Ctrl-D)\n');
  }
  const captures = files.map((file) => ({ name: nameOf(file), content: new Uint8Array(read(file, '')) }));
  const { origin, url, method, header, credentials } = options;
  const entry = options.entry === undefined ? undefined : Number(options.entry);
  if (entry !== undefined && !Number.isSafeInteger(entry)) {
    throw new Failure(`--entry must be a number, not "${printable(options.entry ?? '')}"`);
  }
  const told = explainCapture(captures, {
    ...textOptions(options),
    ...networkOptions(options),
    ...(origin === undefined ? {} : { origin }),
    ...(url === undefined ? {} : { url }),
    ...(method === undefined ? {} : { method }),
    ...(header === undefined ? {} : { headers: header }),
    ...(entry === undefined ? {} : { entry }),
    credentials: credentials === true,
  });
  for (const note of told.notes) process.stderr.write(`${note}\n`);
  const { exchanges, notes, outcome } = told;
  process.stdout.write(options.format === 'json' ? lineOf({ exchanges, notes, outcome }) : told.text);
  if (told.outcome === 'unknown') throw new Failure('');
  return told.outcome === 'blocked' ? 1 : 0;
}

/** One diagnosis for each exchange on standard input. */
async function fromLines(): Promise<Outcome> {
  let number = 0;
  let isRead = true;
  for await (const line of createInterface({ input: process.stdin.setEncoding('utf8'), crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() === '') continue;
    let told: object;
    try {
      told = explainExchange(line, { text: 'none' }).diagnosis;
    } catch (error) {
      if (!(error instanceof ExplainError)) throw error;
      isRead = false;
      told = { error: error.message, line: number };
    }
    process.stdout.write(lineOf(told));
  }
  if (!isRead) throw new Failure('');
  return 0;
}
