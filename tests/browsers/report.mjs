// What a failing test shows of an exchange, and how the exchange is run again.

import { asked } from './model.mjs';

/** Ports are others in each run: `{port 1.1 2}` is the third one of HTTP/1.1. */
const places = (worlds) => Object.entries(worlds).flatMap(([version, { ports }]) => ports.map((port, at) => [String(port), `{port ${version} ${at}}`]));

/** An exchange as one line of text, for `CORSAC_EXCHANGE`. */
export function packed(exchange, worlds) {
  return places(worlds).reduce((text, [port, place]) => text.replaceAll(port, place), JSON.stringify(exchange));
}

export function unpacked(text, worlds) {
  return JSON.parse(places(worlds).reduce((rest, [port, place]) => rest.replaceAll(place, port), text));
}

/** How often scripts got what. */
export function outcomes(exchanges, results) {
  const counts = {};
  for (const { id } of exchanges) {
    const { outcome } = results.get(id).got;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return JSON.stringify(counts);
}

/** Hostile bytes never reach a terminal. */
export function printable(text) {
  return text.replace(/[^\x20-\x7e\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** One exchange that differs: `{ exchange, model, result, found }`. The title says which one. */
export function report(name, title, { exchange, model, result, found }, worlds) {
  const { got, seen, lines } = result;
  const requests = seen.map((one) => (one.mark ? 'then' : `${one.method}${one.preflight ? ' (preflight)' : ''} at hop ${one.hop}`));
  return printable([
    '',
    `${name} differs${title}, ${exchange.frame} by ${exchange.api}${exchange.body ? ' with a body' : ''}${exchange.seed === undefined ? '' : `, seed ${exchange.seed}`}`,
    ...found.map((text) => `  ${text}`),
    `  explain ${JSON.stringify(asked(exchange))}`,
    `  model ${JSON.stringify({ verdict: model.verdict[name], blocked_by: model.blocked_by, console: model.console[name] })}`,
    `  ${name} ${JSON.stringify({ outcome: got.outcome, error: got.error, requests, console: lines })}`,
    `  again CORSAC_EXCHANGE='${packed(exchange, worlds).replaceAll("'", '\\u0027')}' node --test --test-name-pattern='^${name}' differential.test.mjs`,
  ].join('\n'));
}
