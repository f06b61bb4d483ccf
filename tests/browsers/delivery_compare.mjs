// Where the delivery of a request differs between the browser and the model. Each difference is a sentence; none means that they agree.

/** What the browser did, `seen` by the server and `outcome` to the script, against what the model expects of that browser. */
export function differences(browser, exchange, model, outcome, seen, lines) {
  const found = [];
  const same = (what, ours, theirs) => {
    const [a, b] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (a !== b) found.push(`${what}: the model says ${a}, ${browser} ${b}`);
  };
  const reason = model.delivery_by.find(({ profiles }) => profiles.includes(browser));
  const stops = isRefused(browser, model, reason);
  if (stops === null) return [`verdict: the model says ${model.delivery[browser]} (${reason.code}), and everything is known`];
  same('sent', expected(browser, model, stops ? reason : undefined), seen);
  // An element does not say why it failed.
  if (outcome !== null) same('outcome', stops ? 'blocked' : model.verdict[browser], outcome);
  const said = model.delivery_console[browser];
  const spoke = lines.filter((line) => SPEAKS.test(line));
  const is_script = exchange.kind === 'fetch' || exchange.kind === 'xhr';
  if (stops && said !== null && is_script && !lines.some((line) => local(line) === local(said))) found.push(`console: the model says ${JSON.stringify(said)}, ${browser} ${JSON.stringify(lines)}`);
  // Of this machine over https: Firefox writes the line one time, and leaves it out another time.
  const unexpected = stops ? spoke.filter((line) => is_script && said === null && !/accessing target “https:/.test(line)) : spoke;
  if (unexpected.length > 0) same('console', [], unexpected);
  return found;
}

/** Whether the request is stopped. The released WebKit has no check of local networks: the model speaks about a later one. */
function isRefused(browser, model, reason) {
  const verdict = model.delivery[browser];
  if (verdict === 'ok' || (browser === 'webkit' && reason.code !== 'mixed-content')) return false;
  return verdict === 'refused' ? true : null;
}

/** A message without the address, which is this machine's in the browser: `addresses.test.mjs` has those of others. */
const local = (line) => line.replace(/ \(\S+(:\d+\) via )/, ' ($1');

/** Messages about a request that does not leave. */
const SPEAKS = /^Mixed Content: .* has been blocked|address space|^Blocked loading mixed|^\[blocked\]|prompt action: \w+_deny$/;

/** The requests that arrive: all of them, or those before the one that the browser stops. */
function expected(browser, model, stopped) {
  const all = model.sent.flatMap(({ needs_preflight: needs }, hop) => [...(needs[browser] ? [`preflight ${hop}`] : []), `request ${hop}`]);
  if (!stopped) return all;
  return all.slice(0, all.indexOf(`${stopped.at === 'preflight' ? 'preflight' : 'request'} ${stopped.hop}`));
}
