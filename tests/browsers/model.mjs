// The browser model: one run of `corsac explain --jsonl` over all exchanges.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.CORSAC ?? fileURLToPath(new URL('../../target/debug/corsac', import.meta.url));

/** An exchange as the command reads it. */
export function asked({ id, request, hops, then }) {
  const responseOf = ({ status, headers }) => ({ status, headers: headers.map(([name, value, raw]) => [name, raw ?? value]) });
  return {
    id,
    request,
    hops: hops.map(({ preflight, response }) => ({ preflight: responseOf(preflight), response: responseOf(response) })),
    ...(then.length > 0 && { then }),
  };
}

/** The same exchange under another name, which is in its URLs. */
export function renamed(exchange, id) {
  const text = JSON.stringify({ ...exchange, id });
  return JSON.parse(text.replaceAll(`/x/${exchange.id}/`, `/x/${id}/`));
}

/**
 * The model's report for each exchange, in their order. `written` makes the line of one.
 *
 * @param {any[]} exchanges
 * @param {(exchange: any) => object} written
 */
export async function judge(exchanges, written = asked) {
  const command = spawn(BINARY, ['explain', '--jsonl'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks = [];
  command.stdout.on('data', (chunk) => chunks.push(chunk));
  command.stdin.on('error', () => {});
  command.stdin.end(exchanges.map((exchange) => `${JSON.stringify(written(exchange))}\n`).join(''));
  const code = await new Promise((done, failed) => command.once('error', failed).once('close', done));
  const verdicts = Buffer.concat(chunks).toString('utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  const failed = verdicts.find(({ error }) => error);
  if (code !== 0 || failed) throw new Error(`${BINARY} explain --jsonl ended with ${code}: ${failed?.error}`);
  if (verdicts.length !== exchanges.length) throw new Error(`${exchanges.length} exchanges went in, ${verdicts.length} verdicts came out`);
  return verdicts;
}
