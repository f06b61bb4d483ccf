// `corsac import` and `corsac export`: another product's configuration as a policy file, and a policy in another product's words.

import { PolicyError } from '../finding.js';
import { fromToml } from '../toml.js';
import { call, fileOptions, type DialectOptions, type Printed } from './dialects.js';
import { Failure, styled, type Outcome } from './output.js';
import { nameOf, read, usable } from './policy.js';
import { writeFile } from './write.js';

export interface ImportOptions extends DialectOptions {
  readonly output?: string;
}

export interface ExportOptions {
  readonly to?: string;
  readonly output?: string;
}

export function importFile(file: string, options: ImportOptions): Outcome {
  const given = fileOptions(file, options);
  const bytes = read(file, 'the policy ');
  const printed = call<Printed>('import', given, bytes);
  const errors = printed.code === 0 ? errorsOf(printed.out) : [];
  return write(errors.length === 0 ? printed : call<Printed>('import', { ...given, errors }, bytes), options.output);
}

/** What is wrong with a policy if wildcards are checked with the public suffix list, which the module of dialects has not. */
function errorsOf(policy: string): readonly object[] {
  try {
    fromToml(policy);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const errors = error.findings.filter((one) => one.severity === 'error');
    return errors.map(({ code, text, message, suggestion }) => ({ code, item: text, message, suggestion }));
  }
}

export function exportPolicy(policy: string, options: ExportOptions): Outcome {
  const { to } = options;
  if (to === undefined) throw new Failure('--to is missing: write the dialect, such as --to kong');
  call('known', { to });
  const policies = usable(policy);
  if (policies === null) return 1;
  return write(call<Printed>('export', { to, name: nameOf(policy) }, policies.image), options.output);
}

/** Writes the file that a command made, unless it made none, and what it says about it. */
function write({ out, err, code }: Printed, output = '-'): Outcome {
  if (code === 0 && output !== '-') writeFile(output, out);
  else process.stdout.write(out);
  process.stderr.write(styled(err, process.stderr));
  if (code === 2) throw new Failure('');
  return code;
}
