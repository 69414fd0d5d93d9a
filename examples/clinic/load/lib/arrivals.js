// Open-model scenarios: requests arrive by a schedule, whether or not the service keeps up. A scenario
// says by its tags what it asks for: one endpoint, or a category's endpoints by their weights.
import { weights } from './endpoints.js';
import { number } from './settings.js';

const RATES = { read: 200, write: 80, complex: 24 };

export const categories = Object.keys(RATES);

// Requests per second of a category.
export function rateOf(category) {
  return number(`RATE_${category.toUpperCase()}`, RATES[category]);
}

// k6 takes whole numbers: so many per ten seconds.
const timeUnit = '10s';
const whole = (rate) => Math.max(1, Math.round(rate * 10));
const time = (seconds) => `${Math.round(seconds * 1000)}ms`;

// Each scenario books slots of its own: `first` is the number of its first request.
let scenarios = 0;
function numbered() {
  scenarios += 1;
  return { FIRST: String((scenarios - 1) * 10000) };
}

// `rate` requests a second for `duration` seconds, from `start` on. There are users enough for
// requests of half a second: none is dropped because no user was free.
export function constant({ rate, duration, start = 0, tags }) {
  return {
    executor: 'constant-arrival-rate',
    exec: 'request',
    rate: whole(rate),
    timeUnit,
    duration: time(duration),
    startTime: time(start),
    preAllocatedVUs: Math.max(8, Math.ceil(rate / 2)),
    env: numbered(),
    tags,
  };
}

// From `from` to `to` requests a second within `duration` seconds. At most `users` wait; what arrives
// while all of them do is dropped, and counted.
export function ramp({ from, to, duration, users, tags }) {
  return {
    executor: 'ramping-arrival-rate',
    exec: 'request',
    startRate: whole(from),
    timeUnit,
    stages: [{ target: whole(to), duration: time(duration) }],
    preAllocatedVUs: users,
    gracefulStop: '5s',
    env: numbered(),
    tags,
  };
}

// `users` at a time, each asking again as soon as it has its answer: a closed model.
export function concurrent({ users, duration, start, tags }) {
  return {
    executor: 'constant-vus',
    exec: 'request',
    vus: users,
    duration: time(duration),
    startTime: time(start),
    gracefulStop: '1s',
    env: numbered(),
    tags,
  };
}

// A scenario an endpoint: `rate`, or else the category's, spread by weight. They start some
// milliseconds apart, or what has the same period would always arrive together.
export function perEndpoint(chosen, shape) {
  const found = {};
  for (const category of chosen) {
    for (const [endpoint, weight] of Object.entries(weights[category])) {
      const start = (shape.start || 0) + Object.keys(found).length * 0.003;
      const rate = (shape.rate || rateOf(category)) * weight;
      found[endpoint] = constant({
        ...shape,
        rate,
        start,
        tags: { ...shape.tags, category, endpoint },
      });
    }
  }
  return found;
}
