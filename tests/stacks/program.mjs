// Programs that a test starts, and ends by their own process id.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Starts a program, waits until it listens on the port, and ends it with the test. */
export async function start(test, command, args, { port, cwd = undefined, env = {} }) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let hasEnded = false;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes));
  const ended = new Promise((done) => child.once('close', done).once('error', done)).then((cause) => {
    hasEnded = true;
    if (cause instanceof Error) output += cause.message;
  });
  test.after(async () => {
    child.kill();
    await ended;
  });
  while (!(await listens(port))) {
    if (hasEnded) throw new Error(`${command} has ended:\n${output}`);
    await pause();
  }
}

/** Waits until the response is the application's: some products listen before they have read all of their configuration. */
export async function serves(url) {
  while ((await fetch(url, { headers: { authorization: 'secret' } })).status !== 200) await pause();
}

const pause = () => new Promise((done) => setTimeout(done, 50));

/** A port that nothing listens on. */
export async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((done) => server.close(done));
  return port;
}

function listens(port) {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => done(true));
    socket.once('error', () => done(false)).once('connect', () => socket.destroy());
  });
}
