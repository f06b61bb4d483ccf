// HTTP/2 with any bytes in a response's headers. Node reads the requests and sends the bodies. Its own check of headers would refuse
// most of what is tried here, so each block of headers is replaced on its way out.

import http2 from 'node:http2';
import tls from 'node:tls';
import { Duplex } from 'node:stream';

/** Bytes of a frame's head: length, type, flags, stream (RFC 9113, 4.1). */
const HEAD = 9;
const HEADERS = 1;
const CONTINUATION = 9;
const END_STREAM = 1;
const END_HEADERS = 4;
/** The most that every peer accepts in one frame (RFC 9113, 4.2). */
const FRAME_MAX = 16384;

/**
 * A server that speaks HTTP/2 alone. `opened(socket)` gets each connection, and `handle(request, socket, respond)` each request, which it responds to
 * with `respond({ status, headers, body })`.
 */
export function listener({ key, cert }, opened, handle) {
  const server = tls.createServer({ key, cert, ALPNProtocols: ['h2'] }, (socket) => {
    socket.setNoDelay(true);
    const blocks = new Map();
    // One for each connection, so that a stream's number finds its block.
    const reader = http2.createServer();
    reader.on('sessionError', () => {});
    reader.on('stream', (stream, _headers, _flags, raw) => {
      stream.on('error', () => {});
      read(stream, raw, (request) => handle(request, socket, (response) => respond(stream, blocks, request.method, response)));
    });
    reader.emit('connection', through(socket, blocks));
  });
  server.on('connection', opened);
  // A browser gives up connections that it opened in advance.
  server.on('tlsClientError', () => {});
  return server;
}

/** The exchange with responses that are well-formed over HTTP/2 (RFC 9113, 8.2.1): without control bytes, and with tokens as names. */
export function wellFormed(exchange) {
  const isName = (name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name);
  const cleaned = ({ status, headers }) => ({
    status,
    headers: headers.filter(([name]) => isName(name)).map(([name, value]) => [name, value.replace(/[\0-\x08\x0a-\x1f\x7f]/g, '').replace(/^[ \t]+|[ \t]+$/g, '')]),
  });
  return { ...exchange, hops: exchange.hops.map(({ preflight, response }) => ({ preflight: cleaned(preflight), response: cleaned(response) })) };
}

function read(stream, raw, done) {
  const lines = Array.from({ length: raw.length / 2 }, (_, place) => [raw[2 * place], raw[2 * place + 1]]);
  const value = (name) => lines.find(([other]) => other === name)?.[1];
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  stream.on('end', () => {
    const headers = lines.filter(([name]) => !name.startsWith(':'));
    done({ method: value(':method'), target: value(':path'), headers, body: Buffer.concat(chunks) });
  });
}

function respond(stream, blocks, method, { status, headers, body }) {
  if (stream.destroyed) return;
  blocks.set(stream.id, block(status, headers));
  const isEmpty = method === 'HEAD' || status === 204 || status === 304 || body.length === 0;
  stream.respond({ ':status': 200 }, { endStream: isEmpty });
  if (!isEmpty) stream.end(Buffer.from(body, 'latin1'));
}

/** Every header as a literal that is neither indexed nor compressed (RFC 7541, 6.2.2). */
function block(status, headers) {
  const lines = [[':status', String(status)], ...headers.map(([name, value]) => [name.toLowerCase(), value])];
  return Buffer.concat(lines.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** A text after its length, which is a number of seven bits and more (RFC 7541, 5.1). */
function text(value) {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 127) return Buffer.from([bytes.length, ...bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/** The socket, with the blocks of headers replaced that are written to it. */
function through(socket, blocks) {
  let pending = Buffer.alloc(0);
  const pipe = new Duplex({
    read: () => socket.resume(),
    write(chunk, _encoding, done) {
      pending = Buffer.concat([pending, chunk]);
      const out = [];
      while (pending.length >= HEAD && pending.length >= HEAD + pending.readUIntBE(0, 3)) {
        const end = HEAD + pending.readUIntBE(0, 3);
        out.push(replaced(pending.subarray(0, end), blocks));
        pending = pending.subarray(end);
      }
      const bytes = Buffer.concat(out);
      if (bytes.length === 0 || socket.destroyed) done();
      else socket.write(bytes, () => done());
    },
    final: (done) => socket.end(() => done()),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => { if (!pipe.push(chunk)) socket.pause(); });
  socket.on('end', () => pipe.push(null));
  socket.on('close', () => pipe.destroy());
  socket.on('error', () => pipe.destroy());
  return pipe;
}

function replaced(frame, blocks) {
  const stream = frame.readUInt32BE(5) & 0x7fffffff;
  const mine = blocks.get(stream);
  if (frame[3] !== HEADERS || !mine) return frame;
  blocks.delete(stream);
  const parts = Array.from({ length: Math.ceil(mine.length / FRAME_MAX) }, (_, place) => mine.subarray(place * FRAME_MAX, (place + 1) * FRAME_MAX));
  return Buffer.concat(parts.flatMap((part, place) => {
    const head = Buffer.alloc(HEAD);
    head.writeUIntBE(part.length, 0, 3);
    head[3] = place === 0 ? HEADERS : CONTINUATION;
    head[4] = (place === 0 ? frame[4] & END_STREAM : 0) | (place === parts.length - 1 ? END_HEADERS : 0);
    head.writeUInt32BE(stream, 5);
    return [head, part];
  }));
}
