// Whom a script asks on behalf of: one user of each size of organisation, with the ids that are theirs.
import http from 'k6/http';
import { fail, sleep } from 'k6';
import { calls, weights } from './endpoints.js';
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
  const response = http.get(url, { headers: { Authorization: `Bearer ${token}` }, responseType: 'text' });
  if (response.status !== 200) fail(`${url} answered ${response.status}: is CLINIC_URL a seeded clinic?`);
  return { size, token, ...response.json() };
}

// What reads, and the documents, for WARMUP seconds, eight at a time: connections are open, statements
// prepared and pages in memory before anything is measured. Rows stay as they are.
function warmUp(targets) {
  const names = [...Object.keys(weights.read), ...Object.keys(weights.complex)];
  const until = Date.now() + seconds('WARMUP', 2) * 1000;
  for (let n = 0; Date.now() < until; n += 8) {
    const batch = Array.from({ length: 8 }, (_, i) => {
      const target = targets[(n + i) % targets.length];
      return ask(target, names[(n + i) % names.length], n + i, {});
    });
    http.batch(batch);
  }
  sleep(0.2);
}
