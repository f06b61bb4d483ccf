// What is wrong with a policy, and the exception that has all of it.

import { camel, camelMessage } from './engine/vocabulary.js';

/** One thing that is wrong (an error) or doubtful (a warning) in the options of a policy. */
export interface Finding {
  /** `error`: there is no policy. `warning`: there is one, but it probably does not do what you meant. */
  readonly severity: 'error' | 'warning';
  /** A stable name: `trailing-slash`. docs/errors.md explains each. */
  readonly code: string;
  /** The number of the table in a set, from 0; null for the set as a whole and for a single policy. */
  readonly table: number | null;
  /** The option. */
  readonly field: string;
  /** The number of the entry in a list, from 0; null for the option as a whole. */
  readonly index: number | null;
  /** The entry as you wrote it; empty if the option is not a list. */
  readonly text: string;
  /** Where the wrong characters of `text` begin and end. */
  readonly start: number;
  readonly end: number;
  /** The entry that makes this one redundant, or the public suffix that it is over. */
  readonly related: string | null;
  /** One line: what is wrong. Text of yours in it is escaped. */
  readonly message: string;
  /** What to do, in words. */
  readonly suggestion: string | null;
  /** The text to write instead of the entry. */
  readonly replacement: string | null;
  /** Line and column in the policy file, from 1; null if there is none. */
  readonly line: number | null;
  readonly column: number | null;
  /** All of it in one line. */
  toString(): string;
}

export type FindingParts = Omit<Finding, 'toString'>;

const nothing: FindingParts = {
  severity: 'error',
  code: '',
  table: null,
  field: '',
  index: null,
  text: '',
  start: 0,
  end: 0,
  related: null,
  message: '',
  suggestion: null,
  replacement: null,
  line: null,
  column: null,
};

const describing = {
  toString(this: FindingParts): string {
    const field = this.table === null ? this.field : this.field === 'policy' ? `policy[${this.table}]` : `policy[${this.table}].${this.field}`;
    const place = this.index === null ? field : `${field}[${this.index}]`;
    const what = place === '' ? this.message : `${place}: ${this.message}`;
    return `${this.severity}: ${what}${this.suggestion === null ? '' : `; ${this.suggestion}`}`;
  },
};

/** A finding of these parts. */
export function finding(parts: Partial<FindingParts>): Finding {
  return Object.freeze(Object.assign(Object.create(describing) as Finding, nothing, parts));
}

/** The findings of the engine. `isFile`: names stay as a policy file writes them. */
export function findingsOf(json: string, isFile: boolean): Finding[] {
  const parsed = JSON.parse(json) as FindingParts[];
  if (isFile) return parsed.map(finding);
  return parsed.map((parts) =>
    finding({
      ...parts,
      field: camel(parts.field),
      message: camelMessage(parts.message),
      suggestion: parts.suggestion === null ? null : camelMessage(parts.suggestion),
    }),
  );
}

/** Options that are not a policy. It has everything that is wrong, errors and warnings. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly findings: readonly Finding[];
  /** The policy file, if the options came from one. */
  readonly file: string | null;

  /** @param advice what to do about all of it, as further lines of the message */
  constructor(findings: readonly Finding[], file: string | null = null, advice = '') {
    super([...findings.map((one) => placed(one, file)), ...(advice === '' ? [] : [advice])].join('\n'));
    this.findings = findings;
    this.file = file;
  }
}

function placed(one: Finding, file: string | null): string {
  if (one.line === null) return file === null ? String(one) : `${file}: ${String(one)}`;
  return `${file ?? 'policy'}:${one.line}:${one.column}: ${String(one)}`;
}
