// Joins the modules that a server loads into two files, because Node takes most of the start to find and read files.

import { writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

const OPTIONS = { format: 'esm', platform: 'neutral', target: 'node20', metafile: true, write: false, logLevel: 'warning' };

/** The name of an export in a joined file: several modules may export the same name. */
const joined = (module, name) => `${module.replace(/\.js$/, '').replaceAll(/\W/g, '_')}_${name}`;

/**
 * Writes a file with the code of all modules that `entries` reach, and makes each of them export from there, so that every import
 * still leads to the same objects.
 *
 * @param esm the folder that tsc wrote
 * @param file what to write
 * @param before the file that was written before, and the modules whose code it has
 * @returns the modules whose code is in the file
 */
async function joinModules(esm, file, entries, before) {
  // What package.json's imports name is another file in another runtime.
  const all = { ...OPTIONS, bundle: true, outdir: esm, external: ['#*', ...(before === undefined ? [] : [join(esm, before.file)])] };
  const { metafile } = await build({ ...all, entryPoints: entries.map((entry) => join(esm, `${entry}.js`)) });
  const { metafile: alone } = await build({ ...OPTIONS, entryPoints: Object.keys(metafile.inputs), outdir: esm, outbase: esm });
  const modules = Object.values(alone.outputs)
    .map(({ entryPoint, exports }) => ({ module: relative(esm, entryPoint), exports }))
    .filter(({ module, exports }) => exports.length > 0 && !before?.modules.includes(module));
  const contents = modules
    .map(({ module, exports }) => `export { ${exports.map((name) => `${name} as ${joined(module, name)}`).join(', ')} } from './${module}';
`)
    .join('');
  const { outputFiles } = await build({ ...all, stdin: { contents, resolveDir: esm } });
  writeFileSync(join(esm, file), outputFiles[0].contents);
  for (const { module, exports } of modules) {
    const path = relative(dirname(join(esm, module)), join(esm, file));
    const names = exports.map((name) => `${joined(module, name)} as ${name}`).join(', ');
    writeFileSync(join(esm, module), `export { ${names} } from '${path.startsWith('.') ? path : `./${path}`}';
`);
  }
  return modules.map(({ module }) => module);
}

/** Writes core.js with what policies need, and server.js with what servers need beyond it. Bundles of policies alone have no server in them. */
export async function joinServer(esm) {
  const modules = await joinModules(esm, 'core.js', ['index']);
  await joinModules(esm, 'server.js', ['express', 'fastify', 'koa', 'hono', 'node', 'fetch'], { file: 'core.js', modules });
}
