// Drives WebKitGTK's MiniBrowser on a display of its own. Under WebDriver it hides its console, so the page itself asks the server for work.

import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';

export const name = 'webkit';
/** @type {Record<string, string>} */
const MACHINES = { x64: 'x86_64', arm64: 'aarch64' };
const MACHINE = MACHINES[process.arch] ?? process.arch;
export const binary = `/usr/lib/${MACHINE}-linux-gnu/webkit2gtk-4.1/MiniBrowser`;
export const packages = 'libwebkit2gtk-4.1-0 xvfb xauth';
/** Whether it ends every request whose response is not well-formed over HTTP/2. */
export const endsBrokenHttp2 = false;
export const needs = [binary, '/usr/bin/xvfb-run', '/usr/bin/xauth'];
/** Whether an exchange ends the process of the page: none is known. */
export const endsPage = () => false;

let runs = 0;

export async function start(home, profile, server) {
  const token = `pull-${runs += 1}`;
  const log = join(profile, 'console.log');
  const runtime = join(profile, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const output = openSync(log, 'a');
  // What it and its display leave behind goes with the profile.
  const env = { ...process.env, HOME: profile, TMPDIR: profile, XDG_RUNTIME_DIR: runtime };
  for (const kind of ['CACHE', 'CONFIG', 'DATA']) env[`XDG_${kind}_HOME`] = join(profile, kind);
  const trust = server.pin ? ['--ignore-tls-errors'] : [];
  const browser = spawn('xvfb-run', ['-a', binary, ...trust, '--enable-write-console-messages-to-stdout=true', `${home}#${token}@${server.workOrigin}`], {
    env, detached: true, stdio: ['ignore', output, output],
  });
  const ended = once(browser, 'exit');
  // The display, the browser and its helpers are one process group, which ends with this process.
  const end = () => process.kill(-browser.pid);
  const leave = () => process.exit(1);
  process.once('exit', end).once('SIGINT', leave).once('SIGTERM', leave);
  return {
    get lines() {
      return reasons(readFileSync(log, 'utf8'));
    },
    run: (batch) => Promise.race([
      server.work(token, batch),
      ended.then(() => { throw new Error(`${binary} ended: ${readFileSync(log, 'utf8').slice(-2000)}`); }),
    ]),
    stop: async () => {
      process.off('exit', end).off('SIGINT', leave).off('SIGTERM', leave);
      if (browser.exitCode === null) end();
      await ended;
    },
  };
}

/** The reason names no URL: the URL is on the line after it. */
function reasons(text) {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    if (!line.includes(' due to access control checks.')) return [];
    const before = lines[at - 1] ?? '';
    const reason = /^(?:\S+ )?CONSOLE (?:SECURITY|JS|NETWORK)? ?ERROR (.*)$/.exec(before)?.[1];
    return [`${reason ?? before}\t${line.replace(/^.*ERROR /, '')}`];
  });
}
