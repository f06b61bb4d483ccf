// Opens a page in Chromium, which makes the fetches of a batch: `node ask.mjs PAGE PROFILE < batch.json`. Prints as JSON what the script got, and the
// lines of the console.

import { text } from 'node:stream/consumers';

import { start } from '../../../tests/browsers/chromium.mjs';

const [page, profile] = process.argv.slice(2);
const browser = await start(page, profile);
try {
  const results = await browser.run(JSON.parse(await text(process.stdin)));
  await browser.settled();
  console.log(JSON.stringify({ results, console: browser.lines }));
} finally {
  await browser.stop();
}
