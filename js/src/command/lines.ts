// The lines of a stream as bytes: what is not UTF-8 must be refused, and a decoder would replace it.

/** The longest line that is read, in bytes, as in the program of Rust. */
export const LINE_MAX = 16 << 20;

const NEWLINE = 0x0a;

/** Each line without its end. null: it is longer than `LINE_MAX`, and was skipped. */
export async function* linesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer | null> {
  let parts: Buffer[] = [];
  let length = 0;
  const ended = (): Buffer | null => (length > LINE_MAX ? null : Buffer.concat(parts));
  for await (const chunk of stream) {
    let rest = Buffer.from(chunk as Uint8Array);
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      keep(rest.subarray(0, at));
      yield ended();
      parts = [];
      length = 0;
      rest = rest.subarray(at + 1);
    }
    keep(rest);
  }
  if (length > 0) yield ended();

  function keep(part: Buffer): void {
    length += part.length;
    if (length <= LINE_MAX) parts.push(part);
  }
}
