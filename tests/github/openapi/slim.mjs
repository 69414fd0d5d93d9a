// Cuts GitHub's OpenAPI description down to the operations in keep.json:
//
//     node slim.mjs api.github.com.json keep.json api.json
//
// Kept: parameters, request bodies, the responses with their schemas, one example of each success.
// Left out: prose, examples inside schemas, GitHub's own extensions.
import fs from 'node:fs';

const [from, keepFile, to] = process.argv.slice(2);
const source = JSON.parse(fs.readFileSync(from, 'utf8'));
const keep = JSON.parse(fs.readFileSync(keepFile, 'utf8'));

// Parameters that may hold slashes come last in a path. Tools that match segment by segment find
// these operations under their usual first segment.
const aliases = { 'git/ref/{ref}': 'git/ref/heads/{ref}', 'git/refs/{ref}': 'git/refs/heads/{ref}' };

const prose = new Set([
  'description', 'summary', 'tags', 'externalDocs', 'example', 'examples', 'x-github',
  'x-multi-segment', 'x-githubEnterpriseOverlays', 'deprecated', 'operationId',
]);
// Under these keys stand names, not keywords: a property may well be called "description".
const maps = new Set(['properties', 'patternProperties', 'headers', 'responses', 'content']);
const verbatim = new Set(['enum', 'default', 'required', 'value']);

function strip(node, named = false) {
  if (Array.isArray(node)) return node.map((item) => strip(item));
  if (node === null || typeof node !== 'object') return node;
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    if (!named && prose.has(key)) continue;
    if (!named && verbatim.has(key)) out[key] = value;
    else out[key] = strip(value, !named && maps.has(key));
  }
  return out;
}

/** OpenAPI demands a description of each response. */
function described(response) {
  if (!response.$ref) response.description = '';
}

/** The name of one example of a success; of several the first. */
function example(response) {
  const examples = response?.content?.['application/json']?.examples ?? {};
  return Object.entries(examples)[0];
}

function operation(full) {
  const slim = strip(full);
  Object.values(slim.responses).forEach(described);
  for (const [code, response] of Object.entries(full.responses)) {
    const json = slim.responses[code]?.content?.['application/json'];
    const first = code.startsWith('2') && example(response);
    if (first && json) json.examples = { [first[0]]: first[1] };
    // Its example leads to the real API.
    delete slim.responses[code]?.headers?.Link;
  }
  return slim;
}

const paths = {};
for (const [path, methods] of Object.entries(keep)) {
  const item = source.paths[path];
  if (!item) throw new Error(`the description has no ${path}`);
  paths[path] = {};
  if (item.parameters) paths[path].parameters = strip(item.parameters);
  for (const method of methods) {
    if (!item[method]) throw new Error(`the description has no ${method} ${path}`);
    paths[path][method] = operation(item[method]);
  }
}
for (const [name, alias] of Object.entries(aliases)) {
  const prefix = '/repos/{owner}/{repo}/';
  paths[prefix + alias] = paths[prefix + name];
}

const components = {};
const queue = [paths];
while (queue.length > 0) {
  const node = queue.pop();
  if (node === null || typeof node !== 'object') continue;
  for (const [key, value] of Object.entries(node)) {
    if (key !== '$ref' || typeof value !== 'string') {
      queue.push(value);
      continue;
    }
    const [, , kind, name] = value.split('/');
    components[kind] ??= {};
    if (components[kind][name]) continue;
    const full = source.components[kind][name];
    components[kind][name] = kind === 'examples' ? { value: full.value } : strip(full);
    if (kind === 'responses') described(components[kind][name]);
    queue.push(components[kind][name]);
  }
}
for (const kind of Object.keys(components)) {
  components[kind] = Object.fromEntries(Object.entries(components[kind]).sort());
}

const { title, version, license } = source.info;
const slim = { openapi: source.openapi, info: { title, version, license }, servers: source.servers, paths, components };
fs.writeFileSync(to, `${JSON.stringify(slim, null, 1)}\n`);
const schemas = Object.keys(components.schemas).length;
console.log(`${Object.keys(paths).length} paths, ${schemas} schemas, ${fs.statSync(to).size} bytes`);
