// `corsac diff`: where two policies or configurations differ for browsers, each with a request that shows it.

import { call, fileOptions, show, type DialectOptions, type Printed } from './dialects.js';
import { Failure, type Outcome } from './output.js';
import { isImage, nameOf, read, usable } from './policy.js';
import { checkedPath } from './script.js';

export interface DiffOptions {
  readonly format?: string;
  readonly path?: string;
  readonly 'from-before'?: string;
  readonly 'from-after'?: string;
  readonly 'only-before'?: string;
  readonly 'only-after'?: string;
}

/** One of the two: its options for the module, and its bytes. */
type Side = readonly [options: object, bytes: Uint8Array];

export function diff(before: string, after: string, options: DiffOptions): Outcome {
  if (before === '-' && after === '-') throw new Failure('only one of the two can be standard input');
  const path = checkedPath(options.path ?? '/');
  const one = sideOf(before, options['from-before'], options['only-before']);
  const other = sideOf(after, options['from-after'], options['only-after']);
  if (one === null || other === null) return 1;
  const width = process.stdout.isTTY ? process.stdout.columns : undefined;
  const given = { before: one[0], after: other[0], before_len: one[1].length, path, format: options.format, width };
  return show(call<Printed>('diff', given, Buffer.concat([one[1], other[1]])));
}

/** null: a policy has errors, which were shown. */
function sideOf(file: string, from: string | undefined, only: string | undefined): Side | null {
  const bytes = read(file, 'the policy ');
  if (!isImage(bytes)) {
    const chosen: DialectOptions = { ...(from === undefined ? {} : { from }), ...(only === undefined ? {} : { only }) };
    const options = fileOptions(file, chosen);
    if (call<{ readonly is_configuration: boolean }>('kind', options, bytes).is_configuration) return [options, bytes];
  }
  const policies = usable(file, bytes);
  return policies === null ? null : [{ name: nameOf(file), is_image: true }, policies.image];
}
