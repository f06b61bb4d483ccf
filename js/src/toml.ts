// Policies from the text of a policy file: a module of its own, which the core does not load.

import { toml } from '#toml';
import { imageOf, open, outcome, suffixesFor, type Outcome } from './engine/compiled.js';
import { Instance } from './engine/instance.js';
import { PolicyError } from './finding.js';
import { built, Policy, PolicySet } from './policy.js';

/**
 * The policy or the policy set of a policy file's text.
 *
 * @param file the name of the file, for messages
 * @throws PolicyError with everything that is wrong, each with line and column
 */
export function fromToml(text: string | Uint8Array, file: string | null = null): Policy | PolicySet {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  let { instance, findings } = compileText(new Instance(toml), bytes);
  const source = suffixesFor(instance);
  if (source !== null) ({ instance, findings } = compileText(new Instance(source), bytes));
  if (instance === null) throw new PolicyError(findings, file);
  const isSet = instance.exports.is_set() === 1;
  const engine = { instance: open(imageOf(instance)), findings };
  return isSet ? new PolicySet(built(engine)) : new Policy(built(engine));
}

/** The tables of a set that decide about a path. */
export interface TablesAt {
  /** The path can be read in more than one way, so every request is denied. */
  readonly ambiguous: boolean;
  /** Their numbers, in the order in which they are asked. */
  readonly tables: readonly number[];
}

/** Which tables of a set decide about a path, which is written as a browser sends it. */
export function tablesAt(policies: PolicySet, rawPath: string): TablesAt {
  const instance = open(policies.image);
  return JSON.parse(instance.output(instance.exports.at(instance.writeLatin(rawPath)))) as TablesAt;
}

function compileText(instance: Instance, text: Uint8Array): Outcome {
  const at = instance.room(text.length);
  instance.bytes.set(text, at);
  const code = instance.exports.compile_text?.(text.length) ?? 3;
  return outcome(instance, code, true);
}
