// Can the clinic hold what it promises: 500 reads a second, and no error?
//
// RATE_READ: requests per second (600); DURATION (10s), WARMUP (2s), SEED (1).
import { perEndpoint } from './lib/arrivals.js';
import { common, flawless, number, seconds } from './lib/settings.js';

export { setup } from './lib/targets.js';
export { request } from './lib/request.js';

export const options = {
  ...common,
  scenarios: perEndpoint(['read'], {
    duration: seconds('DURATION', 10),
    rate: number('RATE_READ', 600),
  }),
  thresholds: { ...flawless, dropped_iterations: ['count==0'] },
};
