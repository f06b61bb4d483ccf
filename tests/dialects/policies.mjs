// Policies, made of a seed, for what `corsac export` writes.

const ORIGINS = [
  'https://app.example.com',
  'https://b.example',
  'https://b.example:8443',
  'https://*.example.com',
  'https://preview-*.example.com',
  'http://localhost:*',
  'http://127.0.0.1:3000',
  'https://*.b.example:*',
  'https://xn--bcher-kva.example',
  'moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'X-OWN'];
const HEADERS = ['x-a', 'x-b', 'authorization', 'content-type'];

/** The text of a policy file. */
export function policy(random) {
  const isAny = random.chance(12);
  const credentials = !isAny && random.chance(50);
  // With credentials, a wildcard is an error in a policy.
  const wild = (names) => (credentials || !random.chance(15) ? names : ['*']);
  const options = {
    allow_origins: isAny ? ['*'] : random.some(ORIGINS, 1 + random.below(3)),
    allow_methods: wild(random.some(METHODS, 1 + random.below(4))),
    allow_headers: wild(random.some(HEADERS, random.below(4))),
    expose_headers: random.some(['etag', 'x-c'], random.below(3)),
  };
  let text = Object.entries(options).map(([key, list]) => `${key} = ${JSON.stringify(list)}\n`).join('');
  if (credentials) text += 'allow_credentials = true\n';
  if (random.chance(60)) text += `max_age = ${random.pick([0, 5, 600, 86400])}\n`;
  if (random.chance(15)) text += 'preflight_status = 200\n';
  if (random.chance(15)) text += 'denied_preflight_status = 403\n';
  if (random.chance(15)) text += 'allow_timing = true\n';
  return text;
}
