// A crowd for a few seconds, and how the clinic recovers. Tagged `phase`: before, spike, after.
//
// SPIKE: how many times the steady rates (3); DURATION: of each phase (5s); RATE_READ, RATE_WRITE,
// RATE_COMPLEX, WARMUP (2s), SEED (1).
import { categories, constant, rateOf } from './lib/arrivals.js';
import { budget, common, number, seconds } from './lib/settings.js';

export { setup } from './lib/targets.js';
export { request } from './lib/request.js';

const duration = seconds('DURATION', 5);
const phases = { before: 1, spike: number('SPIKE', 3), after: 1 };
const scenarios = {};
for (const [place, [phase, times]] of Object.entries(phases).entries()) {
  for (const category of categories) {
    const rate = rateOf(category) * times;
    scenarios[`${phase}-${category}`] = constant({
      rate,
      duration,
      start: place * duration,
      tags: { phase, category },
    });
  }
}

export const options = { ...common, scenarios, thresholds: budget };
