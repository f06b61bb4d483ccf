// The page: reads its fields, asks the worker, and shows what it says. No text of it decides anything.

const $ = (id) => document.getElementById(id);
const NAMES = { spec: 'the standard', chromium: 'Chrome, Edge', firefox: 'Firefox', webkit: 'Safari' };

const worker = new Worker('worker.js');
const waiting = new Map();
let asked = 0;

worker.onmessage = ({ data: { number, result } }) => {
  waiting.get(number)?.(result);
  waiting.delete(number);
};
worker.onerror = () => {
  show($('explained'), [element('p', 'wrong', "This page cannot start its engine: the browser has no WebAssembly, or forbids it.")]);
};

function ask(question) {
  asked += 1;
  worker.postMessage({ number: asked, ...question });
  return new Promise((resolve) => waiting.set(asked, resolve));
}

/** An element with a text, which is never markup. */
function element(name, kind, text = '', children = []) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  made.append(...children);
  return made;
}

function show(place, children) {
  place.replaceChildren(...children);
}

/** Runs after the last of several key strokes, and shows only what belongs to the last question. */
function afterTyping(run) {
  let timer;
  let last = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      last += 1;
      const mine = last;
      void run(() => mine === last);
    }, 120);
  };
}

let opened = null;

const explain = afterTyping(async (isLast) => {
  $('busy').hidden = false;
  const result = await ask({
    kind: 'paste',
    content: opened?.bytes ?? $('text').value,
    name: opened?.name ?? 'your text',
    stack: $('stack').value,
    origin: $('page').value.trim(),
  });
  if (!isLast()) return;
  $('busy').hidden = true;
  if (result.error) return show($('explained'), [element('p', 'unknown', result.error)]);
  const notes = result.notes.map((note) => element('li', '', note));
  show($('explained'), [
    element('p', result.outcome, { allowed: 'Not blocked.', blocked: 'Blocked.', unknown: 'Something is missing to be sure.' }[result.outcome]),
    element('pre', '', result.text),
    ...(notes.length > 0 ? [element('ul', '', '', notes)] : []),
  ]);
});

const decide = afterTyping(async (isLast) => {
  const result = await ask({
    kind: 'policy',
    toml: $('toml').value,
    origin: $('origin').value.trim(),
    url: $('url').value.trim(),
    method: $('method').value.trim(),
    headers: $('headers').value.split('\n').map((line) => line.trim()).filter(Boolean),
    credentials: $('credentials').checked,
  });
  if (!isLast()) return;
  const findings = (result.findings ?? []).map(({ severity, place, text }) => element('li', severity, `${place}${text}`));
  const parts = findings.length > 0 ? [element('ul', '', '', findings)] : [];
  if (result.error) parts.push(element('p', 'wrong', result.error));
  if (result.verdict) {
    const cells = Object.keys(NAMES);
    const row = (name, of) => element('tr', '', '', cells.map((profile) => element(name, name === 'td' ? of(profile) : '', of(profile))));
    parts.push(element('table', '', '', [row('th', (profile) => NAMES[profile]), row('td', (profile) => result.verdict[profile])]));
  }
  for (const step of result.steps ?? []) {
    parts.push(element('h3', '', step.title), element('pre', '', step.text), element('p', step.allowed ? 'allowed' : 'blocked', step.why));
  }
  if (result.text) parts.push(element('h3', '', 'What the browsers make of it'), element('pre', '', result.text));
  show($('decided'), parts);
  // `make docs-serve` adds a script that asks this very browser. Without it, nothing hears this.
  document.dispatchEvent(new CustomEvent('decided', { detail: result }));
});

$('text').addEventListener('input', () => {
  opened = null;
  $('file').value = '';
  explain();
});
$('file').addEventListener('change', async () => {
  const [file] = $('file').files;
  if (file === undefined) return;
  $('busy').hidden = false;
  opened = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  explain();
});
for (const id of ['stack', 'page']) $(id).addEventListener('input', explain);
$('policy').addEventListener('input', decide);
for (const form of [$('paste'), $('policy')]) form.addEventListener('submit', (event) => event.preventDefault());

// The list fills the menu when it comes: nothing waits for it.
void ask({ kind: 'stacks' }).then((stacks) => {
  $('stack').append(...stacks.map(([name, about]) => new Option(`${name}: ${about}`, name)));
});
explain();
decide();

// After the first visit, the page works without a network. Private windows and file:// have no service workers, and do without.
navigator.serviceWorker?.register('offline.js').catch(() => undefined);
