// Only in `make docs-serve`: asks this very browser. A server on another port gives the responses of the policy, and the page calls it.

const LIVE = document.querySelector('meta[name="corsac-live"]').content;

const section = document.createElement('output');
section.id = 'live';
section.setAttribute('aria-live', 'polite');
document.getElementById('decided').after(section);

function add(name, text, kind = '') {
  const made = document.createElement(name);
  made.className = kind;
  made.textContent = text;
  section.append(made);
}

/** What the browser did: whether the script read the response, and what the server saw of it. */
async function asked({ request, hops }) {
  const page = location.origin;
  const registered = await fetch('/corsac-live', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ origin: request.origin, page, hop: hops[0] }),
  });
  if (!registered.ok) throw new Error(await registered.text());
  const token = await registered.text();
  let read = null;
  let refused = null;
  try {
    const headers = request.headers.map(([name, value]) => [name, value ?? '1']);
    const hasBody = !['GET', 'HEAD'].includes(request.method.toUpperCase());
    const response = await fetch(`${LIVE}/${token}`, { method: request.method, headers, credentials: request.credentials, ...(hasBody && { body: '' }) });
    read = { status: response.status, names: [...response.headers.keys()] };
  } catch (error) {
    refused = String(error);
  }
  return { read, refused, seen: await (await fetch(`/corsac-live/${token}`)).json() };
}

let last = 0;
document.addEventListener('decided', async ({ detail: { exchange } }) => {
  last += 1;
  const mine = last;
  section.replaceChildren();
  // No policy applies, or there is an error: then there is no response to give.
  if (exchange?.hops[0]?.preflight === undefined && exchange?.hops[0]?.response === undefined) return;
  let result;
  try {
    result = await asked(exchange);
  } catch (error) {
    result = { read: null, refused: String(error), seen: [] };
  }
  if (mine !== last) return;
  section.replaceChildren();
  add('h3', 'What this very browser does');
  if (result.read === null) add('p', `Blocked: ${result.refused}`, 'blocked');
  else add('p', `The script reads the response: ${result.read.status}, with the headers ${result.read.names.join(', ') || '(none)'}`, 'allowed');
  add('pre', result.seen.map(({ method, headers }) => [`> ${method}`, ...headers.map(([name, value]) => `> ${name}: ${value}`)].join('\n')).join('\n\n') || '(nothing was sent)');
});
// The first decision may have come before this script.
document.getElementById('policy').dispatchEvent(new Event('input'));
