// An open-model load on the appointment book: four scenarios, one per endpoint, each request tagged
// with the category it belongs to. BASE_URL names the service, SECONDS the length of the run.
import http from 'k6/http';
import { check } from 'k6';
import exec from 'k6/execution';

const RATE = 17; // requests per second and scenario
const seconds = Number(__ENV.SECONDS || 10);

// The scenarios start a quarter of a period apart: each request finds the service idle, so a latency
// is the work of that request and not the wait behind a neighbour's.
function arrivals(place, category) {
  return {
    executor: 'constant-arrival-rate',
    exec: 'request',
    rate: RATE,
    duration: `${seconds}s`,
    startTime: `${(place * 250) / RATE}ms`,
    preAllocatedVUs: 4,
    tags: { category },
  };
}

export const options = {
  scenarios: {
    patients: arrivals(0, 'read'),
    occupancy: arrivals(1, 'read'),
    report: arrivals(2, 'complex'),
    book: arrivals(3, 'write'),
  },
  // Shorter points: the raw results of a run stay under 2 MB.
  systemTags: ['scenario', 'name', 'status', 'expected_response'],
  summaryTrendStats: ['min', 'med', 'avg', 'p(95)', 'p(99)', 'max', 'count'],
  discardResponseBodies: true,
};

const names = ['bianchi', 'castro', 'dubois', 'fischer', 'garcia', 'kowalski', 'lindqvist'];

// The same iteration asks the same thing in every run.
const requests = {
  patients: (i, params) => http.get(url`/patients?name=${names[i % names.length]}`, params),
  occupancy: (i, params) => http.get(url`/occupancy?from=${i % 60}&days=28`, params),
  report: (i, params) => http.get(url`/report?from=${i % 60}&days=14`, params),
  book: (i, params) => {
    const wish = JSON.stringify({ patient: i, minutes: 10 + 5 * (i % 2) });
    return http.post(url`/appointments`, wish, params);
  },
};

function url(texts, ...values) {
  return __ENV.BASE_URL + String.raw({ raw: texts }, ...values);
}

export function request() {
  const { name, iterationInTest } = exec.scenario;
  const params = { tags: { name }, headers: { 'Content-Type': 'application/json' } };
  const response = requests[name](iterationInTest, params);
  check(response, { 'status is 2xx': ({ status }) => status >= 200 && status < 300 });
}
