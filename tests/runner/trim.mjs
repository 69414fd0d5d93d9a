// Cuts the payloads of tests/runner/payloads out of npm's `@octokit/webhooks-examples`: real ones, in
// the shape that GitHub sent them, without addresses, people's profiles and descriptions.
//
//   . tests/tools.sh && tools_npm @octokit/webhooks-examples@7.6.1
//   node tests/runner/trim.mjs "$TOOLS_NPM/@octokit/webhooks-examples" tests/runner/payloads
import fs from 'node:fs';
import path from 'node:path';

const [, , examples, folder] = process.argv;
const KEPT = {
  pull_request_opened: ['pull_request', (p) => p.action === 'opened'],
  pull_request_labeled: ['pull_request', (p) => p.action === 'labeled'],
  pull_request_synchronize: ['pull_request', (p) => p.action === 'synchronize'],
  merge_group: ['merge_group', (p) => p.action === 'checks_requested'],
  workflow_run_completed: [
    'workflow_run',
    (p) => p.action === 'completed' && p.workflow_run.conclusion === 'success',
  ],
  workflow_run_requested: [
    'workflow_run',
    (p) => p.action === 'requested' && p.workflow_run.conclusion === null,
  ],
  push_branch: ['push', (p) => p.ref.startsWith('refs/heads/') && !p.deleted],
  push_tag: ['push', (p) => p.ref.startsWith('refs/tags/') && !p.deleted],
  push_deleted: ['push', (p) => p.deleted],
};
// Addresses and descriptions, and of people all but the name that repositories go by.
const DROPPED = new Set([
  '_links', 'assignee', 'assignees', 'author', 'avatar_url', 'body', 'committer', 'description',
  'email', 'enterprise', 'gravatar_id', 'href', 'installation', 'license', 'message', 'milestone',
  'node_id', 'organization', 'permissions', 'pusher', 'referenced_workflows',
  'requested_reviewers', 'sender', 'topics', 'triggering_actor', 'url', 'user', 'workflow',
]);

function trimmed(value) {
  if (Array.isArray(value)) return value.map(trimmed);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => !DROPPED.has(key) && !key.endsWith('_url'));
  return Object.fromEntries(kept.map(([key, part]) => [key, trimmed(part)]));
}

const { version } = JSON.parse(fs.readFileSync(path.join(examples, 'package.json')));
if (version !== '7.6.1') throw new Error(`these are the examples of ${version}, not of 7.6.1`);
const index = JSON.parse(fs.readFileSync(path.join(examples, 'api.github.com/index.json')));
for (const [name, [event, fits]] of Object.entries(KEPT)) {
  const payload = index.find((entry) => entry.name === event).examples.find(fits);
  if (!payload) throw new Error(`no example of ${name}`);
  const text = `${JSON.stringify(trimmed(payload), null, 2)}\n`;
  fs.writeFileSync(path.join(folder, `${name}.json`), text);
}
