// Makes an exchange in which the browser and the model differ as small as it gets: takes parts away as long as they still differ.

import { renamed } from './model.mjs';

/** Exchanges that are tried at once, and how often. */
const AT_ONCE = 60;
const ROUNDS = 60;

/**
 * The smallest exchange that still differs. `differ(exchanges)` gives a boolean for each, and `page` is the origin of a page that has one.
 */
export async function shrunk(exchange, page, differ) {
  let best = exchange;
  let tried = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const smaller = simpler(best, page).filter((one) => size(one) < size(best)).sort((a, b) => size(a) - size(b));
    const next = await first(smaller, differ, () => `s${exchange.id}${(tried += 1)}s`);
    if (!next) return best;
    best = next;
  }
  return best;
}

/** The first of the exchanges that differs, a group at a time. */
async function first(exchanges, differ, name) {
  for (let at = 0; at < exchanges.length; at += AT_ONCE) {
    const group = exchanges.slice(at, at + AT_ONCE).map((one) => renamed(one, name()));
    const results = await differ(group);
    const place = results.indexOf(true);
    if (place >= 0) return group[place];
  }
  return undefined;
}

/** How much there is to read, with what is usual counting least. */
export function size({ frame, api, body, request, hops, then }) {
  const text = (lines) => lines.reduce((sum, [name, value, raw]) => sum + 20 + name.length + (raw ?? value).length + unusual(name, value), 0);
  const of = (one) => text(one.headers) + (one.credentials === 'same-origin' ? 0 : 5) + (one.mode === 'cors' ? 0 : 5) + (one.method === 'GET' ? 0 : 5)
    + (one.referrer_policy ? 5 : 0) + one.method.length + one.url.split(/\/x\/\w+\//).join('').length + (one.http_version === '1.1' ? 0 : 1);
  const responses = hops.flatMap(({ preflight, response }) => [preflight, response]);
  return of(request) + responses.reduce((sum, { status, headers }) => sum + 10 + text(headers) + (status === 200 ? 0 : 1), 0)
    + then.reduce((sum, later) => sum + 50 + of(later.request) + later.after_seconds, 0) + (frame === 'page' ? 0 : 10) + (api === 'fetch' ? 0 : 10)
    + (request.upload_listener ? 10 : 0) + (body ? 5 : 0);
}

function unusual(name, value) {
  return `${name}${value}`.replace(/[\w ,*:/.-]/g, '').length;
}

/** All exchanges that lack one part of this one, or have something usual in its place. */
export function simpler(exchange, page) {
  const { request, hops, then } = exchange;
  const all = [];
  const add = (change) => all.push({ ...exchange, ...change });
  const ask = (change, rest = {}) => add({
    ...rest, request: { ...request, ...change }, then: then.map((later) => ({ ...later, request: { ...later.request, ...change } })),
  });
  if (then.length > 0) {
    add({ then: [] });
    then.forEach((later, place) => add({ then: then.map((one, at) => (at === place ? { ...one, request } : one)) }));
    then.forEach((later, place) => add({ then: then.map((one, at) => (at === place ? { ...one, after_seconds: 0 } : one)) }));
  }
  for (let count = 1; count < hops.length; count += 1) add({ hops: hops.slice(0, count) });
  if (exchange.frame !== 'page') ask({ origin: page }, { frame: 'page' });
  if (exchange.body && !request.upload_listener) add({ body: false });
  if (request.upload_listener) ask({ upload_listener: false });
  if (exchange.api === 'xhr' && !request.upload_listener) ask({ api: 'fetch' }, { api: 'fetch' });
  ask({ method: 'GET' });
  ask({ credentials: 'same-origin' });
  ask({ referrer_policy: '' });
  ask({ mode: 'cors' });
  ask({ url: request.url.replace(/[?#].*$/, '') });
  lists(request.headers).forEach((headers) => ask({ headers }));
  hops.forEach((hop, at) => {
    for (const part of ['preflight', 'response']) {
      const replaced = (response) => add({ hops: hops.map((other, place) => (place === at ? { ...hop, [part]: response } : other)) });
      const leads = at + 1 < hops.length && part === 'response';
      if (!leads) replaced({ ...hop[part], status: 200 });
      lists(hop[part].headers, /^location$/i).forEach((headers) => {
        // A redirect keeps its Location.
        if (!leads || headers.some(([name]) => /^location$/i.test(name))) replaced({ ...hop[part], headers });
      });
    }
  });
  return all;
}

/** The list without some lines, and with one line made shorter or more usual. */
function lists(lines, untouched = /^$/) {
  const without = (from, count) => [...lines.slice(0, from), ...lines.slice(from + count)];
  const half = Math.floor(lines.length / 2);
  const less = half > 1 ? [without(0, half), without(half, lines.length - half)] : [];
  lines.forEach((line, at) => less.push(without(at, 1)));
  lines.forEach(([name, value, raw], at) => {
    const put = (line) => less.push(lines.map((other, place) => (place === at ? line : other)));
    if (raw !== undefined) put([name, value]);
    if (untouched.test(name) || /^content-length$/i.test(name)) return;
    for (const text of shorter(value)) put([name, text]);
    if (name.length > 12 && !/^access-control/i.test(name)) for (const text of shorter(name)) put([text, value]);
  });
  return less;
}

/** A text without a half, a quarter or a byte of it. */
function shorter(text) {
  const cuts = [];
  for (let step = Math.ceil(text.length / 2); step >= 1; step = step === 1 ? 0 : Math.ceil(step / 2)) {
    for (let at = 0; at < text.length && cuts.length < 40; at += step) cuts.push(text.slice(0, at) + text.slice(at + step));
  }
  return cuts.filter((cut) => cut.length < text.length);
}
