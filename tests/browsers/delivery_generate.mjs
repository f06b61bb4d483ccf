// Requests from a seed that may not leave a browser: pages and servers of every address space, with encryption or without. This file has
// names and addresses, and no rule of any browser.

import { Random } from './random.mjs';
import { SPACES } from './delivery_server.mjs';

/** The page's host, which says what its permission is. */
const PAGES = { https: 'app.example', trusted: 'localhost', http: 'app.example' };

/** Hosts of servers, and an address of each space. */
const HOSTS = {
  loopback: ['127.0.0.1', '127.0.0.1', 'localhost', 'api.localhost', 'nas.example', '[::1]', '0.0.0.0', '[::ffff:7f00:1]'],
  local: ['192.168.0.5', '10.1.2.3', '172.16.0.1', '169.254.1.1', '100.64.0.1', '[fd00::1]', 'printer.local', 'nas.example', 'nas.example'],
  public: ['8.8.8.8', 'api.example', 'api.example', 'api.example'],
};
export const ADDRESSES = { loopback: '127.0.0.1', local: '192.168.0.5', public: '8.8.8.8' };

/** An exchange of one of the pages. `knows`: what a browser can be made to believe. */
export function generate(seed, id, ports, knows) {
  const random = new Random(seed);
  const page = random.weighted([[5, 'https'], [3, 'trusted'], [2, 'http']]);
  const space = knows.spaces ? random.weighted([[7, 'public'], [2, 'local'], [1, 'loopback']]) : 'loopback';
  const permission = random.pick(['granted', 'denied']);
  const scheme = page === 'https' ? 'https' : 'http';
  const origin = `${scheme}://${permission}.${PAGES[page]}:${ports[scheme][space]}`;
  const kind = random.weighted([[6, 'fetch'], [3, 'xhr'], [1, 'script'], [1, 'image']]);
  const count = random.weighted([[7, 1], [3, 2], [1, 3]]);
  const hops = Array.from({ length: count }, (_, hop) => ({ ...target({ random, origin, space, ports, knows, kind }), path: `/x/${id}/${hop}` }));
  const method = kind === 'script' || kind === 'image' ? 'GET' : random.pick(['GET', 'POST', 'PUT']);
  const request = {
    origin,
    url: hops[0].base + hops[0].path,
    method,
    api: kind === 'xhr' ? 'xhr' : 'fetch',
    headers: [],
    mode: kind === 'xhr' || (kind === 'fetch' && (method === 'PUT' || random.chance(80))) ? 'cors' : 'no-cors',
    credentials: 'same-origin',
    page_space: space,
    permission,
    ...(kind === 'fetch' && random.chance(15) && { target_address_space: random.pick(SPACES) }),
  };
  return { id, seed, kind, page, request, hops: hops.map((hop, place) => respond(hop, hops[place + 1])) };
}

function target({ random, origin, space: own, ports, knows, kind }) {
  // Browsers upgrade an image of http: to https:, which the model leaves out.
  const scheme = kind === 'image' && origin.startsWith('https:') ? 'https' : random.pick(['http', 'https']);
  const space = knows.spaces ? random.weighted([[4, 'loopback'], [4, 'local'], [2, 'public']]) : random.pick(SPACES);
  if (random.chance(4)) return { base: origin, address: ADDRESSES[own] };
  const is_mixed = origin.startsWith('https:') && scheme === 'http';
  const hosts = HOSTS[space].filter((name) => (name !== '0.0.0.0' || knows.spaces) && (knows.literals || (is_mixed && name !== '[::1]') || name === '127.0.0.1' || !/^[[\d]/.test(name)));
  const host = random.pick(hosts);
  return { base: `${scheme}://${host}:${ports[scheme][space]}`, address: ADDRESSES[space] };
}

/** What the server sends at one URL: CORS never stops the request. */
function respond({ base, path, address }, next) {
  const allow = [['Access-Control-Allow-Origin', '*'], ['Content-Length', '0']];
  const redirect = next && [['Location', next.base + next.path]];
  return {
    url: base + path,
    target_address: address,
    preflight: { status: 204, headers: [['Access-Control-Allow-Origin', '*'], ['Access-Control-Allow-Methods', 'PUT']] },
    response: next ? { status: 307, headers: [...allow, ...redirect] } : { status: 200, headers: allow },
  };
}

/** The exchange as the command reads it. */
export function asked({ id, request, hops }) {
  return { id, request, hops };
}
