// What runs inside the page: it makes the requests of a batch and says what the script got to see. It has no rule of CORS.

'use strict';

const frames = {};

/** Runs a batch, each exchange in the kind of document that it names. */
async function run(batch) {
  return Promise.all(batch.map(async (exchange) => {
    if (exchange.frame === 'page') return runHere(exchange);
    const frame = await (frames[exchange.frame] ??= open(exchange.frame));
    return new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => done(data);
      frame.contentWindow.postMessage(exchange, '*', [port2]);
    });
  }));
}

/** A document whose origin is opaque. */
function open(kind) {
  const code = [...document.scripts].map((script) => script.textContent).join('\n');
  const html = `<!doctype html><script>${code}\nlisten()</` + 'script>';
  const frame = document.createElement('iframe');
  if (kind === 'sandbox') {
    frame.sandbox = 'allow-scripts';
    frame.srcdoc = html;
  } else {
    frame.src = `data:text/html;charset=utf-8,${encodeURIComponent(html)}`;
  }
  return new Promise((done) => {
    frame.onload = () => done(frame);
    document.body.append(frame);
  });
}

function listen() {
  onmessage = async ({ data, ports: [port] }) => port.postMessage(await runHere(data));
}

async function runHere(exchange) {
  const start = performance.now();
  const first = await ask(exchange, exchange.request);
  const then = [];
  for (const later of exchange.then ?? []) {
    if (later.after_seconds) await new Promise((done) => setTimeout(done, later.after_seconds * 1000));
    await fetch(exchange.mark, { mode: 'no-cors', cache: 'no-store' }).catch(() => {});
    const result = await ask(exchange, later.request);
    then.push({ ...result, waited: performance.now() - start });
  }
  return { id: exchange.id, ...first, then };
}

function ask({ api, body }, request) {
  return (api === 'xhr' ? askXhr : askFetch)(request, body);
}

// Milliseconds. Each request gets its response at once, so only a browser that hangs takes so long.
const TIMEOUT = 120_000;

async function askFetch({ url, method, headers, credentials, mode, referrer_policy, stream_body }, body) {
  let request;
  const control = new AbortController();
  try {
    const init = { method, headers, credentials, mode, referrerPolicy: referrer_policy, signal: control.signal };
    // A later request may be of a method that has no body.
    if (body && !/^(get|head)$/i.test(method)) init.body = new Uint8Array([120]);
    if (stream_body) {
      init.body = new ReadableStream({ start(c) { c.enqueue(new Uint8Array([120])); c.close(); } });
      init.duplex = 'half';
    }
    request = new Request(url, init);
  } catch (error) {
    return { outcome: 'throws', error: String(error) };
  }
  const timer = setTimeout(() => control.abort(), TIMEOUT);
  try {
    const response = await fetch(request);
    if (response.type === 'opaque') return { outcome: 'opaque', names: [] };
    return {
      outcome: 'allowed',
      type: response.type,
      status: response.status,
      names: [...response.headers.keys()],
      values: [...response.headers],
    };
  } catch (error) {
    return { outcome: error.name === 'AbortError' ? 'timeout' : 'blocked', error: String(error) };
  } finally {
    clearTimeout(timer);
  }
}

function askXhr({ url, method, headers, credentials, upload_listener }, body) {
  return new Promise((done) => {
    const xhr = new XMLHttpRequest();
    try {
      xhr.open(method, url);
      for (const [name, value] of headers) xhr.setRequestHeader(name, value);
    } catch (error) {
      done({ outcome: 'throws', error: String(error) });
      return;
    }
    xhr.timeout = TIMEOUT;
    xhr.responseType = 'text';
    xhr.withCredentials = credentials === 'include';
    if (upload_listener) xhr.upload.onprogress = () => {};
    xhr.onload = () => {
      const lines = xhr.getAllResponseHeaders().split('\r\n').filter(Boolean);
      const values = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
      done({ outcome: 'allowed', status: xhr.status, names: values.map(([name]) => name), values });
    };
    xhr.onerror = () => done({ outcome: 'blocked', error: 'error event' });
    xhr.ontimeout = () => done({ outcome: 'timeout' });
    // A later request may be of a method that has a body where the first one's has none.
    const uploads = upload_listener && !/^(get|head)$/i.test(method);
    xhr.send(body || uploads ? new Uint8Array([120]) : null);
  });
}

/** For a browser without a driver: asks the server for batches, one after the other. */
async function pull(token, origin) {
  for (;;) {
    const batch = await (await fetch(`${origin}/next/${token}`, { cache: 'no-store' })).json();
    await fetch(`${origin}/done/${token}`, { method: 'POST', body: JSON.stringify(await run(batch)) });
  }
}

if (location.hash.startsWith('#pull')) addEventListener('load', () => pull(...location.hash.slice(1).split('@')));
