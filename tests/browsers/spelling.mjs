// How names and values are written: in any case, and with a byte that does not belong there. No rule of CORS.

/** A name in another case, more often as it is. */
export function spelled(random, name) {
  return random.weighted([
    [6, () => name], [3, () => lower(name)], [1, () => upper(name)], [1, () => swapped(name)],
    [1, () => name.replace(/[a-z]/gi, (letter) => (random.chance(50) ? lower(letter) : upper(letter)))],
  ])();
}

export function swapped(text) {
  return text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? lower(letter) : upper(letter)));
}

/** In capital letters. Of bytes only those of ASCII have a case. */
export function upper(text) {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

function lower(text) {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** A text with one byte more, less, or another one, at any place. The bytes of a line's end are left out: they end it. */
export function spoiled(random, text) {
  const at = random.below(text.length + 1);
  const before = text.slice(0, at);
  return random.weighted([
    [4, () => before + byte(random) + text.slice(at)], [3, () => before + byte(random) + text.slice(at + 1)], [1, () => before + text.slice(at + 1)],
  ])();
}

function byte(random) {
  const code = random.weighted([[6, random.below(256)], [2, random.below(0x20)], [3, 0x20 + random.below(0x5f)], [1, random.pick([0x09, 0x20, 0x2c, 0x0b, 0x0c, 0x7f])]]);
  return code === 0x0a || code === 0x0d ? '\x1f' : String.fromCharCode(code);
}
