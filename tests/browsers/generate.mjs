// Requests and responses from a seed; half of the exchanges are blocked, at all stages. This file has spellings and no rule of CORS.

import { Random } from './random.mjs';

const ORIGIN = 'Access-Control-Allow-Origin';
const CREDENTIALS = 'Access-Control-Allow-Credentials';
const METHODS = 'Access-Control-Allow-Methods';
const HEADERS = 'Access-Control-Allow-Headers';
const EXPOSE = 'Access-Control-Expose-Headers';
const MAX_AGE = 'Access-Control-Max-Age';

/** An exchange of the page at `origins[0]` with servers at any of the origins. */
export function generate(seed, id, origins) {
  const random = new Random(seed);
  const frame = random.weighted([[8, 'page'], [1, 'sandbox'], [1, 'data']]);
  const page = frame === 'page' ? origins[0] : 'null';
  const mode = random.weighted([[92, 'cors'], [5, 'no-cors'], [3, 'same-origin']]);
  const upload = mode === 'cors' && random.chance(6);
  const method = methodOf(random, mode);
  // Chromium asks for upload listeners only where something is uploaded, which the model takes for granted.
  const body = !/^(get|head)$/i.test(method) && (upload || random.chance(30));
  const request = {
    origin: page,
    url: '',
    method,
    headers: headersOf(random),
    credentials: upload ? random.pick(['same-origin', 'include']) : random.weighted([[2, 'omit'], [4, 'same-origin'], [4, 'include']]),
    mode,
    referrer_policy: random.weighted([[8, ''], [1, 'no-referrer'], [1, 'origin'], [1, 'same-origin'], [1, 'unsafe-url']]),
    upload_listener: upload,
  };
  const scene = { random, id, origins, page, request };
  const hops = chain(scene);
  const again = hops.length === 1 && mode === 'cors' && !upload && random.chance(12);
  const then = again ? [{ request: later(scene), after_seconds: random.chance(10) ? 6 : 0 }] : [];
  return { id, seed, frame, api: upload ? 'xhr' : 'fetch', body, request, hops, then };
}

function methodOf(random, mode) {
  const simple = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'POST', 'get', 'Post'];
  if (mode === 'no-cors') return random.pick([...simple, 'PUT']);
  const other = ['PUT', 'PUT', 'DELETE', 'PATCH', 'patch', 'put', 'OPTIONS', 'query', '*', 'a~b', 'GETS', 'PROPFIND'];
  const odd = ['CONNECT', 'trace', 'a b', '', 'GE\x80T', 'TRACKER'];
  return random.weighted([[55, random.pick(simple)], [40, random.pick(other)], [3, random.pick(odd)]]);
}

const fill = (text, length) => text + 'x'.repeat(length - text.length);

/** Names with values that are safelisted or nearly so, and names that need a preflight. */
const REQUEST_HEADERS = {
  'Accept': ['*/*', 'text/html, */*;q=0.8', 'a"b', 'a\x80', 'x\ty', 'a(b', '', fill('a', 128), fill('a', 129), ' a '],
  'accept-language': ['en', 'en-GB, *;q=0.5', 'en_GB', 'en\tde', fill('a', 128), fill('a', 129), ''],
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
  'DPR': ['1', '1.5', '.5', 'x', ''],
  'width': ['100', '1.5', '-1', ''],
  'Viewport-Width': ['640', '+1'],
  'rtt': ['50', '5.0'],
  'downlink': ['1.7', '1.', ''],
  'ect': ['4g', 'slow-2g', '5g', '4G'],
  'Save-Data': ['on', 'ON', 'off', ''],
  'device-memory': ['8', '0.25', 'lots'],
  'Intervention': ['x', '"('],
  'Purpose': ['prefetch'],
  'User-Agent': ['x'],
  'Last-Event-ID': ['1'],
  'Cache-Control': ['no-cache'],
  'If-Modified-Since': ['Mon, 05 Jan 2026 10:00:00 GMT'],
  'Authorization': ['Bearer x'],
  'X-A': ['1', '', '\x80\xff', 'a"b', ' 1 '],
  'x-b': ['2'],
  'X-Trace-Id': ['3'],
  'a!': ['4'],
  '*': ['5'],
  'X-HTTP-Method-Override': ['PUT', 'trace', '"a,TRACE"', 'x, CONNECT'],
  'If-None-Match': ['"e"'],
  'Cookie': ['x=y'],
  'Sec-X': ['1'],
  'Access-Control-Request-Private-Network': ['true'],
};

function headersOf(random) {
  const count = random.weighted([[50, 0], [32, 1], [12, 2], [6, 3]]);
  const names = random.some(Object.keys(REQUEST_HEADERS), count);
  if (random.chance(25)) names.push(random.pick(['X-A', 'Content-Type', 'Authorization']));
  const headers = [...new Set(names)].map((name) => [name, random.pick(REQUEST_HEADERS[name])]);
  if (headers.length > 0 && random.chance(5)) {
    const [name] = random.pick(headers);
    headers.push([random.pick([name, name.toUpperCase()]), random.pick(REQUEST_HEADERS[name])]);
  }
  return headers;
}

/** A request that may find the first one's preflight in the cache. */
function later({ random, request }) {
  const change = random.weighted([
    [5, {}], [1, { method: random.pick(['PUT', 'DELETE', 'GET', 'HEAD', 'PATCH']) }], [1, { headers: [] }],
    [1, { headers: [['X-A', '1']] }], [1, { headers: [['Authorization', '1']] }], [2, { credentials: random.pick(['omit', 'same-origin', 'include']) }],
  ]);
  return { ...request, ...change };
}

/** The URLs, with the response of each. */
function chain(scene) {
  const { random, id, origins, request } = scene;
  // WebKitGTK, unlike Safari, makes a DELETE that is redirected to another origin a GET.
  const count = /^delete$/i.test(request.method) ? 1 : random.weighted([[78, 1], [14, 2], [6, 3], [2, 4]]);
  const hops = [];
  let origin = random.weighted([[10, origins[1]], [2, origins[2]], [3, origins[0]]]);
  request.url = `${origin}/x/${id}/0`;
  for (let hop = 0; hop < count; hop += 1) {
    const next = random.weighted([[4, origin], [3, origins[0]], [3, origins[1]], [3, origins[2]]]);
    const answers = { preflight: preflightOf(scene), response: responseOf(scene) };
    hops.push(answers);
    if (hop + 1 < count) {
      answers.response.status = random.pick([301, 302, 302, 303, 307, 308]);
      answers.response.headers.push(...locations(scene, origin, next, hop + 1));
    }
    origin = next;
  }
  return hops;
}

/** How the next URL is written; the hop after one that leads nowhere is never asked for. */
function locations({ random, id }, from, to, hop) {
  const path = `/x/${id}/${hop}`;
  const host = to.slice('http://'.length);
  const near = [path, `./${hop}`, `${hop}`, to + path, `//${host}${path}`];
  const far = [to + path, `//${host}${path}`, `HTTP://${host}${path}`];
  const plain = random.pick(from === to ? near : far);
  const odd = [
    `http://user:pass@${host}${path}`, `http://user@${host}${path}`, `http://:pass@${host}${path}`, `http://@${host}${path}`, `http://:@${host}${path}`,
    `ftp://${host}${path}`, `foo:${path}`, `data:text/plain,${path}`, `javascript:${path}`, `about:blank?${path}`, 'http://',
  ];
  return random.weighted([[85, [['Location', plain]]], [15, [['Location', random.pick(odd)]]]]);
}

const STATUSES = [201, 206, 299, 300, 304, 400, 401, 403, 404, 405, 407, 422, 500, 503, 600];

function preflightOf(scene) {
  const { random, request } = scene;
  const names = request.headers.map(([name]) => name);
  const lines = [
    ...originLines(scene),
    ...listLines(random, METHODS, [request.method.toUpperCase(), request.method, ...random.some(['GET', 'PUT', 'DELETE', 'patch', '*'], 2)], 6),
    ...listLines(random, HEADERS, [...names, ...random.some(['x-a', 'X-B', 'content-type', 'authorization', '*'], 2)], 5),
    ...(random.chance(35) ? maxAge(random) : []),
  ];
  if (random.chance(5)) lines.push(...exposeLines(random));
  if (random.chance(2)) lines.push(['Location', '/elsewhere']);
  const status = random.weighted([[52, 200], [40, 204], [7, random.pick(STATUSES)], [1, random.pick([301, 302, 307, 308])]]);
  return { status, headers: finished(random, lines, 12) };
}

function responseOf(scene) {
  const { random } = scene;
  const lines = [...originLines(scene), ...(random.chance(45) ? exposeLines(random) : [])];
  const others = [
    'X-A', 'x-b', 'ETag', 'Cache-Control', 'Content-Language', 'Pragma', 'Expires', 'Last-Modified', 'X_C', '!', 'Set-Cookie', 'Server', 'Vary',
    'x-empty', 'Clear-Site-Data', 'no name',
  ];
  const names = random.some(others, random.below(5));
  // One more cookie at every path would push out the one that is looked for.
  const fixed = { 'x-empty': '', 'Set-Cookie': 's=1; Path=/' };
  lines.push(...names.map((name) => [name, fixed[name] ?? random.pick(['1', 'no-store', 'a, b', '\x80', 'x\x01y'])]));
  if (random.chance(1)) lines.push(['Server', 'x\0']);
  if (random.chance(8)) lines.push([METHODS, 'PUT']);
  const status = random.weighted([[80, 200], [20, random.pick(STATUSES)]]);
  return { status, headers: finished(random, lines, 8) };
}

function originLines({ random, page, origins, request }) {
  const other = origins.find((origin) => origin !== page);
  const good = random.weighted([[70, page], [20, '*'], [6, 'null'], [4, origins[0]]]);
  const near = [
    `${page}/`, `${page}/path`, page.toUpperCase(), page.replace('http', 'HTTP'), page.replace('http:', 'https:'), page.replace(/:\d+$/, ''),
    page.replace('http://', ''), other, 'null', 'Null', '*', '**', '', ' ', 'true', 'http://', 'http://*.localhost', `${page}:`,
    `${page}, ${other}`, `${page},${page}`, `${page} ${page}`, '*, *', `${page};`, `"${page}"`, `${page}\x80`, `${page}\x01`, `${page}\tx`,
    'http://[::1', 'http://[::1]', 'http://a:99999', 'http://1.2.3.4', 'foo:bar', 'file:///', ',', `,${page}`, 'http://xn--nxasmq6b', 'x\x7f',
  ];
  const value = random.weighted([[86, good], [14, random.pick(near)]]);
  const lines = random.chance(4) ? [] : [[ORIGIN, value]];
  if (random.chance(3)) lines.push([ORIGIN, random.pick([value, '', other, '*'])]);
  const willing = request.credentials === 'include' ? 93 : 15;
  const unwilling = ['True', 'TRUE', '', '"true"', 'true,true', '1', 'false', 'true;', 'tru\xe9'];
  if (random.chance(willing)) lines.push([CREDENTIALS, random.weighted([[90, 'true'], [10, random.pick(unwilling)]])]);
  if (random.chance(3)) lines.push([CREDENTIALS, random.pick(['true', '', 'false'])]);
  return lines;
}

/** A list with most of what is wanted, on one line or several, spelled in many ways. */
function listLines(random, name, wanted, oddness) {
  if (random.chance(4)) return [];
  const items = [...new Set(wanted)].filter(() => !random.chance(4)).filter((item) => /^[!#$%&'*+.^_`|~\w-]+$/.test(item));
  if (random.chance(oddness)) items.push(random.pick(['a b', '"x"', 'x;', '(', '{', '\x80', '\x01', 'x/y', 'a\tb', 'b:', 'x\x0b']));
  if (random.chance(10)) items.splice(random.below(items.length + 1), 0, '');
  const separator = random.pick([', ', ',', ' , ', ',\t', ', ,']);
  const at = random.chance(15) ? random.below(items.length + 1) : items.length;
  const texts = at < items.length ? [items.slice(0, at), items.slice(at)] : [items];
  return texts.map((part) => [random.chance(10) ? name.toLowerCase() : name, part.map((item) => (random.chance(10) ? swapped(item) : item)).join(separator)]);
}

function swapped(text) {
  return text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
}

function exposeLines(random) {
  const items = random.some(['x-a', 'X-B', 'etag', '*', 'set-cookie', 'server', 'a b', 'x_c', '!', '', '"etag"', 'x-empty'], 1 + random.below(3));
  const at = random.chance(15) ? 1 : items.length;
  return [items.slice(0, at), items.slice(at)].filter((part) => part.length > 0).map((part) => [EXPOSE, part.join(random.pick([', ', ',', ' ,']))]);
}

function maxAge(random) {
  const odd = ['0', '-1', '+600', '600s', '', '600, 600', '60.0', '99999999999999999999', '00600', '0x60', 'abc', '-0', '4294967296', '"600"'];
  const lines = [[MAX_AGE, random.weighted([[5, '600'], [5, random.pick(odd)]])]];
  if (random.chance(8)) lines.push([MAX_AGE, random.pick(['600', '0', ''])]);
  return lines;
}

/** The lines in another order, with white space around some values, and a length. */
function finished(random, lines, oddness) {
  const all = random.chance(30) ? random.some(lines, lines.length) : lines;
  const around = (value) => random.pick([value, `\t${value}`, `   ${value}  `, ` ${value}\t`]);
  const spaced = all.map(([name, value]) => (random.chance(oddness) ? [name, value, around(value)] : [name, value]));
  return [...spaced, ['Content-Length', '2']];
}
