// What the page asks, away from it, so that a large file does not stop the page: the engine and the diagnosis.

import { codeNames, explainCapture, explainCode, explainExchange, explainText, stackNames } from 'corsac/explain';
import { Policy, PolicyError, PolicySet } from 'corsac';
import { fromToml } from 'corsac/toml';
import { evaluateRequest } from '../dist/esm/explain/evaluate.js';
import { registerSuffixes } from '../dist/esm/engine/suffixes.js';
import { registerCodes } from '../dist/esm/explain/codes.js';

// suffixes.js and codes.js call these: they are large, and few policies and pastes need them.
self.registerSuffixes = registerSuffixes;
self.registerCodes = registerCodes;

let hasCodes = false;

/** Whether a paste is a code that Corsac prints. */
function isCode(text) {
  if (!/^[a-z][a-z0-9-]+$/.test(text)) return false;
  if (!hasCodes) importScripts('codes.js');
  hasCodes = true;
  return codeNames().includes(text);
}

/** A console message, a capture or a code: the first that it is. Both errors say what to paste; a file is a capture. */
function paste({ content, name, stack, origin }) {
  const options = { ...(stack && { stack }), ...(origin && { origin }) };
  const code = typeof content === 'string' ? content.trim().replace(/^\[|\]$/g, '') : '';
  if (isCode(code)) return { ...explainCode(code, options), outcome: 'allowed', notes: [] };
  const capture = () => explainCapture([{ name, content }], options);
  if (typeof content !== 'string') return capture();
  if (content.trim() === '') return { error: 'Paste something, or open a file.' };
  try {
    return { notes: [], ...explainText(content, options) };
  } catch (error) {
    try {
      const captured = capture();
      if (captured.exchanges.length > 0) return captured;
      return { error: captured.notes.join('\n') };
    } catch {
      return { error: error.message };
    }
  }
}

function compiled(text) {
  try {
    return fromToml(text, 'policy');
  } catch (error) {
    if (!String(error.message).includes('corsac/suffixes')) throw error;
    importScripts('suffixes.js');
    return fromToml(text, 'policy');
  }
}

const shown = ({ severity, field, message, suggestion, line, column }) => ({
  severity,
  place: line === null ? `${severity}: ` : `${severity} in line ${line}, column ${column}: `,
  text: `${field}: ${message}${suggestion === null ? '' : `; ${suggestion}`}`,
});

function policy({ toml, origin, url, method, headers, credentials }) {
  let made;
  try {
    made = compiled(toml);
  } catch (error) {
    if (error instanceof PolicyError) return { findings: error.findings.map(shown) };
    throw error;
  }
  const findings = made.findings.map(shown);
  const policies = made instanceof Policy ? PolicySet.fromImage(made.image) : made;
  const target = new URL(url);
  const request = {
    origin,
    url: target.href,
    method: method || 'GET',
    headers: headers.map((line) => [line.split(':')[0].trim(), line.includes(':') ? line.slice(line.indexOf(':') + 1).trim() : null]),
    credentials: credentials ? 'include' : 'same-origin',
  };
  const { steps, exchange } = evaluateRequest(policies, request, target.pathname + target.search);
  const { diagnosis, text } = explainExchange(exchange);
  return {
    findings,
    verdict: diagnosis.verdict,
    text,
    exchange,
    steps: steps.map(({ request: { is_preflight, method: sent, headers: lines }, decision, why }) => ({
      title: is_preflight ? 'The browser asks first, with a preflight' : 'The request',
      text: [
        `> ${sent} ${target.pathname}${target.search}`,
        ...lines.map(([name, value]) => `> ${name}: ${value}`),
        '',
        ...(decision === null ? [] : [decision.status === null ? "< (the application's status and headers, and)" : `< ${decision.status}`]),
        ...(decision?.headers ?? []).map(([name, value]) => `< ${name}: ${value}`),
      ].join('\n'),
      allowed: decision?.allowed ?? false,
      why,
    })),
  };
}

const KINDS = { paste, policy, stacks: stackNames };

self.onmessage = ({ data: { number, kind, ...question } }) => {
  let result;
  try {
    result = KINDS[kind](question);
  } catch (error) {
    result = { error: error.message };
  }
  self.postMessage({ number, result });
};
