// One request of a scenario.
import http from 'k6/http';
import { check } from 'k6';
import exec from 'k6/execution';
import { calls, weights } from './endpoints.js';
import { one } from './random.js';

// Shares of the organisations: large, medium, small.
const organisations = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2];

// A deck of endpoints for each category: dealt in turn, each comes as often as its weight says.
const decks = Object.fromEntries(
  Object.entries(weights).map(([category, w]) => [category, deal(w, 20)]),
);

function deal(shares, size) {
  const names = Object.keys(shares);
  const dealt = Object.fromEntries(names.map((name) => [name, 0]));
  return Array.from({ length: size }, (_, n) => {
    const behind = (name) => shares[name] * (n + 1) - dealt[name];
    const next = names.reduce((a, b) => (behind(b) > behind(a) ? b : a));
    dealt[next] += 1;
    return next;
  });
}

// The `exec` function of every scenario. The n-th request of a scenario is the same in every run.
export function request(targets) {
  const { category, endpoint, size } = exec.vu.metrics.tags;
  const at = exec.scenario.iterationInTest;
  const name = endpoint || decks[category][at % decks[category].length];
  const n = Number(__ENV.FIRST) + at;
  const target = size ? targets.find((t) => t.size === size) : targets[one(organisations, n, 1)];
  send(target, name, n, { category, endpoint: name });
}

// A request in the form that k6's http.batch() takes.
export function ask(target, endpoint, n, tags) {
  const { method, path, body, expected, token = target.token } = calls[endpoint](target, n);
  const params = {
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    tags: { ...tags, name: endpoint },
    responseCallback: http.expectedStatuses(...expected),
  };
  return { method, url: __ENV.CLINIC_URL + path, body, params, expected };
}

export function send(target, endpoint, n, tags) {
  const { method, url, body, params, expected } = ask(target, endpoint, n, tags);
  const response = http.request(method, url, body, params);
  check(
    response,
    { 'the status is an expected one': ({ status }) => expected.includes(status) },
    tags,
  );
}
