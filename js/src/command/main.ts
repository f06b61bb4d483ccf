#!/usr/bin/env node
// The program `corsac` of the package: its arguments, its help and its exit codes.

import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ExplainError } from '../explain.js';
import { check } from './check.js';
import { exportPolicy, importFile } from './convert.js';
import { diff } from './diff.js';
import { evaluate } from './eval.js';
import { explain } from './explain.js';
import { Failure, printable, type Outcome } from './output.js';
import { probe } from './probe.js';

type Options = NonNullable<ParseArgsConfig['options']>;

const NETWORK: Options = { 'page-space': { type: 'string' }, as: { type: 'string' }, deployed: { type: 'boolean' } };
const SCRIPT: Options = {
  origin: { type: 'string' },
  method: { type: 'string' },
  header: { type: 'string', short: 'H', multiple: true },
  credentials: { type: 'boolean' },
  ...NETWORK,
};
const SHOWN: Options = { stack: { type: 'string', multiple: true }, 'show-secrets': { type: 'boolean' } };

const DIALECT: Options = { from: { type: 'string' }, 'product-version': { type: 'string' }, only: { type: 'string' } };
const OUTPUT: Options = { output: { type: 'string', short: 'o' } };

const OPTIONS: Record<string, Options> = {
  check: { ...DIALECT, format: { type: 'string' }, path: { type: 'string' } },
  eval: { ...SCRIPT, ...DIALECT, path: { type: 'string' }, jsonl: { type: 'boolean' } },
  import: { ...DIALECT, ...OUTPUT },
  export: { ...OUTPUT, to: { type: 'string' } },
  diff: {
    format: { type: 'string' },
    path: { type: 'string' },
    'from-before': { type: 'string' },
    'from-after': { type: 'string' },
    'only-before': { type: 'string' },
    'only-after': { type: 'string' },
  },
  explain: {
    ...SCRIPT,
    ...SHOWN,
    url: { type: 'string' },
    console: { type: 'string' },
    entry: { type: 'string' },
    format: { type: 'string' },
    jsonl: { type: 'boolean' },
  },
  probe: { ...SCRIPT, ...SHOWN, 'no-request': { type: 'boolean' }, timeout: { type: 'string' }, insecure: { type: 'boolean' }, twice: { type: 'boolean' } },
};

const CHOICES: Record<string, readonly string[]> = { format: ['text', 'json'], 'page-space': ['public', 'local', 'loopback'] };

const DIFF_FORMATS = ['text', 'json', 'github'];

const HELP = `Corsac finds out why a browser blocked your request (CORS), and checks CORS policies.

    corsac probe https://api.example.com/things --origin https://app.example.com --method PUT
        Send what a browser would send, and explain the responses. No proxy is used.
        --method, -H 'NAME[: VALUE]', --credentials, --no-request, --timeout SECONDS, --insecure
        --twice asks again, to find a cache that mixes up pages

    corsac explain --console "Reason: CORS header 'Access-Control-Allow-Origin' missing"
    corsac explain app.har
    corsac explain acao-missing
        Explain messages of a console, the output of curl -v, a HAR file, or a code; - is standard input.
        --origin, --url, --method, -H, --credentials, --entry NUMBER, --format json, --jsonl

    corsac check api.toml
        Show everything that is wrong or doubtful in a policy. --format json is for machines, and --path PATH names the
        tables that decide about a path.

    corsac eval api.toml --origin https://app.example.com --method PUT -H authorization
        Show how a policy responds to a request, and why. --credentials, --path PATH, --jsonl

    corsac export api.toml --to kong -o kong.yaml
    corsac check kong.yaml
    corsac import kong.yaml --from kong -o imported.toml
    corsac eval kong.yaml --from kong --jsonl
        Write a policy in another product's words, judge that product's configuration, turn it into a policy, or respond as it does.
        --from DIALECT, --product-version VERSION, --only LABEL

    corsac diff api.toml kong.yaml
        Show what changes for browsers between two policies or configurations. --format text|json|github, --path PATH
        --from-before, --from-after DIALECT, --only-before, --only-after LABEL

explain and probe take --stack STACK, such as express or nginx: you get the fix for it. --show-secrets shows the values of
Cookie and Authorization. --page-space public|local|loopback, --as URL and --deployed say where page and server are.

Exit codes: 0 fine; 1 errors, differences, or a request that is denied or blocked; 2 could not run, or unknown.
`;

async function run(): Promise<Outcome> {
  if (Number.parseInt(process.versions.node) < 20) {
    throw new Failure(`this is Node ${process.versions.node}: install Node 20 or newer, see https://nodejs.org`);
  }
  const [command = '', ...args] = process.argv.slice(2);
  if (['--help', '-h', 'help'].includes(command)) {
    process.stdout.write(HELP);
    return 0;
  }
  if (['--version', '-V'].includes(command)) {
    const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
    process.stdout.write(`corsac ${manifest.version}\n`);
    return 0;
  }
  const options = Object.hasOwn(OPTIONS, command) ? OPTIONS[command] : undefined;
  if (options === undefined) {
    if (command === '') throw new Failure(`a command is missing\n\n${HELP.trimEnd()}`);
    throw new Failure(`"${printable(command)}" is not a command: write check, eval, explain, probe, import, export or diff; corsac --help shows how`);
  }
  const { values, positionals } = parse(args, options);
  if (values['help'] === true) {
    process.stdout.write(HELP);
    return 0;
  }
  for (const [name, choices] of Object.entries(command === 'diff' ? { format: DIFF_FORMATS } : CHOICES)) {
    const value: unknown = values[name];
    if (typeof value === 'string' && !choices.includes(value)) {
      throw new Failure(`"${printable(value)}" is not valid for --${name}: write ${choices.join(' or ')}`);
    }
  }
  if (command === 'explain') return explain(positionals, values);
  const [first, second, ...more] = positionals;
  const isMissing = first === undefined || (command === 'diff' && second === undefined);
  if (isMissing) throw new Failure(`${missing(command, first)} is missing: corsac ${command} --help shows an example`);
  const extra = command === 'diff' ? more[0] : second;
  if (extra !== undefined) throw new Failure(`"${printable(extra)}" is one argument too many`);
  switch (command) {
    case 'check':
      return check(first, values);
    case 'eval':
      return evaluate(first, values);
    case 'import':
      return importFile(first, values);
    case 'export':
      return exportPolicy(first, values);
    case 'diff':
      return diff(first, second as string, values);
    default:
      return probe(first, values);
  }
}

function missing(command: string, first: string | undefined): string {
  if (command === 'probe') return 'the URL';
  if (command === 'import') return 'the configuration';
  return first === undefined ? 'the policy' : 'the second of the two';
}

/** The values have the types that `options` says. */
function parse(args: string[], options: Options): { values: Record<string, never>; positionals: string[] } {
  try {
    const help = { type: 'boolean', short: 'h' } as const;
    return parseArgs({ args, options: { ...options, help }, allowPositionals: true }) as ReturnType<typeof parse>;
  } catch (error) {
    throw new Failure(printable((error as Error).message));
  }
}

// A reader that closes the pipe, such as head, is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exitCode = error.code === 'EPIPE' ? (process.exitCode ?? 0) : 2;
});

try {
  process.exitCode = await run();
} catch (error) {
  if (!(error instanceof Failure || error instanceof ExplainError)) throw error;
  if (error.message !== '') process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 2;
}
