// Configurations and requests, made of a seed: what people write, and what is near it.

const ORIGINS = ['https://a.example', 'https://b.example:8443', 'http://localhost:3000', 'https://x.a.example'];
/** They match no page, or not the one that was meant. */
const ODD_ORIGINS = ['https://a.example/', 'HTTPS://A.example', 'a.example', '*', 'null', 'https://*.a.example', 'https://a.example:443'];
const STRANGERS = ['https://evil.test', 'https://za.example', 'https://a.example.evil.test', 'http://a.example', 'null', 'https://A.EXAMPLE', ''];
const SCRIPT_EXPRESSIONS = ['/\\.example$/', '/^https:\\/\\/[a-z]+\\.a\\.example$/', '/A\\.EXAMPLE$/i', '/localhost/', '/^http:\\/\\/localhost(:\\d+)?$/', '/null|za/', '/a\\.example/g'];
const PYTHON_EXPRESSIONS = ['https://.*\\.a\\.example', '^https://\\w+\\.example$', 'https?://localhost(:\\d+)?', '.*', 'https://(a|b)\\.example(:8443)?', 'null'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'X-OWN'];
const NAMES = ['x-a', 'X-B', 'authorization', 'Content-Type'];
const AGES = [0, 1, 600, 86400];

/** Sets a member of an object, in so many of a hundred cases. */
function maybe(random, options, percent, key, value) {
  if (random.chance(percent)) options[key] = value();
}

const list = (random, from, most = 3) => random.some(from, random.below(most + 1));
/** A list, or the same as one text. */
const listOrText = (random, from, separator = ',') => {
  const names = list(random, from);
  return random.chance(25) ? names.join(separator) : names;
};
const origins = (random, more) => random.some([...ORIGINS, ...ODD_ORIGINS, ...more], 1 + random.below(3));

/** What `cors` and `@fastify/cors` share. */
function nodeOptions(random) {
  const options = {};
  maybe(random, options, 90, 'origin', () => random.weighted([
    [10, origins(random, SCRIPT_EXPRESSIONS)],
    [3, random.pick(ORIGINS)],
    [2, random.pick(SCRIPT_EXPRESSIONS)],
    [2, '*'],
    [2, true],
    [1, false],
    [1, []],
  ]));
  maybe(random, options, 50, 'methods', () => listOrText(random, METHODS));
  maybe(random, options, 50, 'allowedHeaders', () => listOrText(random, NAMES));
  maybe(random, options, 40, 'exposedHeaders', () => listOrText(random, ['etag', 'X-C', '*']));
  maybe(random, options, 50, 'credentials', () => random.chance(80));
  maybe(random, options, 40, 'maxAge', () => random.pick(AGES));
  maybe(random, options, 10, 'preflightContinue', () => random.chance(70));
  maybe(random, options, 15, 'optionsSuccessStatus', () => random.pick([200, 204]));
  return options;
}

function express(random) {
  const options = nodeOptions(random);
  maybe(random, options, 5, 'origin', () => random.pick([null, '']));
  maybe(random, options, 10, 'headers', () => listOrText(random, NAMES));
  return options;
}

function fastify(random) {
  const options = nodeOptions(random);
  maybe(random, options, 20, 'strictPreflight', () => random.chance(30));
  maybe(random, options, 5, 'preflight', () => random.chance(50));
  maybe(random, options, 10, 'cacheControl', () => random.pick([600, 'no-store', '']));
  return options;
}

/** What @koa/cors and hono/cors share. */
function letterOptions(random, names) {
  const options = {};
  maybe(random, options, 50, 'allowMethods', () => names(random, METHODS));
  maybe(random, options, 50, 'allowHeaders', () => names(random, NAMES));
  maybe(random, options, 40, 'exposeHeaders', () => names(random, ['etag', 'X-C', '*']));
  maybe(random, options, 50, 'credentials', () => random.chance(80));
  maybe(random, options, 40, 'maxAge', () => random.pick(AGES));
  return options;
}

function koa(random) {
  const options = letterOptions(random, listOrText);
  maybe(random, options, 60, 'origin', () => random.pick([...ORIGINS, '*', '', 'https://a.example/']));
  maybe(random, options, 15, 'secureContext', () => random.chance(70));
  maybe(random, options, 15, 'privateNetworkAccess', () => random.chance(70));
  maybe(random, options, 10, 'keepHeadersOnError', () => random.chance(50));
  return options;
}

function hono(random) {
  const options = letterOptions(random, list);
  maybe(random, options, 85, 'origin', () => random.weighted([[6, origins(random, [])], [3, random.pick(ORIGINS)], [2, '*']]));
  return options;
}

function starlette(random) {
  const options = {};
  maybe(random, options, 80, 'allow_origins', () => origins(random, []));
  maybe(random, options, 30, 'allow_origin_regex', () => random.pick(PYTHON_EXPRESSIONS));
  maybe(random, options, 50, 'allow_methods', () => list(random, [...METHODS, '*']));
  maybe(random, options, 50, 'allow_headers', () => list(random, [...NAMES, '*']));
  maybe(random, options, 40, 'expose_headers', () => list(random, ['etag', 'X-C']));
  maybe(random, options, 50, 'allow_credentials', () => random.chance(80));
  maybe(random, options, 40, 'max_age', () => random.pick(AGES));
  maybe(random, options, 20, 'allow_private_network', () => random.chance(70));
  return options;
}

function flask(random) {
  const options = {};
  maybe(random, options, 85, 'origins', () => random.weighted([[8, origins(random, PYTHON_EXPRESSIONS)], [2, random.pick([...ORIGINS, ...PYTHON_EXPRESSIONS])], [2, '*']]));
  maybe(random, options, 40, 'methods', () => list(random, [...METHODS, 'get']));
  maybe(random, options, 40, 'allow_headers', () => random.weighted([[4, list(random, [...NAMES, 'x-.*'])], [1, random.pick(NAMES)]]));
  maybe(random, options, 40, 'expose_headers', () => list(random, ['etag', 'X-C']));
  maybe(random, options, 50, 'supports_credentials', () => random.chance(80));
  maybe(random, options, 40, 'max_age', () => random.pick(AGES));
  maybe(random, options, 20, 'send_wildcard', () => random.chance(70));
  maybe(random, options, 15, 'vary_header', () => random.chance(50));
  maybe(random, options, 15, 'always_send', () => random.chance(50));
  maybe(random, options, 15, 'allow_private_network', () => random.chance(70));
  if (!random.chance(30)) return options;
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [`CORS_${key.toUpperCase()}`, value]));
}

function django(random) {
  const options = {};
  maybe(random, options, 80, 'CORS_ALLOWED_ORIGINS', () => random.some([...ORIGINS, 'null', 'HTTPS://A.example'], 1 + random.below(3)));
  maybe(random, options, 30, 'CORS_ALLOWED_ORIGIN_REGEXES', () => list(random, PYTHON_EXPRESSIONS, 2));
  maybe(random, options, 20, 'CORS_ALLOW_ALL_ORIGINS', () => random.chance(70));
  maybe(random, options, 50, 'CORS_ALLOW_CREDENTIALS', () => random.chance(80));
  maybe(random, options, 40, 'CORS_ALLOW_METHODS', () => list(random, METHODS));
  maybe(random, options, 40, 'CORS_ALLOW_HEADERS', () => list(random, NAMES));
  maybe(random, options, 40, 'CORS_EXPOSE_HEADERS', () => list(random, ['etag', 'X-C']));
  maybe(random, options, 40, 'CORS_PREFLIGHT_MAX_AGE', () => random.pick(AGES));
  maybe(random, options, 15, 'CORS_ALLOW_PRIVATE_NETWORK', () => random.chance(70));
  return options;
}

/** A configuration for each product. */
export const CONFIGURATIONS = { express, fastify, koa, hono, starlette, 'flask-cors': flask, 'django-cors-headers': django };

const REQUESTED = ['', 'x-a', 'X-A, x-b', 'x-b,authorization', 'content-type ,x-a', 'x-zz'];
const UPSTREAM_HEADERS = [['Vary', 'Accept-Encoding'], ['Vary', 'Cookie, Origin'], ['Access-Control-Allow-Origin', 'https://up.example'], ['Access-Control-Allow-Credentials', 'true'], ['Access-Control-Expose-Headers', 'x-up']];

/** Some products keep one header of a name, so only one is sent. */
const oneOfEachName = (headers) => [...new Map(headers)];

/** A request, and what the application sends if it sees it. */
export function request(random) {
  const headers = [];
  const origin = random.pick([...ORIGINS, ...ORIGINS, ...STRANGERS, null, null]);
  if (origin !== null) headers.push(['Origin', origin]);
  const isOptions = random.chance(55);
  if (random.chance(isOptions ? 85 : 5)) headers.push(['Access-Control-Request-Method', random.pick([...METHODS, 'put', ''])]);
  if (random.chance(isOptions ? 60 : 5)) headers.push(['Access-Control-Request-Headers', random.pick(REQUESTED)]);
  if (random.chance(isOptions ? 15 : 0)) headers.push(['Access-Control-Request-Private-Network', 'true']);
  if (random.chance(15)) headers.push(['Cookie', 'a=b']);
  const upstream = { status: random.pick([200, 200, 201, 404, 500]), headers: random.chance(25) ? oneOfEachName(list(random, UPSTREAM_HEADERS, 2)) : [] };
  const method = isOptions ? 'OPTIONS' : random.pick(['GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']);
  return { method, headers, upstream };
}
