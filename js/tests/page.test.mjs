// The shared cases in a page under a strict Content Security Policy, and what a page says whose policy forbids WebAssembly.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { build } from 'esbuild';
import { BROWSERS, missing, resultOf } from './pages.mjs';
import { COUNTS } from './vectors.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
// A driver of a browser waits until there is a function of this name.
const POST = "globalThis.run = () => undefined; const post = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });";
const page = (csp) => `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'self'; script-src ${csp}"><title>page</title><script src="page.js"></script>`;

async function bundled(contents) {
  const { outputFiles } = await build({ stdin: { contents: `${POST}\n${contents}`, resolveDir: here }, bundle: true, write: false, format: 'iife', platform: 'browser', target: 'es2022', logLevel: 'error' });
  return outputFiles[0].text;
}

const names = Object.keys(COUNTS);
const VECTORS = `
  import 'corsac/suffixes';
  import { problemsOf } from './tests/vectors.mjs';
  ${names.map((name, number) => `import cases${number} from '../vectors/${name}.json';`).join('\n')}
  post([${names.map((name, number) => `['${name}', problemsOf('${name}', cases${number})]`).join(', ')}]);
`;
const FORBIDDEN = `
  import { Policy } from 'corsac';
  const tell = (make) => {
    try {
      make();
      return 'no error';
    } catch (error) {
      return error.message;
    }
  };
  post([tell(() => new Policy({ allowOrigins: ['https://a.example'] }))]);
`;

for (const browser of BROWSERS) {
  describe(`a page in ${browser}`, { skip: await missing(browser) }, () => {
    test('decides and explains every shared case', async () => {
      const result = await resultOf(browser, { 'index.html': page("'self' 'wasm-unsafe-eval'"), 'page.js': await bundled(VECTORS) });
      assert.deepEqual(result, names.map((name) => [name, []]));
    });

    test('says in one sentence what its policy must allow', async () => {
      const [said] = await resultOf(browser, { 'index.html': page("'self'"), 'page.js': await bundled(FORBIDDEN) });
      assert.match(said, /^corsac cannot compile its WebAssembly module: in a page, add 'wasm-unsafe-eval' to script-src of the Content Security Policy/);
    });
  });
}
