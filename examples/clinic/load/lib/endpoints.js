// The clinic's endpoints: how often each is asked for within its category, and with what.
import { below, one } from './random.js';

export const weights = {
  read: { 'appointments-day': 0.4, 'clients-search': 0.25, client: 0.2, submissions: 0.15 },
  write: { 'appointment-create': 0.4, 'appointment-move': 0.3, 'submission-create': 0.3 },
  complex: { 'segment-evaluate': 0.4, 'appointment-pdf': 0.35, 'form-pdf': 0.25 },
};

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
// The seeded year, and the years after it: there every slot is free until a script books it.
const SEEDED = Date.parse('2026-01-05T00:00:00Z');
const FREE = Date.parse('2028-01-01T00:00:00Z');

// Beginnings of family names, from rare to frequent.
const searches = 'ad be ca costa de f gr ha hor ja k klein la m mü no pe ri s sch we'.split(' ');

const remarks = [
  'The pain comes in the evening and goes away with rest.',
  'I sleep through most nights now. The exercises help.',
  'Sitting for longer than an hour is still hard.',
];
const treatments = ['massage', 'exercise', 'acupuncture', 'counselling', 'none'];

// Answers to the seeded forms, in their order.
const answers = [
  (n) => ({
    complaint: one(remarks, n, 20),
    since: day(SEEDED - below(200, n, 21) * DAY),
    treatment: one(treatments, n, 22),
    height: 150 + below(50, n, 23),
    consent: true,
  }),
  (n) => ({
    pain: below(11, n, 24),
    sleep: below(10, n, 25),
    medication: n % 2 === 0,
    remarks: one(remarks, n, 26),
  }),
  (n) => ({ score: below(11, n, 27), waiting: below(60, n, 28) }),
  (n) => ({ treatment: one(treatments, n, 29), better: n % 3 > 0, remarks: one(remarks, n, 30) }),
];

const day = (at) => new Date(at).toISOString().slice(0, 10);
// The seeded calendars start on a Monday, and are free at weekends.
const workday = (n) => day(SEEDED + (7 * below(52, n, 2) + below(5, n, 15)) * DAY);
const within = ({ first, last }, ...keys) => first + below(last - first + 1, ...keys);

const get = (path) => ({ method: 'GET', path, body: null, expected: [200] });
const post = (path, body, ...expected) => ({
  method: 'POST',
  path,
  body: JSON.stringify(body),
  expected,
});

// By endpoint: the n-th request on behalf of a target of targets.js. That a slot is taken already is an
// answer like any other.
export const calls = {
  'appointments-day': (target, n) => get(`/appointments?day=${workday(n)}`),
  'clients-search': (target, n) =>
    get(`/clients?search=${encodeURIComponent(one(searches, n, 3))}&limit=20`),
  client: (target, n) => get(`/clients/${within(target.clients, n, 4)}`),
  submissions: (target, n) => get(`/forms/${one(target.forms, n, 5)}/submissions?limit=20`),
  // Each practitioner has one appointment an hour, on the hour.
  'appointment-create': (target, n) => {
    const { practitioners, clients } = target;
    const wish = {
      client_id: within(clients, n, 6),
      practitioner_id: practitioners[n % practitioners.length],
      starts_at: new Date(FREE + Math.floor(n / practitioners.length) * HOUR).toISOString(),
      minutes: 30,
      note: one(remarks, n, 7),
    };
    return post('/appointments', wish, 201, 409);
  },
  // To a half-hour that no other request moves to, whoever the practitioner is.
  'appointment-move': (target, n) => {
    const wish = { starts_at: new Date(FREE + (n + 0.5) * HOUR).toISOString(), minutes: 30 };
    const path = `/appointments/${within(target.appointments, n, 8)}`;
    return { ...post(path, wish, 200, 409), method: 'PATCH' };
  },
  'submission-create': (target, n) => {
    const form = below(answers.length, n, 9);
    const wish = { client_id: within(target.clients, n, 10), answers: answers[form](n) };
    return post(`/forms/${target.forms[form]}/submissions`, wish, 201);
  },
  'segment-evaluate': (target, n) =>
    post(`/segments/${one(target.segments, n, 11)}/evaluate`, {}, 200),
  'appointment-pdf': (target, n) =>
    get(`/appointments/${within(target.appointments, n, 12)}/document.pdf`),
  'form-pdf': (target, n) => {
    const form = one(target.forms, n, 13);
    return get(`/forms/${form}/document.pdf?client_id=${within(target.clients, n, 14)}`);
  },
  me: () => get('/me'),
  // Nobody has it: the database is asked each time.
  'unknown-token': (target, n) => ({ ...get('/me'), expected: [401], token: `nobody-${n}` }),
};
