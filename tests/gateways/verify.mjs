// `corsac verify`, as a person or a CI job runs it.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.CORSAC ?? fileURLToPath(new URL('../../target/debug/corsac', import.meta.url));

/** Exit code, and the report. */
export function verify(policy, urls, ...options) {
  return new Promise((done, failed) => {
    execFile(BINARY, ['verify', policy, ...urls, '--format', 'json', ...options], { encoding: 'utf8', maxBuffer: 1 << 26 }, (error, text, errors) => {
      const code = error?.code ?? 0;
      if (typeof code !== 'number' || text === '') failed(error ?? new Error(`corsac verify has no report: ${errors}`));
      else done({ code, report: JSON.parse(text) });
    });
  });
}

/** The codes of a report's findings, each once, in the order of the alphabet. */
export function codes(report) {
  return [...new Set(report.layers.flatMap((layer) => layer.findings.map((finding) => finding.code)))].sort();
}

/** What was found, a line each: for the message of a test. */
export const said = (report) => report.layers.flatMap((layer) => layer.findings).map((finding) => `${finding.code}: ${finding.message} [${finding.cause}]`).join('\n');
