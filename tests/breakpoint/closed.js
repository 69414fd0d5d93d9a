// USERS who ask again as soon as they are answered, for DURATION seconds; says what was carried.
import http from 'k6/http';

const seconds = Number(__ENV.DURATION || 4);

export const options = {
  discardResponseBodies: true,
  scenarios: {
    closed: {
      executor: 'constant-vus',
      vus: Number(__ENV.USERS),
      duration: `${seconds}s`,
      gracefulStop: '0s',
    },
  },
};

export default function () {
  http.get(`${__ENV.SERVICE}/work`);
}

export function handleSummary(data) {
  return { stdout: `carried ${(data.metrics.http_reqs.values.count / seconds).toFixed(1)}\n` };
}
