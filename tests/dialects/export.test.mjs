// What `corsac export` writes for nginx is started, and `corsac verify` finds nothing in it but the losses that the export named.
//
// DIALECTS_EXPORTS=100 makes as many policies, and DIALECTS_RUN=7 others.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { Random, seedOf } from '../browsers/random.mjs';
import { MODULE } from '../gateways/nginx.mjs';
import { codes, said, verify } from '../gateways/verify.mjs';
import { freePort, start } from '../stacks/program.mjs';
import { policy } from './policies.mjs';
import { BINARY } from './simulator.mjs';

const PROGRAM = process.env.NGINX ?? '/usr/sbin/nginx';
const EXAMPLES = ['api', 'device', 'public'].map((name) => fileURLToPath(new URL(`../../examples/${name}.toml`, import.meta.url)));
const COUNT = Number(process.env.DIALECTS_EXPORTS ?? 4);
const RUN = Number(process.env.DIALECTS_RUN ?? 1);
const FOLDER = fileURLToPath(new URL('../stacks/out/exports/', import.meta.url));
const TIMEOUT = 600_000;

/** What each export says that nginx does otherwise, as `corsac verify` names it. */
const EXPORTS = {
  'nginx-recipe': { program: PROGRAM, install: 'apt-get install nginx', losses: { 'lists-sent-to-strangers': 'gets status 204 with the lists' } },
  nginx: { program: MODULE, install: 'make nginx-module', losses: {} },
};

function corsac(...args) {
  return new Promise((done) => execFile(BINARY, args, { encoding: 'utf8' }, (error, text, errors) => done({ code: error?.code ?? 0, text, errors })));
}

/** Skips where a program is missing, and fails where that must not be. */
async function isMissing(t, { program, install }) {
  for (const [path, how] of [[PROGRAM, 'apt-get install nginx'], [program, install]]) {
    if (await access(path).then(() => true, () => false)) continue;
    assert.ok(!process.env.CI, `${path} is missing: ${how}`);
    t.skip(`${path} is missing: ${how}`);
    return true;
  }
  return false;
}

/** An application that lets every page in on its own: nginx must take that away. */
async function application(t) {
  const server = createServer((request, response) => {
    const isThere = request.url.split('?')[0] === '/things';
    response.writeHead(isThere ? 200 : 404, { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': 'X-ALL' }).end('ok');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

/** The parts of nginx' configuration that an export is, for one of several servers. */
function parts(dialect, text, number, behind) {
  const proxy = `proxy_pass http://127.0.0.1:${behind};`;
  if (dialect === 'nginx') return { http: '', server: text.replace('cors on;', `cors on; ${proxy}`) };
  // Maps are for all servers, so each has names of its own.
  const [http, location] = text.replaceAll('$cors_', `$cors${number}_`).split('\n# In the location.');
  return { http, server: `location / {${location} ${proxy} }` };
}

const CONFIGURATION = (folder, top, http, servers) => `
${top}
daemon off;
error_log ${folder}error.log;
pid ${folder}nginx.pid;
events { worker_connections 1024; }
http {
    access_log off;
    map_hash_bucket_size 256;
    variables_hash_max_size 8192;
    client_body_temp_path ${folder}body;
    proxy_temp_path ${folder}proxy;
    fastcgi_temp_path ${folder}fastcgi;
    uwsgi_temp_path ${folder}uwsgi;
    scgi_temp_path ${folder}scgi;
    ${http}
    ${servers}
}
`;

/** The files of all policies. */
async function policies(folder) {
  const made = [];
  for (let at = 0; at < COUNT; at += 1) {
    const path = `${folder}${at}.toml`;
    await writeFile(path, policy(new Random(seedOf(RUN, at))));
    made.push(path);
  }
  return [...EXAMPLES, ...made];
}

/** A free port that no other server of the configuration has: it is only taken when nginx starts. */
async function anotherPort(taken) {
  const port = await freePort();
  return taken.some((other) => other.port === port) ? anotherPort(taken) : port;
}

for (const [dialect, { program, install, losses }] of Object.entries(EXPORTS)) {
  test(`${dialect}: what is exported keeps the policy`, { timeout: TIMEOUT }, async (t) => {
    if (await isMissing(t, { program, install })) return;
    const folder = `${FOLDER}${dialect}/`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const behind = await application(t);
    const written = [];
    for (const path of await policies(folder)) {
      const { code, text, errors } = await corsac('export', path, '--to', dialect);
      // Refused, with the reason: nothing is started.
      if (code === 1 && errors.includes('nothing is written')) continue;
      assert.equal(code, 0, `corsac export ${path} --to ${dialect}: ${errors}`);
      written.push({ path, port: await anotherPort(written), text, errors });
    }
    assert.ok(written.length > (EXAMPLES.length + COUNT) / 3, `${written.length} exports`);
    const all = written.map(({ text, port }, number) => ({ ...parts(dialect, text, number, behind), port }));
    const servers = all.map(({ server, port }) => `server { listen 127.0.0.1:${port};\n${server} }`).join('\n');
    const top = program === MODULE ? `load_module ${MODULE};` : '';
    await writeFile(`${folder}nginx.conf`, CONFIGURATION(folder, top, all.map(({ http }) => http).join('\n'), servers));
    await start(t, PROGRAM, ['-c', `${folder}nginx.conf`, '-p', folder], { port: written[0].port });
    const wrong = [];
    for (const { path, port, errors } of written) {
      const { code, report } = await verify(path, [`http://127.0.0.1:${port}/things`], '--max-requests', '5000');
      const found = codes(report).filter((name) => !(name in losses));
      if (code !== 0 || found.length > 0) wrong.push(`${path}: ${code}: ${said(report)}\n${await readFile(path, 'utf8')}`);
      for (const name of codes(report).filter((one) => one in losses)) assert.ok(errors.includes(losses[name]), `the export does not name ${name}:\n${errors}`);
    }
    assert.equal(wrong.length, 0, `${wrong.length} of ${written.length} (DIALECTS_RUN=${RUN}):\n${wrong.slice(0, 3).join('\n\n')}`);
  });
}

test('an export that lost a line is noticed', { timeout: TIMEOUT }, async (t) => {
  const { program, install } = EXPORTS['nginx-recipe'];
  if (await isMissing(t, { program, install })) return;
  const folder = `${FOLDER}lost/`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const { text } = await corsac('export', EXAMPLES[0], '--to', 'nginx-recipe');
  const { http, server } = parts('nginx-recipe', text.replaceAll(/proxy_hide_header.*\n/g, ''), 0, await application(t));
  await writeFile(`${folder}nginx.conf`, CONFIGURATION(folder, '', http, `server { listen 127.0.0.1:${port};\n${server} }`));
  await start(t, PROGRAM, ['-c', `${folder}nginx.conf`, '-p', folder], { port });
  const { code } = await verify(EXAMPLES[0], [`http://127.0.0.1:${port}/things`]);
  assert.equal(code, 1);
});
