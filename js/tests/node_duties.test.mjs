// node:http and node:http2's compatibility API on real servers, without a framework: what every adapter owes.

import { createServer } from 'node:http';
import { connect as connect2, createServer as createServer2 } from 'node:http2';
import { withCors } from 'corsac/node';
import { duties, whenArrived } from './duties.mjs';
import { listen } from './server.mjs';

const ROUTES = {
  'POST /data': (request, response) => response.end('{"message":"Success"}'),
  '/private': (request, response) => response.writeHead(request.headers.authorization === undefined ? 401 : 200).end(),
  '/throws': () => {
    throw new Error('on purpose');
  },
  '/stream': (request, response) => {
    response.write('one');
    setImmediate(() => response.end('two'));
  },
  '/breaks': (request, response) => {
    response.write('one');
    // HTTP/2 breaks one stream, HTTP/1 the whole connection.
    whenArrived(() => (response.stream ?? response).destroy(new Error('on purpose')));
  },
  '/redirect': (request, response) => response.writeHead(302, { Location: '/data' }).end(),
  '/cached': (request, response) => response.writeHead(request.headers['if-none-match'] === '"one"' ? 304 : 200, { ETag: '"one"' }).end(),
  '/cookies': (request, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    response.end('cookies');
  },
  'POST /body': (request, response) => {
    let length = 0;
    request.on('data', (chunk) => (length += chunk.length)).on('end', () => response.writeHead(length > 10 ? 413 : 200).end());
  },
  '/method': (request, response) => response.end(request.method),
  '/own': (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Vary', 'Accept');
    response.end('own');
  },
  '/open': (request, response) => response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('open'),
};

function application(options) {
  let count = 0;
  return withCors(options, (request, response) => {
    const path = request.url.split('?')[0];
    if (path === '/count') return response.end(String((count += 1)));
    const route = ROUTES[path] ?? ROUTES[`${request.method} ${path}`];
    if (route === undefined) return response.writeHead(404).end();
    try {
      return route(request, response);
    } catch {
      return response.writeHead(500).end();
    }
  });
}

duties('node:http', async (options) => listen(application(options), createServer));

/** Sends a request over HTTP/2, and returns the whole response in the form of `ask`. */
function ask2(client, path, { method = 'GET', headers = {}, body, onData = () => undefined } = {}) {
  return new Promise((resolve, reject) => {
    const names = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const stream = client.request({ ':path': path, ':method': method, ...names });
    let text = '';
    let response;
    stream.setEncoding('utf8');
    stream.on('response', (received) => (response = received));
    stream.on('data', (chunk) => {
      text += chunk;
      onData(chunk);
    });
    stream.on('error', reject);
    stream.on('end', () => response !== undefined && stream.rstCode === 0 && resolve({ status: response[':status'], headers: response, body: text }));
    stream.end(body);
  });
}

duties('node:http2, by its compatibility API', async (options) => {
  const { port, close } = await listen(application(options), createServer2);
  const client = connect2(`http://127.0.0.1:${port}`);
  await new Promise((resolve, reject) => client.once('connect', resolve).once('error', reject));
  return {
    port,
    ask: (path, init) => ask2(client, path, init),
    abandon: (path, headers) => {
      const stream = client.request({ ':path': path, ...headers });
      stream.on('error', () => undefined).end();
      // As a browser does where a page leaves: the connection stays.
      return () => stream.close(8);
    },
    close: () => {
      client.destroy();
      close();
    },
  };
});
