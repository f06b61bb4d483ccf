// How the program ends, and how it writes: an outcome (exit code 0 or 1), or a failure to reach one (2).

/** Why a command could not run, or not to its end. The message is safe for a terminal; empty if it was shown already. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** 0 fine; 1 errors in the policy, a request that is denied or blocked, or a difference. */
export type Outcome = 0 | 1;

/** Whether standard output, or another stream, has colours. */
export function hasStyles(stream: { readonly isTTY?: boolean } = process.stdout): boolean {
  return stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

/** A text of the modules, whose styles are only for a terminal. */
export function styled(text: string, stream: { readonly isTTY?: boolean } = process.stdout): string {
  return hasStyles(stream) ? text : text.replace(/\x1b\[[0-9;]*m/g, '');
}

/** Text for a terminal: what moves the cursor, reorders a line or shows nothing is written as `\u{..}`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, (c) =>
    c === '\t' ? '    ' : `\\u{${(c.codePointAt(0) as number).toString(16)}}`,
  );
}

/** Bytes of a request, one for each character, as the engine escapes them. */
export function shown(text: string): string {
  return text.replace(/[^\x20-\x7e]|[\\"]/g, (c) => `\\x${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

/** A value as one line of JSON, in plain ASCII. */
export function lineOf(value: unknown): string {
  return `${JSON.stringify(value).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** The words of a system error, without its code and its arguments. */
export function words(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = { ENOENT: 'no such file', EACCES: 'permission denied', EISDIR: 'it is a folder' };
  return known[code ?? ''] ?? printable(message);
}
