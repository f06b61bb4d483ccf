// The choices that make an exchange, kept part by part: a changed one leaves the other parts as they were. `steer.mjs` changes what
// reached something new.

import { Random } from './random.mjs';

/** Choices that are given for some parts, and random for the rest. */
export class Choices extends Random {
  /** What was chosen in each part, by the part's name. @type {Map<string, number[]>} */
  parts = new Map();
  #given;
  #part = [];
  #left = [];

  /**
   * @param {number} seed
   * @param {Map<string, number[]>} given
   */
  constructor(seed, given = new Map()) {
    super(seed);
    this.#given = given;
    this.begin('');
  }

  begin(rule) {
    let name = rule;
    for (let count = 2; this.parts.has(name); count += 1) name = `${rule} ${count}`;
    this.#left = [...(this.#given.get(name) ?? [])];
    this.#part = [];
    this.parts.set(name, this.#part);
  }

  below(limit) {
    return this.#taken(limit, () => super.below(limit));
  }

  /** The place in the list is the choice, so that it stays the same under other weights. */
  weighted(choices) {
    const place = this.#taken(choices.length, () => {
      let left = super.below(choices.reduce((sum, [weight]) => sum + weight, 0));
      return choices.findIndex(([weight]) => (left -= weight) < 0);
    });
    return choices[place][1];
  }

  #taken(limit, fresh) {
    const given = this.#left.shift();
    const value = given === undefined ? fresh() : given % limit;
    this.#part.push(value);
    return value;
  }
}

/** How many parts of an exchange change at once, at most. */
const CHANGED = 3;

/** Other choices near to these: some parts are new, are cut, have one value changed, or are as in another exchange. */
export function changed(random, parts, other) {
  const changes = new Map(parts);
  for (const name of random.some([...new Set([...parts.keys(), ...other.keys()])], 1 + random.below(CHANGED))) {
    const values = changes.get(name) ?? [];
    const at = random.below(values.length + 1);
    const way = random.below(4);
    if (way === 0) changes.delete(name);
    else if (way === 1) changes.set(name, values.slice(0, at));
    else if (way === 2) changes.set(name, [...values.slice(0, at), random.below(256), ...values.slice(at + 1)]);
    else changes.set(name, other.get(name) ?? []);
  }
  return changes;
}
