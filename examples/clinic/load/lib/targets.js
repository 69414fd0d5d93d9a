// Whom a script asks on behalf of: one user of each size of organisation, with the ids that are theirs.
import http from 'k6/http';
import { fail, sleep } from 'k6';
import { weights } from './endpoints.js';
import { ask } from './request.js';
import { seconds } from './settings.js';

export const sizes = ['large', 'medium', 'small'];

// Requests in k6's setup() are no part of the load: the service is warmed up here.
export function setup() {
  const targets = sizes.map(find);
  warmUp(targets);
  return targets;
}

function find(size, place) {
  const token = `org-${place + 1}-user-1`;
  const url = `${__ENV.CLINIC_URL}/me`;
  const response = http.get(url, {
    headers: { Authorization: `Bearer ${token}` },
    responseType: 'text',
  });
  if (response.status !== 200)
    fail(`${url} answered ${response.status}: is CLINIC_URL a seeded clinic?`);
  return { size, token, ...response.json() };
}

// Seven reads and a complex operation at a time, for WARMUP seconds: connections are open, statements
// prepared and pages in memory before anything is measured. Rows stay as they are.
function warmUp(targets) {
  const [reads, complex] = [weights.read, weights.complex].map(Object.keys);
  const until = Date.now() + seconds('WARMUP', 2) * 1000;
  for (let n = 0; Date.now() < until; n += 8) {
    const batch = Array.from({ length: 8 }, (_, i) => {
      const at = n + i;
      const names = i === 0 ? complex : reads;
      return ask(
        targets[(at + n / 8) % targets.length],
        names[(i === 0 ? n / 8 : at) % names.length],
        at,
        {},
      );
    });
    http.batch(batch);
  }
  sleep(0.2);
}
