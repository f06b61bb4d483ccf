// Servers in front of an application that knows nothing of CORS: it asks every request for `Authorization`, preflights too.

import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';

import { serves } from './program.mjs';
import { BIN } from './python.mjs';

/** The application behind them, which has CORS headers of its own if `own` are given. Resolves to its port. */
export async function application(test, own = {}) {
  const server = createServer((request, response) => {
    const status = request.headers.authorization !== 'secret' ? 401 : request.url === '/api/broken' ? 500 : 200;
    response.writeHead(status, own).end('ok');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  test.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return port;
}

const indented = (text, by) => text.split('\n').map((line) => (line === '' ? '' : ' '.repeat(by) + line)).join('\n');

const NGINX = (folder, port, behind, snippet) => `
daemon off;
error_log ${folder}error.log;
pid ${folder}nginx.pid;
events { }
http {
    access_log off;
    client_body_temp_path ${folder}body;
    proxy_temp_path ${folder}proxy;
    fastcgi_temp_path ${folder}fastcgi;
    uwsgi_temp_path ${folder}uwsgi;
    scgi_temp_path ${folder}scgi;
    server {
        listen 127.0.0.1:${port};
        location / {
            ${snippet}
            proxy_pass http://127.0.0.1:${behind};
        }
    }
}
`;

const HAPROXY = (port, behind, snippet) => `
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s

frontend public
    bind 127.0.0.1:${port}
${indented(snippet, 4)}
    default_backend application

backend application
    server one 127.0.0.1:${behind}
`;

const CADDY = (port, behind, snippet) => {
  const proxy = `reverse_proxy 127.0.0.1:${behind} {\n\theader_down -Access-Control-*\n}`;
  const place = /^.*# Here, below:.*$/m;
  return `
{
	admin off
	auto_https off
	persist_config off
}
http://127.0.0.1:${port} {
${snippet ? snippet.replace(place, proxy) : proxy}
}
`;
};

const APACHE = (folder, port, behind, snippet) => `
ServerName localhost
ServerRoot ${folder}
PidFile ${folder}apache.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}error.log
User nobody
Group nogroup
${['mpm_event', 'authz_core', 'headers', 'rewrite', 'proxy', 'proxy_http']
  .map((name) => `LoadModule ${name}_module ${process.env.APACHE_MODULES ?? '/usr/lib/apache2/modules'}/mod_${name}.so`)
  .join('\n')}
Listen 127.0.0.1:${port}
<VirtualHost 127.0.0.1:${port}>
${snippet}
ProxyPass / http://127.0.0.1:${behind}/
</VirtualHost>
`;

const TRAEFIK = (behind, middlewares) => `
http:
  routers:
    application:
      rule: "PathPrefix(\`/\`)"
      service: application
      middlewares: [${middlewares}]
  services:
    application:
      loadBalancer:
        servers:
        - url: "http://127.0.0.1:${behind}"
`;

/** The first part of the snippet is for the connection manager, the rest for the virtual host. */
const ENVOY = (port, behind, snippet) => {
  const [filters = 'http_filters:', policy = ''] = snippet ? snippet.split('\n\n') : [];
  return `
static_resources:
  listeners:
  - address: { socket_address: { address: 127.0.0.1, port_value: ${port} } }
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: public
${indented(filters, 10)}
          - name: envoy.filters.http.router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: { prefix: "/" }
                route: { cluster: application }
${indented(policy, 14)}
  clusters:
  - name: application
    connect_timeout: 5s
    load_assignment:
      cluster_name: application
      endpoints:
      - lb_endpoints:
        - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: ${behind} } } }
`;
};

/** Whether what the application sends itself is replaced, for pages that are allowed. */
const proxy = (program, install, start) => ({ program, install, start, isProxy: true });

/** A snippet is the filters, an empty line, and the policy of the route. */
export const envoy = (program, install) =>
  proxy(program, install, async (run, folder, port, snippet, behind) => {
    await writeFile(`${folder}envoy.yaml`, ENVOY(port, behind, snippet));
    await run(program, ['-c', `${folder}envoy.yaml`, '--base-id', String(port), '--concurrency', '1', '--log-level', 'error'], { port });
  });

export const PROXY_STACKS = {
  nginx: proxy(process.env.NGINX ?? '/usr/sbin/nginx', 'apt-get install nginx', async (run, folder, port, snippet, behind) => {
    await writeFile(`${folder}nginx.conf`, NGINX(folder, port, behind, snippet));
    await run(process.env.NGINX ?? '/usr/sbin/nginx', ['-c', `${folder}nginx.conf`, '-p', folder], { port });
  }),
  haproxy: proxy(process.env.HAPROXY ?? '/usr/sbin/haproxy', 'apt-get install haproxy', async (run, folder, port, snippet, behind) => {
    await writeFile(`${folder}haproxy.cfg`, HAPROXY(port, behind, snippet));
    await run(process.env.HAPROXY ?? '/usr/sbin/haproxy', ['-db', '-f', `${folder}haproxy.cfg`], { port });
  }),
  apache: proxy(process.env.APACHE ?? '/usr/sbin/apache2', 'apt-get install apache2-bin', async (run, folder, port, snippet, behind) => {
    await writeFile(`${folder}apache.conf`, APACHE(folder, port, behind, snippet));
    await run(process.env.APACHE ?? '/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', `${folder}apache.conf`], { port });
  }),
  caddy: proxy(`${BIN}caddy`, 'make stacks-tools', async (run, folder, port, snippet, behind) => {
    await writeFile(`${folder}Caddyfile`, CADDY(port, behind, snippet));
    const env = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    await run(`${BIN}caddy`, ['run', '--adapter', 'caddyfile', '--config', `${folder}Caddyfile`], { port, env });
  }),
  traefik: proxy(`${BIN}traefik`, 'make stacks-tools', async (run, folder, port, snippet, behind) => {
    await mkdir(`${folder}dynamic`, { recursive: true });
    await writeFile(`${folder}dynamic/application.yml`, TRAEFIK(behind, snippet ? 'cors' : ''));
    if (snippet) await writeFile(`${folder}dynamic/cors.yml`, `${snippet}\n`);
    const options = [`--entrypoints.web.address=127.0.0.1:${port}`, `--providers.file.directory=${folder}dynamic`];
    await run(`${BIN}traefik`, [...options, '--global.checknewversion=false', '--global.sendanonymoususage=false'], { port });
    await serves(`http://127.0.0.1:${port}/api/things`);
  }),
  envoy: envoy(`${BIN}envoy`, 'make stacks-tools'),
};
