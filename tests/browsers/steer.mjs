// Steers the grammar to what the model's code has not reached yet. Of many exchanges those are kept that reach code which few have reached.
// The alternatives that led there get likelier, and the next exchanges are small changes of those that were kept.

import { Choices, changed } from './choices.mjs';
import { derive } from './derive.mjs';
import { RULES } from './grammar.mjs';
import { renamed } from './model.mjs';
import { Random } from './random.mjs';

/** Exchanges for each that is kept: some are new, the others are changes. */
const NEW = 4;
const CHANGES = 4;
const ROUND = 100;
/** A place in the code that was reached no more often than this is rare. */
const RARE = 6;
/** How much likelier the first alternative of a rule is, before anything is learnt. */
const FIRST = 5;

/** What a run has reached, and what led there. */
export class Steering {
  /** How often each place was reached. @type {number[]} */
  #seen = [];
  #gains = new Map();
  #weights = new Map();
  /** The last choices that led to a rare place, by the place. @type {Map<number, Map<string, number[]>>} */
  #rare = new Map();

  /** Of candidates with what they reached, those that bring most, one after the other. */
  choose(candidates, count) {
    const worth = ({ reached }) => reached.reduce((sum, place) => sum + 1 / (1 + (this.#seen[place] ?? 0)), 0);
    const left = candidates.map((candidate) => ({ candidate, value: worth(candidate) })).sort((a, b) => a.value - b.value);
    const chosen = [];
    while (chosen.length < count && left.length > 0) {
      const best = left.pop();
      // What is chosen makes the others worth less, never more.
      best.value = worth(best.candidate);
      const next = left.findLastIndex(({ value }) => value <= best.value);
      if (next < left.length - 1) {
        left.splice(next + 1, 0, best);
        continue;
      }
      this.#learn(best.candidate);
      chosen.push(best.candidate);
    }
    this.#weights.clear();
    return chosen;
  }

  #learn({ reached, used, parts }) {
    const gain = reached.filter((place) => (this.#seen[place] ?? 0) < RARE).length;
    for (const place of reached) {
      this.#seen[place] = (this.#seen[place] ?? 0) + 1;
      if (this.#seen[place] <= RARE) this.#rare.set(place, parts);
      else this.#rare.delete(place);
    }
    for (const key of [...used, '']) {
      const [sum, count] = this.#gains.get(key) ?? [0, 0];
      this.#gains.set(key, [sum + gain, count + 1]);
    }
  }

  /** Choices near to some that led to a rare place; as long as there are none, all will be new. */
  near(random) {
    const rare = [...this.#rare.values()];
    return rare.length === 0 ? new Map() : changed(random, random.pick(rare), random.pick(rare));
  }

  /** `[weight, place]` of each alternative of a rule. */
  weightsOf = (rule) => {
    if (!this.#weights.has(rule)) this.#weights.set(rule, RULES[rule].map((_, place) => [this.#weight(rule, place), place]));
    return this.#weights.get(rule);
  };

  /** Up to four times what an alternative begins with, or down to a half. */
  #weight(rule, place) {
    const first = place === 0 ? FIRST : 1;
    const [all, of] = this.#gains.get('') ?? [0, 0];
    const [sum, count] = this.#gains.get(`${rule} ${place}`) ?? [0, 0];
    // An alternative that was never taken counts as one that brings more than most.
    const ratio = of === 0 ? 1 : (sum + 2) / (count + 1) / ((all + 1) / (of + 1));
    return Math.round(10 * first * Math.min(4, Math.max(0.5, ratio)));
  }

  /** How many places of the model's code were reached. */
  get reached() {
    return this.#seen.filter(Boolean).length;
  }
}

/** As many exchanges as there are places, `{ id, origins }`. `reach(exchanges)` gives what each one reaches of the model's code. */
export async function steered(seed, places, reach, steering = new Steering()) {
  const random = new Random(seed);
  const exchanges = [];
  for (let at = 0; at < places.length; at += ROUND) {
    const round = places.slice(at, at + ROUND);
    // All candidates are for the round's first places. Each that is kept gets a place of its own, among equals.
    for (const origins of new Set(round.map((place) => place.origins))) {
      const mine = round.filter((place) => place.origins === origins);
      const candidates = mine.flatMap(({ id }) => Array.from({ length: NEW + CHANGES }, (_, number) => {
        const choices = new Choices(random.below(2 ** 32), number < NEW ? new Map() : steering.near(random));
        return { ...derive(choices, id, origins, steering.weightsOf), parts: choices.parts };
      }));
      const reached = await reach(candidates.map(({ exchange }) => exchange));
      const chosen = steering.choose(candidates.map((candidate, place) => ({ ...candidate, reached: reached[place] })), mine.length);
      chosen.forEach(({ exchange }, place) => exchanges.push(renamed(exchange, mine[place].id)));
    }
  }
  return exchanges;
}
