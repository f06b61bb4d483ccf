// The seven questions that every server is asked before anything else: they show that it runs and does CORS at all.

import { request as send } from 'node:http';

const PAGE = 'https://app.example.com';
export const FOREIGN = 'https://evil.example';
const preflight = (origin, method) => ({ method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } });

export const QUESTIONS = {
  'preflight allowed': preflight(PAGE, 'PUT'),
  'preflight of a foreign origin': preflight(FOREIGN, 'PUT'),
  'preflight of an unlisted method': preflight(PAGE, 'DELETE'),
  'actual allowed': { method: 'GET', headers: { origin: PAGE } },
  'actual of a foreign origin': { method: 'GET', headers: { origin: FOREIGN } },
  plain: { method: 'GET', headers: {} },
  'bare OPTIONS': { method: 'OPTIONS', headers: {} },
};

/** The responses, by question: status and headers. */
export async function ask(url) {
  const responses = {};
  for (const [name, { method, headers }] of Object.entries(QUESTIONS)) responses[name] = await exchange(url, method, headers);
  return responses;
}

/** One request over a connection of its own. `fetch` would not send `Origin` as it is given. */
export function exchange(url, method, headers) {
  return new Promise((done, failed) => {
    const request = send(url, { method, headers, agent: false }, (response) => {
      response.resume().once('end', () => done({ status: response.statusCode, headers: response.headers }));
    });
    request.once('error', failed).end();
  });
}
