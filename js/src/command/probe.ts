// `corsac probe`: sends what a browser would send, and explains the responses. What is sent next, and what it means, the module says.

import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { explainExchange, ExplainError, nextRequest, type Exchange, type Hop, type NextRequest } from '../explain.js';
import { askAgain, type Asked } from './again.js';
import { Failure, hasStyles, printable, type Outcome } from './output.js';
import { networkOptions, scriptRequest, type ScriptOptions } from './script.js';

export interface ProbeOptions extends ScriptOptions {
  readonly 'no-request'?: boolean;
  readonly timeout?: string;
  readonly insecure?: boolean;
  readonly twice?: boolean;
  readonly stack?: readonly string[];
  readonly 'show-secrets'?: boolean;
}

/** Chromium's limit of a response head. */
const HEAD_MAX = 256 * 1024;
const SECONDS = 10;

export async function probe(target: string, options: ProbeOptions): Promise<Outcome> {
  const { origin } = options;
  if (origin === undefined) throw new Failure('--origin is missing: write the origin of the page, such as https://app.example.com');
  const url = parseUrl(target);
  const seconds = Number(options.timeout ?? SECONDS);
  if (!(seconds >= 0.001 && seconds <= 86_400)) throw new Failure(`--timeout is ${printable(options.timeout ?? '')} seconds: write a number from 0.001 to 86400`);
  const request = scriptRequest(url.href, { ...options, origin });
  const noRequest = options['no-request'] === true;
  const isTwice = options.twice === true;
  if (isTwice && !['GET', 'HEAD'].includes(request.method ?? 'GET')) {
    throw new Failure('--twice is for GET and HEAD, because caches keep no response to another method: leave out --twice or --method');
  }
  const hops: Hop[] = [{}];
  const exchange: Exchange = { request, hops };
  let trouble: string | null = null;
  // Without a preflight that passes, a browser does not send it, and a cache may mix up pages all the same.
  let first: Asked = { url: url.href, headers: (request.headers ?? []).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])) };
  for (let next = nextRequest(exchange, { noRequest }); next !== null; next = nextRequest(exchange, { noRequest })) {
    while (hops.length <= next.hop) hops.push({});
    if (next.hop === 0 && !next.is_preflight) first = { url: next.url, headers: next.headers.filter(([name]) => name.toLowerCase() !== 'origin') };
    try {
      const { address, ...response } = await send(next, seconds, options.insecure === true);
      const known = address === undefined ? {} : { target_address: address };
      hops[next.hop] = { ...hops[next.hop], ...known, [next.is_preflight ? 'preflight' : 'response']: response };
    } catch (error) {
      trouble = told(error as NodeJS.ErrnoException, new URL(next.url), seconds);
      break;
    }
  }
  if (trouble !== null && hops.every((hop) => hop.preflight === undefined && hop.response === undefined)) {
    throw new Failure(`no response: ${trouble}`);
  }
  const text = { stack: options.stack ?? [], showSecrets: options['show-secrets'] === true, styles: hasStyles() };
  const report = explainExchange(exchange, {
    noRequest,
    isAskedAgain: isTwice,
    ...networkOptions(options),
    ...text,
  });
  process.stdout.write(`${trouble === null ? '' : `No response: ${trouble}\n\n`}${report.text}`);
  if (isTwice && (await isMixed(first))) return 1;
  if (report.outcome === 'unknown' || (trouble !== null && report.outcome === 'allowed')) throw new Failure('');
  return report.outcome === 'blocked' ? 1 : 0;

  /** Whether a cache mixes up pages. Writes what was asked and what it means. */
  async function isMixed(asked: Asked): Promise<boolean> {
    try {
      const method = request.method ?? 'GET';
      const again = await askAgain(origin as string, asked, text.styles, (to, headers) =>
        send({ url: to, method, headers }, seconds, options.insecure === true),
      );
      process.stdout.write(again.text);
      return again.mixed === 'yes';
    } catch (error) {
      if (error instanceof ExplainError) throw error;
      process.stdout.write(`\nNo response when asked again: ${told(error as NodeJS.ErrnoException, url, seconds)}\n`);
      return false;
    }
  }
}

function parseUrl(text: string): URL {
  const shown = `"${printable(text.slice(0, 200))}"`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Failure(`${shown} is not a whole URL: write https://HOST/PATH`);
  }
  if (!/^https?:$/.test(url.protocol)) throw new Failure(`${shown} does not begin with http: or https:, and CORS applies to nothing else`);
  if (url.username !== '' || url.password !== '') throw new Failure('fetch() refuses a URL with a user name or a password: write it without them');
  url.hash = '';
  return url;
}

interface Sent {
  readonly status: number;
  readonly headers: [string, string][];
  /** The server's address. */
  readonly address: string | undefined;
}

/** Sends one request without a body, and reads the head of the response. No redirect is followed. */
function send(next: Pick<NextRequest, 'url' | 'method' | 'headers'>, seconds: number, isInsecure: boolean): Promise<Sent> {
  const url = new URL(next.url);
  const names = new Set(next.headers.map(([name]) => name.toLowerCase()));
  const added: [string, string][] = [
    ['User-Agent', 'corsac'],
    ['Accept', '*/*'],
    ['Accept-Encoding', 'gzip, deflate, br'],
    ...(/^(POST|PUT)$/.test(next.method) ? [['Content-Length', '0'] as [string, string]] : []),
  ];
  const headers = [['Host', url.host], ['Connection', 'close'], ...next.headers, ...added.filter(([name]) => !names.has(name.toLowerCase()))];
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = start(url, {
      method: next.method,
      headers: headers.flat(),
      agent: false,
      maxHeaderSize: HEAD_MAX,
      rejectUnauthorized: !isInsecure,
      signal: AbortSignal.timeout(seconds * 1000),
    });
    sent.on('response', (response) => {
      const { rawHeaders, socket } = response;
      const list = rawHeaders.flatMap((name, place): [string, string][] => (place % 2 === 0 ? [[name, rawHeaders[place + 1] as string]] : []));
      const address = socket.remoteAddress;
      response.destroy();
      resolve({ status: response.statusCode ?? 0, headers: list, address });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Why there is no response. */
function told(error: NodeJS.ErrnoException, url: URL, seconds: number): string {
  const place = printable(url.host);
  switch (error.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name ${printable(url.hostname)} is not known: check its spelling, and your connection`;
    case 'ECONNREFUSED':
      return `nothing listens at ${place}: start the server, or check the port`;
    case 'ABORT_ERR':
      return `${place} did not respond within ${seconds} s: --timeout SECONDS waits longer`;
    default:
      return `${place}: ${printable(error.message || (error.code ?? 'the connection failed'))}`;
  }
}
