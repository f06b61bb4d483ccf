// Lets Chromium open a page and gives it fetches to make: `node ask.mjs PAGE PROFILE < batch.json`. What the script got and what the
// console said comes out as JSON.

import { text } from 'node:stream/consumers';

import { start } from '../../../tests/browsers/chromium.mjs';

const [page, profile] = process.argv.slice(2);
const browser = await start(page, profile);
try {
  const results = await browser.run(JSON.parse(await text(process.stdin)));
  console.log(JSON.stringify({ results, console: browser.lines }));
} finally {
  await browser.stop();
}
