// Puts up the stage of the end-to-end test, on loopback with free ports:
//
//   tailguard -> door -> Prism -> back (front.mjs) -> emulator        zip downloads: store
//
// * The door is what tailguard is told is the API. It writes down every request, and runs what a story
//   wants to happen just before one.
// * Prism checks each request against GitHub's own OpenAPI description, and says in its log what it finds.
// * The back adds what the emulator lacks. The stories set up and look at results through it.
// * The store stands for the foreign host that artifact downloads are redirected to.
//
//   node stage.mjs NODE_MODULES OPENAPI.json PRISM.log
//
// Prints one line of JSON with the addresses once everything answers, and ends, with Prism, when its
// stdin closes: no process outlives the test, however that ended.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBack } from './front.mjs';
import { listen, readBody, relay, send, sendJson } from './http.mjs';

const [modules, openapi, prismLog] = process.argv.slice(2);

const calls = [];
const traps = [];
const downloads = [];

const zips = new Map();
const door = await listen(openDoor);
const store = await listen(handOut);
const emulator = await startEmulator(door);
const back = await startBack({ ...emulator, store, zips, calls, traps, downloads });
const prism = await startPrism(back);

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
console.log(JSON.stringify({ door, back }));

/** The emulator inside this process; `{ upstream, appKey }`. */
async function startEmulator(baseUrl) {
  const { createEmulator } = await import(pathToFileURL(path.join(modules, 'emulate/dist/api.js')));
  const people = ['clinic', 'writer', 'reader', 'stranger'];
  const apps = { 15368: 'github-actions', 20001: 'baseline-keeper' };
  // An app is granted everything; each token is minted with what a job asks for.
  const scopes = ['contents', 'actions', 'checks', 'issues', 'pull_requests', 'statuses'];
  const permissions = Object.fromEntries(scopes.map((scope) => [scope, 'write']));
  const port = await freePort();
  const emulator = await createEmulator({
    service: 'github',
    port,
    baseUrl,
    seed: {
      tokens: Object.fromEntries(people.map((login) => [`${login}-token`, { login, scopes: ['repo'] }])),
      github: {
        users: people.map((login) => ({ login, name: login })),
        apps: Object.entries(apps).map(([id, slug]) => ({
          app_id: Number(id),
          slug,
          name: slug,
          permissions,
          installations: [{ installation_id: Number(id), account: 'clinic', repository_selection: 'all' }],
        })),
      },
    },
  });
  const appKey = (app) => emulator.generatedSecrets.find((secret) => secret.id === String(app)).value;
  return { upstream: `http://127.0.0.1:${port}`, appKey };
}

/** The emulator does not tell which port it was given, so it is given one. */
function freePort() {
  const probe = http.createServer();
  return new Promise((resolve) => {
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A command of its own that is killed with this process. */
async function startPrism(upstream) {
  const document = path.join(path.dirname(prismLog), 'prism-openapi.json');
  fs.writeFileSync(document, JSON.stringify(withBranchPaths(JSON.parse(fs.readFileSync(openapi, 'utf8')))));
  const log = fs.openSync(prismLog, 'w');
  const cli = path.join(modules, '@stoplight/prism-cli/dist/index.js');
  const child = spawn(process.execPath, [cli, 'proxy', '-h', '127.0.0.1', '-p', '0', document, upstream], {
    stdio: ['ignore', log, log],
    env: { ...process.env, NO_COLOR: '1' },
  });
  process.on('exit', () => child.kill('SIGKILL'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
  child.on('exit', (code) => {
    console.error(`error: Prism ended with ${code}; see ${prismLog}`);
    process.exit(1);
  });
  for (let waited = 0; waited < 90_000; waited += 100) {
    const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(fs.readFileSync(prismLog, 'utf8'));
    if (url) return url[1];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  console.error(`error: Prism did not start in 90 s; see ${prismLog}`);
  process.exit(1);
}

/** Prism takes a path parameter for one segment, GitHub's `{ref}` for several (`heads/main`). */
function withBranchPaths(api) {
  for (const ref of ['ref', 'refs']) {
    const slot = `/repos/{owner}/{repo}/git/${ref}/{ref}`;
    if (api.paths[slot]) api.paths[slot.replace('{ref}', 'heads/{ref}')] = api.paths[slot];
  }
  return api;
}

/** One request of tailguard: written down, the stories' traps sprung, passed to Prism, answered. */
async function openDoor(request, response) {
  const body = await readBody(request);
  const call = { method: request.method, path: request.url, body: body.toString() };
  for (const trap of traps.filter((t) => t.method.test(call.method) && t.path.test(call.path))) {
    traps.splice(traps.indexOf(trap), 1);
    const { path: target, ...options } = trap.run;
    const ran = await fetch(back + target, options);
    if (!ran.ok) console.error(`error: a trap's call ${target} gave ${ran.status}: ${await ran.text()}`);
  }
  request.headers['x-door'] = door;
  const answer = await relay(prism, request, body);
  call.status = answer.status;
  calls.push(call);
  // Prism would follow a redirect itself, so the back names the target in a header of its own.
  const { 'x-redirect-to': location, 'sl-violations': _, ...headers } = answer.headers;
  if (location) headers.location = location;
  send(response, answer.status, headers, wholeSeconds(answer.body));
}

/** GitHub's times have no fractions of a second; the emulator's do. */
function wholeSeconds(body) {
  return Buffer.from(body.toString().replace(/("\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+Z"/g, '$1Z"'));
}

/** Artifact zips by one-time name. A token that arrives here has left the API's host. */
async function handOut(request, response) {
  const zip = zips.get(request.url);
  downloads.push({ path: request.url, authorization: request.headers.authorization ?? null });
  if (!zip) return sendJson(response, 404, { message: 'no such blob' });
  send(response, 200, { 'content-type': 'application/zip' }, zip);
}
