// Requests from a seed, in all that scripts can vary; `responses.mjs` makes what servers respond. Half of the exchanges are blocked, at all
// stages. This file has spellings and no rule of CORS.

import { Random } from './random.mjs';
import { CONDITIONAL, CUSTOM, FORBIDDEN, HINTS, OVERRIDES } from './names.mjs';
import { preflightOf, responseOf } from './responses.mjs';
import { spelled, spoiled } from './spelling.mjs';

/** An exchange of the page at `origins[0]` with servers at any of the origins. Over `https:` they speak HTTP/2. */
export function generate(seed, id, origins) {
  const random = new Random(seed);
  const frame = random.weighted([[8, 'page'], [1, 'sandbox'], [1, 'data']]);
  const page = frame === 'page' ? origins[0] : 'null';
  const mode = random.weighted([[90, 'cors'], [7, 'no-cors'], [3, 'same-origin']]);
  const api = mode === 'cors' && random.chance(25) ? 'xhr' : 'fetch';
  const upload = api === 'xhr' && random.chance(30);
  const method = methodOf(random, mode);
  // Chromium asks for upload listeners only where something is uploaded, which the model takes for granted.
  const body = !/^(get|head)$/i.test(method) && (upload || random.chance(30));
  const request = {
    origin: page,
    url: '',
    method,
    headers: headersOf(random),
    credentials: api === 'xhr' ? random.pick(['same-origin', 'include']) : random.weighted([[2, 'omit'], [4, 'same-origin'], [4, 'include']]),
    mode,
    referrer_policy: random.weighted([[8, ''], [1, 'no-referrer'], [1, 'origin'], [1, 'same-origin'], [1, 'unsafe-url']]),
    api,
    http_version: origins[0].startsWith('https:') ? '2' : '1.1',
    upload_listener: upload,
  };
  const scene = { random, id, origins, page, request, isHttp2: request.http_version === '2', isAsked: false };
  scene.isAsked = mode === 'cors' && random.chance(14);
  const hops = chain(scene);
  const then = scene.isAsked ? [{ request: later(scene), after_seconds: random.chance(10) ? 6 : 0 }] : [];
  return { id, seed, frame, api, body, request, hops, then };
}

function methodOf(random, mode) {
  const simple = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'POST', 'get', 'Post'];
  if (mode === 'no-cors') return random.pick([...simple, 'PUT']);
  const other = ['PUT', 'PUT', 'DELETE', 'PATCH', 'patch', 'put', 'OPTIONS', 'query', '*', 'a~b', 'GETS', 'PROPFIND'];
  const odd = ['CONNECT', 'trace', 'a b', '', 'GE\x80T', 'TRACKER', spoiled(random, 'PUT')];
  return random.weighted([[55, random.pick(simple)], [40, random.pick(other)], [3, random.pick(odd)]]);
}

const fill = (text, length) => text + 'x'.repeat(length - text.length);

/** Values that are safelisted or nearly so. */
const VALUES = {
  'Accept': ['*/*', 'text/html, */*;q=0.8', 'a"b', 'a\x80', 'x\ty', 'a(b', '', fill('a', 128), fill('a', 129), ' a '],
  'Accept-Language': ['en', 'en-GB, *;q=0.5', 'en_GB', 'en\tde', fill('a', 128), fill('a', 129), ''],
  'Content-Language': ['de', 'a/b', 'a,b', fill('a', 129)],
  'Content-Type': [
    'text/plain', 'TEXT/Plain', 'text/plain;charset=utf-8', 'text/plain;', 'text/plain;;', 'text/plain;a;', 'text/plain;a,b', 'text/plain x;y',
    'text/plain ; x', 'text/plain,', 'text /plain', 'text/plain;"', 'text/plain;\xe9', 'text', '', 'application/json',
    'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html', fill('text/plain;', 128), fill('text/plain;', 129),
  ],
  'Range': [
    'bytes=0-', 'bytes=0-9', 'BYTES=0-9', 'bytes=-5', 'bytes=5-2', 'bytes=007-8', 'bytes=0-1,3-4', 'bytes= 0-1', 'bytes=+0-', 'bytes=0-x',
    'bytes=18446744073709551615-', 'bytes=18446744073709551616-', 'bytes=9223372036854775806-', 'bytes=9223372036854775807-', 'bytes=0-9223372036854775807', '',
  ],
};
const HINT_VALUES = ['1', '1.5', '.5', '1.', '-1', '+1', '640', '0.25', '4g', 'slow-2g', '5g', '4G', 'on', 'ON', 'off', 'x', ''];
const OVERRIDE_VALUES = ['PUT', 'trace', '"a,TRACE"', 'x, CONNECT', 'TRACK;', ''];

/** One header of any class. */
function headerOf(random) {
  const safelisted = Object.keys(VALUES);
  const [name, values] = random.weighted([
    [8, () => { const one = random.pick(safelisted); return [one, VALUES[one]]; }],
    [3, () => [random.pick(HINTS), HINT_VALUES]],
    [2, () => [random.pick(CONDITIONAL), ['"e"', 'Mon, 05 Jan 2026 10:00:00 GMT', '']]],
    [1, () => [random.pick(OVERRIDES), OVERRIDE_VALUES]],
    [2, () => [random.pick(FORBIDDEN), ['1', 'x=y', '']]],
    [8, () => [random.pick(CUSTOM), ['1', '', '\x80\xff', 'a"b', ' 1 ', 'Bearer x']]],
  ])();
  const value = random.pick(values);
  return [spelled(random, random.chance(1) ? spoiled(random, name) : name), random.chance(12) ? spoiled(random, value) : value];
}

function headersOf(random) {
  const count = random.weighted([[48, 0], [32, 1], [12, 2], [6, 3], [1, 12]]);
  const headers = Array.from({ length: count }, () => headerOf(random));
  if (headers.length > 0 && random.chance(6)) {
    const [name, value] = random.pick(headers);
    headers.push([spelled(random, name), random.pick(VALUES[name] ?? [value, '2'])]);
  }
  return headers;
}

/** A request that may find the first one's preflight in the cache. */
function later({ random, request }) {
  const [url] = request.url.split('#');
  const change = random.weighted([
    [6, {}], [1, { method: random.pick(['PUT', 'DELETE', 'GET', 'HEAD', 'PATCH']) }], [1, { headers: [] }],
    [1, { headers: [['X-A', '1']] }], [1, { headers: [['Authorization', '1']] }], [1, { headers: [...request.headers, [random.pick(CONDITIONAL), 'x']] }],
    [2, { credentials: random.pick(request.api === 'xhr' ? ['same-origin', 'include'] : ['omit', 'same-origin', 'include']) }],
    [1, { url }], [1, { url: `${url}#b` }],
  ]);
  return { ...request, ...change };
}

/** The URLs, with the responses of each. */
function chain(scene) {
  const { random, id, origins, request } = scene;
  const isLeading = random.chance(12);
  let origin = isLeading ? origins[0] : random.weighted([[10, origins[1]], [2, origins[2]], [3, origins[0]]]);
  request.url = firstUrl(scene, origin);
  // WebKitGTK, unlike Safari, makes a DELETE that is redirected to another origin a GET.
  const leads = /^https?:[^@]*$/.test(request.url) && !/^delete$/i.test(request.method);
  const count = leads ? random.weighted([[isLeading || scene.isAsked ? 40 : 74, 1], [16, 2], [6, 3], [3, 4]]) : 1;
  const hops = [];
  for (let hop = 0; hop < count; hop += 1) {
    const next = random.weighted([[4, origin], [3, origins[0]], [3, origins[1]], [3, origins[2]]]);
    const responses = { preflight: preflightOf(scene), response: responseOf(scene) };
    hops.push(responses);
    if (hop + 1 < count) {
      const others = responses.response.headers.filter(([name]) => !/^location$/i.test(name));
      responses.response = { status: random.pick([301, 302, 302, 303, 307, 308]), headers: others };
      others.push([spelled(random, 'Location'), location(scene, origin, next, `/x/${id}/${hop + 1}`)]);
    }
    origin = next;
  }
  // The body of a data: URL comes with this header alone.
  if (request.url.startsWith('data:')) hops[0].response = { status: 200, headers: [['Content-Type', 'text/plain']] };
  return hops;
}

function firstUrl({ random, id, request }, origin) {
  const path = `/x/${id}/0`;
  const [scheme, host] = origin.split('://');
  const long = (length) => fill(`${origin}${path}?`, length);
  const odd = [
    `ftp://${host}${path}`, `x:${path}`, `data:text/plain,${path}`, `javascript:${path}`, `about:srcdoc?${path}`, `${scheme.replace('http', 'ws')}://${host}${path}`, `file://${path}`, `blob:${origin}${path}`, `view-source:${origin}${path}`, `chrome://h${path}`, `mailto:${path}`,
    `urn:${path}`, `resource://h${path}`, `x-${scheme}://${host}${path}`,
  ];
  const info = ['u:p@', 'u@', ':p@', '@', ':@', 'a%40b:%3A@'];
  return random.weighted([
    [80, () => origin + path],
    [4, () => `${origin}${path}?${random.pick(['q=1', '', 'a=%27', "'", '?#', 'q#f?'])}`],
    [5, () => `${origin}${path}#${random.pick(['a', '', 'a b', '#'])}`],
    [3, () => `${scheme}://${random.pick(info)}${host}${path}`],
    [3, () => random.pick(odd)],
    [4, () => long(random.pick([1022, 1023, 1024, 1025, 1100, 2100, 8000]))],
    [request.mode === 'no-cors' ? 4 : 0, () => 'about:blank'],
  ])();
}

/** How the next URL is written; the hop after one that leads nowhere is never asked for. */
function location({ random }, from, to, path) {
  const [scheme, host] = to.split('://');
  const hop = path.slice(path.lastIndexOf('/') + 1);
  const near = [path, `./${hop}`, `${hop}`, to + path, `//${host}${path}`];
  const far = [to + path, `//${host}${path}`, `${scheme.toUpperCase()}://${host}${path}`];
  const plain = random.pick(from === to ? near : far);
  const odd = [
    `${scheme}://user:pass@${host}${path}`, `${scheme}://user@${host}${path}`, `${scheme}://:pass@${host}${path}`, `${scheme}://@${host}${path}`,
    `${scheme}://:@${host}${path}`, `ftp://${host}${path}`, `foo:${path}`, `data:text/plain,${path}`, `javascript:${path}`, `about:blank?${path}`,
    `${scheme}://`, `${scheme.replace('http', 'ws')}://${host}${path}`, `file://${path}`, `blob:${to}${path}`, `mailto:${path}`, `view-source:${to}${path}`,
  ];
  return random.weighted([[78, plain], [4, `${plain}#f`], [3, fill(`${plain}?`, random.pick([1024, 4000]))], [15, random.pick(odd)]]);
}
