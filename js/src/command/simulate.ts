// `corsac eval FILE --from DIALECT --jsonl`: a request a line in, and what the product sends a line out.

import { call, fileOptions, type DialectOptions } from './dialects.js';
import { linesOf, LINE_MAX } from './lines.js';
import { Failure, lineOf, type Outcome } from './output.js';
import { read } from './policy.js';

interface Simulated {
  readonly line: string;
  /** It rests on an uncertain fact about the product. */
  readonly is_uncertain: boolean;
}

export async function simulate(file: string, options: DialectOptions & { readonly jsonl?: boolean }): Promise<Outcome> {
  if (options.jsonl !== true) throw new Failure('with --from, requests are lines of JSON: add --jsonl');
  if (file === '-') throw new Failure('standard input cannot hold both the configuration and the requests: name a file');
  call('open', fileOptions(file, options), read(file, 'the policy '));
  let number = 0;
  let isCertain = true;
  for await (const line of linesOf(process.stdin)) {
    number += 1;
    if (line !== null && line.toString('latin1').trim() === '') continue;
    let told: string;
    try {
      if (line === null) throw new Failure(`the line is longer than ${LINE_MAX} bytes`);
      const simulated = call<Simulated>('line', {}, line);
      told = simulated.line;
      isCertain &&= !simulated.is_uncertain;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      isCertain = false;
      told = lineOf({ error: error.message, line: number });
    }
    process.stdout.write(told);
  }
  if (!isCertain) throw new Failure('');
  return 0;
}
