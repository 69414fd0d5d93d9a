// The back of the stage: the emulator, and in front of it what it lacks. Each gap says what the
// emulator does and what GitHub does. Everything else goes through as it is.
//
// The stories' own endpoints:
//   POST   /__test/token     {app, permissions} -> {token}       an installation token, as a job gets one
//   POST   /__test/run       {repository, id?, attempt?, ...}    a workflow run, or a further attempt of one
//   POST   /__test/artifact  {run, name, zip (base64), ...}      an artifact of a run
//   POST   /__test/trap      {method, path, run: {path, method, headers, body}}   once, before such a request
//   DELETE /__test/log       forgets what was seen; GET gives {calls, downloads, traps}

import { createSign, randomUUID } from 'node:crypto';
import { listen, readBody, relay, send, sendJson } from './http.mjs';

const admin = 'clinic-token';
const needed = { checks: 'checks=write', statuses: 'statuses=write', git: 'contents=write', pulls: 'pull_requests=write' };

/**
 * `upstream` is the emulator's address, `appKey` gives the private key of an app, `store` the address
 * that zip downloads are redirected to and `zips` what lies there; `calls`, `traps` and `downloads`
 * are what the door and the store write down. Gives the back's address.
 */
export function startBack({ upstream, appKey, store, zips, calls, traps, downloads }) {
  const runs = new Map();
  const artifacts = new Map();
  const labelEvents = [];
  const statuses = [];
  const annotations = new Map();
  const granted = new Map();

  const gaps = [
    ['GET', '/user', user],
    ['GET', '/repos/:owner/:repo/collaborators/:login/permission', permission],
    ['GET', '/repos/:owner/:repo/pulls', pulls],
    ['POST', '/repos/:owner/:repo/pulls', openPull],
    ['GET', '/repos/:owner/:repo/pulls/:number', pull],
    ['PATCH', '/repos/:owner/:repo/pulls/:number', pull],
    ['GET', '/repos/:owner/:repo/pulls/:number/files', pullFiles],
    ['GET', '/repos/:owner/:repo/pulls/:number/commits', pullCommits],
    ['POST', '/repos/:owner/:repo/issues/:number/comments', comment],
    ['PATCH', '/repos/:owner/:repo/issues/comments/:id', comment],
    ['GET', '/repos/:owner/:repo/issues/:number/events', issueEvents],
    ['POST', '/repos/:owner/:repo/issues/:number/labels', addLabel],
    ['DELETE', '/repos/:owner/:repo/issues/:number/labels/:label', removeLabel],
    ['POST', '/repos/:owner/:repo/check-runs', createCheckRun],
    ['PATCH', '/repos/:owner/:repo/check-runs/:id', updateCheckRun],
    ['GET', '/repos/:owner/:repo/check-runs/:id/annotations', listAnnotations],
    ['POST', '/repos/:owner/:repo/statuses/:sha', createStatus],
    ['GET', '/repos/:owner/:repo/commits/:sha/statuses', listStatuses],
    ['GET', '/repos/:owner/:repo/actions/runs/:id', workflowRun],
    ['GET', '/repos/:owner/:repo/actions/runs/:id/attempts/:attempt', workflowRun],
    ['GET', '/repos/:owner/:repo/actions/workflows/:file/runs', workflowRuns],
    ['GET', '/repos/:owner/:repo/actions/runs/:id/artifacts', runArtifacts],
    ['GET', '/repos/:owner/:repo/actions/artifacts/:id/zip', downloadZip],
    ['POST', '/__test/token', mintToken],
    ['POST', '/__test/run', seedRun],
    ['POST', '/__test/artifact', seedArtifact],
    ['POST', '/__test/trap', setTrap],
    ['GET', '/__test/log', showLog],
    ['DELETE', '/__test/log', forgetLog],
  ].map(([method, path, handle]) => ({ method, path: path.split('/'), handle }));

  return listen(async (request, response) => {
    const url = new URL(request.url, 'http://back');
    const token = /^(?:Bearer|token) +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const raw = await readBody(request);
    const ask = { request, raw, token, query: url.searchParams, body: parsed(raw) };
    // The emulator takes an unknown token for its first user's; GitHub refuses it.
    if (token && !granted.has(token) && !/^\w+-token$/.test(token)) {
      return sendJson(response, 401, { message: 'Bad credentials' });
    }
    const gap = gaps.map((g) => [g, matched(g, request.method, url.pathname)]).find(([, at]) => at);
    const answer = gap ? await gap[0].handle({ ...ask, at: gap[1] }) : await pass(ask);
    const { status, headers } = worded(ask, url.pathname, answer);
    if (answer.json !== undefined) return sendJson(response, status, answer.json, headers);
    send(response, status, headers, answer.body);
  });

  /** The emulator's own answer, with its JSON read. */
  async function pass(ask, body) {
    const raw = body === undefined ? ask.raw : Buffer.from(JSON.stringify(body));
    const answer = await relay(upstream, ask.request, raw);
    return { status: answer.status, headers: answer.headers, body: answer.body, value: parsed(answer.body) };
  }

  /** A read of the emulator's state on the stage's own account. */
  async function look(path, token = admin) {
    const answer = await fetch(upstream + path, { headers: { authorization: `Bearer ${token}` } });
    return answer.ok ? answer.json() : undefined;
  }

  /**
   * A refused installation token reads "Forbidden" in the emulator. GitHub names the cause, and in a
   * header the permission that was missing.
   */
  function worded(ask, path, answer) {
    const headers = { ...answer.headers };
    // The emulator writes page links to its own address, whatever it was told to call itself.
    if (headers.link) headers.link = headers.link.replaceAll(/<http:\/\/[^/]+/g, `<${ask.request.headers['x-door'] ?? ''}`);
    if (answer.status === 403 && granted.has(ask.token)) {
      headers['x-accepted-github-permissions'] = needed[path.split('/')[4]] ?? 'issues=write; pull_requests=write';
      answer.json = { message: 'Resource not accessible by integration', documentation_url: '', status: '403' };
    }
    return { status: answer.status, headers };
  }

  /** Whether the token may do this; people's tokens may. For what the emulator does not know. */
  function lacks(ask, scope, level) {
    const permissions = granted.get(ask.token);
    if (!permissions) return ask.token ? undefined : { status: 401, json: { message: 'Requires authentication' } };
    const has = { write: 2, read: 1 }[permissions[scope]] ?? 0;
    return has >= { write: 2, read: 1 }[level] ? undefined : { status: 403, json: {} };
  }

  // --- people ------------------------------------------------------------------------------------

  /** The emulator shows an installation's token the account it is installed for; GitHub refuses. */
  async function user(ask) {
    return granted.has(ask.token) ? { status: 403, json: {} } : pass(ask);
  }

  /** GitHub knows four permissions here; the emulator answers `push` and `pull`, and 404 for strangers. */
  async function permission(ask) {
    const answer = await pass(ask);
    if (answer.status === 404) {
      return { status: 200, json: { permission: 'read', role_name: 'read', user: { login: ask.at.login } } };
    }
    const old = { push: 'write', maintain: 'write', triage: 'read', pull: 'read' };
    const told = answer.value?.permission;
    return { ...answer, json: { ...answer.value, permission: old[told] ?? told } };
  }

  // --- pull requests -----------------------------------------------------------------------------

  /** A pull request's head stays in the emulator where it was when it was opened; GitHub's follows its branch. */
  async function withHead(value) {
    const { repo, ref } = value.head;
    const tip = repo && (await look(`/repos/${repo.full_name}/git/ref/heads/${ref}`));
    return tip ? { ...value, head: { ...value.head, sha: tip.object.sha } } : value;
  }

  async function pull(ask) {
    const answer = await pass(ask);
    return answer.status === 200 ? { ...answer, json: await withHead(answer.value) } : answer;
  }

  async function pulls(ask) {
    const answer = await pass(ask);
    return answer.status === 200 ? { ...answer, json: await Promise.all(answer.value.map(withHead)) } : answer;
  }

  /** The emulator opens a second pull request for the same branches; GitHub does not. */
  async function openPull(ask) {
    const { head, base } = ask.body ?? {};
    const full = String(head).includes(':') ? head : `${ask.at.owner}:${head}`;
    const open = await look(`/repos/${ask.at.owner}/${ask.at.repo}/pulls?state=open&head=${encodeURIComponent(full)}&base=${encodeURIComponent(base)}`);
    if (!open?.length) return pass(ask);
    const message = `A pull request already exists for ${full}.`;
    return { status: 422, json: { message: 'Validation Failed', errors: [{ resource: 'PullRequest', code: 'custom', message }] } };
  }

  /** The emulator makes file names up. A comparison of the two commits, which it has, tells the real ones. */
  async function pullFiles(ask) {
    const compared = await compare(ask);
    return compared.refused ?? { status: 200, json: page(ask, compared.files) };
  }

  /** The emulator counts the base commit in and names no authors; the comparison does neither. */
  async function pullCommits(ask) {
    const compared = await compare(ask);
    return compared.refused ?? { status: 200, json: page(ask, compared.commits) };
  }

  async function compare(ask) {
    const { owner, repo, number } = ask.at;
    const refused = lacks(ask, 'pull_requests', 'read');
    if (refused) return { refused };
    const found = await look(`/repos/${owner}/${repo}/pulls/${number}`);
    if (!found) return { refused: { status: 404, json: { message: 'Not Found' } } };
    const { head, base } = await withHead(found);
    return look(`/repos/${owner}/${repo}/compare/${base.sha}...${head.sha}`);
  }

  // --- comments and labels -----------------------------------------------------------------------

  /** The emulator takes a comment of any length. */
  async function comment(ask) {
    const length = [...String(ask.body?.body ?? '')].length;
    if (length <= 65536) return pass(ask);
    return { status: 422, json: { message: 'Validation Failed', errors: [{ message: 'body is too long (maximum is 65536 characters)' }] } };
  }

  /** The emulator has events of issues but not of pull requests. */
  async function issueEvents(ask) {
    const at = ({ repository, number }) => repository === where(ask) && number === ask.at.number;
    return { status: 200, json: page(ask, labelEvents.filter(at).map(({ event }) => event)) };
  }

  async function addLabel(ask) {
    const answer = await pass(ask);
    if (answer.status === 200) for (const name of ask.body.labels ?? ask.body) await noteLabel(ask, 'labeled', name);
    return answer;
  }

  async function removeLabel(ask) {
    const answer = await pass(ask);
    if (answer.status === 200) await noteLabel(ask, 'unlabeled', decodeURIComponent(ask.at.label));
    return answer;
  }

  async function noteLabel(ask, event, name) {
    const actor = await look('/user', ask.token);
    const id = labelEvents.length + 1;
    const created_at = new Date().toISOString();
    const shown = { id, node_id: `LE_${id}`, url: '', actor, event, commit_id: null, commit_url: null, created_at, performed_via_github_app: null, label: { name, color: 'ededed' } };
    labelEvents.push({ repository: where(ask), number: ask.at.number, event: shown });
  }

  // --- checks ------------------------------------------------------------------------------------

  async function createCheckRun(ask) {
    const answer = await pass(ask);
    if (answer.status === 201) annotations.set(answer.value.id, ask.body.output?.annotations ?? []);
    return answer;
  }

  /** The emulator replaces a check run's annotations with those of an update; GitHub adds them. */
  async function updateCheckRun(ask) {
    const id = Number(ask.at.id);
    const all = [...(annotations.get(id) ?? []), ...(ask.body?.output?.annotations ?? [])];
    const answer = await pass(ask, ask.body?.output ? { ...ask.body, output: { ...ask.body.output, annotations: all } } : undefined);
    if (answer.status === 200) annotations.set(id, all);
    return answer;
  }

  /** An object in the emulator, a list at GitHub. */
  async function listAnnotations(ask) {
    return { status: 200, json: page(ask, annotations.get(Number(ask.at.id)) ?? []) };
  }

  /** The emulator has no commit statuses. */
  async function createStatus(ask) {
    const refused = lacks(ask, 'statuses', 'write');
    if (refused) return refused;
    const { state, context = 'default', description = null, target_url = null } = ask.body;
    const status = { id: statuses.length + 1, state, context, description, target_url, created_at: new Date().toISOString() };
    statuses.push({ repository: where(ask), sha: ask.at.sha, status });
    return { status: 201, json: status };
  }

  async function listStatuses(ask) {
    const of = (s) => s.repository === where(ask) && s.sha === ask.at.sha;
    return { status: 200, json: page(ask, statuses.filter(of).map(({ status }) => status).reverse()) };
  }

  // --- workflow runs -----------------------------------------------------------------------------
  // The emulator runs no workflows and has no way to add a run of any event but workflow_dispatch.

  async function workflowRun(ask) {
    const attempts = runs.get(Number(ask.at.id))?.filter((run) => run.repository.full_name === where(ask)) ?? [];
    const run = ask.at.attempt ? attempts.find((r) => r.run_attempt === Number(ask.at.attempt)) : attempts.at(-1);
    return lacks(ask, 'actions', 'read') ?? (run ? { status: 200, json: run } : { status: 404, json: { message: 'Not Found' } });
  }

  async function workflowRuns(ask) {
    const wanted = (run) =>
      run.repository.full_name === where(ask) &&
      run.path.split('/').at(-1) === ask.at.file &&
      ['head_sha', 'event', 'branch', 'status'].every((key) => {
        const value = ask.query.get(key);
        return !value || [run[key], key === 'branch' && run.head_branch, key === 'status' && run.conclusion].includes(value);
      });
    const found = [...runs.values()].map((attempts) => attempts.at(-1)).filter(wanted).reverse();
    return lacks(ask, 'actions', 'read') ?? { status: 200, json: { total_count: found.length, workflow_runs: page(ask, found) } };
  }

  async function runArtifacts(ask) {
    const name = ask.query.get('name');
    const found = [...artifacts.values()].filter((a) => a.run === Number(ask.at.id) && (!name || a.shown.name === name));
    const shown = found.map((a) => a.shown);
    return lacks(ask, 'actions', 'read') ?? { status: 200, json: { total_count: shown.length, artifacts: page(ask, shown) } };
  }

  /** GitHub redirects to a foreign host, with an address that is good for a minute. */
  async function downloadZip(ask) {
    const artifact = artifacts.get(Number(ask.at.id));
    const refused = lacks(ask, 'actions', 'read');
    if (refused) return refused;
    if (!artifact) return { status: 404, json: { message: 'Not Found' } };
    if (artifact.shown.expired) return { status: 410, json: { message: 'Artifact has expired' } };
    const path = `/${randomUUID()}`;
    zips.set(path, artifact.zip);
    return { status: 302, headers: { 'x-redirect-to': store + path }, body: '' };
  }

  // --- the stories' own --------------------------------------------------------------------------

  async function mintToken({ body: { app, permissions } }) {
    const now = Math.floor(Date.now() / 1000);
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: now - 10, exp: now + 300, iss: app })}`;
    const signature = createSign('RSA-SHA256').update(claims).sign(appKey(app), 'base64url');
    const answer = await fetch(`${upstream}/app/installations/${app}/access_tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${claims}.${signature}` },
      body: JSON.stringify({ permissions }),
    });
    const value = await answer.json();
    if (value.token) granted.set(value.token, permissions);
    return { status: answer.status, json: value };
  }

  async function seedRun({ body }) {
    const { id = 9000 + runs.size, repository, head_repository = repository, attempt = 1, ...rest } = body;
    const now = new Date().toISOString();
    const url = `/repos/${repository}/actions/runs/${id}`;
    const run = {
      id, name: 'perf', node_id: `WFR_${id}`, run_number: id, run_attempt: attempt, workflow_id: 7, path: '.github/workflows/perf.yml',
      event: 'pull_request', status: 'completed', conclusion: 'success', created_at: now, updated_at: now, run_started_at: now,
      url, html_url: `https://github.example/${repository}/actions/runs/${id}`,
      repository: await look(`/repos/${repository}`),
      head_repository: head_repository && (await look(`/repos/${head_repository}`)),
      pull_requests: [], ...rest,
    };
    runs.set(id, [...(runs.get(id) ?? []), run]);
    return { status: 201, json: run };
  }

  async function seedArtifact({ body }) {
    const id = 500 + artifacts.size;
    const zip = Buffer.from(body.zip, 'base64');
    const shown = {
      id, node_id: `A_${id}`, name: body.name, size_in_bytes: zip.length, url: '', archive_download_url: '',
      expired: body.expired ?? false, created_at: body.created_at ?? new Date().toISOString(), expires_at: null, updated_at: null,
    };
    artifacts.set(id, { run: body.run, shown, zip });
    return { status: 201, json: shown };
  }

  async function setTrap({ body }) {
    traps.push({ method: new RegExp(`^(?:${body.method})$`), path: new RegExp(body.path), run: body.run });
    return { status: 201, json: {} };
  }

  async function showLog() {
    return { status: 200, json: { calls, downloads, traps: traps.length } };
  }

  async function forgetLog() {
    calls.length = downloads.length = traps.length = 0;
    return { status: 200, json: {} };
  }
}

function matched({ method, path }, asked, pathname) {
  const parts = pathname.split('/');
  if (method !== asked || parts.length !== path.length) return undefined;
  const at = {};
  for (const [i, part] of path.entries()) {
    if (part.startsWith(':')) at[part.slice(1)] = decodeURIComponent(parts[i]);
    else if (part !== parts[i]) return undefined;
  }
  return at;
}

function where(ask) {
  return `${ask.at.owner}/${ask.at.repo}`;
}

function page(ask, list) {
  const size = Math.min(100, Number(ask.query.get('per_page') ?? 30));
  const from = (Number(ask.query.get('page') ?? 1) - 1) * size;
  return list.slice(from, from + size);
}

function parsed(raw) {
  try {
    return JSON.parse(raw.toString());
  } catch {
    return undefined;
  }
}
