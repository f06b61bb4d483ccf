// Requests per second of a real Express server: with Corsac, with the package cors, and with none. Each is a process of its own.

import { fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';

const SECONDS = Number(process.env.CORSAC_BENCH_SECONDS ?? 3);
const ROUNDS = 3;
const CONNECTIONS = 8;
const APP = 'https://app.example.com';
const REQUESTS = {
  GET: { method: 'GET', headers: { origin: APP } },
  preflight: { method: 'OPTIONS', headers: { origin: APP, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' } },
};

async function serve(kind) {
  // The channel closes however the bench is ended, even if it is killed.
  process.once('disconnect', () => process.exit());
  if (!process.connected) process.exit();
  const { default: express } = await import('express');
  const options = { origin: [APP], methods: ['GET', 'PUT'], allowedHeaders: ['content-type'], credentials: true };
  const app = express();
  if (kind === 'corsac') app.use((await import('corsac/express')).default(options));
  if (kind === 'cors') app.use((await import('cors')).default(options));
  app.all('/', (_request, response) => response.json({ message: 'Success' }));
  const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port));
}

/** How many responses come in a second, over connections that are kept. */
async function load(port, init) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const until = Date.now() + SECONDS * 1000;
  let count = 0;
  const one = () =>
    new Promise((resolve, reject) => {
      const sent = request({ port, agent, path: '/', ...init }, (response) => response.resume().on('end', resolve));
      sent.on('error', reject);
      sent.end();
    });
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (Date.now() < until) {
        await one();
        count += 1;
      }
    }),
  );
  agent.destroy();
  return count / SECONDS;
}

/** Requests per second for each kind of server and request: the best of three rounds that take turns. */
export async function rates() {
  const servers = {};
  try {
    for (const kind of ['none', 'cors', 'corsac']) {
      const child = fork(fileURLToPath(import.meta.url), [kind]);
      servers[kind] = { child, GET: 0, preflight: 0 };
      servers[kind].port = await new Promise((resolve) => child.once('message', resolve));
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const server of Object.values(servers)) {
        for (const [name, init] of Object.entries(REQUESTS)) server[name] = Math.max(server[name], await load(server.port, init));
      }
    }
  } finally {
    for (const { child } of Object.values(servers)) child.kill();
  }
  return Object.entries(servers).map(([kind, { GET, preflight }]) => ({ kind, GET, preflight }));
}

if (process.send !== undefined && process.argv[2] !== undefined) await serve(process.argv[2]);
