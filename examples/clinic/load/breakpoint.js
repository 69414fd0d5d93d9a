// Where the clinic breaks: arrivals of all categories grow, in the proportions of steady.js, until
// requests are dropped. It fails nothing by itself: what broke first is in the results.
//
// PEAK: how many times the steady rates are reached (5); DURATION (60s), USERS: who wait at most, a
// category (100); RATE_READ, RATE_WRITE, RATE_COMPLEX, WARMUP (2s), SEED (1).
import { categories, ramp, rateOf } from './lib/arrivals.js';
import { common, number, seconds } from './lib/settings.js';

export { setup } from './lib/targets.js';
export { request } from './lib/request.js';

const peak = number('PEAK', 5);
const scenarios = {};
for (const category of categories) {
  scenarios[category] = ramp({
    from: rateOf(category) / 4,
    to: rateOf(category) * peak,
    duration: seconds('DURATION', 60),
    users: number('USERS', 100),
    tags: { category },
  });
}

export const options = { ...common, scenarios };
