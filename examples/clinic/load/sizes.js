// What the size of an organisation does to the complex operations. Tagged `endpoint` and `size`.
//
// RATE_COMPLEX: requests per second and size (12); DURATION (15s), WARMUP (2s), SEED (1).
import { perEndpoint } from './lib/arrivals.js';
import { budget, common, number, seconds } from './lib/settings.js';
import { sizes } from './lib/targets.js';

export { setup } from './lib/targets.js';
export { request } from './lib/request.js';

const rate = number('RATE_COMPLEX', 12);
const duration = seconds('DURATION', 15);
const scenarios = {};
for (const [place, size] of sizes.entries()) {
  const found = perEndpoint(['complex'], { rate, duration, start: place * 0.009, tags: { size } });
  for (const [endpoint, scenario] of Object.entries(found))
    scenarios[`${endpoint}-${size}`] = scenario;
}

export const options = { ...common, scenarios, thresholds: budget };
