// Where a policy comes from: a compiled image, known by its first bytes, or a policy file. And its findings, as text and as JSON.

import { readFileSync } from 'node:fs';
import { IMAGE_MAGIC } from '../file.js';
import { PolicyError, type Finding } from '../finding.js';
import { Policy, PolicySet } from '../policy.js';
import { fromToml, type TablesAt } from '../toml.js';
import { Failure, lineOf, printable, words } from './output.js';

/** A policy as a set, with its findings. There is no set if a finding is an error. */
export interface Loaded {
  readonly name: string;
  /** null: it is a policy file. */
  readonly imageLength: number | null;
  readonly findings: readonly Finding[];
  readonly policies: PolicySet | null;
}

const STDIN = 0;

/** Reads a file, or standard input for `-`. */
export function read(file: string, what: string): Buffer {
  try {
    return readFileSync(file === '-' ? STDIN : file);
  } catch (error) {
    // Standard input that is closed, or that another program does not write to.
    if (file === '-' && ['EOF', 'EAGAIN'].includes((error as NodeJS.ErrnoException).code ?? '')) return Buffer.alloc(0);
    throw new Failure(`cannot read ${what}${nameOf(file)}: ${words(error)}`);
  }
}

export function nameOf(file: string): string {
  return file === '-' ? 'standard input' : printable(file);
}

/** Whether this is a compiled image. */
export function isImage(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, IMAGE_MAGIC.length) === IMAGE_MAGIC;
}

/** Reads and checks the policy of an argument. */
export function load(file: string, bytes: Buffer = read(file, 'the policy ')): Loaded {
  const name = nameOf(file);
  if (isImage(bytes)) {
    try {
      return { name, imageLength: bytes.length, findings: [], policies: PolicySet.fromImage(bytes) };
    } catch (error) {
      throw new Failure(`cannot open the image ${name}: ${printable((error as Error).message)}`);
    }
  }
  try {
    const made = fromToml(bytes);
    const policies = made instanceof Policy ? PolicySet.fromImage(made.image) : made;
    return { name, imageLength: null, findings: made.findings, policies };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw new Failure(`${name}: ${printable((error as Error).message)}`);
    return { name, imageLength: null, findings: error.findings, policies: null };
  }
}

/** The policies of an argument. What is wrong with them goes to standard error. null: errors are among that. */
export function usable(file: string, bytes?: Buffer): PolicySet | null {
  const loaded = load(file, bytes);
  if (loaded.findings.length > 0) process.stderr.write(inWords(loaded));
  return loaded.policies;
}

function errorsOf(loaded: Loaded): number {
  return loaded.findings.filter((one) => one.severity === 'error').length;
}

/** Whether errors are among the findings. */
export function hasErrors(loaded: Loaded): boolean {
  return errorsOf(loaded) > 0;
}

/** Every finding with its place and its help, and how many there are. */
export function inWords(loaded: Loaded): string {
  const { name, findings } = loaded;
  if (loaded.imageLength !== null) return `${name}: a sound image of ${loaded.imageLength} bytes\n`;
  const lines = findings.map((one) => {
    const at = one.line === null ? name : `${name}:${one.line}:${one.column}`;
    const table = one.table === null ? '' : `policy[${one.table}].`;
    const entry = one.index === null ? '' : `[${one.index}]`;
    const help = one.suggestion === null ? '' : `\n  help: ${printable(one.suggestion)}`;
    return `${at}: ${one.severity}[${one.code}]: ${table}${printable(one.field)}${entry}: ${printable(one.message)}${help}\n`;
  });
  const errors = errorsOf(loaded);
  const counted = [counts(errors, 'error'), counts(findings.length - errors, 'warning')].filter(Boolean).join(', ');
  return `${lines.join('')}${name}: ${counted || 'no findings'}\n`;
}

function counts(count: number, one: string): string {
  return count === 0 ? '' : `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** One JSON object with every finding, and the tables of a path if one was asked about. */
export function inJson(loaded: Loaded, file: string, path: TablesAt | null): string {
  const errors = errorsOf(loaded);
  const bytes = (text: string): string => Buffer.from(text).toString('latin1');
  return lineOf({
    findings: loaded.findings.map((one) => ({
      severity: one.severity,
      code: one.code,
      table: one.table,
      field: bytes(one.field),
      index: one.index,
      item: one.index === null && one.text === '' ? null : bytes(one.text),
      message: one.message,
      suggestion: one.suggestion,
      file: bytes(file),
      line: one.line,
      column: one.column,
    })),
    errors,
    warnings: loaded.findings.length - errors,
    ...(path === null ? {} : { path }),
  });
}
