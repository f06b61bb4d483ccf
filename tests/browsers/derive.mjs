// One exchange from the grammar: which alternatives were taken is known, so that a run can learn from it.

import { RULES } from './grammar.mjs';
import { spelled, upper } from './spelling.mjs';

/** A rule with so many alternatives is a list of equals. */
const LIST = 14;
/** A rule inside another one, so deep that the shortest alternative is taken from there on. */
const DEPTH = 12;

/** Takes alternatives at random, with `[weight, place]` of each from `weightsOf(rule)`. */
class Derivation {
  constructor(random, words, weightsOf) {
    this.random = random;
    this.words = words;
    this.weightsOf = weightsOf;
    this.used = new Set();
  }

  text(rule, depth = 0) {
    const alternatives = RULES[rule];
    const place = depth > DEPTH ? shortest(rule) : this.place(rule);
    this.used.add(`${rule} ${place}`);
    // A byte is itself, whatever it looks like.
    if (alternatives[place].length === 1) return alternatives[place];
    return alternatives[place].replace(/<(~?)([a-z-]+)>|\{([a-z]+)\}/g, (_, anyCase, inner, word) => {
      if (word) return this.words[word]?.(this.random) ?? '';
      const text = this.text(inner, depth + 1);
      return anyCase ? spelled(this.random, text) : text;
    });
  }

  place(rule) {
    const { length } = RULES[rule];
    if (length >= LIST) return this.random.below(length);
    return this.random.weighted(this.weightsOf(rule));
  }
}

function shortest(rule) {
  const cost = (text) => text.length + 10 * text.split('<').length;
  return RULES[rule].reduce((best, text, place) => (cost(text) < cost(RULES[rule][best]) ? place : best), 0);
}

/** An exchange, and the alternatives that are in it. */
export function derive(random, id, origins, weightsOf) {
  const isHttp2 = origins[0].startsWith('https:');
  /** @type {Record<string, () => string>} */
  const words = {
    base: () => origins[1], same: () => origins[1], path: () => `/x/${id}/0`, fill: () => 'l'.repeat(random.pick([980, 985, 990, 1000, 2000])),
    own: () => origins[0], other: () => origins[2], scheme: () => origins[0].split(':')[0],
    // A page of https: may not use the other one: that is mixed content, and not CORS.
    ws: () => (isHttp2 ? 'wss' : random.pick(['ws', 'wss'])),
  };
  words.host = () => words.base().split('://')[1];
  const derivation = new Derivation(random, words, weightsOf);
  const take = (rule) => {
    random.begin(rule);
    return derivation.text(rule);
  };
  const frame = take('frame');
  const mode = take('mode');
  const api = mode === 'cors' ? take('api') : 'fetch';
  const upload = api === 'xhr' && take('upload') === 'yes';
  const page = frame === 'page' ? origins[0] : 'null';
  words.page = () => page;
  const method = take('method');
  const credentials = take('credentials');
  const headers = lines(take('request-headers')).map(([name, _, raw]) => [name, raw]);
  const names = headers.map(([name]) => name).filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name));
  words.method = () => upper(method);
  words.name = () => (names.length > 0 ? random.pick(names) : 'x-a');
  words.names = () => names.join(', ');
  random.begin('first server');
  let at = random.weighted([[6, origins[1]], [2, origins[0]], [1, origins[2]]]);
  words.base = () => at;
  const request = {
    origin: page, url: take('url'), method, headers, credentials: api === 'xhr' && credentials === 'omit' ? 'include' : credentials, mode,
    referrer_policy: take('referrer'), api, http_version: isHttp2 ? '2' : '1.1', upload_listener: upload,
  };
  const leads = /^https?:[^@]*$/.test(request.url) && !/^delete$/i.test(method);
  const count = leads ? Number(take('count')) : 1;
  const hops = [];
  for (let hop = 0; hop < count; hop += 1) {
    const responses = { preflight: responseFrom(take('preflight-status'), take('preflight'), isHttp2), response: responseFrom(take('status'), take('response'), isHttp2) };
    if (hop + 1 < count) {
      const from = at;
      random.begin('next server');
      at = random.pick([from, ...origins]);
      words.same = () => (from === at ? '' : at);
      words.path = () => `/x/${id}/${hop + 1}`;
      const others = responses.response.headers.filter(([name]) => !/^location$/i.test(name));
      responses.response = { status: Number(take('redirect')), headers: [...others, ['Location', take('location')]] };
    }
    hops.push(responses);
  }
  if (request.url.startsWith('data:')) hops[0].response = { status: 200, headers: [['Content-Type', 'text/plain']] };
  const isAsked = mode === 'cors' && take('ask') === 'yes';
  const then = isAsked ? [{ request: later(request, take('next'), take('method')), after_seconds: Number(take('wait')) }] : [];
  const hasBody = !/^(get|head)$/i.test(method) && (upload || take('body') === 'yes');
  return { exchange: { id, frame, api, body: hasBody, request, hops, then }, used: derivation.used };
}

/** `name:value` on each line, as a name, a trimmed value and the text between. */
function lines(text) {
  return text.split('\n').filter(Boolean).map((line) => {
    const at = line.indexOf(':', 1);
    // White space at the start would make the line a part of the one before, and a colon would leave it without a name.
    const name = line.slice(0, at).replace(/^[ \t:]/, '_');
    const raw = line.slice(at + 1);
    return [name, raw.replace(/^[ \t]+|[ \t]+$/g, ''), raw];
  });
}

function responseFrom(status, text, isHttp2) {
  // A browser would send the request again, or expect no body.
  const code = { 205: 203, 408: 409, 421: 409, 425: 409 }[status] ?? Number(status);
  // It would ask the user for a password, or read a length that is not the body's.
  const isWanted = ([name]) => !(/authenticate$/i.test(name) && [401, 407].includes(code)) && !/^(content-length|transfer-encoding)$/i.test(name);
  // Over HTTP/2 there is no white space around a value.
  const headers = lines(text).filter(isWanted).map((line) => (isHttp2 ? line.slice(0, 2) : line));
  const isRepeated = ([name], place) => /^location$/i.test(name) && headers.findIndex(([other]) => /^location$/i.test(other)) < place;
  const kept = headers.filter((line, place) => !isRepeated(line, place));
  const isEmpty = isHttp2 && [204, 304].includes(code);
  return { status: code, headers: isEmpty ? kept : [...kept, ['Content-Length', '2']] };
}

function later(request, change, method) {
  switch (change) {
    case 'method': return { ...request, method };
    case 'bare': return { ...request, headers: [] };
    case 'credentials': return { ...request, credentials: request.credentials === 'include' ? 'same-origin' : 'include' };
    case 'fragment': return { ...request, url: `${request.url.split('#')[0]}#later` };
    case 'conditional': return { ...request, headers: [...request.headers, ['If-Match', '"x"']] };
    case 'custom': return { ...request, headers: [['x-later', '1']] };
    default: return request;
  }
}
