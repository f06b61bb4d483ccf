// Asks a server of Node over the loopback: an application of Express or Koa, or a server of node:http.

import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Received, Sender, Sending } from './sending.js';

/** What has the method `listen` of `node:http`. */
export interface Server {
  listen(...values: never[]): unknown;
}

/** Lets a server listen on a free port, unless it listens already, until `close`. */
export async function serve(server: Server): Promise<Sender> {
  const isOpen = (server as Partial<HttpServer>).listening === true;
  const listening = (isOpen ? server : (server as unknown as HttpServer).listen(0, '127.0.0.1')) as HttpServer;
  if (!listening.listening) await new Promise<unknown>((done, failed) => listening.once('listening', done).once('error', failed));
  const { address, port } = listening.address() as AddressInfo;
  const host = ANY.includes(address) ? '127.0.0.1' : address;
  return {
    send: (sending) => throughHttp(host, port, sending),
    close: async () => {
      if (isOpen) return;
      const closed = new Promise((done) => listening.close(done));
      listening.closeAllConnections();
      await closed;
    },
  };
}

/** A server that listens here listens on the loopback, too. */
const ANY = ['0.0.0.0', '::'];

/** Names are as the server spells them, and a header that is there twice stays twice. */
async function throughHttp(host: string, port: number, { method, url, headers, body }: Sending): Promise<Received> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const lines = [['Host', url.host], ...(body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(body))]]), ...headers];
    const options = { host, port, method, path: url.pathname + url.search, headers: lines.flat(), agent: false as const };
    const sent = request(options, (response) => {
      const { statusCode = 0, rawHeaders } = response;
      const received = rawHeaders.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, rawHeaders[at + 1] as string]] : []));
      resolve({ status: statusCode, headers: received });
      // Nothing of the body matters, and an endless one would keep the server open.
      response.destroy();
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
