// Measures everything and writes the record: `make bench-js`. Without --write it only prints.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { decisions, starts } from './decision.mjs';
import { rows } from './middleware.mjs';
import { rates } from './server.mjs';

const RECORD = new URL('results/README.md', import.meta.url);
const versionOf = (name) => JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

/** What is to be reached, each with the number that it is about: `least` is the least that it may be, `most` the most. */
function goals(table, decided, started) {
  const ratio = (request, origins) => table.find((row) => row.peer === 'cors' && row.request === request && row.origins === origins).ratio;
  return [
    ...[['preflight', 2], ['actual', 1.1], ['denied', 1.5], ['plain', 1.5]].map(([request, least]) => [`${request}, one origin: cors of ours`, ratio(request, 1), { least }]),
    ['actual, 10 000 origins: cors of ours', ratio('actual', 10_000), { least: 20 }],
    ['a decision, many origins: nanoseconds', decided.find(({ name }) => name === '1 pattern, many origins').nanoseconds, { most: 350 }],
    ['start of the engine: milliseconds', started.engine, { most: 3 }],
  ];
}

const cell = (value, digits) => value.toFixed(digits);
const line = (...cells) => `| ${cells.join(' | ')} |`;

const decided = decisions();
const started = starts();
const table = await rows();
const perSecond = await rates();

const day = execFileSync('date', ['+%F'], { encoding: 'utf8' }).trim();
const text = [
  '# JavaScript, measured',
  '',
  `\`make bench-js\`, ${cpus()[0].model.trim()}, ${day}, Node ${process.versions.node}, cors ${versionOf('cors')}, @fastify/cors ${versionOf('@fastify/cors')}, hono ${versionOf('hono')}.`,
  'Medians over interleaved rounds, in time of the processor, denials not logged. What Corsac writes replaces the headers of the application; what the others write does not.',
  '',
  '| goal | must be | is | |',
  '|---|--:|--:|---|',
  ...goals(table, decided, started).map(([name, is, { least, most }]) =>
    line(name, least === undefined ? `≤ ${most}` : `≥ ${least}`, cell(is, is < 100 ? 2 : 0), (least === undefined ? is <= most : is >= least) ? 'pass' : 'fail'),
  ),
  '',
  'Speed is not the argument: a real server spends its time elsewhere, as the last table shows. Right responses are.',
  '',
  'The next tables have the nanoseconds that CORS adds to one request. The application without CORS is the floor; that of a preflight is an empty 204.',
  ...Object.entries({ cors: 'Express', '@fastify/cors': 'Fastify', 'hono/cors': 'Hono' }).flatMap(([peer, stack]) => [
    '',
    `## ${stack}`,
    '',
    `| request | origins | floor | ${peer} | Corsac | ${peer} of Corsac |`,
    '|---|--:|--:|--:|--:|--:|',
    ...table
      .filter((row) => row.peer === peer)
      .map((row) => line(row.request, row.origins, cell(row.floor, 0), cell(row.theirs, 0), cell(row.corsac, 0), cell(row.ratio, 2))),
  ]),
  '',
  '## A decision',
  '',
  '| request | nanoseconds |',
  '|---|--:|',
  ...decided.map(({ name, nanoseconds }) => line(name, cell(nanoseconds, 0))),
  '',
  `In a process of its own, the first decision is made ${cell(started.all, 1)} ms after the import began: reading the files takes ${cell(started.load, 1)} ms (a file with almost nothing in it ${cell(started.floor, 1)}), the start of the engine ${cell(started.engine, 1)}, and the first policy and decision ${cell(started.first, 1)}. The start of the engine is compiling its bytes and making an instance.`,
  '',
  '## Requests per second of a real Express server',
  '',
  'Eight connections, client and server on one machine; the best of three rounds that take turns.',
  '',
  '| server | GET | preflight |',
  '|---|--:|--:|',
  ...perSecond.map(({ kind, GET, preflight }) => line({ none: 'Express alone', cors: 'cors', corsac: 'Corsac' }[kind], cell(GET, 0), cell(preflight, 0))),
  '',
].join('\n');

process.stdout.write(text);
if (process.argv.includes('--write')) {
  mkdirSync(new URL('.', RECORD), { recursive: true });
  writeFileSync(RECORD, text);
}
