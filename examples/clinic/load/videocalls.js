// Videocalls: rooms open at a constant rate, their participants join over WebSocket, signal to each
// other, and leave. A signal that does not arrive is an error.
//
// RATE_ROOMS: rooms per second (4; each lasts about two seconds); PARTICIPANTS (3); SIGNALS: sent by
// each (20, ten a second); DURATION (10s), WARMUP (2s), SEED (1).
import http from 'k6/http';
import { check } from 'k6';
import { Counter, Trend } from 'k6/metrics';
import exec from 'k6/execution';
import { WebSocket } from 'k6/experimental/websockets';
import { constant } from './lib/arrivals.js';
import { common, flawless, number, seconds } from './lib/settings.js';

export { setup } from './lib/targets.js';

const PARTICIPANTS = number('PARTICIPANTS', 3);
const SIGNALS = number('SIGNALS', 20);
const PERIOD = 100; // milliseconds between two signals of a participant
const PATIENCE = 3000; // milliseconds for everybody to join, and for the last signal to arrive
const OPEN = 1; // of WebSocket.readyState
const tags = { category: 'realtime', endpoint: 'room-signal' };

// From a participant's sending to another's receiving, in whole milliseconds.
const signalTime = new Trend('signal_time', true);
const signalsLost = new Counter('signals_lost');

const rooms = { rate: number('RATE_ROOMS', 4), duration: seconds('DURATION', 10) };
const scenario = constant({ ...rooms, tags });

export const options = {
  ...common,
  scenarios: {
    rooms: { ...scenario, exec: 'videocall', preAllocatedVUs: Math.ceil(rooms.rate * 8) },
  },
  thresholds: { ...flawless, signals_lost: ['count==0'], signal_time: ['p(95)<250'] },
};

function openRoom(target) {
  const params = {
    headers: { Authorization: `Bearer ${target.token}`, 'Content-Type': 'application/json' },
    tags: { ...tags, name: 'room-create' },
    responseType: 'text',
  };
  const response = http.post(`${__ENV.CLINIC_URL}/rooms`, '{}', params);
  return (
    check(response, { 'the room is there': ({ status }) => status === 201 }, tags) &&
    response.json('id')
  );
}

export function videocall(targets) {
  const target = targets[exec.scenario.iterationInTest % targets.length];
  const room = openRoom(target);
  if (!room) return;
  const url = `${__ENV.CLINIC_URL.replace(/^http/, 'ws')}/rooms/${room}/ws?token=${target.token}`;
  const expected = PARTICIPANTS * (PARTICIPANTS - 1) * SIGNALS;
  const sockets = [];
  let received = 0;
  let joined = 1;
  let left = false;
  let patience = setTimeout(leave, PATIENCE);

  function join() {
    const socket = new WebSocket(url, null, { tags: { ...tags, name: 'room-signal' } });
    const first = sockets.push(socket) === 1;
    socket.onopen = () => socket.send(JSON.stringify({ type: 'join' }));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'signal') hear(message);
      if (message.type !== 'joined' || !first) return;
      // The first one is welcomed, lets the others come, and is told of each.
      if (message.you) for (let n = 1; n < PARTICIPANTS; n += 1) join();
      else if (++joined === PARTICIPANTS) talk();
    };
    // k6 calls the service's goodbye an error too.
    socket.onerror = ({ error }) => left || console.error(`room ${room}: ${error}`);
  }

  function everybody(message) {
    const open = sockets.filter(({ readyState }) => readyState === OPEN);
    open.forEach((socket) => socket.send(JSON.stringify(message)));
  }

  function talk() {
    clearTimeout(patience);
    let sent = 0;
    const timer = setInterval(() => {
      everybody({ type: 'signal', payload: { at: Date.now(), sdp: 'v=0' } });
      sent += 1;
      if (sent < SIGNALS) return;
      clearInterval(timer);
      patience = setTimeout(leave, PATIENCE);
    }, PERIOD);
  }

  function hear({ payload }) {
    received += 1;
    signalTime.add(Date.now() - payload.at, tags);
    if (received === expected) leave();
  }

  function leave() {
    left = true;
    clearTimeout(patience);
    signalsLost.add(expected - received, tags);
    check(received, { 'every signal arrived': (count) => count === expected }, tags);
    everybody({ type: 'leave' });
    sockets.forEach((socket) => socket.close());
  }

  join();
}
