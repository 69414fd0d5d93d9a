// The clinic's endpoints: how often each is asked for within its category, and with what.
import { below, one } from './random.js';

export const weights = {
  read: { 'appointments-day': 0.4, 'clients-search': 0.25, client: 0.2, submissions: 0.15 },
  write: { 'appointment-create': 0.4, 'appointment-move': 0.3, 'submission-create': 0.3 },
  complex: { 'segment-evaluate': 0.4, 'appointment-pdf': 0.35, 'form-pdf': 0.25 },
};

const DAY = 24 * 3600 * 1000;
// The seeded year, and the days after it: there every slot is free until a script books it.
const FIRST_DAY = Date.parse('2026-01-05T00:00:00Z');
const FREE_DAY = Date.parse('2027-02-01T00:00:00Z');
const SLOTS = 20; // half-hours from 08:00 on

const syllables = ['an', 'be', 'ca', 'du', 'el', 'fa', 'gr', 'ho', 'is', 'jo', 'ka', 'li', 'ma', 'no', 'ro', 'sch'];

const day = (at) => new Date(at).toISOString().slice(0, 10);
const within = ({ first, last }, ...keys) => first + below(last - first + 1, ...keys);

// The n-th slot of an organisation's practitioners: no two n share one.
function slot({ practitioners }, n) {
  const round = Math.floor(n / practitioners.length);
  const at = FREE_DAY + Math.floor(round / SLOTS) * DAY + (16 + (round % SLOTS)) * 1800000;
  return { practitioner_id: practitioners[n % practitioners.length], starts_at: new Date(at).toISOString(), minutes: 30 };
}

const get = (path) => ({ method: 'GET', path, body: null, expected: [200] });
const post = (path, body, ...expected) => ({ method: 'POST', path, body: JSON.stringify(body), expected });

// By endpoint: the n-th request on behalf of a target of targets.js. That a slot is taken already is an
// answer like any other.
export const calls = {
  'appointments-day': (target, n) => get(`/appointments?day=${day(FIRST_DAY + below(360, n, 2) * DAY)}`),
  'clients-search': (target, n) => get(`/clients?search=${one(syllables, n, 3)}&limit=20`),
  client: (target, n) => get(`/clients/${within(target.clients, n, 4)}`),
  submissions: (target, n) => get(`/forms/${one(target.forms, n, 5)}/submissions?limit=20`),
  'appointment-create': (target, n) => {
    const wish = { client_id: within(target.clients, n, 6), ...slot(target, 2 * n), note: 'a first visit' };
    return post('/appointments', wish, 201, 409);
  },
  'appointment-move': (target, n) => {
    const { starts_at, minutes } = slot(target, 2 * n + 1);
    const path = `/appointments/${within(target.appointments, n, 7)}`;
    return { ...post(path, { starts_at, minutes }, 200, 409), method: 'PATCH' };
  },
  'submission-create': (target, n) => {
    const answers = {};
    const wish = { client_id: within(target.clients, n, 8), answers };
    return post(`/forms/${one(target.forms, n, 9)}/submissions`, wish, 201);
  },
  'segment-evaluate': (target, n) => post(`/segments/${one(target.segments, n, 10)}/evaluate`, {}, 200),
  'appointment-pdf': (target, n) => get(`/appointments/${within(target.appointments, n, 11)}/document.pdf`),
  'form-pdf': (target, n) => {
    const form = one(target.forms, n, 12);
    return get(`/forms/${form}/document.pdf?client_id=${within(target.clients, n, 13)}`);
  },
};
