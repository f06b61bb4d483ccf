// The gateways of the nightly run: each with the configuration that `corsac probe --stack` shows for it.

import { PAGE, probe, REQUEST, snippet } from '../stacks/corsac.mjs';
import { PROXY_STACKS } from '../stacks/proxies.mjs';

/** What the snippets allow: one origin, one method, one header. */
export const SNIPPET_POLICY = `allow_origins = ["${PAGE}"]
allow_methods = ["PUT"]
allow_headers = ["authorization"]
allow_credentials = true
`;

/** What is planted in a snippet: the lines about Vary are taken out. */
const PLANTED = {
  'no-vary': (text) => text.split('\n').filter((line) => !/vary/i.test(line)).join('\n'),
};

/** What the product's own CORS does that is wrong, whatever its configuration. */
const OWN = {
  traefik: ['lists-sent-to-strangers'],
  caddy: ['lists-sent-to-strangers'],
  // With one origin, it sends the same headers to everybody.
  apache: ['lists-sent-to-strangers'],
};

const proxy = (stack, plants) => ({
  program: PROXY_STACKS[stack].program,
  install: PROXY_STACKS[stack].install,
  plants,
  policy: SNIPPET_POLICY,
  own: OWN[stack] ?? [],
  /** Asks the running gateway what it needs, and starts it again with that. */
  async start(run, folder, port, behind, plant) {
    const advised = await shown(stack, behind);
    await PROXY_STACKS[stack].start(run, folder, port, plant ? PLANTED[plant](advised) : advised, behind);
  },
});

/** The snippet for a server that has no CORS headers yet. */
async function shown(stack, behind) {
  const { text } = await probe(`http://127.0.0.1:${behind}/things`, [...REQUEST, '--stack', stack]);
  return snippet(text);
}

export const PROXIES = {
  Traefik: proxy('traefik', []),
  Caddy: proxy('caddy', []),
  Apache: { ...proxy('apache', []), isStatic: true },
  HAProxy: proxy('haproxy', ['no-vary']),
};
