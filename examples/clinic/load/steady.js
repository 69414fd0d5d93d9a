// What an ordinary day looks like: every endpoint at a constant arrival rate.
//
// RATE_READ, RATE_WRITE, RATE_COMPLEX: requests per second of a category (200, 80, 24); DURATION: of
// the measurement (10s); WARMUP: before it, unmeasured (2s); SEED (1).
import { categories, perEndpoint } from './lib/arrivals.js';
import { budget, common, seconds } from './lib/settings.js';

export { setup } from './lib/targets.js';
export { request } from './lib/request.js';

export const options = {
  ...common,
  scenarios: perEndpoint(categories, { duration: seconds('DURATION', 10) }),
  thresholds: budget,
};
