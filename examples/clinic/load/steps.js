// Throughput at growing concurrency, for a fit of scalability: a closed model on purpose, for the
// number of requests in flight is the step. Tagged `concurrency`.
//
// CATEGORY: what is asked for (read); STEP: seconds a step (3s); WARMUP (2s), SEED (1).
import { concurrent } from './lib/arrivals.js';
import { budget, common, seconds } from './lib/settings.js';

export { setup } from './lib/targets.js';
export { request } from './lib/request.js';

const STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];
const category = __ENV.CATEGORY || 'read';
const duration = seconds('STEP', 3);
const scenarios = {};
for (const [place, users] of STEPS.entries()) {
  // A second in between: what the last step began has ended.
  const start = place * (duration + 1);
  const tags = { category, concurrency: String(users) };
  scenarios[`concurrency-${users}`] = concurrent({ users, duration, start, tags });
}

export const options = { ...common, scenarios, thresholds: budget };
