// One seed, one exchange: a small generator of numbers, and how a run's seed gives those of its exchanges.

/** A number for the exchange at `place` of a run. */
export function seedOf(run, place) {
  return mixed(mixed(run) + Math.imul(place + 1, 0x9e3779b9));
}

function mixed(value) {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** Choices that depend on the seed alone. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed | 0;
  }

  /** The next choices are those of a rule. @param {string} _rule */
  begin(_rule) {}

  below(limit) {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return Math.floor(mixed(this.#state) / 2 ** 32 * limit);
  }

  /** True in so many of a hundred cases. */
  chance(percent) {
    return this.below(100) < percent;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** One of `[weight, value]`. */
  weighted(choices) {
    let left = this.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    return choices.find(([weight]) => (left -= weight) < 0)[1];
  }

  /** Some of the list, in another order. */
  some(list, count) {
    const left = [...list];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.below(left.length), 1)[0]);
  }
}
