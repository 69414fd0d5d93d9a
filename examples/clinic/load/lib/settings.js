// What the environment says, and what every script has in common.

export function number(name, fallback) {
  const text = __ENV[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!(value >= 0)) throw new Error(`${name} is no number: ${text}`);
  return value;
}

// A duration such as 10s, 500ms or 2m, or plain seconds; in seconds.
export function seconds(name, fallback) {
  const text = __ENV[name];
  if (text === undefined || text === '') return fallback;
  const [, value, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) || [];
  if (value === undefined) throw new Error(`${name} is no duration such as 10s: ${text}`);
  return Number(value) * { ms: 0.001, s: 1, m: 60 }[unit || 's'];
}

// Chooses ids and answers; both sides of a comparison have the same.
export const seed = number('SEED', 1);

export const common = {
  // What tailguard reads: `group` tells the requests of setup() apart. Files stay small.
  systemTags: ['scenario', 'name', 'group', 'status', 'expected_response', 'error_code'],
  summaryTrendStats: ['min', 'med', 'avg', 'p(90)', 'p(95)', 'p(99)', 'max', 'count'],
  discardResponseBodies: true,
};

// Absolute targets. What became slower than before is for tailguard to say.
export const budget = { http_req_failed: ['rate<0.01'] };
export const flawless = { http_req_failed: ['rate==0'], checks: ['rate==1'] };
