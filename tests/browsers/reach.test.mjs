// Each source makes what once hid a difference between the model and a browser, so that none of it is out of reach again.

import { test } from 'node:test';
import assert from 'node:assert/strict';

import { derive } from './derive.mjs';
import { generate } from './generate.mjs';
import { Random, seedOf } from './random.mjs';
import { Steering } from './steer.mjs';

const worlds = ['http', 'https'].map((scheme) => [1, 2, 3].map((port) => `${scheme}://app.localhost:${port}`));
const isNamed = (name) => ([other]) => other.toLowerCase() === name;
const responses = ({ hops }) => hops.flatMap(({ preflight, response }) => [preflight, response]);
const lines = (exchange, name) => responses(exchange).map(({ headers }) => headers.filter(isNamed(name)));
const values = (exchange, name) => lines(exchange, name).flat().map(([, value]) => value);
/** Whether a line of a response to a request or to a preflight is so. */
const some = (exchange, is) => responses(exchange).some(({ headers }) => headers.some(is));
const isToken = (name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name);
const asks = (exchange, ...names) => exchange.request.headers.some(([name]) => names.includes(name.toLowerCase()));

const HID = {
  'two lines of Access-Control-Allow-Origin, not both in the usual spelling': (one) => lines(one, 'access-control-allow-origin')
    .some((all) => all.length > 1 && all.some(([name]) => name !== 'Access-Control-Allow-Origin')),
  'two lines of Access-Control-Allow-Origin over HTTP/2': (one) => one.request.http_version === '2'
    && lines(one, 'access-control-allow-origin').some((all) => all.length > 1),
  'a later request with another fragment': ({ request, then }) => then.some((later) => later.request.url !== request.url),
  'a fragment that a redirect inherits or replaces': ({ request, hops }) => hops.length > 1 && request.url.includes('#'),
  'a URL of 1 024 bytes or more, and a later request': ({ request, then }) => request.url.length > 1023 && then.length > 0,
  'a user name in the URL': ({ request }) => /:\/\/[^/]+@/.test(request.url),
  'another scheme in mode no-cors': ({ request }) => request.mode === 'no-cors' && !/^https?:/.test(request.url),
  'a blob: URL of the own origin': ({ request }) => request.url.startsWith(`blob:${request.origin}/`),
  'a redirect from the own origin to another, in mode no-cors': ({ request, hops }) => request.mode === 'no-cors'
    && request.url.startsWith(request.origin) && hops.length > 1,
  'a header that one browser alone knows': (one) => asks(one, 'available-dictionary'),
  'a conditional header and a later request': (one) => one.then.length > 0 && asks(one, 'if-match', 'if-none-match', 'if-range', 'if-modified-since'),
  'a later request after more than one hop': ({ hops, then }) => hops.length > 1 && then.length > 0,
  'XMLHttpRequest without an upload listener': ({ request }) => request.api === 'xhr' && !request.upload_listener,
  'a preflight that is redirected to another scheme': ({ hops }) => hops.some(({ preflight: { status, headers } }) => status > 300 && status < 400
    && headers.some(([name, value]) => /^location$/i.test(name) && /^(?!https?:)[a-z]+:/.test(value))),
  'a vertical tab or a form feed in a value': (one) => some(one, ([, value]) => /[\v\f]/.test(value)),
  'a vertical tab or a form feed in a request header': ({ request }) => request.headers.some(([, value]) => /[\v\f]/.test(value)),
  'a Max-Age below 64 bits': (one) => values(one, 'access-control-max-age').includes('-9223372036854775809'),
  'a name that is not a token': (one) => some(one, ([name]) => !isToken(name)),
  'white space behind a name of CORS over HTTP/1': (one) => one.request.http_version === '1.1'
    && responses(one).some(({ headers }) => headers.some(([name]) => /^access-control-allow-[a-z]+[ \t]+$/i.test(name))),
  'WWW-Authenticate on two lines, neither empty': (one) => lines(one, 'www-authenticate').some((all) => all.filter(([, value]) => value).length > 1),
  'a NUL in the name of a header': (one) => some(one, ([name]) => name.includes('\0')),
  'a NUL in the name of a header of CORS': (one) => some(one, ([name]) => /^access-control-.*\0/i.test(name)),
  'a NUL in the value of a header': (one) => some(one, ([name, value]) => isToken(name) && value.includes('\0')),
  'a NUL in the value of a header whose name is not a token': (one) => some(one, ([name, value]) => !isToken(name) && !name.includes('\0') && value.includes('\0')),
  'a NUL in the value of a request header': ({ request }) => request.headers.some(([, value]) => value.includes('\0')),
  'an error at a later hop before a later request': ({ hops, then }) => then.length > 0
    && hops.slice(1).some(({ response: { headers } }) => !headers.some(isNamed('access-control-allow-origin'))),
  'an XMLHttpRequest that may list a name that is not a token': (one) => one.request.api === 'xhr'
    && one.hops.some(({ response: { headers } }) => headers.some(([name]) => !isToken(name)) && headers.some(([name, value]) => /^access-control-expose-headers$/i.test(name) && value === '*')),
  'an origin that is not a URL to Chromium': (one) => values(one, 'access-control-allow-origin').some((value) => /:\/\/[^/]*[^\x20-\x7e]/.test(value)),
};

function reached(exchanges) {
  return Object.entries(HID).filter(([, is]) => !exchanges.some(is)).map(([what]) => what);
}

test('the seeds reach what once hid a difference', () => {
  assert.deepEqual(reached(Array.from({ length: 6000 }, (_, at) => generate(seedOf(1, at), 'n', worlds[at % 2]))), []);
});

test('the grammar reaches it, too', () => {
  const random = new Random(1);
  const { weightsOf } = new Steering();
  assert.deepEqual(reached(Array.from({ length: 6000 }, (_, at) => derive(random, 'n', worlds[at % 2], weightsOf).exchange)), []);
});

test('what no source makes is missed', () => {
  assert.deepEqual(reached([]), Object.keys(HID));
});
