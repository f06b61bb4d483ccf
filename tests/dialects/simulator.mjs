// Corsac's simulator, through the command line: `corsac eval FILE --from DIALECT --jsonl`.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const BINARY = process.env.CORSAC ?? fileURLToPath(new URL('../../target/debug/corsac', import.meta.url));

/** What the simulator sends for each request, or why it refuses the configuration. */
export async function simulate(dialect, version, configuration, requests, path) {
  await writeFile(path, JSON.stringify(configuration));
  return new Promise((done, failed) => {
    const options = ['eval', path, '--from', dialect, '--product-version', version, '--jsonl'];
    const child = execFile(BINARY, options, { encoding: 'utf8', maxBuffer: 1 << 26 }, (error, text, errors) => {
      const lines = text.split('\n').filter((line) => line !== '');
      // 2 with all lines: something rests on an uncertain fact.
      if (lines.length === requests.length) done({ refused: null, sent: lines.map((line) => JSON.parse(line)) });
      else if (error?.code === 2 && lines.length === 0) done({ refused: errors.trim(), sent: [] });
      else failed(new Error(`corsac eval, ${error?.code}: ${text}${errors}`));
    });
    child.stdin.on('error', () => {});
    child.stdin.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  });
}
