// The tables of docs/verify.md, made of the lists that the tests use.

import { PLANTS } from './plants.mjs';

/** The mistakes of a layer in front of every server. */
const LAYERS = ['two-layers', 'stripped', 'cached'];
const joined = (texts) => texts.join('; ');

/** Two tables, as the documentation has them. */
export function tables(servers) {
  const right = Object.entries(servers).map(([name, { own = [] }]) => `| ${name} | ${joined(own.map((code) => `\`${code}\``)) || 'nothing'} |`);
  const planted = PLANTS.map(([plant, what, code]) => {
    const inside = Object.entries(servers).filter(([, { plants }]) => plants.includes(plant));
    const others = inside.map(([name, { codes = {} }]) => (codes[plant] ? `${name} (\`${codes[plant]}\`)` : name));
    const where = LAYERS.includes(plant) ? ['in front of every server', ...others] : others;
    return `| ${what} | \`${code}\` | ${joined(where)} |`;
  });
  return [
    ['| server, configured right | what is reported |', '|---|---|', ...right],
    ['| mistake | it is named | planted in |', '|---|---|---|', ...planted],
  ].map((lines) => lines.join('\n'));
}
