// What servers respond: mostly right and often spoiled, by duplicate lines, odd case and white space, bytes, wildcards and near misses.
// This file has spellings and no rule of CORS.

import { EXPOSABLE, READABLE } from './names.mjs';
import { spelled, spoiled, swapped, upper } from './spelling.mjs';

const ORIGIN = 'Access-Control-Allow-Origin';
const CREDENTIALS = 'Access-Control-Allow-Credentials';
const METHODS = 'Access-Control-Allow-Methods';
const HEADERS = 'Access-Control-Allow-Headers';
const EXPOSE = 'Access-Control-Expose-Headers';
const MAX_AGE = 'Access-Control-Max-Age';

const STATUSES = [201, 206, 299, 300, 304, 400, 401, 403, 404, 405, 407, 422, 500, 503, 600];

export function preflightOf(scene) {
  const { random, request } = scene;
  const names = request.headers.map(([name]) => name);
  const lines = [
    ...originLines(scene),
    ...listLines(random, METHODS, [upper(request.method), request.method, ...random.some(['GET', 'PUT', 'DELETE', 'patch', '*'], 2)], 6),
    ...listLines(random, HEADERS, [...names, ...random.some(['x-a', 'X-B', 'content-type', 'authorization', '*'], 2)], 5),
    ...(random.chance(35) ? maxAge(random) : []),
  ];
  if (random.chance(5)) lines.push(...exposeLines(random));
  if (random.chance(2)) lines.push(['Location', random.pick(['/elsewhere', 'ftp://h/x', 'http://', 'data:,x', 'x:', 'http://u:p@h/'])]);
  const status = random.weighted([[52, 200], [40, 204], [7, random.pick(STATUSES)], [1, random.pick([301, 302, 307, 308])]]);
  return finished(scene, status, lines, 12);
}

export function responseOf(scene) {
  const { random } = scene;
  const status = random.weighted([[80, 200], [20, random.pick(STATUSES)]]);
  const lines = [...originLines(scene), ...(random.chance(45) ? exposeLines(random) : [])];
  // A browser would ask the user for a password.
  const isSilent = (name) => ![401, 407].includes(status) || !/authenticate/i.test(name);
  const names = [...random.some(READABLE, random.below(3)), ...random.some(EXPOSABLE, random.below(4))].filter(isSilent);
  lines.push(...names.map((name) => [name, random.pick(['1', '1', 'no-store', 'a, b', '\x80', 'x\x01y', ''])]));
  if (names.length > 0 && random.chance(8)) lines.push([random.pick(names), random.pick(['1', '2', ''])]);
  // One more cookie at every path would push out the one that is looked for.
  if (random.chance(10)) lines.push(['Set-Cookie', 's=1; Path=/']);
  if (random.chance(3)) lines.push(['no name', '1']);
  if (random.chance(2)) lines.push([spoiledName(random, random.pick(EXPOSABLE.filter(isSilent))), '1']);
  if (random.chance(2)) lines.push(random.pick([['Server', 'x\0'], ['a b', 'x\0'], ['x\0y', '1'], [`${random.pick([ORIGIN, CREDENTIALS, EXPOSE])}\0`, '*']]));
  if (random.chance(8)) lines.push([METHODS, 'PUT']);
  return finished(scene, status, lines, 8);
}

/** A name with a byte that does not belong there. At its start, white space would make it a part of the line before. */
function spoiledName(random, name) {
  return name[0] + spoiled(random, name.slice(1)).replaceAll(':', ';');
}

function originLines({ random, page, origins, request }) {
  const other = origins.find((origin) => origin !== page);
  const good = random.weighted([[70, page], [20, '*'], [6, 'null'], [4, origins[0]]]);
  const near = [
    `${page}/`, `${page}/path`, page.toUpperCase(), page.replace('http', 'HTTP'), page.replace(/^https?:/, 'ws:'), page.replace(/:\d+$/, ''),
    page.replace(/^https?:\/\//, ''), other, 'null', 'Null', '*', '**', '', ' ', 'true', 'http://', 'http://*.localhost', `${page}:`,
    `${page}, ${other}`, `${page},${page}`, `${page} ${page}`, '*, *', `${page};`, `"${page}"`, `${page}\x80`, `${page}\x01`, `${page}\tx`,
    'http://[::1', 'http://[::1]', 'http://a:99999', 'http://1.2.3.4', 'http://1.2.3', 'http://256.1.1.1', 'http://0x1.a.1', 'http://a.1', 'foo:bar',
    'file:///', ',', `,${page}`, 'http://xn--nxasmq6b', 'x\x7f', 'http://a:080', 'http://%61', 'x://a:b', 'chrome-extension:', 'filesystem:http://a/',
    spoiled(random, page), spoiled(random, 'http://a.example'), spoiled(random, '*'), spoiled(random, 'null'),
  ];
  const value = random.weighted([[86, good], [14, random.pick(near)]]);
  const lines = random.chance(4) ? [] : [[ORIGIN, value]];
  if (random.chance(4)) lines.push([ORIGIN, random.pick([value, '', other, '*'])]);
  const willing = request.credentials === 'include' ? 93 : 15;
  const unwilling = ['True', 'TRUE', '', '"true"', 'true,true', '1', 'false', 'true;', 'tru\xe9', spoiled(random, 'true')];
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
  const text = (part) => part.map((item) => (random.chance(10) ? swapped(item) : item)).join(separator);
  return texts.map((part) => [name, random.chance(3) ? spoiled(random, text(part)) : text(part)]);
}

function exposeLines(random) {
  const names = [...EXPOSABLE, 'Set-Cookie', 'a b', '', '"etag"', '*', '*'].map((name) => spelled(random, name));
  const items = random.some(names, 1 + random.below(4));
  const at = random.chance(15) ? 1 : items.length;
  const text = (part) => part.join(random.pick([', ', ',', ' ,']));
  const parts = [items.slice(0, at), items.slice(at)].filter((part) => part.length > 0).map(text);
  return parts.map((part) => [EXPOSE, random.chance(5) ? spoiled(random, part) : part]);
}

function maxAge(random) {
  const odd = [
    '0', '-1', '+600', '600s', '', '600, 600', '60.0', '99999999999999999999', '00600', '0x60', 'abc', '-0', '4294967296', '"600"',
    '9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809', '+', '-', '--1', '6 0', spoiled(random, '600'),
  ];
  const lines = [[MAX_AGE, random.weighted([[5, '600'], [5, random.pick(odd)]])]];
  if (random.chance(8)) lines.push([MAX_AGE, random.pick(['600', '0', ''])]);
  return lines;
}

/** The lines in another order and spelling, with white space around some values, and a length. */
function finished({ random, isHttp2 }, status, lines, oddness) {
  const all = random.chance(30) ? random.some(lines, lines.length) : lines;
  const around = (value) => random.pick([value, `\t${value}`, `   ${value}  `, ` ${value}\t`]);
  const isSpelled = random.chance(40);
  const headers = all.map(([name, value]) => {
    // Over HTTP/2, white space behind a name would break the whole response.
    const behind = !isHttp2 && random.chance(1) ? random.pick([' ', '\t', ' \t']) : '';
    const written = (isSpelled ? spelled(random, name) : name) + behind;
    // Over HTTP/2 there is no white space around a value.
    if (isHttp2) return [written, value.replace(/^[ \t]+|[ \t]+$/g, '')];
    return random.chance(oddness) ? [written, value, around(value)] : [written, value];
  });
  // Over HTTP/2, a length must be that of the body; and there are no more statuses than five hundred.
  const isEmpty = isHttp2 && [204, 304].includes(status);
  return { status: isHttp2 && status > 599 ? 599 : status, headers: isEmpty ? headers : [...headers, ['Content-Length', '2']] };
}
