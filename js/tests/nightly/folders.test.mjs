// The modules are the same bytes from every folder: they are built again in another one, and compared.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** What js/tools/wasm reads. */
const READ = ['Cargo.toml', 'core', 'diagnose', 'regexes', 'dialects', 'js/wasm', 'js/tools', 'tools/cross'];
const MODULES = ['corsac.wasm', 'toml.wasm', 'suffixes.wasm', 'explain.wasm', 'codes.wasm', 'regexes.wasm', 'dialects.wasm'];

const hash = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

test('every module is the same from two folders', () => {
  // Next to the build, because a folder for temporary files may be too small.
  const folder = mkdtempSync(join(root, 'target/js/another-folder-'));
  try {
    for (const path of READ) cpSync(join(root, path), join(folder, path), { recursive: true, filter: (from) => !/\/(?:target|node_modules)$/.test(from) });
    mkdirSync(join(folder, 'target'));
    symlinkSync(join(root, 'js/node_modules'), join(folder, 'js/node_modules'));
    symlinkSync(join(root, 'target/rust-src'), join(folder, 'target/rust-src'));
    execFileSync(join(folder, 'js/tools/wasm'), { cwd: folder, stdio: 'inherit', env: { ...process.env, CORSAC_WASM_OUT: join(folder, 'target/js/wasm') } });
    for (const name of MODULES) assert.equal(hash(join(folder, 'target/js/wasm', name)), hash(join(root, 'target/js/wasm', name)), name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
