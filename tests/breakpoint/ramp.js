// Arrivals that grow from FROM to TO a second within RAMP seconds and stay there for HOLD seconds. USERS
// wait at most; what arrives while all of them do is dropped. FAIL: this share of requests fails, evenly.
import http from 'k6/http';
import exec from 'k6/execution';

const number = (name, fallback) => Number(__ENV[name] || fallback);
const users = number('USERS', 100);
const every = Math.round(1 / number('FAIL', 0));

export const options = {
  systemTags: ['scenario', 'name', 'group', 'status', 'expected_response'],
  discardResponseBodies: true,
  scenarios: {
    ramp: {
      executor: 'ramping-arrival-rate',
      startRate: number('FROM', 10),
      timeUnit: '1s',
      stages: [
        { target: number('TO', 100), duration: `${number('RAMP', 15)}s` },
        { target: number('TO', 100), duration: `${number('HOLD', 5)}s` },
      ],
      preAllocatedVUs: users,
      gracefulStop: '30s',
      tags: { category: 'slots' },
    },
  },
};

export default function () {
  const path = exec.scenario.iterationInTest % every === every - 1 ? 'fail' : 'work';
  http.get(`${__ENV.SERVICE}/${path}`, { tags: { name: path } });
}
