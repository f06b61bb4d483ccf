// One page for each neighbour of CORS: what provokes it, and the code that each browser's own words must give. A browser that is not named says nothing
// about it.

/**
 * @typedef {object} Page
 * @property {Readonly<Record<string, string | readonly string[]>>} codes what is expected, for each browser that says something
 * @property {Readonly<Record<string, string>>} [headers] of the page
 * @property {boolean} [isShort] whether it belongs to the short selection
 * @property {(other: string, closed: string) => string} html `other` is another origin, and `closed` one where no server is
 */

/** @param {string} code */
const script = (code) => `<script>${code}</script>`;
/** @param {string | readonly string[]} code */
const all = (code) => ({ chromium: code, firefox: code, webkit: code });

/**
 * What fails by CORS, for Firefox in other languages: the code, and the script that the page runs.
 *
 * @type {Readonly<Record<string, (other: string) => string>>}
 */
export const FAILURES = {
  'acao-missing': (other) => `fetch('${other}/script.js')`,
  'acao-mismatch': (other) => `fetch('${other}/mismatch')`,
  'acao-wildcard-with-credentials': (other) => `fetch('${other}/open', { credentials: 'include' })`,
  'acac-not-true': (other) => `fetch('${other}/named', { credentials: 'include' })`,
  'method-not-allowed': (other) => `fetch('${other}/open', { method: 'PUT' })`,
  'header-not-allowed': (other) => `fetch('${other}/open', { headers: { 'X-Token': '1' } })`,
  'preflight-status': (other) => `fetch('${other}/gone', { method: 'PUT' })`,
};

/** @type {Readonly<Record<string, Page>>} */
export const PAGES = {
  'csp-connect': {
    codes: all('csp-connect-src'), isShort: true,
    headers: { 'Content-Security-Policy': "connect-src 'self'" },
    html: (other) => script(`fetch('${other}/open').catch(() => {})`),
  },
  'csp-script': {
    codes: all('csp-other'), headers: { 'Content-Security-Policy': "script-src 'self' 'unsafe-inline'" },
    html: (other) => `<script src="${other}/script.js"></script>`,
  },
  'csp-inline': {
    codes: all('csp-other'), headers: { 'Content-Security-Policy': "script-src 'self'" },
    html: () => script('1'),
  },
  'csp-eval': {
    codes: all('csp-other'), headers: { 'Content-Security-Policy': "script-src 'self' 'unsafe-inline'" },
    html: () => script("eval('1')"),
  },
  'csp-frame': {
    // The page's own rule: the framed page is not at fault.
    codes: all('csp-other'), headers: { 'Content-Security-Policy': "frame-src 'self'" },
    html: (other) => `<iframe src="${other}/page.html"></iframe>`,
  },
  'csp-ancestors': { codes: all('framing'), html: (other) => `<iframe src="${other}/ancestors"></iframe>` },
  'csp-report-only': {
    codes: { chromium: 'csp-connect-src', firefox: 'csp-connect-src' },
    headers: { 'Content-Security-Policy-Report-Only': "connect-src 'self'; report-uri /x" },
    html: (other) => script(`fetch('${other}/open').catch(() => {})`),
  },
  'csp-not-valid': {
    codes: { chromium: 'csp-not-valid' },
    headers: { 'Content-Security-Policy': "fetch-src 'self'" }, html: () => '',
  },
  'local-file': {
    codes: { chromium: 'local-file', firefox: 'local-file', webkit: 'local-file' }, isShort: true,
    html: () => '<img src="file:///etc/hostname">',
  },
  'sandboxed-frame': {
    codes: { chromium: 'sandboxed-frame', webkit: 'sandboxed-frame' },
    html: () => '<iframe sandbox srcdoc="<script>1</script>"></iframe>',
  },
  'permissions-policy': {
    codes: { chromium: 'permissions-policy' }, headers: { 'Permissions-Policy': 'geolocation=()' },
    html: () => script('navigator.geolocation.getCurrentPosition(() => {}, () => {})'),
  },
  // Firefox says the same of many calls.
  'history-url': { codes: { ...all('history-url'), firefox: ['history-url', 'insecure-operation'] }, html: (other) => script(`history.pushState(null, '', '${other}/x')`) },
  'font-not-valid': {
    codes: { chromium: 'font-not-valid', firefox: 'font-not-valid' },
    html: () => '<style>@font-face { font-family: x; src: url(/page.html) } p { font-family: x }</style><p>x</p>',
  },
  'font-without-cors': {
    codes: { chromium: 'acao-missing', firefox: 'acao-missing' },
    html: (other) => `<style>@font-face { font-family: x; src: url(${other}/plain.png) } p { font-family: x }</style><p>x</p>`,
  },
  'manifest-type': { codes: { chromium: 'manifest-type' }, html: () => '<link rel="manifest" href="/page.html">' },
  'content-encoding': { codes: { chromium: 'content-encoding' }, html: (other) => script(`fetch('${other}/encoded').catch(() => {})`) },
  'blob-url': {
    codes: { chromium: 'blob-url' },
    html: () => script("const u = URL.createObjectURL(new Blob(['x'])); URL.revokeObjectURL(u); fetch(u).catch(() => {})"),
  },
  'stylesheet-type': { codes: { firefox: 'script-type', webkit: 'script-type' }, html: () => '<link rel="stylesheet" href="/page.html">' },
  corp: { codes: all('corp'), isShort: true, html: (other) => `<img src="${other}/corp.png">` },
  coep: {
    codes: { chromium: 'coep', firefox: ['coep', 'corp'], webkit: ['coep', 'corp'] },
    headers: { 'Cross-Origin-Embedder-Policy': 'require-corp' },
    html: (other) => `<img src="${other}/plain.png">`,
  },
  orb: { codes: { chromium: 'orb' }, isShort: true, html: (other) => `<img src="${other}/data.json">` },
  'sri-mismatch': {
    codes: all('sri-mismatch'),
    html: (other) => `<script src="${other}/open.js" crossorigin integrity="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="></script>`,
  },
  'sri-needs-cors': {
    codes: { chromium: 'sri-needs-cors', firefox: 'sri-needs-cors' },
    html: (other) => `<script src="${other}/script.js" integrity="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="></script>`,
  },
  'canvas-tainted': {
    // Firefox says the same of many calls.
    codes: { ...all('canvas-tainted'), firefox: ['canvas-tainted', 'insecure-operation'] }, isShort: true,
    html: (other) => `<img src="${other}/plain.png" onload="const c = document.createElement('canvas'); c.getContext('2d').drawImage(this, 0, 0); c.toDataURL()">`,
  },
  // WebKit says the same of many calls.
  'worker-script': { codes: { ...all('worker-script'), webkit: ['worker-script', 'insecure-operation'] }, html: (other) => script(`new Worker('${other}/open.js')`) },
  'service-worker-script': {
    codes: { chromium: 'service-worker-script', firefox: 'service-worker-script' },
    html: (other) => script(`navigator.serviceWorker.register('${other}/open.js')`),
  },
  'script-type': { codes: all('script-type'), html: () => '<script type="module" src="/page.html"></script>' },
  framing: { codes: all('framing'), isShort: true, html: (other) => `<iframe src="${other}/framing"></iframe>` },
  'frame-access': {
    codes: all('frame-access'),
    html: (other) => `<iframe src="${other}/page.html" onload="this.contentWindow.document.title"></iframe>`,
  },
  'post-message': {
    // Chromium says nothing where the frame has a process of its own.
    codes: { firefox: 'frame-access', webkit: 'frame-access' },
    html: (other) => `<iframe src="${other}/page.html" onload="this.contentWindow.postMessage(1, 'https://example.com')"></iframe>`,
  },
  'connection-refused': {
    codes: { chromium: 'connection-refused' },
    html: (_, closed) => script(`fetch('${closed}/').catch(() => {})`),
  },
  'unsafe-port': { codes: { chromium: 'unsafe-port' }, html: () => script("fetch('http://app.localhost:6667/').catch(() => {})") },
  'connection-lost': { codes: { chromium: 'connection-lost' }, html: (other) => script(`fetch('${other}/lost').catch(() => {})`) },
  'too-many-redirects': { codes: { chromium: 'too-many-redirects' }, html: () => script("fetch('/loop').catch(() => {})") },
  'stylesheet-rules': {
    codes: all('stylesheet-rules'), isShort: true,
    html: (other) => `<link rel="stylesheet" href="${other}/style.css" onload="document.styleSheets[0].cssRules">`,
  },
  'unsafe-header': {
    codes: { chromium: 'unsafe-header' },
    html: (other) => script(`const x = new XMLHttpRequest(); x.open('GET', '${other}/open'); x.onload = () => x.getResponseHeader('X-Total'); x.send()`),
  },
  'forbidden-header': {
    codes: { chromium: 'unsafe-header', webkit: 'unsafe-header' },
    html: () => script("const x = new XMLHttpRequest(); x.open('GET', '/page.html'); x.setRequestHeader('Host', 'x'); x.send()"),
  },
  'event-stream-type': { codes: { chromium: 'event-stream-type' }, html: (other) => script(`new EventSource('${other}/open')`) },
  websocket: { codes: all('websocket'), html: (other) => script(`new WebSocket('${other.replace('http', 'ws')}/open')`) },
  'same-origin-only': {
    codes: { chromium: 'same-origin-only' },
    html: (other) => `<svg><use href="${other}/icons.svg#x"></use></svg>`,
  },
  'script-error': {
    codes: { chromium: 'script-error', webkit: 'script-error' }, isShort: true,
    html: (other) => `${script("window.onerror = (message) => { console.error(`caught '${message}'`); return true; }")}<script src="${other}/throws.js"></script>`,
  },
  'storage-denied': {
    codes: { chromium: 'storage-denied' },
    html: () => `<iframe sandbox="allow-scripts" srcdoc="${script('localStorage').replaceAll('"', '&quot;')}"></iframe>`,
  },
  'request-not-valid': {
    codes: { chromium: 'request-not-valid', firefox: 'request-not-valid' }, isShort: true,
    html: () => script("fetch('http://user:secret@app.localhost/')"),
  },
  'not-json': { codes: all('not-json'), html: () => script("fetch('/page.html').then((response) => response.json())") },
  'module-not-loaded': { codes: { ...all('module-not-loaded'), firefox: ['module-not-loaded', 'script-type'] }, html: () => script("import('/missing.js')") },
  'cross-origin-isolation': { codes: all('cross-origin-isolation'), html: () => script('new SharedArrayBuffer(1)') },
  cookie: {
    codes: { firefox: ['cookie-samesite', 'cookie-third-party'] },
    html: (other) => script(`fetch('${other}/cookie', { credentials: 'include' }).catch(() => {})`),
  },
};
