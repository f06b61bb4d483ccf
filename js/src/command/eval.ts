// `corsac eval`: how a policy responds to a request, which comes from options or from lines of JSON.

import { STATUS_CODES } from 'node:http';
import { createInterface } from 'node:readline';
import { explainExchange } from '../explain.js';
import { evaluateRequest, type PolicyStep } from '../explain/evaluate.js';
import type { PolicySet } from '../policy.js';
import type { DialectOptions } from './dialects.js';
import { Failure, hasStyles, lineOf, shown, type Outcome } from './output.js';
import { usable } from './policy.js';
import { checkedPath, networkOptions, scriptRequest, type ScriptOptions } from './script.js';
import { simulate } from './simulate.js';

/** No page has this origin, so every request is cross-origin. */
const SOMEWHERE = 'https://server.invalid/';

export interface EvalOptions extends ScriptOptions, DialectOptions {
  readonly path?: string;
  readonly jsonl?: boolean;
}

export async function evaluate(policy: string, options: EvalOptions): Promise<Outcome> {
  if (options.from !== undefined) return simulate(policy, options);
  const { origin } = options;
  if (origin === undefined && options.jsonl !== true) {
    throw new Failure('there is no request: write --origin ORIGIN, or --jsonl for requests on standard input');
  }
  if (options.jsonl === true && policy === '-') {
    throw new Failure('the policy and the requests cannot both come from standard input: name a policy file');
  }
  const policies = usable(policy);
  if (policies === null) return 1;
  return origin === undefined ? fromLines(policies) : fromOptions(policies, { ...options, origin });
}

function fromOptions(policies: PolicySet, options: EvalOptions & { readonly origin: string }): Outcome {
  const path = checkedPath(options.path ?? '/');
  const request = scriptRequest(SOMEWHERE, options);
  const network = networkOptions(options);
  const before = explainExchange({ request }, { text: 'none' });
  if (before.diagnosis.throws !== null) {
    throw new Failure(`scripts cannot send the method ${shown(request.method ?? 'GET')} (${before.diagnosis.throws})`);
  }
  const [dropped] = before.diagnosis.dropped;
  if (dropped !== undefined) throw new Failure(`scripts cannot set the header ${shown(dropped)}`);
  const { steps, exchange } = evaluateRequest(policies, request, path);
  const [first] = steps;
  let text = first?.request.is_preflight === true ? 'The browser asks first, with a preflight:\n\n' : 'The browser sends the request without a preflight:\n\n';
  for (const step of steps) {
    text += heads(step, path);
    if (step.request.is_preflight && step.decision !== null) {
      text += step.decision.allowed ? '\nThen it sends the request:\n\n' : '\nThe browser does not send the request.\n';
    }
  }
  if (steps.some((step) => step.decision === null)) {
    process.stdout.write(text);
    throw new Failure('');
  }
  const { text: verdicts, outcome } = explainExchange(exchange, { text: 'verdicts', styles: hasStyles(), ...network });
  process.stdout.write(text + verdicts);
  return outcome === 'blocked' ? 1 : 0;
}

/** A request and its response as heads, with the marks of `curl -v`, and the reason in words. */
function heads({ request, decision, why }: PolicyStep, path: string): string {
  const sent = [`${shown(request.method)} ${shown(path)} HTTP/1.1`, ...request.headers.map(([name, value]) => `${shown(name)}: ${shown(value)}`)];
  const text = `${sent.map((line) => `> ${line}\n`).join('')}\n`;
  if (decision === null) return `${text}${why}\n`;
  const { status } = decision;
  const lines = [status === null ? "(the application's status and headers, and)" : `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd()];
  for (const [name, value] of decision.headers) lines.push(`${name}: ${shown(value)}`);
  if (decision.headers.length === 0 && status === null) lines.push('(nothing else)');
  return `${text}${lines.map((line) => `< ${line}\n`).join('')}${why}\n`;
}

/** One decision for each request on standard input. */
async function fromLines(policies: PolicySet): Promise<Outcome> {
  let number = 0;
  let isRead = true;
  // Each byte is one character, as the contract says.
  for await (const line of createInterface({ input: process.stdin.setEncoding('utf8'), crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() === '') continue;
    let told: object;
    try {
      told = decided(policies, JSON.parse(line));
    } catch (error) {
      isRead = false;
      told = { error: (error as Error).message, line: number };
    }
    process.stdout.write(lineOf(told));
  }
  if (!isRead) throw new Failure('');
  return 0;
}

const isText = (value: unknown): value is string => typeof value === 'string' && !/[^\0-\xff]/.test(value);

function decided(policies: PolicySet, request: unknown): object {
  const { method, headers, path, raw_path: rawPath, ...rest } = Object(request) as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new TypeError(`"${shown(unknown)}" is not a key: write method, headers, path or raw_path`);
  if (!isText(method)) throw new TypeError('"method" must be a string with one character for each byte');
  const isPair = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2 && pair.every(isText);
  if (!Array.isArray(headers) || !headers.every(isPair)) throw new TypeError('"headers" must be a list of [name, value] pairs of strings');
  const at = [path, rawPath].map((text) => text ?? undefined);
  if (!at.every((text) => text === undefined || isText(text))) throw new TypeError('"path" and "raw_path" must be strings');
  const [decoded, raw] = at as (string | undefined)[];
  const decision = policies.evaluate(
    {
      ...(decoded === undefined && raw !== undefined ? {} : { path: Buffer.from(decoded ?? '/', 'latin1') }),
      ...(raw === undefined ? {} : { rawPath: raw }),
    },
    method,
    headers as [string, string][],
  );
  if (decision === undefined) return { untouched: true };
  const { class: kind, allowed, denial, status } = decision;
  return { class: kind, allowed, denial: denial && { code: denial.code, bytes: denial.bytes }, status, headers: decision.headers };
}
