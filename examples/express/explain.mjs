// Sends the API what a browser would send, and explains with Corsac's browser model what a browser does with the responses.

import { once } from 'node:events';
import { request as send } from 'node:http';
import { explainExchange, nextRequest } from 'corsac/explain';

/**
 * The explanation, as text.
 *
 * @param server always the API: a page must not choose which server is asked
 */
export async function explainLikeABrowser(server, { origin, method, path, headers }) {
  const request = { origin, url: new URL(path, server).href, method, headers: Object.entries(headers), credentials: 'include' };
  const exchange = { request };
  // The model says what a browser sends first, without any response.
  const first = nextRequest(exchange);
  if (first === null) return explainExchange(exchange).text;
  const response = await ask(server, first);
  // After a preflight, the request itself is not sent, because it could change something.
  return explainExchange({ request, [first.is_preflight ? 'preflight' : 'response']: response }).text;
}

async function ask(server, { method, url, headers }) {
  const { pathname, search } = new URL(url);
  const sent = send(new URL(pathname + search, server), { method, headers: Object.fromEntries(headers) }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  const { rawHeaders } = response;
  return {
    status: response.statusCode,
    headers: rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1]]] : [])),
  };
}
