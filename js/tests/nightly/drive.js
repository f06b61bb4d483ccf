// Uses the playground as a person would, from inside the page, and posts what it shows. Every browser runs this without a driver of its own.

/** A driver of a browser waits until there is a function of this name. */
globalThis.run = () => undefined;

const complaints = [];
addEventListener('error', (event) => complaints.push(String(event.message)));
addEventListener('securitypolicyviolation', (event) => complaints.push(`${event.violatedDirective} ${event.blockedURI}`));

const seen = [];
const at = (id) => document.getElementById(id);

/** Types into a field, or chooses. */
function fill(id, value) {
  at(id).value = value;
  for (const name of ['input', 'change']) at(id).dispatchEvent(new Event(name, { bubbles: true }));
}

/** Waits until a place of the page shows these words. */
async function shows(id, words) {
  for (let time = 0; time < 600; time += 1) {
    if (at(id).innerText.includes(words)) return void seen.push(`${id}: ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${id} does not show "${words}" but: ${at(id).innerText.slice(0, 500)}`);
}

async function use() {
  await shows('explained', 'Blocked.');
  await shows('decided', 'allowed');
  fill('text', "Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.");
  await shows('explained', 'acao-missing');
  fill('stack', 'express');
  await shows('explained', 'app.use');
  fill('text', '[acao-missing]');
  await shows('explained', 'why a browser blocks a request');
  fill('text', 'Hello');
  await shows('explained', 'paste the whole line');
  fill('origin', 'https://evil.example');
  await shows('decided', 'is not allowed');
  fill('toml', 'allow_origins = ["https://a.example/"]');
  await shows('decided', 'error in line 1');
  // The public suffix list is loaded for this one.
  fill('toml', 'allow_origins = ["https://*.example.com"]\nallow_credentials = true\n');
  fill('origin', 'https://a.example.com');
  await shows('decided', 'allowed');
}

use()
  .catch((error) => complaints.push(error.message))
  .then(() => fetch('/result', { method: 'POST', body: JSON.stringify({ seen, complaints }) }));
