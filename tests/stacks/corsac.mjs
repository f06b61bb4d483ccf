// The command line: what it makes of a server, and the configuration that it shows for a stack.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.CORSAC ?? fileURLToPath(new URL('../../target/debug/corsac', import.meta.url));

export const PAGE = 'https://app.example.com';

/** The exit code and the text of `corsac probe`: 0 where the browser model lets the script read the response. */
export function probe(url, options) {
  return new Promise((done, failed) => {
    execFile(BINARY, ['probe', url, ...options], { encoding: 'utf8' }, (error, text, errors) => {
      if (error && typeof error.code !== 'number') failed(error);
      else if (error?.code === 2) failed(new Error(`corsac probe ${url} could not tell: ${text}${errors}`));
      else done({ code: error?.code ?? 0, text });
    });
  });
}

/** A preflight, cookies, and a header: what most servers get wrong. */
export const REQUEST = ['--origin', PAGE, '--method', 'PUT', '--header', 'authorization: secret', '--credentials'];

/** The snippet that the report shows, as a person copies it. */
export function snippet(text) {
  const [, after] = text.split('Merge it with what you already list:\n\n');
  if (after === undefined) throw new Error(`no snippet in:\n${text}`);
  const lines = after.split('\n');
  const end = lines.findIndex((line) => line !== '' && !line.startsWith('    '));
  return lines.slice(0, end === -1 ? lines.length : end).map((line) => line.slice(4)).join('\n').trimEnd();
}
