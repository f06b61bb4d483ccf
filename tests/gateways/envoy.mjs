// Envoy in front of an application, with its own CORS filter.

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const VENV = process.env.GATEWAYS_BIN ?? fileURLToPath(new URL('../../target/gateways/venv/bin/', import.meta.url));
const PREVIEW = '{ safe_regex: { regex: "https://preview-[a-z0-9-]*\\\\.example\\\\.com" } }';
const ORIGINS = {
  right: `[{ exact: "https://app.example.com" }, ${PREVIEW}]`,
  reflected: '[{ safe_regex: { regex: ".*" } }]',
  suffix: `[{ suffix: "app.example.com" }, ${PREVIEW}]`,
};


const ENVOY = (port, behind, plant) => `
static_resources:
  listeners:
  - address: { socket_address: { address: 127.0.0.1, port_value: ${port} } }
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: public
          http_filters:
          - name: envoy.filters.http.cors
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors }
          - name: envoy.filters.http.router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              typed_per_filter_config:
                envoy.filters.http.cors:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy
                  allow_origin_string_match: ${ORIGINS[plant] ?? ORIGINS.right}
                  allow_methods: "GET, PUT"
                  allow_headers: "authorization, content-type"
                  allow_credentials: true
                  max_age: "600"
              routes:
              - match: { prefix: "/" }
                route: { cluster: application }
  clusters:
  - name: application
    connect_timeout: 5s
    load_assignment:
      cluster_name: application
      endpoints:
      - lb_endpoints:
        - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: ${behind} } } }
`;

export const ENVOYS = {
  'Envoy, its own filter': {
    program: `${VENV}envoy`,
    install: 'make gateways-tools',
    plants: ['reflected', 'suffix'],
    // It never sends Vary.
    own: ['vary-origin-missing'],
    async start(run, folder, port, behind, plant) {
      await writeFile(`${folder}envoy.yaml`, ENVOY(port, behind, plant));
      await run(`${VENV}envoy`, ['-c', `${folder}envoy.yaml`, '--base-id', String(port), '--concurrency', '1', '--log-level', 'error'], { port });
    },
  },
};
