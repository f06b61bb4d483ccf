// Header names by their class, so that every name of a class is tried. These are lists of names, and no rule of CORS.

/** What a script cannot set. The standard's list, and names with its two prefixes. */
export const FORBIDDEN = [
  'Accept-Charset', 'Accept-Encoding', 'Access-Control-Request-Headers', 'Access-Control-Request-Method', 'Connection', 'Content-Length',
  'Cookie', 'Cookie2', 'Date', 'DNT', 'Expect', 'Host', 'Keep-Alive', 'Origin', 'Referer', 'Set-Cookie', 'TE', 'Trailer', 'Transfer-Encoding',
  'Upgrade', 'Via', 'Proxy-Authorization', 'Proxy-Connection', 'Proxy-X', 'Sec-Fetch-Site', 'Sec-CH-UA', 'Sec-Purpose', 'Sec-GPC', 'Sec-X',
];

/** Headers that make a request conditional, which has to do with caches. */
export const CONDITIONAL = ['If-Match', 'If-Modified-Since', 'If-None-Match', 'If-Range', 'If-Unmodified-Since'];

/** Names that ask for another method than the request's. */
export const OVERRIDES = ['X-HTTP-Method', 'X-HTTP-Method-Override', 'X-Method-Override'];

/** Chromium's client hints, and what looks like one. */
export const HINTS = [
  'DPR', 'Width', 'Viewport-Width', 'Device-Memory', 'RTT', 'Downlink', 'ECT', 'Save-Data', 'Intervention', 'Purpose', 'Viewport-Height',
  'Content-DPR',
];

/** Names that one or another browser knows, or that applications use. Each needs the permission of the server, unless a browser has its own rule. */
export const CUSTOM = [
  'Accept-Ranges', 'Age', 'Allow', 'Authorization', 'Cache-Control', 'Content-Disposition', 'Content-Encoding', 'Content-Location',
  'Content-Range', 'ETag', 'Expires', 'Last-Event-ID', 'Last-Modified', 'Link', 'Location', 'Pragma', 'Referrer-Policy', 'Refresh', 'Server',
  'Upgrade-Insecure-Requests', 'User-Agent', 'Vary', 'Available-Dictionary', 'Dictionary-ID', 'Access-Control-Request-Private-Network',
  'Access-Control-Allow-Origin', 'Accept-CH', 'Alt-Used', 'Content-MD5', 'Content-Type-Options', 'Depth', 'Destination', 'Early-Data', 'Forwarded',
  'From', 'Idempotency-Key', 'Max-Forwards', 'Ping-From', 'Ping-To', 'Prefer', 'Priority', 'Service-Worker', 'SOAPAction', 'Timeout', 'traceparent',
  'tracestate', 'Want-Digest', 'Warning', 'WWW-Authenticate', 'X-Forwarded-For', 'X-Requested-With', 'X-CSRF-Token', 'X-A', 'x-b', 'X-Trace-Id',
  'a!', '*', '_', '~', '0', '-', "'", 'X.Y',
];

/** What a script may read of each response. */
export const READABLE = ['Cache-Control', 'Content-Language', 'Content-Type', 'Expires', 'Last-Modified', 'Pragma'];

/** What it may read if it is exposed. None of them changes how a browser treats the response. */
export const EXPOSABLE = [
  'X-A', 'x-b', 'ETag', 'X_C', '!', 'Server', 'Vary', 'Age', 'Allow', 'Accept-Ranges', 'Link', 'Retry-After', 'Server-Timing',
  'SourceMap', 'Timing-Allow-Origin', 'Via', 'Warning', 'WWW-Authenticate', 'Proxy-Authenticate', 'X-Content-Type-Options', 'X-Request-Id', 'X-Total-Count',
  'Access-Control-Allow-Private-Network', 'Content-Security-Policy', 'Clear-Site-Data', 'Origin', 'Cookie', 'Authorization', 'Set-Cookie2', '*',
];
