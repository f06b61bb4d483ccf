// Where the browser and the model differ. Each difference is a sentence; none means that they agree.

/** What the browser did, `seen` by the server and `got` by the script, against what the model says of that browser. */
export function differences(browser, exchange, model, got, seen, lines) {
  const found = [];
  const same = (what, ours, theirs) => {
    const [a, b] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (a !== b) found.push(`${what}: the model says ${a}, ${browser} ${b}`);
  };
  same('verdict', model.verdict[browser], got.outcome);
  if (got.outcome === 'allowed' && model.verdict[browser] === 'allowed') {
    same('exposed', [...model.exposed[browser]].sort(), [...got.names].sort());
  }
  const [first, ...rest] = parts(seen);
  same('sent', expected(browser, exchange, model), first.map(wire(exchange, browser)));
  model.then.forEach(({ needs_preflight: needs }, place) => {
    // The caches count seconds: a machine that was busy for some proves nothing.
    if (got.then[place].waited < 1500) same(`preflight of later request ${place}`, needs[browser], rest[place]?.some((one) => one.preflight) ?? null);
  });
  const said = model.console[browser];
  if (exchange.then.length === 0) same('console', said && shown(said), spoken(browser, lines, said));
  return found;
}

/** What came before each mark. */
function parts(seen) {
  const all = [[]];
  for (const one of seen) {
    if (one.mark) all.push([]);
    else all.at(-1).push(one);
  }
  return all;
}

/** The requests that the model expects, up to the one whose answer blocks. */
function expected(browser, exchange, model) {
  if (model.verdict[browser] === 'throws') return [];
  const blocks = (hop, part) => model.blocked_by.some((one) => one.profiles.includes(browser) && one.hop === hop && one.at === part);
  const sent = [];
  for (const [hop, step] of model.sent.entries()) {
    // Nothing goes out where the mode or the scheme forbids it.
    if (model.blocked_by.some((one) => one.hop === hop && ['mode-same-origin', 'scheme-not-http'].includes(one.code))) break;
    const cookies = comparable(exchange) ? step.cookies : null;
    if (step.needs_preflight[browser]) {
      const value = (name) => step.preflight_request.find(([other]) => other === name)?.[1] ?? null;
      sent.push({ hop, preflight: true, method: 'OPTIONS', asks: [step.method, value('Access-Control-Request-Headers')], cookies: comparable(exchange) ? false : null });
      if (blocks(hop, 'preflight')) break;
    }
    sent.push({ hop, preflight: false, method: step.method, origin: step.origin, cookies });
    if (blocks(hop, 'response')) break;
  }
  return sent;
}

/** The cookie's rules for opaque origins are those of SameSite, and none of CORS. */
function comparable(exchange) {
  return exchange.frame === 'page' && exchange.request.mode === 'cors';
}

function wire(exchange) {
  return ({ hop, preflight, method, headers }) => {
    const value = (name) => headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? null;
    const cookies = comparable(exchange) ? value('cookie') !== null : null;
    if (preflight) return { hop, preflight, method, asks: [value('access-control-request-method'), value('access-control-request-headers')], cookies };
    return { hop, preflight, method, origin: value('origin'), cookies };
  };
}

const SPEAKS = {
  chromium: (line) => line.startsWith('Access to '),
  firefox: (line) => line.startsWith('Cross-Origin Request Blocked: '),
  webkit: (line) => line.includes('\t'),
};

/** The console's first message about an exchange; a model without one is not asked. */
function spoken(browser, lines, said) {
  const line = lines.find(SPEAKS[browser]);
  if (said === null && browser !== 'chromium') return null;
  return line === undefined ? null : shown(line.split('\t')[0]);
}

/** Bytes outside ASCII are shown in a way of each console's own. */
function shown(text) {
  return text.replace(/(?:\\u00[0-9A-F]{2}|[^\x20-\x7e‘’])+/g, '·');
}
