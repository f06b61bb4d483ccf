// What runs inside a page: it makes the requests of a batch and says which of them the script got a response to. It has no rule of any browser.

'use strict';

/** A prompt that stays open holds a request back: no case waits for it any longer. */
const TIMEOUT = 10_000;

function run(batch) {
  return Promise.all(batch.map(async (exchange) => {
    const late = new Promise((done) => { setTimeout(() => done('timeout'), TIMEOUT); });
    return { id: exchange.id, outcome: await Promise.race([late, KINDS[exchange.kind](exchange.request)]) };
  }));
}

const KINDS = {
  async fetch({ url, method, headers, mode, credentials, target_address_space: targetAddressSpace }) {
    try {
      const init = { method, headers, mode, credentials, ...(targetAddressSpace && { targetAddressSpace }) };
      const { type } = await fetch(url, init);
      return type === 'opaque' ? 'opaque' : 'allowed';
    } catch {
      return 'blocked';
    }
  },
  xhr({ url, method, headers }) {
    return new Promise((done) => {
      const xhr = new XMLHttpRequest();
      xhr.open(method, url);
      for (const [name, value] of headers) xhr.setRequestHeader(name, value);
      xhr.onload = () => done('allowed');
      xhr.onerror = () => done('blocked');
      xhr.send();
    });
  },
  script: ({ url }) => element('script', url),
  image: ({ url }) => element('img', url),
};

/** An empty response is no image, so that only the server knows whether the request arrived. */
function element(name, url) {
  return new Promise((done) => {
    const made = document.createElement(name);
    made.onload = made.onerror = () => done(null);
    made.src = url;
    document.body.append(made);
  });
}

/** For a browser without a driver: asks the server for work, one piece after the other. */
async function pull(token) {
  for (;;) {
    const { goto, batch } = await (await fetch(`/next/${token}`, { cache: 'no-store' })).json();
    if (goto) {
      location.href = `${goto}/#${token}`;
      return;
    }
    await fetch(`/done/${token}`, { method: 'POST', body: JSON.stringify(await run(batch)) });
  }
}

if (location.hash.startsWith('#pull')) addEventListener('load', () => pull(location.hash.slice(1)));
