// Which code of the browser model exchanges reach: the model as `fuzz/` compiles it, which counts.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { asked } from './model.mjs';

const FUZZ = fileURLToPath(new URL('../../fuzz', import.meta.url));
/** As `make fuzz-test` builds it. */
const COMMAND = ['run', '--quiet', '--profile', 'quick', '--locked', '--bin', 'reached'];

/**
 * Starts the model, until `stop()`. `reach(exchanges)` gives the numbers of the places that each one reaches.
 *
 * @param {AbortSignal} [signal]
 */
export function counting(signal) {
  // These flags would take the place of those that count.
  const { RUSTFLAGS: _, ...env } = process.env;
  const command = spawn(process.env.CARGO ?? 'cargo', COMMAND, { cwd: FUZZ, env, signal, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done, failed) => command.once('error', failed).once('close', done));
  ended.catch(() => {});
  command.stdin.on('error', () => {});
  const lines = createInterface({ input: command.stdout })[Symbol.asyncIterator]();
  return {
    /** @param {any[]} exchanges */
    reach: async (exchanges) => {
      command.stdin.write(exchanges.map((exchange) => `${JSON.stringify(asked(exchange))}\n`).join(''));
      const reached = [];
      while (reached.length < exchanges.length) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`cargo ${COMMAND.join(' ')} ended with ${await ended}`);
        reached.push(JSON.parse(value));
      }
      return reached;
    },
    stop: async () => {
      command.stdin.end();
      await ended;
    },
  };
}
