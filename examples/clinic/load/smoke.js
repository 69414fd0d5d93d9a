// Does everything answer? One user asks every endpoint on behalf of each size of organisation.
//
// DURATION (10s), SEED (1).
import http from 'k6/http';
import exec from 'k6/execution';
import { concurrent } from './lib/arrivals.js';
import { weights } from './lib/endpoints.js';
import { send } from './lib/request.js';
import { common, flawless, seconds } from './lib/settings.js';

export { setup } from './lib/targets.js';

export const options = {
  ...common,
  scenarios: {
    smoke: {
      ...concurrent({ users: 1, duration: seconds('DURATION', 10), start: 0 }),
      exec: 'everything',
    },
  },
  thresholds: flawless,
};

export function everything(targets) {
  const n = exec.scenario.iterationInTest;
  for (const target of targets) {
    for (const [category, endpoints] of Object.entries(weights)) {
      for (const endpoint of Object.keys(endpoints)) {
        send(target, endpoint, n, { category, endpoint });
      }
    }
  }
  for (const endpoint of ['health', 'metrics']) {
    http.get(`${__ENV.CLINIC_URL}/${endpoint}`, {
      tags: { category: 'other', endpoint, name: endpoint },
    });
  }
}
