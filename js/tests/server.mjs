// A real server for one test, a client that shows everything, and a log that keeps its lines.

import { createServer, request } from 'node:http';

/** Listens on a free port. */
export function listen(app, make = createServer) {
  return new Promise((resolve) => {
    const server = make(app).listen(0, '127.0.0.1', () => {
      const close = () => {
        server.closeAllConnections?.();
        server.close();
      };
      resolve({ port: server.address().port, close });
    });
  });
}

/** Sends a request, and returns the whole response. `onData` is called with each piece of its body. */
export function ask({ port }, path, { method = 'GET', headers = {}, body, onData = () => undefined } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
        onData(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, message: response.statusMessage, headers: response.headers, raw: response.rawHeaders, body: text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A logger that prints nothing. */
export function quiet() {
  const lines = [];
  const at = (level) => (message) => lines.push(`${level} ${message}`);
  return { lines, error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
