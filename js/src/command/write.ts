// Replaces a file whole or not at all.

import { closeSync, fchmodSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Failure, printable, words } from './output.js';

/** A reader sees the old file or the new one, never a part. */
export function writeFile(file: string, text: string): void {
  try {
    replace(file, text);
  } catch (error) {
    throw new Failure(`cannot write ${printable(file)}: ${words(error)}`);
  }
}

function replace(file: string, text: string): void {
  const old = statSync(file, { throwIfNoEntry: false });
  // A pipe or a device cannot be replaced, so it is written to.
  if (old?.isFile() === false) return writeFileSync(file, text);
  // A link stays a link, and its target is replaced.
  const target = old === undefined ? file : realpathSync(file);
  const fresh = join(dirname(target), `.corsac-${randomBytes(8).toString('hex')}`);
  try {
    fill(fresh, text, old);
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function fill(fresh: string, text: string, old: Stats | undefined): void {
  const opened = openSync(fresh, 'wx', 0o666);
  try {
    writeFileSync(opened, text);
    if (old !== undefined) fchmodSync(opened, old.mode);
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
