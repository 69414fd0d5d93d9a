// The steady load for longer, in windows of equal length, tagged `window`: what leaks grows from one
// to the next.
//
// DURATION: of all windows together (60s); WINDOWS (6); RATE_READ, RATE_WRITE, RATE_COMPLEX,
// WARMUP (2s), SEED (1).
import { categories, constant, rateOf } from './lib/arrivals.js';
import { budget, common, number, seconds } from './lib/settings.js';

export { setup } from './lib/targets.js';
export { request } from './lib/request.js';

const windows = number('WINDOWS', 6);
const duration = seconds('DURATION', 60) / windows;
const scenarios = {};
for (let window = 1; window <= windows; window += 1) {
  for (const category of categories) {
    const start = (window - 1) * duration;
    const tags = { window: String(window), category };
    scenarios[`${category}-${window}`] = constant({
      rate: rateOf(category),
      duration,
      start,
      tags,
    });
  }
}

export const options = { ...common, scenarios, thresholds: budget };
