// Steers the grammar to what the model has not shown yet. The model's output says which of its ways an exchange took: codes, words of consoles,
// where browsers differ. Of many exchanges those with rare ways are kept, and the alternatives that led to them get likelier.

import { derive } from './derive.mjs';
import { RULES } from './grammar.mjs';
import { renamed } from './model.mjs';
import { Random } from './random.mjs';

const PROFILES = ['spec', 'chromium', 'firefox', 'webkit'];
/** Exchanges from the grammar for each that is kept. */
const CANDIDATES = 3;
const ROUND = 100;
/** A way that was seen no more often than this is rare. */
const RARE = 3;
/** How much likelier the first alternative of a rule is, before anything is learnt. */
const FIRST = 5;

/** The ways through the model that an exchange took, as texts. */
export function ways(exchange, model) {
  const { request } = exchange;
  const pattern = (values) => PROFILES.map((profile) => Number(values[profile])).join('');
  // Which browsers agree: 0011 if two and two do.
  const classes = (values) => PROFILES.map((profile) => PROFILES.findIndex((other) => String(values[other]) === String(values[profile]))).join('');
  const found = PROFILES.map((profile) => `${profile} ${model.verdict[profile]} ${request.api} ${request.mode} ${request.credentials}`);
  for (const one of model.blocked_by) {
    const place = `${one.code} ${one.at} ${Math.min(one.hop, 2)}`;
    found.push(`${place} ${one.profiles}`, `${place} first in ${one.first_in}`, `${place} ${request.credentials} ${request.api}`);
  }
  for (const profile of PROFILES.slice(1)) found.push(`${profile} says ${template(model.console[profile])}`);
  found.push(`verdicts ${classes(model.verdict)}`, `exposed ${classes(model.exposed)} ${Math.min(4, model.exposed.spec.length)}`);
  model.sent.forEach((step, hop) => {
    const at = Math.min(hop, 2);
    found.push(`preflight ${at} ${pattern(step.needs_preflight)}`, `names ${at} ${classes(step.requested_headers)}`);
    found.push(`cookies ${at} ${pattern(step.sends_cookies)}`, `method ${at} ${step.method === request.method} ${step.origin === null}`);
  });
  model.then.forEach((later, place) => found.push(`later ${pattern(later.needs_preflight)} ${exchange.then[place].after_seconds} ${model.sent.length}`));
  return [...new Set(found)];
}

/** The words of a console without what they quote. */
function template(text) {
  return text?.replace(/[a-z.-]+:\/*[^\s']*/gi, 'URL').replace(/(['"‘]).*?(['"’])/g, '$1$2').replace(/field \S+/, 'field').replace(/\d+/g, '0') ?? null;
}

/** What a run has seen, and what led to it. */
export class Steering {
  #seen = new Map();
  #gains = new Map();
  #weights = new Map();

  /** Of candidates with their ways, those that bring most, one after the other. */
  choose(candidates, count) {
    const left = candidates.map((candidate) => ({ ...candidate, found: ways(candidate.exchange, candidate.model) }));
    const worth = ({ found }) => found.reduce((sum, way) => sum + 1 / (1 + (this.#seen.get(way) ?? 0)), 0);
    const chosen = [];
    while (chosen.length < count && left.length > 0) {
      const values = left.map(worth);
      const [best] = left.splice(values.indexOf(Math.max(...values)), 1);
      this.#learn(best);
      chosen.push(best);
    }
    this.#weights.clear();
    return chosen;
  }

  #learn({ found, used }) {
    const gain = found.filter((way) => (this.#seen.get(way) ?? 0) < RARE).length;
    for (const way of found) this.#seen.set(way, (this.#seen.get(way) ?? 0) + 1);
    for (const key of [...used, '']) {
      const [sum, count] = this.#gains.get(key) ?? [0, 0];
      this.#gains.set(key, [sum + gain, count + 1]);
    }
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

  /** How many ways were seen. */
  get reached() {
    return this.#seen.size;
  }

  /** The codes of blocked exchanges that were seen. */
  get codes() {
    return new Set([...this.#seen.keys()].map((way) => way.split(' ')).filter(([, at]) => ['preflight', 'response'].includes(at)).map(([code]) => code));
  }
}

/** As many exchanges as there are places, `{ id, origins }`. `judge(exchanges)` is the model. */
export async function steered(seed, places, judge, steering = new Steering()) {
  const random = new Random(seed);
  const exchanges = [];
  for (let at = 0; at < places.length; at += ROUND) {
    const round = places.slice(at, at + ROUND);
    // All candidates are for the round's first places. Each that is kept gets a place of its own, among equals.
    for (const origins of new Set(round.map((place) => place.origins))) {
      const mine = round.filter((place) => place.origins === origins);
      const candidates = mine.flatMap(({ id }) => Array.from({ length: CANDIDATES }, () => derive(random, id, origins, steering.weightsOf)));
      const models = await judge(candidates.map(({ exchange }) => exchange));
      const chosen = steering.choose(candidates.map((candidate, place) => ({ ...candidate, model: models[place] })), mine.length);
      chosen.forEach(({ exchange }, place) => exchanges.push(renamed(exchange, mine[place].id)));
    }
  }
  return exchanges;
}
