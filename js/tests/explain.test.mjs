// The diagnosis in JavaScript: shared vectors and reports have the causes and verdicts that the command line prints.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { codeNames, explainCapture, explainCode, ExplainError, explainExchange, explainText, nextRequest, stackNames } from 'corsac/explain';

const root = new URL('../../', import.meta.url);
const REPORTS = new URL('diagnose/tests/reports/', root);
const FAILURES = new URL('cli/tests/failures/', root);

const PATCH =
  "Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS policy: " +
  'Method patch is not allowed by Access-Control-Allow-Methods in preflight response.';

/** A report: what is expected, and the paste. */
function report(file) {
  const [head, ...rest] = readFileSync(new URL(file, REPORTS), 'utf8').split('---\n');
  const facts = head.trimEnd().split('\n').filter(Boolean).map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]);
  const all = (name) => facts.filter(([known]) => known === name).map(([, value]) => value);
  return { name: file, all, pasted: rest.join('---\n') };
}

/** What a call gives, or the message of its error. */
function told(explain) {
  try {
    return explain();
  } catch (error) {
    assert.ok(error instanceof ExplainError, String(error));
    return { readings: [], notes: [], text: error.message };
  }
}

function captured({ all, pasted }) {
  const [[origin], [method], [url], [credentials]] = ['origin', 'method', 'url', 'credentials'].map(all);
  const facts = { ...(origin && { origin }), ...(method && { method }), ...(url && { url }), credentials: credentials === 'include' };
  const { notes, text } = told(() => explainCapture(pasted, facts));
  return [text, ...notes].join('\n');
}

function problems(one) {
  const isCapture = one.all('capture').length > 0;
  const explained = isCapture ? null : told(() => explainText(one.pasted));
  const text = isCapture ? captured(one) : explained.text;
  const found = [];
  for (const name of isCapture ? [] : ['code', 'cause']) {
    const list = explained.readings.map((reading) => reading[name] ?? 'none').join(', ');
    for (const wanted of one.all(name)) if (wanted !== list) found.push(`${name}: ${list}, not ${wanted}`);
  }
  for (const words of one.all('says')) if (!text.includes(words)) found.push(`does not say ${words}`);
  for (const words of one.all('silent')) if (text.includes(words)) found.push(`says ${words}`);
  return found.length === 0 ? [] : [`${one.name}: ${found.join('; ')}\n${text}`];
}

test('every report gets its cause and its advice', () => {
  const reports = readdirSync(REPORTS).filter((file) => file.endsWith('.txt')).map(report);
  assert.ok(reports.length >= 150, String(reports.length));
  assert.deepEqual(reports.flatMap(problems), []);
});

test('a report that is not as expected is noticed', () => {
  const one = report('authorization-star.txt');
  const wrong = { ...one, all: (name) => (name === 'code' ? ['acao-missing'] : one.all(name)) };
  assert.equal(problems(wrong).length, 1);
});

test('every case of a delivery has its verdicts', () => {
  const cases = JSON.parse(readFileSync(new URL('vectors/delivery.json', root), 'utf8'));
  assert.ok(cases.length > 100);
  for (const { says, request, hops, delivery, versions } of cases) {
    const { diagnosis } = explainExchange({ request, ...(hops && { hops }) }, { text: 'none' });
    assert.deepEqual(diagnosis.delivery, delivery, says);
    assert.deepEqual(Object.assign({}, ...diagnosis.delivery_by.map((reason) => reason.versions)), versions, says);
  }
});

test('every captured failure has its verdict, code and mark', () => {
  const cases = JSON.parse(readFileSync(new URL('expected.json', FAILURES), 'utf8'));
  for (const { about, files = [], options = [], console: message, code, cause, mark, exit = 1 } of cases) {
    const facts = { headers: [] };
    for (let place = 0; place < options.length; place += 1) {
      const name = { '-H': 'header' }[options[place]] ?? options[place].slice(2);
      if (name === 'credentials') facts.credentials = true;
      else if (name === 'header') facts.headers.push(options[(place += 1)]);
      else facts[name] = name === 'entry' ? Number(options[(place += 1)]) : options[(place += 1)];
    }
    if (message !== undefined) {
      const { text } = explainText(message, { origin: facts.origin, url: facts.url });
      assert.ok(text.includes(`[${cause}]`) && text.includes(`Code:     ${code}\n`), `${about}\n${text}`);
      continue;
    }
    const explained = explainCapture(files.map((name) => ({ name, content: readFileSync(new URL(name, FAILURES)) })), facts);
    assert.equal(explained.outcome, ['allowed', 'blocked', 'unknown'][exit], `${about}\n${explained.text}`);
    assert.ok(explained.text.includes(`[${code}: ${cause}]`), `${about}\n${explained.text}`);
    if (mark !== undefined) assert.ok(explained.text.includes(mark), `${about}\n${explained.text}`);
  }
});

test('a stack writes the fix into the text', () => {
  const missing = PATCH.replace(/Method.*/, "No 'Access-Control-Allow-Origin' header is present on the requested resource.");
  assert.doesNotMatch(explainText(missing).text, /app\.use/);
  assert.match(explainText(missing, { stack: 'express' }).text, /app\.use/);
  assert.ok(stackNames().some(([name]) => name === 'express'));
});

test('what a browser sends next follows the responses', () => {
  const request = { origin: 'https://app.example.com', url: 'https://api.example.com/x', method: 'PUT' };
  const first = nextRequest({ request });
  assert.deepEqual([first.is_preflight, first.method, first.hop], [true, 'OPTIONS', 0]);
  const preflight = { status: 204, headers: [['Access-Control-Allow-Origin', '*'], ['Access-Control-Allow-Methods', 'PUT']] };
  const second = nextRequest({ request, preflight });
  assert.deepEqual([second.is_preflight, second.method], [false, 'PUT']);
  const response = { status: 200, headers: [['Access-Control-Allow-Origin', '*']] };
  assert.equal(nextRequest({ request, preflight, response }), null);
  const { diagnosis, text, outcome } = explainExchange({ request, preflight, response });
  assert.deepEqual([diagnosis.verdict.chromium, outcome], ['allowed', 'allowed']);
  assert.match(text, /PUT/);
  assert.equal(nextRequest({ request, preflight: { status: 404 } }), null);
});

test('a redirect is followed with the parser of this runtime', () => {
  const request = { origin: 'https://app.example.com', url: 'https://api.example.com/x' };
  const response = { status: 302, headers: [['Location', '/bücher?q'], ['Access-Control-Allow-Origin', '*']] };
  // A header has bytes: the two of ü.
  response.headers[0][1] = Buffer.from(response.headers[0][1]).toString('latin1');
  assert.equal(nextRequest({ request, response }).url, 'https://api.example.com/b%C3%BCcher?q');
});

test('a code is explained', () => {
  const { entries, text } = explainCode('acao-missing');
  assert.equal(entries[0].kind, 'blocked');
  assert.match(text, /Fix/);
  for (const code of codeNames()) assert.ok(explainCode(code).text.length > 40, code);
});

test('what cannot be explained is an error without control characters', () => {
  for (const explain of [
    () => explainText('Hello'),
    () => explainText(PATCH, { stack: 'cgi\x1b' }),
    () => explainText('x'.repeat((1 << 20) + 1)),
    () => explainCapture('\x1b[31m nothing'),
    () => explainCapture(new Uint8Array([0x50, 0x4b, 3, 4])),
    () => explainCapture('HTTP/1.1 200 OK\r\n\r\n', { as: 'nowhere\x1b' }),
    () => explainExchange('{'),
    () => explainExchange({ request: { origin: 'https://a.example', url: 'no URL \x1b' } }),
    () => explainExchange({ request: { origin: 'https://a.example', url: 'https://b.example/', what: 1 } }),
    () => explainCode('no\x1bcode'),
  ]) {
    assert.throws(explain, (error) => error instanceof ExplainError && error.message.length > 10 && !/[\0-\x1f\x7f-\x9f]/.test(error.message), String(explain));
  }
});

test('hostile text is escaped in reports, and later calls work', () => {
  const hostile = `${PATCH.replace('patch', 'pa\x1b[2Jtch\u202e')}\n`.repeat(3);
  assert.doesNotMatch(explainText(hostile).text, /[\x1b\u202e]/);
  const deep = `${'['.repeat(100_000)}`;
  assert.throws(() => explainExchange(`{"request":{"origin":"https://a.example","url":"https://b.example"},"id":${deep}`), ExplainError);
  assert.equal(explainText(PATCH).readings[0].cause, 'method-case');
});

test('a capture that PowerShell wrote as UTF-16 is read', () => {
  const text = "\ufeffHTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://b.example\r\n\r\n";
  const { outcome } = explainCapture(new Uint8Array(Buffer.from(text, 'utf16le')), { origin: 'https://a.example' });
  assert.equal(outcome, 'blocked');
});
