// A grammar of requests, URLs and header lines, for the second source of exchanges: what is right and what is not follow from the same rules,
// down to single bytes. `<rule>` stands for one of the rule's alternatives, `<~rule>` for one in any case, `{word}` for a part of the exchange
// (`derive.mjs`). The first alternative of a rule is the likely one, until `steer.mjs` learns otherwise. It has no rule of CORS.

import { CONDITIONAL, CUSTOM, EXPOSABLE, FORBIDDEN, HINTS, OVERRIDES, READABLE } from './names.mjs';

const BYTES = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter((byte) => !'\n\r'.includes(byte));
const TOKEN_CHARACTERS = [...'abcxyzABCXYZ0189!#$%&\'*+-.^_`|~'];

/** What a script asks for. */
const REQUEST = {
  frame: ['page', 'page', 'sandbox', 'data'],
  api: ['fetch', 'fetch', 'xhr'],
  mode: ['cors', 'cors', 'cors', 'cors', 'no-cors', 'same-origin'],
  credentials: ['same-origin', 'include', 'include', 'omit'],
  referrer: ['', 'no-referrer', 'origin', 'same-origin', 'strict-origin', 'unsafe-url'],
  upload: ['no', 'yes'],
  body: ['no', 'yes'],
  method: ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', '<~known-method>', '<~known-method>', '<token>', 'P<byte>T'],
  'known-method': ['PUT', 'GET', 'POST', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'CONNECT', 'TRACE', 'TRACK', 'QUERY'],
  'request-headers': ['', '<request-header>', '<request-header>\n<request-headers>'],
  'request-header': [
    '<~content-type>:<mime>', '<~accept>:<language>', '<~range>:<range-value>', '<~hint>:<number>', '<~hint>:<token>', '<~custom>:<token>', '<~custom>:<text>',
    '<~forbidden>:<token>', '<~override>:<method-list>', '<~conditional>:"<token>"', '<~name>:<text>', '<~content-type>:<text>', '<~accept>:<text>',
  ],
  'content-type': ['Content-Type'],
  accept: ['Accept', 'Accept-Language', 'Content-Language'],
  range: ['Range'],
  hint: HINTS,
  custom: CUSTOM,
  forbidden: FORBIDDEN,
  override: OVERRIDES,
  conditional: CONDITIONAL,
  name: ['X-<token>', '<token>', 'a<byte>b', 'Sec<token>', 'Proxy<token>', 'Access-Control-<token>'],
  mime: ['<essence>', '<essence><parameters>', '<blank><mime>', '<essence><byte>', '<mime>,<mime>', '<text>'],
  essence: [
    'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'Text/PLAIN', 'application/json', 'text/<token>', '<token>/plain',
    'text<byte>plain',
  ],
  parameters: [';<token>=<token>', '<blank><parameters>', ';', ';<parameters>', ';<token>="<text>"', ';<text>', ';x=xxxxx<long>'],
  language: ['en', '<language>, <language>', '<language>;q=0.<digit>', '*', 'e<byte>n', '<long>', '<text>'],
  'range-value': ['bytes=<number>-<number>', 'bytes=<number>-', '<unit>=<number>-<number>', 'bytes<blank>=<number>-', 'bytes=<range-number>-<range-number>', '<text>'],
  'range-number': ['<number>', '<blank><number>', '<number><blank>', '+<number>', '<byte><number>', '<number><byte>'],
  unit: ['bytes', 'Bytes', 'BYTES', 'items', '<byte>ytes'],
  number: ['<digit>', '<digit><number>', '0<number>', '', '18446744073709551615', '18446744073709551616', '9223372036854775807', '9223372036854775806', '<digit>.<digit>'],
  'method-list': ['PUT', 'TRACE', '<~known-method>,<method-list>', '"<method-list>"', '<token>', '<blank><method-list>', '"\\"<method-list>'],
  next: ['same', 'same', 'method', 'bare', 'credentials', 'fragment', 'conditional', 'custom'],
  wait: ['0', '0', '0', '0', '0', '6'],
  count: ['1', '1', '1', '2', '2', '3', '4', '22'],
  ask: ['no', 'no', 'yes'],
};

/** Where it goes. `{base}` is an origin, `{host}` its host, `{path}` leads to the exchange. */
const URLS = {
  url: ['{base}{path}', '{base}{path}', '{base}{path}<query>', '{base}{path}#<fragment>', '{base}{path}<query>#<fragment>', '{scheme}://<info>@{host}{path}', '<other-scheme>'],
  query: ['?<token>', '?', '?<token>=%<digit><digit>', '?{fill}'],
  fragment: ['a', '', '<token>', 'a%20b', '?x'],
  info: ['u:p', 'u', ':p', '', ':', '<digit>:<digit>'],
  'other-scheme': [
    'ftp://{host}{path}', 'x:{path}', 'data:text/plain,{path}', 'javascript:{path}', '{ws}://{host}{path}', 'file://{path}', 'blob:{base}{path}', 'blob:{own}{path}',
    'about:blank?{path}', 'x<digit>://{host}{path}', 'mailto:{path}', 'view-source:{base}{path}', 'chrome-extension://h{path}', 'resource://h{path}',
  ],
  location: ['{base}{path}', '//{host}{path}', '<relative>', '{base}{path}<query>', '{base}{path}#<fragment>', '{scheme}://<info>@{host}{path}', '<other-scheme>', '{scheme}://'],
  relative: ['{path}', '{same}{path}'],
};

/** What servers respond, one header line after the other. */
const RESPONSE = {
  status: ['200', '200', '200', '204', '2<digit><digit>', '304', '4<digit><digit>', '5<digit><digit>', '300', '<known-status>'],
  'known-status': ['401', '403', '404', '405', '500', '501', '502', '503', '504'],
  'preflight-status': ['200', '200', '204', '204', '<status>', '<status>', '<redirect>'],
  redirect: ['302', '301', '303', '307', '308'],
  preflight: ['<origin-line>\n<methods-line>\n<headers-line>\n<more>', '<preflight-line>\n<preflight>', '<more>'],
  'preflight-line': ['<origin-line>', '<methods-line>', '<headers-line>', '<age-line>', '<age-line>', '<credentials-line>', 'Location:<location>', '<line>'],
  response: ['<origin-line>\n<credentials-line>\n<more>', '<origin-line>\n<more>', '<more>'],
  more: ['', '<line>\n<more>', '<line>\n<more>', '<credentials-line>\n<more>', '<age-line>\n<more>'],
  line: [
    '<expose-line>', '<origin-line>', '<credentials-line>', '<~exposable>:<space><value>', '<~readable>:<space><value>', '<odd-name>:<value>', '<~cors-name><behind>:<space><cors-value>',
    '<~challenge>:<space><value>\n<~challenge>:<space><value>', '<spoiled-line>',
  ],
  'cors-name': ['<allow-origin>', '<allow-credentials>', '<allow-methods>', '<allow-headers>', '<expose>', '<max-age>'],
  'cors-value': ['<allowed>', '<credential>', '<methods>', '<names>', '<exposed>', '<age>'],
  behind: [' ', '\t', ' \t'],
  challenge: ['WWW-Authenticate', 'Proxy-Authenticate'],
  // A NUL breaks a response, but not to every browser, and not in every name.
  'spoiled-line': ['<~cors-name><nul>:<space><cors-value>', '<odd-name><nul>:<value>', '<~exposable>:<value><nul><value>', '<odd-name>:<nul><value>'],
  nul: ['\0'],
  'origin-line': ['<~allow-origin>:<space><allowed><space>'],
  'allow-origin': ['Access-Control-Allow-Origin'],
  allowed: ['{page}', '*', '{page}', 'null', '{own}', '<~origin>', '<origin><separator><allowed>', '<allowed><byte>', '<byte><allowed>', '<text>', ''],
  origin: ['{page}', '{other}', '{page}/', '<any-scheme>://<host><port>', '<any-scheme>:<host>'],
  'any-scheme': ['http', 'https', 'ftp', 'file', 'x', 'chrome-extension', 'filesystem:http', 'ws', 'x<byte>y'],
  host: ['a.example', 'localhost', '<number>', '1.2.3.<number>', '0x<digit>.<number>', '[::<digit>]', '[<token>]', '<label>.<label>', 'a<byte>b', '%<digit><digit>', ''],
  label: ['a', '<digit>', 'xn--<token>', 'a<byte>', '', '0<digit>', '0x<digit>'],
  port: ['', ':<number>', ':', ':0<number>', ':<digit><byte>', ':65535', ':65536'],
  'credentials-line': ['<~allow-credentials>:<space><credential><space>'],
  'allow-credentials': ['Access-Control-Allow-Credentials'],
  credential: ['true', 'true', '<~word>', 'true<byte>', '<byte>true', '', 'true<separator>true'],
  word: ['true', 'false'],
  'methods-line': ['<~allow-methods>:<space><methods><space>'],
  'allow-methods': ['Access-Control-Allow-Methods'],
  methods: ['{method}', '<element>', '*', '{method}<separator><methods>', '<element><separator><methods>', '<methods><separator>*', ''],
  element: ['PUT', '<~known-method>', '<token>', '', '<text>', 'a<byte>b', '<byte>', '{name}'],
  'headers-line': ['<~allow-headers>:<space><names><space>'],
  'allow-headers': ['Access-Control-Allow-Headers'],
  names: ['{names}', '{names}', '<~listed>', '*', '<~listed><separator><names>', '<element><separator><names>', ''],
  listed: ['{name}', '{name}', 'authorization', '<custom>', '<token>'],
  'expose-line': ['<~expose>:<space><exposed><space>'],
  expose: ['Access-Control-Expose-Headers'],
  exposed: ['*', '<~exposable>', '<~exposable><separator><exposed>', '<element><separator><exposed>', 'Set-Cookie', ''],
  'age-line': ['<~max-age>:<space><age><space>'],
  'max-age': ['Access-Control-Max-Age'],
  age: ['600', '<number>', '-<number>', '+<number>', '<number><byte>', '<byte><number>', '', '0', '<age>,<age>', '-9223372036854775809', '4294967296'],
  exposable: EXPOSABLE,
  readable: READABLE,
  value: ['1', '<text>', '', '<token>'],
  'odd-name': ['<token>', 'x<byte>', 'x<byte>y', 'x y'],
};

/** What values consist of. */
const TEXT = {
  text: ['<token>', '<byte>', '<byte><text>', '<token><byte>', '<token><blank><text>'],
  token: ['x', '<token-character>', '<token-character><token>'],
  'token-character': TOKEN_CHARACTERS,
  byte: BYTES,
  digit: [...'0123456789'],
  blank: [' ', '\t', '  ', '\x0b', '\x0c'],
  space: [' ', '', '\t', '  ', ' \t'],
  separator: [', ', ',', ' ,', ',,', ',\t', ' ', ';'],
  long: ['x'.repeat(100), 'x'.repeat(120), 'x'.repeat(123), 'x'.repeat(124), 'x'.repeat(126), 'x'.repeat(127), 'x'.repeat(128), 'x'.repeat(129), 'x'.repeat(400)],
};

export const RULES = { ...REQUEST, ...URLS, ...RESPONSE, ...TEXT };
