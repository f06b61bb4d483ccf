// The field's ten commonest mistakes, and the code by which `corsac verify` must name each.

/** The policy that every server is meant to keep. */
export const POLICY = `allow_origins = ["https://app.example.com", "https://preview-*.example.com"]
allow_methods = ["GET", "PUT"]
allow_headers = ["authorization", "content-type"]
allow_credentials = true
max_age = 600
`;

/** Name, what is wrong, and the code that names it. */
export const PLANTS = [
  ['only-on-200', 'the headers are only on responses with status 200', 'error-without-headers'],
  ['options-behind-auth', 'the preflight reaches the application, which asks it for a password', 'listed-origin-refused'],
  ['no-vary', 'Vary: Origin is missing', 'vary-origin-missing'],
  ['reflected', 'every origin that asks is allowed', 'origin-reflected'],
  ['suffix', 'an origin that ends with a listed name is allowed', 'origin-suffix-match'],
  ['two-layers', 'two layers each add the header', 'listed-origin-refused'],
  ['stripped', 'the edge removes the headers', 'listed-origin-refused'],
  ['no-404', 'a page that does not exist has no headers', 'error-without-headers'],
  ['cached', 'a cache keeps the response to one origin for all', 'cached-response'],
  ['star-with-credentials', 'Access-Control-Allow-Origin is *, with credentials', 'credentials-refused'],
];
