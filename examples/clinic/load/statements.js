// Every statement that the service sends, 10,000 times: so many tell its p99.9. Each endpoint comes at the
// same constant rate: 516 requests a second in all.
//
// RATE: requests per second of each endpoint (43); DURATION (240s), WARMUP (2s), SEED (1).
import { constant } from './lib/arrivals.js';
import { weights } from './lib/endpoints.js';
import { budget, common, number, seconds } from './lib/settings.js';

export { setup } from './lib/targets.js';
export { request } from './lib/request.js';

// What is asked for at the beginning of a session only stands in no category.
const asked = { ...weights, other: { me: 1, 'unknown-token': 1 } };
const rate = number('RATE', 43);
const duration = seconds('DURATION', 240);
const scenarios = {};
for (const [category, endpoints] of Object.entries(asked)) {
  for (const endpoint of Object.keys(endpoints)) {
    const start = Object.keys(scenarios).length * 0.003;
    scenarios[endpoint] = constant({ rate, duration, start, tags: { category, endpoint } });
  }
}

export const options = { ...common, scenarios, thresholds: budget };
