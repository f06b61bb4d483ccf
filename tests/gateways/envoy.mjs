// Envoy in front of an application, with its own CORS filter.

import { fileURLToPath } from 'node:url';

import { envoy } from '../stacks/proxies.mjs';

const VENV = process.env.GATEWAYS_BIN ?? fileURLToPath(new URL('../../target/gateways/venv/bin/', import.meta.url));
const PREVIEW = '{ safe_regex: { regex: "https://preview-[a-z0-9-]*\\\\.example\\\\.com" } }';
const ORIGINS = {
  right: `[{ exact: "https://app.example.com" }, ${PREVIEW}]`,
  reflected: '[{ safe_regex: { regex: ".*" } }]',
  suffix: `[{ suffix: "app.example.com" }, ${PREVIEW}]`,
};

/** As `corsac probe --stack envoy` writes it: the filter, an empty line, the policy of the route. */
const SNIPPET = (plant) => `http_filters:
- name: envoy.filters.http.cors
  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors }

typed_per_filter_config:
  envoy.filters.http.cors:
    "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy
    allow_origin_string_match: ${ORIGINS[plant] ?? ORIGINS.right}
    allow_methods: "GET, PUT"
    allow_headers: "authorization, content-type"
    allow_credentials: true
    max_age: "600"`;

const { program, install, start } = envoy(`${VENV}envoy`, 'make gateways-tools');

export const ENVOYS = {
  'Envoy, its own filter': {
    program,
    install,
    plants: ['reflected', 'suffix'],
    // It never sends Vary.
    own: ['vary-origin-missing'],
    start: (run, folder, port, behind, plant) => start(run, folder, port, SNIPPET(plant), behind),
  },
};
