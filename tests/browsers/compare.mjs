// Where the browser and the model differ. Each difference is a sentence; none means that they agree.

/** Headers that no server sent: Firefox adds one to each response over HTTP/2. */
const ADDED = new Set(['x-firefox-spdy']);

/** What the browser did, `seen` by the server and `got` by the script, against what the model expects of that browser. */
export function differences(browser, exchange, model, got, seen, lines) {
  const found = [];
  const same = (what, ours, theirs) => {
    const [a, b] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (a !== b) found.push(`${what}: the model says ${a}, ${browser} ${b}`);
  };
  same('verdict', model.verdict[browser], got.outcome);
  if (got.outcome === 'allowed' && model.verdict[browser] === 'allowed') {
    // The headers of a data: URL are the browser's own.
    if (!exchange.request.url.startsWith('data:')) same('exposed', model.exposed[browser].map(marked).sort(), got.names.filter((name) => !ADDED.has(name)).map(marked).sort());
  }
  const [first, ...rest] = parts(seen);
  same('sent', expected(browser, exchange, model, first), first.map(wire(exchange)));
  model.then.forEach(({ needs_preflight: needs }, place) => {
    // A preflight is cached for at least five seconds. If the machine was busy for so long, the comparison proves nothing.
    if (got.then[place].waited > exchange.then[place].after_seconds * 1000 + 4000) return;
    const asks = (one) => one.preflight && one.hop === 0;
    same(`preflight of later request ${place}`, needs[browser], rest[place]?.some(asks) ?? null);
  });
  // A later request speaks too, and of the same URL. That of about:blank names no exchange, and a URL that was made small may not.
  if (exchange.then.length === 0 && exchange.request.url.includes(`/${exchange.id}/`) && !exchange.request.url.startsWith('about:blank')) {
    const said = sayings(browser, model);
    const spoke = spoken(browser, exchange, model, lines);
    if (!said.includes(spoke)) same('console', said[0], spoke);
  }
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

/** The requests that the model expects, up to the one whose response blocks. */
function expected(browser, exchange, model, seen) {
  if (model.verdict[browser] === 'throws') return [];
  const mine = model.blocked_by.filter((one) => one.profiles.includes(browser));
  const blocks = (hop, part) => mine.some((one) => one.hop === hop && one.at === part);
  const preflight = (hop, { method, requested_headers: asked }) => {
    const cookies = comparable(exchange) ? false : null;
    return { hop, preflight: true, method: 'OPTIONS', asks: [method, asked[browser] || null], cookies };
  };
  const sent = [];
  for (const [hop, step] of model.sent.entries()) {
    // Nothing goes out where the mode, the scheme or a header forbids it, and where the URL is the response.
    const isRefused = (one) => one.hop === hop && ['mode-same-origin', 'scheme-not-http', 'header-reserved'].includes(one.code);
    if (mine.some(isRefused) || !/^https?:/.test(step.url)) break;
    const cookies = comparable(exchange) ? step.sends_cookies[browser] : null;
    if (step.needs_preflight[browser]) {
      sent.push(preflight(hop, step));
      if (blocks(hop, 'preflight')) break;
    }
    sent.push({ hop, preflight: false, method: step.method, origin: named(exchange, hop, step.origin), cookies });
    if (blocks(hop, 'response')) {
      // WebKit looks at some redirects once more, or only, after it has asked at the next URL.
      const next = model.sent[hop + 1];
      const has_asked = seen.some((one) => one.preflight && one.hop === hop + 1);
      if (browser === 'webkit' && next?.needs_preflight[browser] && has_asked) sent.push(preflight(hop + 1, next));
      break;
    }
  }
  return sent;
}

/** The cookie's rules for opaque origins are those of SameSite, and none of CORS. */
function comparable(exchange) {
  return exchange.frame === 'page';
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
    if (preflight) {
      return { hop, preflight, method, asks: [value('access-control-request-method'), value('access-control-request-headers')], cookies };
    }
    return { hop, preflight, method, origin: named(exchange, hop, value('origin')), cookies };
  };
}

const SPEAKS = {
  chromium: (line) => /^(Access to|Fetch API cannot load) /.test(line),
  firefox: (line) => line.startsWith('Cross-Origin Request Blocked: '),
  webkit: (line) => line.includes('\t'),
};

/** What the model lets the console say. Of several names that are refused Chromium tells any: the first of a hash table. */
function sayings(browser, model) {
  const said = model.console[browser];
  if (said === null) return [null];
  const refused = model.blocked_by.filter((one) => one.code === 'header-not-allowed' && one.profiles.includes(browser));
  const first = refused.find((one) => one.first_in.includes(browser));
  const field = ({ bytes }) => `Request header field ${bytes} is`;
  const others = browser === 'chromium' && first ? refused.filter(({ hop }) => hop === first.hop) : [];
  return [said, ...others.map((other) => said.replace(field(first), field(other)))].map(shown);
}

/**
 * The console's first message about an exchange. If a page has an opaque origin, WebKit's words about schemes depend on the page around it, so there
 * the model has no words for a request in mode `no-cors`.
 */
function spoken(browser, { frame, request }, model, lines) {
  if (model.console[browser] === null && browser === 'webkit' && frame !== 'page' && request.mode === 'no-cors') return null;
  // Both also have words for a failure that is not one of CORS: Firefox for any, and WebKit for a response that is not valid HTTP.
  const isSilent = model.console[browser] === null && model.verdict[browser] === 'blocked';
  const isUnparsable = model.blocked_by.some(({ code }) => code === 'response-unparsable');
  if (isSilent && (browser === 'firefox' || (browser === 'webkit' && isUnparsable))) return null;
  const line = lines.find(SPEAKS[browser]);
  if (line === undefined) return null;
  return shown(browser === 'webkit' ? line.slice(0, line.lastIndexOf('\t')) : line) || null;
}

/** A name with one mark for bytes outside ASCII: XMLHttpRequest of WebKit reads them as UTF-8. */
function marked(name) {
  return name.replace(/[^\x20-\x7e]+/g, '·');
}

/** Bytes outside ASCII are shown in a way of each console's own. */
function shown(text) {
  // Firefox drops the first byte of a fragment that a redirect inherits, if it is empty or begins with another one.
  return text.replace(/##/g, '#').replace(/#(?=[.’' ])/g, '').replace(/(?:\\u00[0-9A-F]{2}|[^\x20-\x7e‘’])+/g, '·');
}
