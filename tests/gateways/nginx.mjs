// nginx in front of an application: with the recipe that people write by hand, and with our module. Mistakes are planted in both.

import { fileURLToPath } from 'node:url';
import { writeFile } from 'node:fs/promises';

const PROGRAM = process.env.NGINX ?? '/usr/sbin/nginx';
export const MODULE = fileURLToPath(new URL('../../target/nginx/ngx_http_corsac_module.so', import.meta.url));
const ONE_LABEL = '[a-z0-9-]*';

const MAPS = {
  right: `"https://app.example.com" $http_origin; "~^https://preview-${ONE_LABEL}\\.example\\.com$" $http_origin;`,
  reflected: '"~." $http_origin;',
  suffix: `"~app\\.example\\.com$" $http_origin; "~^https://preview-${ONE_LABEL}\\.example\\.com$" $http_origin;`,
  'star-with-credentials': '"~." *;',
};

const HEADERS = (plant, always) => `
            add_header Access-Control-Allow-Origin $cors_origin${always};
            add_header Access-Control-Allow-Credentials $cors_credentials${always};
            ${plant === 'no-vary' ? '' : `add_header Vary Origin${always};`}`;

const PREFLIGHT = (plant) => `
            if ($request_method = OPTIONS) {${HEADERS(plant, ' always')}
                add_header Access-Control-Allow-Methods $cors_methods always;
                add_header Access-Control-Allow-Headers $cors_headers always;
                add_header Access-Control-Max-Age $cors_age always;
                return 204;
            }`;

/** What most pages on the web show, with the lists only for listed origins. */
function recipe(plant) {
  const always = plant === 'only-on-200' ? '' : ' always';
  return {
    http: `
    map $http_origin $cors_origin { default ""; ${MAPS[plant] ?? MAPS.right} }
    map $cors_origin $cors_credentials { "" ""; default true; }
    map $cors_origin $cors_methods { "" ""; default "GET, PUT"; }
    map $cors_origin $cors_headers { "" ""; default "authorization, content-type"; }
    map $cors_origin $cors_age { "" ""; default 600; }`,
    location: `${HEADERS(plant, always)}${plant === 'options-behind-auth' ? '' : PREFLIGHT(plant)}`,
  };
}

const module = () => ({
  top: `load_module ${MODULE};`,
  http: `
    cors on;
    cors_allow_origins https://app.example.com https://preview-*.example.com;
    cors_allow_methods GET PUT;
    cors_allow_headers authorization content-type;
    cors_allow_credentials on;
    cors_max_age 600;`,
  location: '',
});

const CONFIGURATION = (folder, port, behind, { top = '', http, location }, plant) => `
${top}
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
    ${plant === 'cached' ? `proxy_cache_path ${folder}cache keys_zone=pages:1m;` : ''}
    ${http}
    server {
        listen 127.0.0.1:${port};
        location / {${location}
            proxy_http_version 1.1;
            proxy_pass http://127.0.0.1:${behind};
        }
        ${plant === 'no-404' ? `location ~ corsac- { return 404; ${top ? 'cors off;' : ''} }` : ''}
    }
}
`;

/** A cache in front of a right server that keeps responses by their path alone, whatever the origin or the query. */
export const CACHE = {
  isCache: true,
  http: '',
  location: `
            proxy_cache pages;
            proxy_cache_key $scheme$host$uri;
            proxy_cache_valid any 1m;
            proxy_ignore_headers Vary Cache-Control Set-Cookie;
            proxy_cache_methods GET HEAD;
            add_header X-Cache $upstream_cache_status always;`,
};

/** An edge that removes what the layer behind it has added. */
export const STRIPS = {
  http: '',
  location: ['Origin', 'Credentials', 'Methods', 'Headers'].map((name) => `
            proxy_hide_header Access-Control-Allow-${name};`).join(''),
};

/** A second layer that adds the header once more. */
export const ADDS = {
  http: '',
  location: `
            add_header Access-Control-Allow-Origin $http_origin always;`,
};

async function serve(run, folder, port, behind, parts, plant) {
  await writeFile(`${folder}nginx.conf`, CONFIGURATION(folder, port, behind, parts, plant));
  await run(PROGRAM, ['-c', `${folder}nginx.conf`, '-p', folder], { port });
}

/** A layer of its own in front of another server. */
export const layer = (run, folder, port, behind, parts) => serve(run, folder, port, behind, parts, parts.isCache ? 'cached' : undefined);

export const NGINX = {
  'nginx, by hand': {
    program: PROGRAM,
    install: 'apt-get install nginx',
    plants: ['only-on-200', 'options-behind-auth', 'no-vary', 'reflected', 'suffix', 'no-404', 'star-with-credentials'],
    start: (run, folder, port, behind, plant) => serve(run, folder, port, behind, recipe(plant), plant),
  },
  'nginx, with the module': {
    program: MODULE,
    install: 'make nginx-module',
    plants: ['no-404'],
    start: (run, folder, port, behind, plant) => serve(run, folder, port, behind, module(), plant),
  },
};
