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
  same('sent', expected(browser, exchange, model), first.map(wire(exchange)));
  model.then.forEach(({ needs_preflight: needs }, place) => {
    // The caches count seconds: a machine that was busy for some proves nothing.
    if (got.then[place].waited < 1500) same(`preflight of later request ${place}`, needs[browser], rest[place]?.some((one) => one.preflight) ?? null);
  });
  // Of several names that are refused, Chromium tells the first of a hash table.
  const said = model.console[browser];
  const spoke = spoken(browser, lines, said);
  if (exchange.then.length === 0 && !alternatives(browser, model, said).includes(spoke)) same('console', said && shown(said), spoke);
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
      const asks = [step.method, step.requested_headers[browser] || null];
      sent.push({ hop, preflight: true, method: 'OPTIONS', asks, cookies: comparable(exchange) ? false : null });
      if (blocks(hop, 'preflight')) break;
    }
    sent.push({ hop, preflight: false, method: step.method, origin: named(exchange, hop, step.origin), cookies });
    if (blocks(hop, 'response')) break;
  }
  return sent;
}

/** The cookie's rules for opaque origins are those of SameSite, and none of CORS. */
function comparable(exchange) {
  return exchange.frame === 'page' && exchange.request.mode === 'cors';
}

/**
 * The model has one `Origin` for all browsers. Outside of CORS they differ: in mode `no-cors` on whether an opaque one is sent, and a `GET`
 * that was a `POST` before a redirect keeps it in WebKit.
 */
function named(exchange, hop, origin) {
  return exchange.request.mode !== 'cors' || (hop > 0 && origin === exchange.request.origin) ? null : origin;
}

function wire(exchange) {
  return ({ hop, preflight, method, headers }) => {
    const value = (name) => headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? null;
    const cookies = comparable(exchange) ? value('cookie') !== null : null;
    if (preflight) return { hop, preflight, method, asks: [value('access-control-request-method'), value('access-control-request-headers')], cookies };
    return { hop, preflight, method, origin: named(exchange, hop, value('origin')), cookies };
  };
}

const SPEAKS = {
  chromium: (line) => /^(Access to|Fetch API cannot load) /.test(line),
  firefox: (line) => line.startsWith('Cross-Origin Request Blocked: '),
  webkit: (line) => line.includes('\t'),
};

/** What the model says, with each of the refused names in the place of the first. */
function alternatives(browser, model, said) {
  if (said === null) return [null];
  const [first, ...others] = model.blocked_by.filter((one) => one.code === 'header-not-allowed' && one.profiles.includes(browser));
  const template = first && `Request header field ${first.bytes} is`;
  const named = browser === 'chromium' && first ? others.map(({ hop, bytes }) => (hop === first.hop ? said.replace(template, `Request header field ${bytes} is`) : said)) : [];
  return [said, ...named].map(shown);
}

/** The console's first message about an exchange; a model without one is not asked. */
function spoken(browser, lines, said) {
  const line = lines.find(SPEAKS[browser]);
  if (said === null && browser !== 'chromium') return null;
  if (line === undefined) return null;
  return shown(browser === 'webkit' ? line.slice(0, line.lastIndexOf('\t')) : line);
}

/** Bytes outside ASCII are shown in a way of each console's own. */
function shown(text) {
  return text.replace(/(?:\\u00[0-9A-F]{2}|[^\x20-\x7e‘’])+/g, '·');
}
